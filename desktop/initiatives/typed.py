"""Typed and pasted text as values of a column, and values as text that can be typed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ecofolio.errors import InputError
from ecofolio.initiatives.columns import Column, Setting
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.queries import InitiativeRow, Names
from ecofolio.text import _
from ecofolio.vocabulary import Light, Segment

if TYPE_CHECKING:
    from ecofolio.intake.dates import Role
    from ecofolio.intake.reading import Cell
    from ecofolio.intake.values import Reader
# What reads is imported where something is typed (or by `fetch`): dates and money in every style
# are a hundred patterns, for which the first picture of a table need not wait.


def fetch() -> None:
    """Import what reads, while nobody waits for it."""
    from ecofolio.intake import dates, money, values  # noqa: F401


@dataclass(frozen=True)
class Reading:
    """Reads text for any column. `InputError` says what can not be read and why."""

    setting: Setting
    known: Names

    def value(self, column: Column, text: str) -> Any:
        """The value that a text stands for in a column; None for a blank one.

        A custom field's value is the text that is stored.
        """
        if not text.strip():
            return None
        from ecofolio.intake.values import Reason

        found = self._reader(column)(text)
        if isinstance(found, Reason):
            raise InputError(
                _("“{text}” {reason}: “{column}” is left as it was.").format(
                    text=_short(text), reason=found.text, column=column.title
                )
            )
        return _stored(column, found)

    def _reader(self, column: Column) -> Reader:
        from ecofolio.intake.dates import date_reader
        from ecofolio.intake.money import Unit, money_reader
        from ecofolio.intake.values import read_number, read_text, term_reader, terms_reader

        if column.key == "light":
            return term_reader(Light)
        if column.key == "segments":
            return _segments
        match column.kind:
            case Kind.CHOICE if column.custom is not None:
                return _one_of((choice, choice) for choice in column.custom.choices)
            case Kind.CHOICE if column.vocabulary is not None:
                return term_reader(column.vocabulary)
            case Kind.CHOICES if column.vocabulary is not None:
                return terms_reader(column.vocabulary)
            case Kind.DATE:
                return date_reader(role=_ROLES.get(column.key))
            case Kind.MONEY:
                return money_reader(self.setting.currency, Unit(self.setting.money_power))
            case Kind.NUMBER:
                return read_number
            case Kind.UNIT:
                return _one_of([*_turned(self.known.units), *_turned(self.known.unit_codes)])
            case Kind.DEPARTMENT:
                return _one_of(_turned(self.known.departments))
            case Kind.SCENE:
                return _one_of(_turned(self.known.scenes))
            case Kind.PERSON:
                return _one_of(_turned(self.known.people))
        return read_text


_ROLES: Mapping[str, Role] = {"start_date": "start", "due_date": "end"}


def typed(column: Column, row: InitiativeRow, setting: Setting) -> str:
    """A cell as text that reads back as the same value, for editors and the clipboard."""
    value = column.value(row)
    if value is None:
        return ""
    if column.kind is Kind.MONEY:
        amount = Decimal(value).scaleb(-2 - setting.money_power).normalize()
        return f"{amount:f}"
    if isinstance(value, date):
        return value.isoformat()
    if column.kind is Kind.DATE or column.kind is Kind.NUMBER:
        return str(value)
    if column.kind is Kind.TAGS:
        return str(value).replace(",", ", ")
    return column.text(row)


def _stored(column: Column, found: Any) -> Any:
    if column.custom is None:
        return found
    if isinstance(found, Decimal):
        return f"{found.normalize():f}"
    return found.isoformat() if isinstance(found, date) else str(found)


def _turned(names: Mapping[int, str]) -> list[tuple[str, int]]:
    return [(name, identity) for identity, name in names.items()]


def _segments(cell: Cell) -> object:
    """Segments as they are shown, `C (G·B)`, or named in any usual way."""
    from ecofolio.intake.values import plain, terms_reader

    text = plain(str(cell)).replace("(", ",").replace(")", " ")
    return terms_reader(Segment)(text)


def _one_of(known: Iterable[tuple[str, Any]]) -> Reader:
    from ecofolio.intake.values import Reason

    folded: dict[str, set[Any]] = {}
    for name, value in known:
        folded.setdefault(name.casefold(), set()).add(value)

    def read(cell: object) -> object:
        name = str(cell).strip().casefold()
        found = folded.get(name, set())
        if len(found) == 1:
            return next(iter(found))
        several = found or any(one.startswith(f"{name} (") for one in folded)
        return Reason(_("is the name of several") if several else _("is not known here"))

    return read


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
