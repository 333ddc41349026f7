"""What a child of the money benchmarks does: `… money_child WHAT PROGRAMME`.

It says at its end a JSON object with lists of seconds.
"""

import json
import os
import sys
import time

from tests.bench.turns import turns

TURNS, WARM = turns(40), turns(4)
SUMS = (
    "SELECT account_id, sum(fen) FROM posting GROUP BY account_id",
    "SELECT a.initiative_id, substr(p.date, 1, 7), sum(p.fen) FROM posting p"
    " JOIN account a ON a.id = p.account_id WHERE a.kind = 'spent' GROUP BY 1, 2",
)


def say(document):
    os.write(1, f"{json.dumps(document)}\n".encode())
    os._exit(0)


def page_of(workspace):
    """The page of the budget, as the window makes it."""
    from types import SimpleNamespace

    from ecofolio.budget.page import BudgetPage
    from ecofolio.initiatives.scope import Scope
    from ecofolio.widgets import theme
    from ecofolio.widgets.background import Runner
    from ecofolio.widgets.page import PageContext, ScopeStore

    def failed(error):
        raise error

    settings = SimpleNamespace(money_unit="wan")
    context = PageContext(
        workspace=workspace,
        scope=ScopeStore(Scope()),
        runner=Runner(failed),
        theme=theme.in_force(),
        settings=lambda: settings,
        open_record=lambda kind, one: None,
        show_rows=lambda scope: None,
        go=lambda page: None,
        notify=lambda text, undo=False: None,
        report=failed,
        save_settings=lambda **changes: None,
        export_pack=lambda: None,
    )
    page = BudgetPage(context)
    page.resize(1280, 800)
    return page


def painted(page, holds):
    """Wait until the page has what is looked for, and what of it changed is painted."""
    from PySide6.QtCore import QEvent, QEventLoop
    from PySide6.QtWidgets import QApplication

    while not holds():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)


def rest(page):
    """Answer what still waits, such as the postings beside the tree."""
    from PySide6.QtTest import QTest

    QTest.qWait(50)
    while page.context.runner.jobs:
        QTest.qWait(10)


def opened(place):
    from ecofolio.shell.application import application
    from ecofolio.store.workspace import Workspace

    application()
    return Workspace.open(place, actor="PMO")


def paints_of(widget):
    """A list that grows with every paint of a widget."""
    from PySide6.QtCore import QEvent, QObject

    painted = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() is QEvent.Type.Paint:
                painted.append(watched)
            return False

    widget.watch = Watch()
    widget.installEventFilter(widget.watch)
    return painted


def opening(place):
    """The page built, read and painted; then the same sums by the bare driver, by turns."""
    from pysqlite3 import dbapi2

    workspace, bare = opened(place), dbapi2.connect(place)
    times = {"ours": [], "floor": []}
    for _turn in range(turns(7)):
        start = time.perf_counter()
        page = page_of(workspace)
        page.show()
        page.refresh()
        painted(page, lambda page=page: page.picture is not None)
        page.tree.viewport().repaint()
        times["ours"].append(time.perf_counter() - start)
        rest(page)
        page.close()
        page.deleteLater()
        rest(page)
        start = time.perf_counter()
        for sums in SUMS:
            bare.execute(sums).fetchall()
        times["floor"].append(time.perf_counter() - start)
    say(times)


def posting(place):
    """A spend posted, until every total on the page shows it."""
    from ecofolio.budget import actions

    workspace = opened(place)
    page = page_of(workspace)
    page.show()
    page.refresh()
    painted(page, lambda: page.picture is not None)
    workspace.subscribe(lambda _changed: page.refresh())
    paints = paints_of(page.tree.viewport())
    rest(page)
    times = []
    for turn in range(WARM + TURNS):
        wanted, drawn = page.picture.total.spent + 100, len(paints)
        start = time.perf_counter()
        workspace.do(actions.spend, 100, initiative_id=77 + turn)
        painted(page, lambda wanted=wanted: page.picture.total.spent == wanted)
        times.append(time.perf_counter() - start)
        assert len(paints) > drawn, "nothing was painted"
        rest(page)
    say({"ours": times[WARM:]})


if __name__ == "__main__":
    {"opening": opening, "posting": posting}[sys.argv[1]](sys.argv[2])
