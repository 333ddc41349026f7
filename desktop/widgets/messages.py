"""Telling: one sentence, what can be done, and the details folded away."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ecofolio import __version__
from ecofolio.errors import EcofolioError
from ecofolio.text import _, language
from ecofolio.widgets import icons
from ecofolio.widgets.background import Job
from ecofolio.widgets.parts import (
    button,
    column,
    icon_label,
    label,
    row,
    set_property,
    tool_button,
)
from ecofolio.widgets.theme import Space

_ICONS = {
    "red": "circle-alert",
    "amber": "triangle-alert",
    "green": "circle-check",
    "accent": "info",
}


class InlineMessage(QFrame):
    """A sentence within a page, with an action and its details folded. Hidden until `say`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self._icon = icon_label("info", "accent")
        self._text = label(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = button("", self._act, link=True)
        self._action.setAccessibleName(_("Do what the message offers"))
        self._details = _details()
        self._fold = button(_("Details"), self._unfold, link=True)
        self._close = tool_button("x", _("Dismiss"), self.hide)
        self._on_action: Callable[[], object] | None = None
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(self._icon)
        top.addWidget(self._text, 1)
        for part in (self._action, self._fold, self._close):
            top.addWidget(part)
        layout = column(top, self._details)
        layout.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(
        self,
        sentence: str,
        tone: str = "accent",
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        details: str = "",
    ) -> None:
        """Show `sentence`. Tones: accent, green, amber, red."""
        set_property(self, "tone", tone)
        icons.dress(self._icon, _ICONS[tone], tone)
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._action.setText(action)
        self._action.setAccessibleName(action or _("Do what the message offers"))
        self._action.setVisible(bool(action))
        self._on_action = on_action
        self._details.setPlainText(details)
        self._details.hide()
        self._fold.setVisible(bool(details))
        self.show()

    @property
    def sentence(self) -> str:
        return self._text.text()

    def _act(self) -> None:
        if self._on_action is not None:
            self._on_action()

    def _unfold(self) -> None:
        self._details.setVisible(self._details.isHidden())


class Toast(QFrame):
    """What was just done, over the foot of `window`, with a way to undo it; goes by itself.

    It stays while the pointer or the keyboard is on it.
    """

    def __init__(self, window: QWidget, seconds: float = 6) -> None:
        super().__init__(window)
        self.setProperty("role", "toast")
        self._window = window
        self._text = label()
        self._undo = button(_("Undo"), self._act)
        self._on_undo: Callable[[], object] | None = None
        layout = row(self._text, self._undo, spacing=Space.M)
        layout.setContentsMargins(Space.L, Space.S, Space.S, Space.S)
        self.setLayout(layout)
        self._timer = QTimer(self, singleShot=True, interval=int(seconds * 1000))
        self._timer.timeout.connect(self._leave)
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str, on_undo: Callable[[], object] | None = None) -> None:
        """Show `text`, and a button where it can be undone."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._undo.setVisible(on_undo is not None)
        self._on_undo = on_undo
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    @property
    def text(self) -> str:
        return self._text.text()

    def _place(self) -> None:
        self.adjustSize()
        self.move(
            (self._window.width() - self.width()) // 2,
            self._window.height() - self.height() - 44,
        )

    def _leave(self) -> None:
        if self.underMouse() or self._undo.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def _act(self) -> None:
        self.hide()
        if self._on_undo is not None:
            self._on_undo()

    def eventFilter(self, watched, event) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False


class JobStrip(QWidget):
    """Title, progress and a way to cancel one piece of long work.

    It shows itself after a moment: work that is done at once needs no strip that flickers.
    """

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._title = label(job.title, "caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._bar.setAccessibleName(job.title)
        layout = row(self._title, self._bar)
        self.cancel: QPushButton | None = None
        if job.cancellable:
            self.cancel = button(_("Cancel"), self._cancel, link=True)
            self.cancel.setAccessibleName(_("Cancel: {title}").format(title=job.title))
            layout.addWidget(self.cancel)
        self.setLayout(layout)
        job.progressed.connect(self._progress)
        self.hide()
        self._wait = QTimer(self, singleShot=True, interval=200)
        self._wait.timeout.connect(self.show)
        self._wait.start()
        job.ended.connect(self._wait.stop)

    def _progress(self, done: float, total: float, text: str) -> None:
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(int(1000 * done / total) if total else 0)
        self._title.setText(f"{self._job.title} · {text}" if text else self._job.title)

    def _cancel(self) -> None:
        self._job.cancel()
        self.cancel.setEnabled(False)
        self._title.setText(_("Cancelling: {title}").format(title=self._job.title))


class ErrorDialog(QDialog):
    """An error in one sentence, what to do about it, and the details folded away."""

    def __init__(
        self, sentence: str, what_to_do: str = "", details: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Ecofolio")
        self.setMinimumWidth(460)
        said = label(sentence, "name", wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(icon_label("circle-alert", "red", 24), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(said, 1)
        layout.addLayout(head)
        if what_to_do:
            layout.addWidget(label(what_to_do, "muted", wrap=True))
        self._details = _details(details)
        layout.addWidget(self._details)
        foot = QHBoxLayout()
        if details:
            foot.addWidget(button(_("Details"), self._unfold, link=True))
            foot.addWidget(button(_("Copy details"), self._copy, link=True))
        foot.addStretch(1)
        self.close_button = button(_("Close"), self.accept, primary=True)
        self.close_button.setDefault(True)
        foot.addWidget(self.close_button)
        layout.addLayout(foot)
        self.close_button.setFocus()

    @classmethod
    def about(cls, error: BaseException, parent: QWidget | None = None) -> ErrorDialog:
        """The dialog for an error: a sentence for the world's fault, a report for ours."""
        if isinstance(error, EcofolioError):
            return cls(str(error), parent=parent)
        return cls(
            _("Something went wrong inside Ecofolio."),
            _(
                "Nothing that was saved is lost. Copy the details and send them to whoever "
                "looks after Ecofolio, then carry on or start it again."
            ),
            report(error),
            parent,
        )

    def _unfold(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


def _details(text: str = "") -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setProperty("role", "code")
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setAccessibleName(_("Details"))
    made.setMinimumHeight(160)
    made.hide()
    return made


def diagnostics() -> str:
    """What a helper needs to know about this installation; no data of the programme."""
    from PySide6 import __version__ as pyside

    screen = QApplication.primaryScreen()
    lines = [
        f"Ecofolio {__version__}",
        f"Python {platform.python_version()}, PySide6 {pyside}",
        f"{platform.platform()}, {QApplication.platformName()}",
        f"language {language()}, screen {screen.size().width()}x{screen.size().height()}"
        f" at {screen.devicePixelRatio():g}",
        f"frozen {bool(getattr(sys, 'frozen', False))}",
    ]
    return "\n".join(lines)


def report(error: BaseException) -> str:
    """The details of an error that is our fault."""
    return diagnostics() + "\n\n" + "".join(traceback.format_exception(error))
