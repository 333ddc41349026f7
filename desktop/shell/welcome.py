"""What one sees without a programme: the ways to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from ecofolio.shell.navigation import Mark
from ecofolio.store.place import place_of
from ecofolio.text import _, tip
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import ElidedLabel, button, column, icon_label, label, row
from ecofolio.widgets.theme import PANEL_RADIUS, Space, in_force


class Way(QFrame):
    """A card that leads somewhere: an icon, what it does, and when one wants it."""

    clicked = Signal()

    def __init__(self, icon: str, title: str, explanation: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        said = label(explanation, "muted", wrap=True)
        said.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        words = column(label(title, "heading"), said, None, spacing=2)
        layout = row(spacing=Space.M)
        layout.addWidget(icon_label(icon, "accent", 20), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.setContentsMargins(14, Space.M, 14, Space.M)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = in_force()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent" if self.underMouse() else "line"), 1))
            painter.setBrush(theme.colour("surface"))
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, PANEL_RADIUS, PANEL_RADIUS)
            if self.hasFocus():
                paint_focus(painter, QRectF(self.rect()), PANEL_RADIUS)

    def enterEvent(self, event) -> None:
        self.update()

    def leaveEvent(self, event) -> None:
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class Welcome(QWidget):
    """Open, new, demonstration, import, and what was open lately."""

    def __init__(
        self,
        recent: Sequence[str],
        *,
        on_open: Callable[[], object],
        on_new: Callable[[], object],
        on_demonstration: Callable[[], object],
        on_import: Callable[[], object],
        on_restore: Callable[[], object],
        on_recent: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.ways = [
            _way(
                "sparkles",
                _("Look at the demonstration"),
                _("A living programme with branches, people and initiatives, to try things out."),
                on_demonstration,
            ),
            _way(
                "file-input",
                _("Import a list"),
                _("Bring in the spreadsheet in which the programme is kept today."),
                on_import,
            ),
            _way("folder-open", _("Open a programme"), _("A file that is there already."), on_open),
            _way("file-plus", _("New programme"), _("Start with an empty one."), on_new),
        ]
        body = QVBoxLayout()
        body.setSpacing(Space.M)
        head = row(Mark(28), label("Ecofolio", "title"), None, spacing=Space.M)
        body.addLayout(head)
        body.addWidget(
            label(
                _("Plan, follow and review the ecosystem initiatives of your bank."),
                "muted",
                wrap=True,
            )
        )
        body.addSpacing(Space.S)
        for left, right in zip(self.ways[::2], self.ways[1::2], strict=True):
            pair = row(spacing=Space.M)
            pair.addWidget(left, 1)
            pair.addWidget(right, 1)
            body.addLayout(pair)
        body.addWidget(_recent(recent, on_recent))
        self.restore = button(_("Restore a backup…"), on_restore, link=True, icon="history")
        body.addLayout(row(self.restore, None))
        middle = QWidget()
        middle.setLayout(body)
        middle.setFixedWidth(680)
        body.setContentsMargins(0, 0, 0, 0)
        outer = column(None, row(None, middle, None), None, None)
        outer.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self.setLayout(outer)

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.ways[0]


def _way(icon: str, title: str, explanation: str, on_click: Callable[[], object]) -> Way:
    made = Way(icon, title, explanation)
    made.clicked.connect(on_click)
    return made


def _recent(recent: Sequence[str], on_recent: Callable[[str], object]) -> Panel:
    panel = Panel(_("Recent programmes"))
    panel.body.setSpacing(0)
    if not recent:
        panel.add(label(_("None yet. What you open is listed here."), "muted"))
    for place in recent:
        known = place_of(place)
        name = known.name
        where = known.shown if known.is_server else str(known.file.parent)
        opener = button(name, partial(on_recent, place), link=True, icon="database")
        opener.setObjectName("recent")
        opener.setAccessibleName(_("Open {name}, {where}").format(name=name, where=where))
        opener.setToolTip(tip(known.shown))  # without a password
        line = row(opener, spacing=Space.M)
        line.addWidget(ElidedLabel(where, "caption"), 1)
        panel.add(line)
    return panel
