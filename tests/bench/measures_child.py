"""What a child of the measures' benchmarks does: `… measures_child WHAT PROGRAMME`.

It says at its end a JSON list of seconds, or of pairs of them: ours and the floor.
"""

import gc
import os
import sys
import time
from pathlib import Path

from tests.bench.turns import turns
from tests.bench.window_child import finish

MONTH = "2026-10"


def opened(place):
    """The window on a programme, at rest on the overview's neighbour."""
    from ecofolio.shell import starting
    from ecofolio.shell.application import application, furnished
    from ecofolio.shell.registry import PAGES
    from ecofolio.shell.settings import SettingsStore
    from ecofolio.store.workspace import Workspace
    from ecofolio.widgets.page import PageId

    starting.hurry()
    app = application()
    window = furnished(SettingsStore(), PAGES)
    window.resize(1280, 800)
    window.show()
    window.session.adopt(Workspace.open(place))
    window.go(PageId.HISTORY)
    starting.settle()
    rest(app, window)
    return app, window


def rest(app, window, page=None):
    """Wait until nothing is under way."""
    while window.desk.is_following or window.runner.jobs or not (page is None or page.is_settled()):
        app.processEvents()
    for _turn in range(3):  # what is shown a moment later
        app.processEvents()


def scorecards(app, window):
    """The page of scorecards with its ranking painted; what follows it may still be read."""
    from PySide6.QtCore import QEventLoop

    from ecofolio.widgets.page import PageId

    page = window.go(PageId.SCORECARDS)
    while page.found is None:  # waiting, as the program does, not asking again and again
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    page.ranking.viewport().repaint()
    return page


def opening(place):
    """The page made and filled, each time anew; and, by turns with it, the sums by hand."""
    from tests.bench.measures import sums

    app, window = opened(place)
    from ecofolio.widgets.page import PageId

    by_hand = sums(Path(place))
    by_hand()
    rest(app, window, scorecards(app, window))
    times = []
    for _turn in range(turns(8)):
        window.pages.set_context(window.context())
        window.pages.set_scope(window.scope.value)
        window.go(PageId.HISTORY)
        rest(app, window)
        start = time.perf_counter()
        page = scorecards(app, window)
        times.append([time.perf_counter() - start])
        rest(app, window, page)
        gc.disable()  # the window's many objects are not the floor's
        start = time.perf_counter()
        by_hand()
        times[-1].append(time.perf_counter() - start)
        gc.enable()
    finish(times)


def painted(app, widgets, is_new):
    """Wait until Qt has painted each of the widgets after what they show is new; when that was.

    What the program does once they are on the screen is not waited for.
    """
    from PySide6.QtCore import QCoreApplication, QEvent, QObject

    waiting, done = set(widgets), []

    class Watch(QObject):
        under_way = False

        def eventFilter(self, watched, event):
            if self.under_way or event.type() is not QEvent.Type.Paint:
                return False
            self.under_way = True
            QCoreApplication.sendEvent(watched, event)
            self.under_way = False
            if is_new() and watched in waiting:
                waiting.discard(watched)
                done.append(time.perf_counter())
            return True

    watch = Watch()
    for widget in widgets:
        widget.installEventFilter(watch)
    while waiting:
        app.processEvents()
    for widget in widgets:
        widget.removeEventFilter(watch)
    return done[-1]


def corrections(place):
    """One figure of the initiative whose card is open, corrected again and again."""
    from ecofolio.scorecards.observing import Reported, observe

    app, window = opened(place)
    page = scorecards(app, window)
    rest(app, window, page)
    shows = page.ranking.viewport(), page.card.inner

    def actual():
        return page.card.shown.sheet.score.lines[0].figure.actual

    times = []
    for turn in range(turns(24)):
        shown = page.card.shown
        metric = shown.sheet.score.lines[0].figure.metric
        value = 50_000 + turn * 100
        figures = [Reported(shown.line.id, metric, MONTH, value)]
        page.context.workspace.do(observe, figures, sure=True)
        start = time.perf_counter()  # what was written is heard of from here on
        times.append(painted(app, shows, lambda value=value: actual() == value) - start)
        rest(app, window, page)
    finish(times)


if __name__ == "__main__":
    what, programme = sys.argv[1:]
    assert os.environ.get("QT_QPA_PLATFORM")
    {"opening": opening, "corrections": corrections}[what](programme)
