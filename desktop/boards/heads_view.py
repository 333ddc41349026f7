"""The heads of a board's columns: name, count against limit, written policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QStyle, QStyleOptionSlider, QWidget

from ecofolio.boards.desk import DONE_DAYS
from ecofolio.boards.queries import ColumnRow
from ecofolio.boards.stains_view import strip
from ecofolio.boards.wall import BETWEEN
from ecofolio.text import _, listed, tip
from ecofolio.vocabulary import ColumnKind
from ecofolio.widgets.painters import Badge
from ecofolio.widgets.parts import ElidedLabel, column, row, tool_button
from ecofolio.widgets.theme import in_force

if TYPE_CHECKING:
    from ecofolio.boards.wall_view import WallView

HEIGHT, HEIGHT_WITH_POLICY = 34, 50


class ColumnHead(QWidget):
    """Stands above a column; `add_wanted` and `menu_wanted` name the column."""

    add_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.column_id = 0
        self._shown: object = None
        self.name = ElidedLabel("", "heading")
        self.badge = Badge("")
        self.policy = ElidedLabel("", "caption")
        self.add = tool_button("plus", "", lambda: self.add_wanted.emit(self.column_id))
        self.add.setFixedSize(22, 22)
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        top = row(self.name, self.badge, self.add, spacing=4)
        top.setStretch(0, 1)
        layout = column(top, self.policy, None, spacing=0)
        layout.setContentsMargins(4, 4, 0, 0)
        self.setLayout(layout)

    def show_column(self, one: ColumnRow, shown: int) -> None:
        """Show a column; `shown` is how many of its cards a filter leaves."""
        if (one, shown) == self._shown:
            return
        self._shown = one, shown
        self.column_id = one.id
        self.name.setText(one.name)
        text, tone = _count(one)
        if shown != one.cards and one.kind != ColumnKind.DONE:
            text = _("{shown} of {n}").format(shown=shown, n=text)
        self.badge.set_text(text, tone)
        self.policy.setText(one.policy or "")
        self.policy.setVisible(bool(one.policy))
        self.add.setAccessibleName(_("Add cards to {column}").format(column=one.name))
        self.add.setToolTip(tip(_("Add cards to {column}").format(column=one.name)))
        said = [one.name, ColumnKind(one.kind).label, text]
        if one.kind == ColumnKind.DONE:
            said.append(_("cards finished in the last {n} days are shown").format(n=DONE_DAYS))
        if one.policy:
            said.append(one.policy)
        self.setAccessibleName(listed(said))
        self.setToolTip(tip("\n".join(said)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.column_id, event.globalPos())


def _count(one: ColumnRow) -> tuple[str, str]:
    """The count against the limit, and the tone of it."""
    if one.wip_limit is None:
        return str(one.cards), "muted"
    text = f"{one.cards}/{one.wip_limit}"
    if one.is_over:
        return _("{count} over limit").format(count=text), "red"
    return text, "amber" if one.cards == one.wip_limit else "muted"


class ColumnBar(QScrollBar):
    """Scrolls a column by itself. It looks like every bar of the style sheet, and is painted in a
    tenth of the time: there are as many as columns, and they move with each card."""

    def __init__(self, view: WallView) -> None:
        super().__init__(Qt.Orientation.Vertical, view.viewport())
        self.column_id = 0
        self.setSingleStep(40)
        self.setAccessibleName(_("Scroll the column"))
        self.valueChanged.connect(
            lambda _value: view.viewport().update(strip(view, self.column_id))
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        bar, slider = QStyle.ComplexControl.CC_ScrollBar, QStyle.SubControl.SC_ScrollBarSlider
        rect = QRectF(self.style().subControlRect(bar, option, slider, self))
        is_over = option.state & QStyle.StateFlag.State_MouseOver
        hovered = is_over and option.activeSubControls & slider
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(in_force().colour("faint" if hovered else "line"))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)


class ColumnHeads:
    """The heads above a wall, and the scroll bars beside its columns where there are no lanes."""

    def __init__(self, view: WallView) -> None:
        self._view = view
        self.strip = QWidget()  # beside the wall, because Qt tells of nothing in a list but items
        self.strip.setAccessibleName(_("Columns"))
        self.heads: list[ColumnHead] = []
        self.bars: dict[int, ColumnBar] = {}

    def fill(self, columns: list[ColumnRow], shown: dict[int, int]) -> int:
        """Show columns; returns the height that the heads want."""
        while len(self.heads) > len(columns):
            _let_go(self.heads.pop())
        while len(self.heads) < len(columns):
            head = ColumnHead(self.strip)
            head.add_wanted.connect(self._view.add_wanted)
            head.menu_wanted.connect(self._view.column_menu_wanted)
            head.show()
            self.heads.append(head)
        for head, one in zip(self.heads, columns, strict=True):
            head.show_column(one, shown.get(one.id, one.cards))
        return HEIGHT_WITH_POLICY if any(one.policy for one in columns) else HEIGHT

    def set_ranges(self) -> None:
        """Say how far each column can be scrolled by itself."""
        wall, room = self._view.wall, self._view.viewport().height()
        spare = [self.bars.pop(gone) for gone in self.bars.keys() - set(wall.columns)]
        for column_id in wall.columns:
            bar = self.bars.get(column_id)
            if bar is None:
                bar = self.bars[column_id] = spare.pop() if spare else ColumnBar(self._view)
                bar.column_id = column_id
                bar.setValue(0)
            bar.setPageStep(room)
            most = 0 if wall.has_lanes else max(0, wall.column_height(column_id) - room)
            bar.setRange(0, most)
            bar.setVisible(most > 0)
        for bar in spare:
            _let_go(bar)

    def place(self) -> None:
        """Put heads and bars where their columns are now."""
        view, wall = self._view, self._view.wall
        left, frame = view.horizontalOffset(), view.viewport().geometry()
        for head, column_id in zip(self.heads, wall.columns, strict=False):
            x = wall.column_x(column_id) - left
            head.setGeometry(frame.x() + x, 0, wall.column_width, self.strip.height() - 4)
        for column_id, bar in self.bars.items():
            if column_id in wall.columns:
                x = wall.column_x(column_id) - left + wall.column_width
                bar.setGeometry(x, 0, BETWEEN, frame.height())


def _let_go(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
