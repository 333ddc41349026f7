"""What a child of the window benchmarks does: `python -m tests.bench.window_child WHAT PROGRAMME`.

It says `painted` and `filled` when it has come so far, or at its end a JSON list of seconds.
"""

import os
import sys

SHOWN = (
    "SELECT * FROM initiative",
    "SELECT initiative_id, name, baseline, forecast FROM milestone WHERE actual IS NULL",
    "SELECT * FROM custom_value",
    "SELECT * FROM unit",
    "SELECT * FROM department",
    "SELECT * FROM scene",
    "SELECT * FROM person",
)


def say(word):
    os.write(1, f"{word}\n".encode())


def bare(place):
    """The floor: a main window, then SQLAlchemy imported and the rows read by the driver."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        painted = False

        def paintEvent(self, event):
            super().paintEvent(event)
            if not self.painted:
                self.painted = True
                say("painted")
                QTimer.singleShot(0, read)

    def read():
        import sqlalchemy  # noqa: F401
        from pysqlite3 import dbapi2

        connection = dbapi2.connect(place)
        for rows in SHOWN:  # all that the table shows, as it is stored
            connection.execute(rows).fetchall()
        say("filled")
        os._exit(0)

    app = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 800)
    window.show()
    app.exec()


def ours(place):
    """The program itself, as the command starts it."""
    from ecofolio.cli.main import main
    from ecofolio.shell import starting

    starting.hurry()  # before anything of Qt, as the command does
    from PySide6.QtCore import QTimer

    from ecofolio.shell.window import MainWindow

    paint = MainWindow.paintEvent
    told = []

    def first(self, event):
        paint(self, event)
        if not told:
            told.append(self)
            say("painted")
            QTimer.singleShot(0, lambda: watch(self))

    def watch(window):
        if not window.is_furnished:
            QTimer.singleShot(1, lambda: watch(window))
        else:
            window.session.opened.connect(lambda: fill(window))

    MainWindow.paintEvent = first
    main([place])


def fill(window):
    page = initiatives_of(window)
    assert page.model.rowCount() > 0
    say("filled")
    os._exit(0)


def initiatives_of(window):
    """The page of initiatives, painted, with every waiting event answered."""
    from PySide6.QtWidgets import QApplication

    from ecofolio.widgets.page import PageId

    page = window.go(PageId.INITIATIVES)
    page.table.viewport().repaint()
    QApplication.processEvents()
    return page


def opened(place):
    """The window on a programme, at rest, as a person finds it who goes on working in it."""
    from ecofolio.shell import starting
    from ecofolio.shell.application import application, furnished
    from ecofolio.shell.registry import PAGES
    from ecofolio.shell.settings import SettingsStore
    from ecofolio.store.workspace import Workspace

    starting.hurry()
    app = application()
    window = furnished(SettingsStore(), PAGES)
    window.resize(1280, 800)
    window.show()
    window.session.adopt(Workspace.open(place))
    page = initiatives_of(window)
    starting.settle()
    while window.desk.is_following or not page.is_settled():
        app.processEvents()
    return app, window, page


def keys(place):
    """A word typed and taken back letter by letter."""
    import time

    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    app, window, page = opened(place)
    times = []
    strokes = [Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_Y, *[Qt.Key.Key_Backspace] * 3]
    for key in strokes * 5:
        before, start = page.model.rowCount(), time.perf_counter()
        QTest.keyClick(window.scope_bar.text, key)
        page.table.viewport().repaint()
        app.processEvents()
        times.append(time.perf_counter() - start)
        assert page.model.rowCount() != before or key != Qt.Key.Key_P
    finish(times)


def edits(place):
    """The name of one initiative changed in the table; Qt paints what it has to."""
    import time

    from PySide6.QtCore import QEvent, QObject

    app, _window, page = opened(place)
    column = page.model.arrangement.columns["name"]
    painted = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() is QEvent.Type.Paint:
                painted.append(watched)
            return False

    watch = Watch()
    page.table.viewport().installEventFilter(watch)
    times = []
    for n in range(30):
        row = page.model.row_at(3)
        painted.clear()
        start = time.perf_counter()
        assert not page.editor.write_one(row, column, f"Renamed {n}")
        app.processEvents()
        times.append(time.perf_counter() - start)
        assert painted
        assert page.model.row_at(page.model.line_of(row.id)).name == f"Renamed {n}"
    finish(times)


def finish(times):
    import json

    say(json.dumps(times))
    os._exit(0)


if __name__ == "__main__":
    {"bare": bare, "ours": ours, "keys": keys, "edits": edits}[sys.argv[1]](sys.argv[2])
