"""The settings of a board: its columns with limits and policies, lanes, and the cards' fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QInputDialog,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ecofolio.boards import layout as boards
from ecofolio.boards import queries
from ecofolio.errors import EcofolioError
from ecofolio.squads.field_editors import ChoiceField, TextField
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import ColumnKind, FieldType, LaneBy
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, clear, label, row, tool_button
from ecofolio.widgets.theme import Space


class SettingsDialog(QDialog):
    """Each change is written at once and can be undone by itself."""

    def __init__(self, context: PageContext, board_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._board = context, board_id
        self.setWindowTitle(_("Board settings"))
        self.resize(760, 560)
        self.name = TextField(_("Name of the board"))
        self.name.kept.connect(lambda value: self._set({"name": value or ""}))
        self.blocks = QCheckBox(_("A limit that would be exceeded asks for a reason first"))
        self.blocks.toggled.connect(lambda on: self._set({"blocks": on}))
        self.message = InlineMessage()
        self._columns, self._lanes, self._fields = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self.tabs = QTabWidget()
        self.tabs.addTab(_scrolled(self._columns), _("Columns"))
        self.tabs.addTab(_scrolled(self._lanes), _("Lanes"))
        self.tabs.addTab(_scrolled(self._fields), _("Fields"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        layout.setSpacing(Space.S)
        layout.addWidget(label(_("Board settings"), "title"))
        line = row(label(_("Name"), "muted"), self.name)
        line.setStretch(1, 1)
        layout.addLayout(line)
        layout.addWidget(self.blocks)
        layout.addWidget(self.message)
        layout.addWidget(self.tabs, 1)
        delete = button(_("Delete board"), self._delete, danger=True, icon="trash-2")
        done = button(_("Done"), self.accept, primary=True)
        done.setDefault(True)
        layout.addLayout(row(delete, None, done))
        self.show_board()

    # --- showing -----------------------------------------------------------------------------

    def show_board(self) -> None:
        """Read the board again."""
        with self._context.workspace.read() as connection:
            view = queries.view(connection, self._board, done_since=2**62)
        if view is None:
            self.reject()
            return
        self._view = view
        self.name.show_value(view.board.name)
        self.blocks.blockSignals(True)
        self.blocks.setChecked(view.board.blocks)
        self.blocks.blockSignals(False)
        self._show_columns()
        self._show_lanes()
        self._show_fields()

    def _show_columns(self) -> None:
        clear(self._columns)
        for n, one in enumerate(self._view.columns):
            self._columns.addLayout(self._column(n, one))
        add = button(_("Add column"), self._add_column, icon="plus")
        self._columns.addSpacing(Space.S)
        self._columns.addLayout(row(add, None))
        self._columns.addStretch(1)

    def _column(self, n: int, one: queries.ColumnRow):
        name = TextField(_("Name of column {n}").format(n=n + 1))
        name.show_value(one.name)
        name.setFixedWidth(130)
        name.kept.connect(lambda value: self._column_set(one, {"name": value or ""}))
        kind = ChoiceField(
            _("Kind of {column}").format(column=one.name),
            [(kind.value, kind.label) for kind in ColumnKind],
        )
        kind.show_value(one.kind)
        kind.setFixedWidth(104)
        kind.kept.connect(lambda value: self._column_set(one, {"kind": value}))
        limit = _limit(_("Limit of {column}").format(column=one.name), one.wip_limit)
        limit.editingFinished.connect(
            lambda: self._column_set(one, {"wip_limit": limit.value() or None})
        )
        policy = TextField(_("Policy of {column}").format(column=one.name), _("Written policy"))
        policy.show_value(one.policy)
        policy.kept.connect(lambda value: self._column_set(one, {"policy": value}))
        left = tool_button(
            "arrow-up",
            _("Move {column} to the left").format(column=one.name),
            lambda: self._do(boards.move_column, one.id, n - 1),
        )
        right = tool_button(
            "arrow-down",
            _("Move {column} to the right").format(column=one.name),
            lambda: self._do(boards.move_column, one.id, n + 1),
        )
        left.setEnabled(n > 0)
        right.setEnabled(n < len(self._view.columns) - 1)
        drop = tool_button(
            "trash-2",
            _("Delete column {column}").format(column=one.name),
            lambda: self._remove(one),
        )
        line = row(name, kind, limit, policy, left, right, drop, spacing=Space.XS)
        line.setStretch(3, 1)
        return line

    def _show_lanes(self) -> None:
        clear(self._lanes)
        fields = [one for one in self._view.fields if one.type == FieldType.CHOICE]
        by = ChoiceField(
            _("Lanes by"),
            [(one.value, one.label) for one in LaneBy if one is not LaneBy.FIELD or fields],
        )
        by.show_value(self._view.board.lane_by)
        field = next((one.id for one in self._view.fields if one.lanes), None)
        field = field or (fields[0].id if fields else None)
        by.kept.connect(lambda value: self._do(boards.set_lanes, self._board, value, field))
        line = row(label(_("Lanes by"), "muted"), by, None)
        self._lanes.addLayout(line)
        keys = [lane.key for lane in self._view.lanes]
        for n, lane in enumerate(self._view.lanes):
            limit = _limit(_("Limit of {lane}").format(lane=lane.name), lane.wip_limit)
            limit.editingFinished.connect(
                lambda key=lane.key, limit=limit: self._lane_set(key, limit.value() or None)
            )
            name = label(lane.name)
            up = tool_button(
                "arrow-up",
                _("Move {lane} up").format(lane=lane.name),
                partial(self._lane_move, keys, n, n - 1),
            )
            down = tool_button(
                "arrow-down",
                _("Move {lane} down").format(lane=lane.name),
                partial(self._lane_move, keys, n, n + 1),
            )
            up.setEnabled(n > 0)
            down.setEnabled(n < len(keys) - 1)
            said = row(name, label(_("limit"), "muted"), limit, up, down, spacing=Space.XS)
            said.setStretch(0, 1)
            self._lanes.addLayout(said)
        self._lanes.addStretch(1)

    def _show_fields(self) -> None:
        clear(self._fields)
        for one in self._view.fields:
            kind = FieldType(one.type).label
            choices = pgettext("list", ", ").join(one.choices)
            drop = tool_button(
                "trash-2",
                _("Delete field {field}").format(field=one.name),
                partial(self._do, boards.delete_field, one.id),
            )
            said = " · ".join(part for part in (kind, choices) if part)
            line = row(label(one.name, "heading"), label(said, "muted", wrap=True), drop)
            line.setStretch(1, 1)
            self._fields.addLayout(line)
        self.field_name = QLineEdit()
        self.field_name.setAccessibleName(_("Name of the new field"))
        self.field_name.setPlaceholderText(_("Name of a new field"))
        self.field_kind = ChoiceField(
            _("What it holds"), [(one.value, one.label) for one in FieldType]
        )
        self.field_choices = QLineEdit()
        self.field_choices.setAccessibleName(_("Choices, joined by commas"))
        self.field_choices.setPlaceholderText(_("Choices, joined by commas"))
        add = button(_("Add field"), self._add_field, icon="plus")
        self._fields.addSpacing(Space.S)
        line = row(self.field_name, self.field_kind, self.field_choices, add)
        line.setStretch(2, 1)
        self._fields.addLayout(line)
        self._fields.addStretch(1)

    # --- writing -----------------------------------------------------------------------------

    def _do(self, action: Callable[..., Any], *given: Any, **more: Any) -> bool:
        try:
            self._context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return False
        self.message.hide()
        self.show_board()
        return True

    def _set(self, values: dict[str, Any]) -> None:
        self._do(boards.set_board, self._board, values)

    def _column_set(self, one: queries.ColumnRow, values: dict[str, Any]) -> None:
        now = next((each for each in self._view.columns if each.id == one.id), one)
        if any(getattr(now, key) != value for key, value in values.items()):
            self._do(boards.set_column, one.id, values, now.version)

    def _lane_set(self, key: str, limit: int | None) -> None:
        now = next((lane.wip_limit for lane in self._view.lanes if lane.key == key), None)
        if limit != now:
            self._do(boards.set_lane, self._board, key, wip_limit=limit)

    def _lane_move(self, keys: list[str], place: int, to: int) -> None:
        order = [*keys[:place], *keys[place + 1 :]]
        order.insert(to, keys[place])
        self._do(boards.order_lanes, self._board, order)

    def _add_column(self) -> None:
        place = len(self._view.columns)
        while place and self._view.columns[place - 1].kind == ColumnKind.DONE:
            place -= 1
        self._do(boards.add_column, self._board, {"name": _("New column")}, place)

    def _remove(self, one: queries.ColumnRow) -> None:
        others = [each for each in self._view.columns if each.id != one.id]
        into = None
        if one.cards and others:
            names = [each.name for each in others]
            text = _("“{column}” holds cards. Which column do they go to?").format(column=one.name)
            name, sure = QInputDialog.getItem(self, _("Delete column"), text, names, 0, False)
            if not sure:
                return
            into = others[names.index(name)].id
        self._do(boards.remove_column, one.id, into)

    def _add_field(self) -> None:
        text = self.field_choices.text().replace("，", ",").replace("、", ",")
        choices = [one.strip() for one in text.split(",") if one.strip()]
        kind = self.field_kind.currentData()
        self._do(boards.add_field, self._board, self.field_name.text(), kind, choices)

    def _delete(self) -> None:
        name = self._view.board.name
        try:
            self._context.workspace.do(boards.delete_board, self._board)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.accept()
        self._context.notify(_("{board} deleted").format(board=name), undo=True)


def _limit(name: str, value: int | None) -> QSpinBox:
    made = QSpinBox()
    made.setAccessibleName(name)
    made.setRange(0, 999)
    made.setSpecialValueText(_("no limit"))
    made.setValue(value or 0)
    made.setFixedWidth(92)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


def _scrolled(layout: QVBoxLayout) -> QScrollArea:
    area, holder = QScrollArea(), QWidget()
    holder.setObjectName("content")
    layout.setContentsMargins(0, Space.M, Space.S, 0)
    layout.setSpacing(Space.XS)
    holder.setLayout(layout)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(holder)
    return area
