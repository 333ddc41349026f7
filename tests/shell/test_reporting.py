"""What nobody caught ends in the log and in a report, once."""

from __future__ import annotations

import sys
import threading

import pytest

from ecofolio.places import user_log
from ecofolio.shell.reporting import Reporter

pytestmark = pytest.mark.logs("not caught")


@pytest.fixture
def shown():
    return []


@pytest.fixture
def reporter(qapp, shown, monkeypatch):
    # pytest-qt has hooks of its own, which come back afterwards
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made = Reporter(shown.append)
    made.install()
    yield made
    made.remove()


def _raise() -> Exception:
    try:
        raise ZeroDivisionError("x")
    except ZeroDivisionError as error:
        return error


def test_an_uncaught_error_is_logged_and_shown(reporter, shown, qtbot):
    error = _raise()
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: shown == [error])
    assert "ZeroDivisionError" in (user_log() / "ecofolio.log").read_text(encoding="utf-8")


def test_a_threads_error_is_shown_in_the_gui_thread(reporter, shown, qtbot):
    def fail():
        raise ZeroDivisionError("x")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(shown))
    assert isinstance(shown[0], ZeroDivisionError)


def test_an_error_that_comes_back_while_its_report_is_open_is_shown_once(qapp, qtbot):
    shown = []

    def show(error):
        shown.append(error)
        reporter._present(error)  # as the next timer tick would, under the open dialog

    reporter = Reporter(show)
    reporter._present(_raise())
    assert len(shown) == 1
