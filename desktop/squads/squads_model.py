"""The squads as a table: who leads them, who is in them, and whether they are fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ecofolio.squads.queries import SquadRow
from ecofolio.text import N_, _, in_a_row, pgettext, tip
from ecofolio.vocabulary import Office, SquadKind
from ecofolio.widgets.painters import SIGN, paint_focus, paint_light
from ecofolio.widgets.theme import in_force

Role = Qt.ItemDataRole
ROW = Role.UserRole
HEADS = (
    N_("Squad"),
    N_("Fitness"),
    N_("Lead"),
    N_("People"),
    N_("Departments"),
)
FITNESS, DEPARTMENTS = 1, 4
# Each call stands in full: the catalogues are gathered from the words as they are written.
_LETTERS: dict[Office, Callable[[], str]] = {
    Office.FRONT: lambda: pgettext("office in one letter", "F"),
    Office.MIDDLE: lambda: pgettext("office in one letter", "M"),
    Office.BACK: lambda: pgettext("office in one letter", "B"),
}


class SquadsModel(QAbstractTableModel):
    """A row for each squad that a search leaves."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._all: list[SquadRow] = []
        self._text = ""
        self.rows: list[SquadRow] = []

    def fill(self, rows: list[SquadRow]) -> None:
        """Show squads."""
        self._all = rows
        self.search(self._text)

    def search(self, text: str) -> None:
        """Leave the squads in whose code, name or lead every word is found."""
        self._text = text
        words = text.casefold().split()
        self.beginResetModel()
        self.rows = [
            one
            for one in self._all
            if all(word in f"{one.code} {one.name} {one.lead}".casefold() for word in words)
        ]
        self.endResetModel()

    @property
    def total(self) -> int:
        return len(self._all)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADS)

    def data(self, index, role=Role.DisplayRole):
        one = self.rows[index.row()]
        if role == Role.DisplayRole:
            return self._words(one, index.column())
        if role == ROW:
            return one
        if role == Role.ToolTipRole:
            if index.column() == FITNESS:
                return tip("\n".join(one.fitness.failings))
            if index.column() == DEPARTMENTS:
                found = [office.label for office in Office if office.value in one.fitness.offices]
                return tip(pgettext("list", ", ").join(found))
            kind = f" · {SquadKind(one.kind).label}" if index.column() == 0 else ""
            return tip(self._words(one, index.column()) + kind)
        if role == Role.TextAlignmentRole and index.column() == 3:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _words(self, one: SquadRow, column: int) -> str:
        offices = [
            letter() for office, letter in _LETTERS.items() if office.value in one.fitness.offices
        ]
        return (
            one.name,
            _("fit") if one.fitness.is_fit else in_a_row(one.fitness.failings),
            one.lead or "–",
            str(one.people),
            " · ".join(filter(None, (str(one.fitness.departments), " ".join(offices)))),
        )[column]

    def headerData(self, section, orientation, role=Role.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return _(HEADS[section])
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 3 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class FitnessDelegate(QStyledItemDelegate):
    """A light, and beside it what is missing."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        theme, one = in_force(), index.data(ROW)
        rect = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("soft"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        light = "green" if one.fitness.is_fit else "red" if one.lead_id is None else "amber"
        paint_light(painter, rect.adjusted(8, 0, 0, 0), light)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        words = rect.adjusted(8 + SIGN + 8, 0, -8, 0)
        text = QFontMetrics(theme.font()).elidedText(
            index.data(), Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()
