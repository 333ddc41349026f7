"""The columns of a list that is a board's source: what becomes of each, how sure that is, and
what a person says instead. The dialog shows it, the mapping as JSON values carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ecofolio.boards.exchange.card_targets import (
    BY_KEY,
    EVENT_BY_KEY,
    EVENTS,
    LINKS,
    TARGETS,
    proposed,
    why,
)
from ecofolio.boards.exchange.eventlogs import EventColumns, find_columns
from ecofolio.intake.dates import Order
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping
from ecofolio.intake.table import Table
from ecofolio.intake.units import describe
from ecofolio.text import _
from ecofolio.vocabulary import FieldType

REST = "rest"  # a column of an event log that is no part of the events
_MANY = frozenset({"labels", "assignee", "description", "comment", "checklist", "stage", *LINKS})


class ListColumn(NamedTuple):
    """A column: `becomes` is the key of what becomes of it (see `Columns.choices`)."""

    name: str
    examples: str
    becomes: str
    why: str


@dataclass(frozen=True)
class Columns:
    """The columns of a list with what becomes of them: of cards or, where `events`, of moves."""

    table: Table
    mapping: Mapping | None = None
    events: EventColumns | None = None

    def choices(self) -> list[tuple[str, str]]:
        """What may become of a column: keys and words."""
        if self.events is not None:
            return [*((one.key, one.label) for one in EVENTS), (REST, _("Field of the card"))]
        own = [
            (f"custom {kind.value}", _("Custom field ({type})").format(type=kind.label))
            for kind in FieldType
        ]
        fields = [(one.key, one.label) for one in TARGETS]
        return [*fields, *own, ("note", _("Part of the description")), ("out", _("Leave out"))]

    def rows(self) -> list[ListColumn]:
        """The columns in their order."""
        return self._event_rows() if self.events is not None else self._card_rows()

    def _card_rows(self) -> list[ListColumn]:
        assert self.mapping is not None
        guessed, found = proposed(self.table), []
        for place, column in enumerate(self.table.columns):
            choice = self.mapping.of(column)
            assert choice is not None
            if choice != guessed.of(column):
                reason = _("as you say")
            elif choice.becomes is Becomes.FIELD:
                reason = why(column.header, BY_KEY[str(choice.target)])
            else:
                reason = _("no part of a card is called so") if self.examples(place) else ""
            found.append(ListColumn(column.name, self.examples(place), _key(choice), reason))
        return found

    def _event_rows(self) -> list[ListColumn]:
        assert self.events is not None
        guessed = find_columns(self.table, guess=True)
        parts = {
            place: one for one in EVENTS if (place := getattr(self.events, one.key)) is not None
        }
        found = []
        for place, column in enumerate(self.table.columns):
            target = parts.get(place)
            key = target.key if target is not None else REST
            said = "" if target is None else why(column.header, target)
            if guessed is not None and self._part(guessed, place) != key:
                said = _("as you say")
            found.append(ListColumn(column.name, self.examples(place), key, said))
        return found

    @staticmethod
    def _part(events: EventColumns, place: int) -> str:
        return next((one.key for one in EVENTS if getattr(events, one.key) == place), REST)

    def examples(self, place: int) -> str:
        """A few of a column's cells."""
        return " · ".join(describe(self.table.values(place)))

    # --- what a person says instead -------------------------------------------------------------

    def said(self, name: str, key: str) -> dict[str, Any]:
        """The mapping in which a column becomes something else. Another column that was the same
        part of a card gives way where a card has but one."""
        place = next(n for n, column in enumerate(self.table.columns) if column.name == name)
        if self.events is not None:
            return self._events_said(place, key)
        assert self.mapping is not None
        column, mapping = self.table.columns[place], self.mapping
        old = mapping.of(column)
        assert old is not None
        if key in BY_KEY and key not in _MANY:
            for other in mapping.choices:
                if other.target == key and other != old:
                    mapping = mapping.with_choice(_as_text(other))
        return mapping.with_choice(_chosen(old, key)).as_json()

    def _events_said(self, place: int, key: str) -> dict[str, Any]:
        assert self.events is not None
        spec: dict[str, Any] = dict.fromkeys(EVENT_BY_KEY)
        spec |= self.events.as_json(self.table)
        name = self.table.columns[place].name
        spec = {part: None if one == name else one for part, one in spec.items()}
        return spec if key == REST else spec | {key: name}

    @property
    def dates(self) -> Order | None:
        """In which order the dates are read; None where no column is one."""
        if self.mapping is None:
            return None
        own = [choice.date_order for choice in self.mapping.choices if _is_date(choice)]
        return own[0] if own else None

    def with_dates(self, order: Order) -> dict[str, Any]:
        """The mapping with all dates read in an order."""
        assert self.mapping is not None
        choices = tuple(replace(one, date_order=order) for one in self.mapping.choices)
        return replace(self.mapping, choices=choices).as_json()

    def as_json(self) -> dict[str, Any]:
        """The mapping as it is, to be saved."""
        if self.events is not None:
            return {key: str(name) for key, name in self.events.as_json(self.table).items()}
        assert self.mapping is not None
        return self.mapping.as_json()


def _key(choice: Choice) -> str:
    match choice.becomes:
        case Becomes.FIELD:
            return str(choice.target)
        case Becomes.CUSTOM:
            return f"custom {(choice.type or FieldType.TEXT).value}"
        case Becomes.NOTE:
            return "note"
    return "out"


def _chosen(old: Choice, key: str) -> Choice:
    if key in BY_KEY:
        return replace(old, becomes=Becomes.FIELD, target=key, type=None)
    if key.startswith("custom "):
        kind = FieldType(key.removeprefix("custom "))
        return replace(old, becomes=Becomes.CUSTOM, target=None, type=kind)
    becomes = Becomes.NOTE if key == "note" else Becomes.LEAVE_OUT
    return replace(old, becomes=becomes, target=None, type=None)


def _as_text(old: Choice) -> Choice:
    return replace(old, becomes=Becomes.CUSTOM, target=None, type=FieldType.TEXT)


def _is_date(choice: Choice) -> bool:
    target = BY_KEY.get(choice.target or "")
    return (target is not None and target.kind is Kind.DATE) or choice.type is FieldType.DATE


def words(columns: Sequence[ListColumn], choices: Sequence[tuple[str, str]]) -> list[str]:
    """What becomes of each column, a sentence each."""
    said = dict(choices)
    return [
        _("“{column}” is read as: {part}.").format(column=one.name, part=said[one.becomes])
        for one in columns
        if one.becomes in BY_KEY or one.becomes in EVENT_BY_KEY
    ]
