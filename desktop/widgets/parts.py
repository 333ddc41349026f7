"""Small parts of every page: labels by role, buttons, the search field, rows that wrap."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStylePainter,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from ecofolio.text import tip
from ecofolio.widgets import icons
from ecofolio.widgets.theme import Space


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text. Roles: title, name, heading, figure, muted, caption, section, key."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def scrolling(inner: QWidget, *, down_only: bool = False) -> QScrollArea:
    """What may be larger than its place, without a frame; `down_only` fits the width."""
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if down_only:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


class ElidedLabel(QLabel):
    """A label of one line that gives way: what does not fit ends in … and is in the tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        QStylePainter(self).drawItemText(
            self.contentsRect(),
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QHelpEvent)
            and event.type() is QEvent.Type.ToolTip
            and not self.toolTip()
        ):
            cut = self.sizeHint().width() > self.width()
            QToolTip.showText(event.globalPos(), tip(self.text()) if cut else "", self)
            return True
        return super().event(event)


def icon_label(name: str, tint: str = "muted", size: int = icons.SIZE) -> QLabel:
    """An icon that only accompanies words beside it."""
    made = QLabel()
    icons.dress(made, name, tint, size)
    return made


class _Button(QPushButton):
    """A button that Enter presses as well as the space bar, in a dialog or not."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def button(
    text: str,
    on_click: Callable[[], object] | None = None,
    *,
    primary: bool = False,
    icon: str = "",
    danger: bool = False,
    link: bool = False,
    tip: str = "",
) -> QPushButton:
    """A button that says what it does. `primary` is the one action of a page."""
    made = _Button(text.replace("&", "&&"))
    made.setAccessibleName(text)
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    for key, value in (("primary", primary), ("danger", danger), ("link", link)):
        if value:
            made.setProperty(key, True)
    if icon:
        tint = "on_accent" if primary else "red" if danger else "accent" if link else "muted"
        icons.dress(made, icon, tint)
    if tip:
        made.setToolTip(tip)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def tool_button(
    icon: str, name: str, on_click: Callable[[], object] | None = None, *, tint: str = "muted"
) -> QToolButton:
    """A button of an icon alone; `name` is its tooltip and what a screen reader says."""
    made = QToolButton()
    icons.dress(made, icon, tint)
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and dress the widget again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def line() -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


def row(*items: QWidget | QLayout | int | None, spacing: int = Space.S) -> QHBoxLayout:
    """Items side by side; a number is a gap, None takes the room that is left."""
    return _filled(QHBoxLayout(), items, spacing)


def column(*items: QWidget | QLayout | int | None, spacing: int = Space.S) -> QVBoxLayout:
    """Items one below another; a number is a gap, None takes the room that is left."""
    return _filled(QVBoxLayout(), items, spacing)


def _filled(layout, items, spacing):
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
    return layout


class PageHead(QWidget):
    """A page's title with its sentence ("as of …, against …") and its actions at the right."""

    def __init__(self, title: str, sentence: str = "", *actions: QWidget) -> None:
        super().__init__()
        self._title = label(title, "title")
        self._sentence = ElidedLabel(sentence, "muted")
        layout = row(self._title, spacing=Space.M)
        layout.addWidget(self._sentence, 1, Qt.AlignmentFlag.AlignVCenter)
        for action in actions:
            layout.addWidget(action)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_title(self, title: str) -> None:
        self._title.setText(title)

    def set_sentence(self, sentence: str) -> None:
        self._sentence.setText(sentence)


class SectionHead(QWidget):
    """A heading within a panel, with a caption or an action at its right."""

    def __init__(self, title: str, caption: str = "", action: QWidget | None = None) -> None:
        super().__init__()
        self._title = label(title, "heading")
        self._caption = label(caption, "caption")
        layout = row(self._title, None, self._caption)
        if action is not None:
            layout.addWidget(action)
        self.setLayout(layout)

    def set_caption(self, caption: str) -> None:
        self._caption.setText(caption)


class SearchField(QLineEdit):
    """A field for looking something up; Escape empties it."""

    def __init__(self, placeholder: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        self.setClearButtonEnabled(True)
        self._lens = icon_label("search")
        self._lens.setParent(self)
        self._lens.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextMargins(QMargins(20, 0, 0, 0))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._lens.setGeometry(8, (self.height() - 16) // 2, 16, 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel) and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class FlowLayout(QLayout):
    """Items side by side, on as many lines as the width needs."""

    def __init__(self, parent: QWidget | None = None, spacing: int = Space.S) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), moving=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, moving=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, moving: bool) -> int:
        y = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            x = rect.x()
            for item in line:
                size = item.sizeHint()
                if moving:
                    down = (height - size.height()) // 2
                    item.setGeometry(QRect(QPoint(x, y + down), size))
                x += size.width() + self.spacing()
            y += height + self.spacing()
        return max(0, y - rect.y() - self.spacing())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.widget() is not None and item.widget().isHidden():
                continue
            needed = item.sizeHint().width()
            if not lines or left < needed:
                lines.append([])
                left = width
            lines[-1].append(item)
            left -= needed + self.spacing()
        return lines


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if item.widget() is not None:
            item.widget().hide()
            item.widget().deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
