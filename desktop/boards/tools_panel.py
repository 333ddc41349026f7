"""Above a board: which board, its lanes and colours, quick and saved filters, and the search."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.filters import NO_SPRINT, CardFilter
from ecofolio.boards.queries import BoardRow
from ecofolio.text import N_, _
from ecofolio.vocabulary import LaneBy, ServiceClass
from ecofolio.widgets.choosers import Chip, Choice, MultiChoice, Node, TreeChoice
from ecofolio.widgets.parts import FlowLayout, SearchField, set_property
from ecofolio.widgets.theme import Space

_QUICK = (
    ("mine", N_("Mine")),
    ("stuck", N_("Stuck")),
    ("due", N_("Due this week")),
    ("elsewhere", N_("Waiting on others")),
)
COLOURS = {"age": N_("age"), "service": N_("class of service"), "none": N_("nothing")}
_TYPING = 30  # ms after the last keystroke


class FilterChip(QPushButton):
    """A filter to switch on and off, with how many cards it leaves."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setProperty("chip", True)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: set_property(self, "chosen", on))
        self.show_count(None)

    def show_count(self, count: int | None) -> None:
        """Say how many cards it leaves."""
        text = self._name if count is None else f"{self._name} {count}"
        self.setText(text)
        self.setAccessibleName(text)


class ToolsPanel(QWidget):
    """Says what is wanted; the page does it."""

    board_wanted = Signal(int)
    lanes_wanted = Signal(str)
    colour_wanted = Signal(str)
    filtered = Signal(object)  # CardFilter
    dims_wanted = Signal(bool)
    save_wanted = Signal()
    forget_wanted = Signal(int)

    def __init__(self, desk: BoardDesk) -> None:
        super().__init__()
        self._desk = desk
        self._boards: list[BoardRow] = []
        self._saved: list[tuple[int, str, str]] = []
        self._base = CardFilter()  # what no chip and no field says
        self.board = Chip(_("Squad"))
        self.board.clicked.connect(self._choose_board)
        self.lanes = Chip(_("Lanes"))
        self.lanes.clicked.connect(self._choose_lanes)
        self.colour = Chip(_("Colour by"), _(COLOURS["age"]))
        self.colour.clicked.connect(self._choose_colour)
        self.quick = {key: FilterChip(_(name)) for key, name in _QUICK}
        for chip in self.quick.values():
            chip.toggled.connect(self._emit)
        self.more = Chip(_("Filter"), _("none"))
        self.more.clicked.connect(self._open_more)
        self.search = SearchField(_("Find cards"), _("Find cards on this board"))
        self.search.setFixedWidth(190)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING)
        self._typing.timeout.connect(self._emit)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        flow = FlowLayout(self, Space.S)
        for part in (self.board, self.lanes, self.colour, *self.quick.values(), self.more):
            flow.addWidget(part)
        flow.addWidget(self.search)

    # --- showing -----------------------------------------------------------------------------

    def show_board(self, boards: list[BoardRow], saved: list[tuple[int, str, str]]) -> None:
        """Show which board is open, and its saved filters."""
        self._boards, self._saved = boards, saved
        view = self._desk.view
        self.board.set_value(view.board.squad if view is not None else "–", chosen=True)
        by = LaneBy(view.board.lane_by) if view is not None else LaneBy.NONE
        self.lanes.set_value(by.label, chosen=by is not LaneBy.NONE)
        self.setEnabled(view is not None or bool(boards))

    def show_counts(self, counts: dict[str, int]) -> None:
        """Say how many cards each quick filter would leave."""
        for key, chip in self.quick.items():
            chip.show_count(counts.get(key))

    def show_filter(self, wanted: CardFilter) -> None:
        """Show a filter without saying that it was chosen."""
        self._base = wanted
        for part in (*self.quick.values(), self.search):
            part.blockSignals(True)
        for key, chip in self.quick.items():
            chip.setChecked(getattr(wanted, key))
            set_property(chip, "chosen", chip.isChecked())
        self.search.setText(wanted.text)
        for part in (*self.quick.values(), self.search):
            part.blockSignals(False)
        self._show_more()

    def show_colour(self, key: str) -> None:
        """Show what colours the cards."""
        self.colour.set_value(_(COLOURS[key]), chosen=key != "age")

    def filter(self) -> CardFilter:
        """What is chosen now."""
        chosen: dict[str, Any] = {key: chip.isChecked() for key, chip in self.quick.items()}
        return dataclasses.replace(self._base, text=self.search.text().strip(), **chosen)

    def clear(self) -> None:
        """Leave nothing out."""
        self.show_filter(CardFilter(dims=self._base.dims))
        self._emit()

    def _emit(self, *_all: object) -> None:
        self._base = self.filter()
        self._show_more()
        self.filtered.emit(self._base)

    def _show_more(self) -> None:
        base = self._base
        chosen = (base.labels, base.services, base.assignees, base.initiatives, base.sprints)
        n = sum(map(bool, chosen))
        name = next((one for _id, one, spec in self._saved if spec == base.as_json()), "")
        self.more.set_value(name or (str(n) if n else _("none")), chosen=bool(n or name))

    # --- choosing ----------------------------------------------------------------------------

    def _choose_board(self) -> None:
        squads = dict.fromkeys((row.squad_id, row.squad) for row in self._boards)
        nodes = [Node(("squad", one), name) for one, name in squads]
        nodes += [Node(row.id, row.name, ("squad", row.squad_id), row.code) for row in self._boards]
        view = self._desk.view
        current = view.board.id if view is not None else None
        popup = TreeChoice(self.board, _("Board"), nodes, current, everything=_("First board"))
        popup.tree.expandAll()
        popup.chosen.connect(self._board_chosen)
        popup.open_below(self.board)

    def _board_chosen(self, key: object) -> None:
        if isinstance(key, tuple):
            key = next((row.id for row in self._boards if row.squad_id == key[1]), None)
        if key is None and self._boards:
            key = self._boards[0].id
        if isinstance(key, int):
            self.board_wanted.emit(key)

    def _choose_lanes(self) -> None:
        menu = QMenu(self)
        view = self._desk.view
        has_field = view is not None and any(one.type == "choice" for one in view.fields)
        for by in LaneBy:
            if by is not LaneBy.FIELD or has_field:
                self._tick(
                    menu,
                    by.label,
                    view is not None and view.board.lane_by == by,
                    partial(self.lanes_wanted.emit, by.value),
                )
        self._popup(menu, self.lanes)

    def _choose_colour(self) -> None:
        menu = QMenu(self)
        for key, name in COLOURS.items():
            self._tick(
                menu,
                _(name),
                self.colour.value == _(name),
                partial(self.colour_wanted.emit, key),
            )
        self._popup(menu, self.colour)

    def _open_more(self) -> None:
        menu = QMenu(self)
        for _identity, name, spec in self._saved:
            wanted = CardFilter.from_json(spec)
            menu.addAction(name.replace("&", "&&"), partial(self._take, wanted))
        if self._saved:
            forget = menu.addMenu(_("Forget"))
            for identity, name, _spec in self._saved:
                forget.addAction(
                    name.replace("&", "&&"), partial(self.forget_wanted.emit, identity)
                )
            menu.addSeparator()
        menu.addAction(_("By people…"), lambda: self._by("assignees"))
        menu.addAction(_("By label…"), lambda: self._by("labels"))
        menu.addAction(_("By class of service…"), lambda: self._by("services"))
        menu.addAction(_("By initiative…"), lambda: self._by("initiatives"))
        if self._desk.view is not None and self._desk.view.board.sprints:
            menu.addAction(_("By sprint…"), lambda: self._by("sprints"))
        menu.addSeparator()
        self._tick(menu, _("Dim the others"), self._base.dims, self._switch_dims)
        menu.addAction(_("Save this filter…"), self.save_wanted.emit)
        menu.addAction(_("Take the filters away"), self.clear)
        self._popup(menu, self.more)

    def _take(self, wanted: CardFilter) -> None:
        self.show_filter(wanted)
        self._emit()

    def _switch_dims(self) -> None:
        self._base = dataclasses.replace(self._base, dims=not self._base.dims)
        self._emit()

    def _by(self, name: str) -> None:
        choices = getattr(self, f"_{name}")()
        popup = MultiChoice(
            self.more, self.more.accessibleName(), choices, getattr(self._base, name)
        )
        popup.chosen.connect(lambda chosen: self._chosen(name, chosen))
        popup.open_below(self.more)

    def _chosen(self, name: str, chosen: Any) -> None:
        self._base = dataclasses.replace(self._base, **{name: chosen})
        self._emit()

    def _assignees(self) -> list[Choice]:
        view = self._desk.view
        if view is None:
            return []
        used = {one for own in view.assignees.values() for one in own}
        return sorted(
            (Choice(one, view.people.get(one, "?")) for one in used), key=lambda c: c.title
        )

    def _labels(self) -> list[Choice]:
        from ecofolio.boards.rules import split_labels

        cards = self._desk.view.cards if self._desk.view is not None else []
        return [
            Choice(one, one)
            for one in sorted({name for card in cards for name in split_labels(card.labels)})
        ]

    def _services(self) -> list[Choice]:
        return [Choice(one.value, one.label) for one in ServiceClass]

    def _initiatives(self) -> list[Choice]:
        view = self._desk.view
        if view is None:
            return []
        used = {card.initiative_id for card in view.cards if card.initiative_id is not None}
        return sorted(
            (Choice(one, view.initiatives.get(one, "?")) for one in used), key=lambda c: c.title
        )

    def _sprints(self) -> list[Choice]:
        view = self._desk.view
        named = view.sprints.items() if view is not None else ()
        return [Choice(NO_SPRINT, _("No sprint")), *(Choice(one, own.name) for one, own in named)]

    def _tick(self, menu: QMenu, text: str, on: bool, do: Callable[[], object]) -> None:
        action = menu.addAction(text.replace("&", "&&"), do)
        action.setCheckable(True)
        action.setChecked(on)

    def _popup(self, menu: QMenu, chip: Chip) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))
