"""Which column becomes what: proposed by name and content, corrected by a person, saved as JSON.

The importer says what there is to fill as `Target`s; nothing here knows of initiatives.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from typing import Any

from ecofolio.errors import InputError
from ecofolio.intake.dates import Order, Role
from ecofolio.intake.table import Column, Table
from ecofolio.text import _
from ecofolio.vocabulary import FieldType, Term


class Kind(Enum):
    """How a target is read."""

    CODE = auto()  # tells one record from another
    NAME = auto()
    TEXT = auto()
    LONG_TEXT = auto()
    DATE = auto()
    MONEY = auto()
    CHOICE = auto()
    CHOICES = auto()
    TAGS = auto()
    RATING = auto()
    REFERENCE = auto()  # another record, by code or name


@dataclass(frozen=True)
class Target:
    """Something that a column can become.

    `synonyms` are what lists call it, the most telling first; `avoid` are words that make a
    header mean something else; `longest` is how many characters it holds.
    """

    key: str
    title: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    vocabulary: type[Term] | None = None
    role: Role | None = None
    longest: int = 500

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return _(self.title)


class Becomes(StrEnum):
    """What may become of a column."""

    FIELD = "field"
    CUSTOM = "custom"
    NOTE = "note"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class Choice:
    """What becomes of one column, known by its header and which of that name it is.

    `target` is the key of a field; `type` that of a custom field; `title` the name of a custom
    field or the section of a note. `scale` is the power of ten of the column's unit. `why` says
    what a unit was guessed from.
    """

    header: str
    occurrence: int
    becomes: Becomes
    title: str = ""
    target: str | None = None
    type: FieldType | None = None
    scale: int = 0
    currency: str | None = None
    date_order: Order = "dmy"
    decimal: str = "."
    why: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """The choice as plain values, without what is usual."""
        said: dict[str, Any] = {"column": self.header, "becomes": self.becomes.value}
        if self.occurrence > 1:
            said["occurrence"] = self.occurrence
        if self.becomes is Becomes.FIELD:
            said["field"] = self.target
        if self.becomes is Becomes.CUSTOM and self.type:
            said["type"] = self.type.value
        if self.title and self.title != self.header:
            said["title"] = self.title
        if self.scale:
            said["unit"] = 10**self.scale
        if self.currency:
            said["currency"] = self.currency
        if self.date_order != "dmy":
            said["date_order"] = self.date_order
        if self.decimal != ".":
            said["decimal"] = self.decimal
        return said


@dataclass(frozen=True)
class Mapping:
    """What becomes of every column, and by which target a row finds its record again."""

    choices: tuple[Choice, ...]
    key: str

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain values, for a file or a saved mapping."""
        return {"key": self.key, "columns": [choice.as_json() for choice in self.choices]}

    def of(self, column: Column) -> Choice | None:
        """The choice for a column of a list."""
        for choice in self.choices:
            if (choice.header, choice.occurrence) == (column.header, column.occurrence):
                return choice
        return None

    def with_choice(self, choice: Choice) -> Mapping:
        """This mapping with one column's choice replaced."""
        name = (choice.header, choice.occurrence)
        choices = tuple(
            choice if (one.header, one.occurrence) == name else one for one in self.choices
        )
        return replace(self, choices=choices)


_UNITS = {10**power: power for power in range(16)}


def from_json(said: object, targets: Sequence[Target]) -> Mapping:
    """A mapping from its plain values; `InputError` says what is wrong with them."""
    if not isinstance(said, Dict) or not isinstance(said.get("columns"), list):
        raise InputError(_("This is not a mapping: it needs a list named “columns”."))
    keys = {target.key for target in targets}
    choices = tuple(_choice_from(one, keys) for one in said["columns"])
    names = [(choice.header, choice.occurrence) for choice in choices]
    if len(set(names)) < len(names):
        raise InputError(_("The mapping names a column twice; tell them apart by “occurrence”."))
    key = said.get("key")
    mapped = {choice.target for choice in choices if choice.becomes is Becomes.FIELD}
    if key not in mapped:
        key = next(
            (one.key for one in targets if one.kind is Kind.CODE and one.key in mapped), None
        )
        key = key or next((one.key for one in targets if one.kind is Kind.NAME), "")
    return Mapping(choices, str(key))


def _choice_from(said: object, keys: set[str]) -> Choice:
    if not isinstance(said, Dict) or not isinstance(said.get("column"), str):
        raise InputError(_("A column of the mapping has no name: it needs “column”."))
    column: str = said["column"]

    def wrong(part: str) -> InputError:
        return InputError(
            _("The mapping's “{part}” of the column {column} is not known.").format(
                part=part, column=column
            )
        )

    try:
        becomes = Becomes(said.get("becomes", "field" if said.get("field") else "note"))
    except ValueError:
        raise wrong("becomes") from None
    target = said.get("field")
    if becomes is Becomes.FIELD and not (isinstance(target, str) and target in keys):
        raise wrong("field")
    kind = said.get("type", "text")
    if not isinstance(kind, str) or kind not in FieldType._value2member_map_:
        raise wrong("type")
    occurrence, unit = said.get("occurrence", 1), said.get("unit", 1)
    if not isinstance(occurrence, int) or occurrence < 1:
        raise wrong("occurrence")
    if not isinstance(unit, int) or unit not in _UNITS:
        raise wrong("unit")
    order, mark = said.get("date_order", "dmy"), said.get("decimal", ".")
    if order not in ("dmy", "mdy"):
        raise wrong("date_order")
    if mark not in (".", ","):
        raise wrong("decimal")
    currency, title = said.get("currency"), said.get("title", column)
    if not isinstance(title, str) or not title.strip():
        raise wrong("title")
    if currency is not None and not isinstance(currency, str):
        raise wrong("currency")
    return Choice(
        column,
        occurrence,
        becomes,
        title,
        target if becomes is Becomes.FIELD else None,
        FieldType(kind) if becomes is Becomes.CUSTOM else None,
        _UNITS[unit],
        currency,
        order,
        mark,
        "",
    )


def fitted(saved: Mapping, proposed: Mapping, table: Table) -> Mapping:
    """A saved mapping for this list: columns that it does not name are as proposed.

    A proposal gives way where the saved mapping fills the same field already.
    """
    taken = {choice.target for choice in saved.choices if choice.becomes is Becomes.FIELD}
    choices = []
    for column in table.columns:
        choice = saved.of(column) or proposed.of(column)
        assert choice is not None
        if saved.of(column) is None and choice.target in taken and choice.target:
            choice = replace(choice, becomes=Becomes.NOTE, target=None, title=column.name)
        choices.append(choice)
    filled = {choice.target for choice in choices}
    return Mapping(tuple(choices), saved.key if saved.key in filled else proposed.key)
