"""Starting: in a process of its own, as a person starts it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from typing import ClassVar

import pytest
from PySide6.QtCore import QObject

from ecofolio.shell import starting
from ecofolio.widgets.page import PageId

_RUN = """
import builtins, gc, json, sys
from PySide6.QtCore import QTimer
from ecofolio.shell import application
from ecofolio.shell.window import MainWindow
from ecofolio.store.place import place_of

told = {}
paint = MainWindow.paintEvent

def first(self, event):
    heavy = ("sqlalchemy", "alembic", "openpyxl", "ecofolio.shell.furnishing")
    told.setdefault("heavy", [name for name in heavy if name in sys.modules])
    told.setdefault("furnished", self.is_furnished)
    paint(self, event)
    if not self.is_furnished:
        QTimer.singleShot(0, lambda: watch(self))

def watch(window):
    if not window.is_furnished:
        QTimer.singleShot(5, lambda: watch(window))
        return
    window.session.opened.connect(lambda: finish(window))
    window.session.failed.connect(lambda error: finish(window))

def finish(window):
    told["garbage"], told["import"] = gc.isenabled(), builtins.__import__.__name__
    QTimer.singleShot(50, lambda: end(window))

def end(window):
    told["plotting"] = [name for name in ("numpy", "pyqtgraph") if name in sys.modules]
    told["settled"] = gc.isenabled() and gc.get_freeze_count() > 0
    told["title"] = window.windowTitle()
    told["actor"] = window.session.workspace.actor if window.session.workspace else None
    window.close()

MainWindow.paintEvent = first
code = application.run(place_of(sys.argv[1]), actor="Branch")
print(json.dumps(told))
sys.exit(code)
"""

_PAGES = """
import ecofolio.shell.registry as registry
registry.PAGES = [page for page in registry.PAGES if page.id == "{page}"]
"""


@pytest.fixture(params=[PageId.HISTORY])
def started(request, file):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", _PAGES.format(page=request.param) + _RUN, file],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def test_the_frame_is_painted_before_anything_heavy_is_imported(started):
    assert started["heavy"] == []
    assert started["furnished"] is False


def test_the_programme_is_open_after_the_first_paint(started):
    assert started["title"] == "Ecosystem 2026 – Ecofolio"
    assert started["actor"] == "Branch"


def test_a_start_looks_for_no_garbage_and_imports_plainly_until_the_page_stands(started):
    assert started["garbage"] is False
    assert started["import"] != "__feature_import__"
    assert started["settled"] is True


@pytest.mark.parametrize("started", [PageId.OVERVIEW], indirect=True)
def test_the_plotting_library_is_not_imported_before_a_chart_is_wanted(started):
    assert started["plotting"] == []


class _Circle:
    """Garbage that only the collector finds, and that says in which thread it dies."""

    died_in: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        self.died_in.add(threading.current_thread().name)


def test_garbage_that_a_thread_makes_dies_in_the_gui_thread(qtbot, monkeypatch):
    monkeypatch.setattr(starting, "_LOOK_EVERY", 1)
    gc.set_threshold(700, 10, 10)  # as Python has it; the house of the tests gives it back
    parent = QObject()
    starting.collect_here(parent)
    thread = threading.Thread(target=lambda: [_Circle() and None for _n in range(5_000)])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(_Circle.died_in))
    assert _Circle.died_in == {threading.main_thread().name}


def test_no_garbage_is_looked_for_while_somebody_wishes_none(qtbot):
    gc.collect()
    heaps = [[] for _n in range(5_000)]
    gc.disable()
    starting._look()
    assert gc.get_count()[0] > len(heaps)
    gc.enable()
    starting._look()
    assert gc.get_count()[0] < len(heaps)
