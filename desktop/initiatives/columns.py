"""The columns of the table: what each shows, sorts by and writes, in the language in force.

A column's `key` is a field's key, one of `light`, `segments`, `milestone`, `baseline`,
`forecast` and `region`, or `custom:7` for the custom field 7.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ecofolio import format as shown
from ecofolio.initiatives import queries
from ecofolio.initiatives.fields import BY_KEY, FIELDS, Field, Kind
from ecofolio.initiatives.queries import FieldRow, InitiativeRow, Names
from ecofolio.initiatives.rules import split_list
from ecofolio.text import _, language, listed
from ecofolio.vocabulary import FieldType, Light, Segment, Term, segment_letters

_NAMED = {
    "unit_id": "unit",
    "department_id": "department",
    "scene_id": "scene",
    "lead_id": "lead",
    "sponsor_id": "sponsor",
}
USUAL = (
    "code",
    "name",
    "light",
    "unit_id",
    "scene_id",
    "segments",
    "batch",
    "stage",
    "budget_fen",
    "due_date",
    "milestone",
    "forecast",
    "lead_id",
)
_CUSTOM_KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.CHOICE: Kind.CHOICE,
}
_WIDTHS = {"code": 84, "name": 190, "segments": 76, "light": 64, "description": 240, "unit_id": 110}
_KIND_WIDTHS = {Kind.DATE: 92, Kind.MONEY: 110, Kind.NUMBER: 90, Kind.CHOICE: 100}
_POWERS = {"yuan": 0, "wan": 4, "yi": 8}
_DIGITS = re.compile(r"\d+")


class Setting(NamedTuple):
    """What columns need to know of the programme and of its reader.

    `money_unit` is `yuan`, `wan` or `yi`; `currency` an ISO code.
    """

    today: date
    money_unit: str = "yuan"
    currency: str = "CNY"

    @property
    def money_power(self) -> int:
        """The power of ten of the money unit."""
        return _POWERS[self.money_unit]


@dataclass(frozen=True)
class Column:
    """One column. `value` is what is stored, `text` what is read, `order` what sorts.

    `order` gives None for a blank, which stands last in either direction. `field` or `custom`
    says where an edit is written; a column without either is worked out and can not be edited.
    """

    key: str
    title: str
    kind: Kind
    value: Callable[[InitiativeRow], Any]
    text: Callable[[InitiativeRow], str]
    order: Callable[[InitiativeRow], Any]
    head: str = ""
    field: Field | None = None
    custom: FieldRow | None = None
    editable: bool = True

    @property
    def width(self) -> int:
        """A first width in pixels."""
        return _WIDTHS.get(self.key) or _KIND_WIDTHS.get(self.kind, 110)

    @property
    def right(self) -> bool:
        """Whether figures stand at the right."""
        return self.kind in (Kind.MONEY, Kind.NUMBER) or (
            self.kind is Kind.DATE and not self.custom
        )

    @property
    def required(self) -> bool:
        """Whether it can not be left blank."""
        return self.field is not None and self.field.required

    @property
    def vocabulary(self) -> type[Term] | None:
        """The closed vocabulary of its values, if it has one."""
        return self.field.vocabulary if self.field else None


def columns(fields: list[FieldRow], setting: Setting) -> list[Column]:
    """Every column there is, in the order of the fields, the users' own at the end."""
    made = {field.key: _of_field(field, setting) for field in FIELDS}
    made |= {column.key: column for column in _worked_out()}
    first = ("code", "name", "light", "segments")
    after = ("region", "milestone", "baseline", "forecast")
    order = [*first, *(key for key in made if key not in (*first, *after)), *after]
    return [*(made[key] for key in order), *(_of_custom(field) for field in fields)]


def _of_field(field: Field, setting: Setting) -> Column:
    key, place = field.key, InitiativeRow._fields.index(field.key)

    def value(row: InitiativeRow) -> Any:
        return row[place]

    text, order, head = _plain(value), _by_words(value), field.label
    if key in _NAMED:
        name = _plain(_getter(_NAMED[key]))
        text, order = name, _by_words(name)
    elif field.kind is Kind.DATE:
        text, order = _days(value), value
    elif field.kind is Kind.MONEY:
        text, order = _money(value, setting), value
        head = _("{name} ({unit})").format(name=field.label, unit=money_head(setting))
    elif field.vocabulary is not None:
        text, order = _words(value, field.vocabulary), _by_place(value, field.vocabulary)
    return Column(key, field.label, field.kind, value, text, order, head, field)


def _worked_out() -> list[Column]:
    lights = {light: light.label for light in Light}
    places = {light: place for place, light in enumerate((*list(Light)[2::-1], Light.NOT_REPORTED))}
    light = Column(
        "light",
        _("Health"),
        Kind.CHOICE,
        lambda row: row.light,
        lambda row: lights[row.light],
        lambda row: places[row.light],
        field=BY_KEY["health_override"],
    )
    segments = Column(
        "segments",
        _("Segments"),
        Kind.CHOICES,
        lambda row: (row.lead_segment, row.other_segments),
        segments_text,
        lambda row: segments_text(row) or None,
        field=BY_KEY["other_segments"],
    )
    return [
        light,
        segments,
        _fixed("region", _("Region"), Kind.TEXT),
        _fixed("milestone", _("Next milestone"), Kind.TEXT),
        _fixed("baseline", _("Baseline"), Kind.DATE),
        _fixed("forecast", _("Forecast"), Kind.DATE),
    ]


def _fixed(key: str, title: str, kind: Kind) -> Column:
    value = _getter(key)
    text, order = (_days(value), value) if kind is Kind.DATE else (_plain(value), _by_words(value))
    return Column(key, title, kind, value, text, order, editable=False)


def _of_custom(field: FieldRow) -> Column:
    identity, kind = field.id, _CUSTOM_KINDS[FieldType(field.type)]

    def value(row: InitiativeRow) -> str | None:
        return row.custom.get(identity)

    def number(row: InitiativeRow) -> float | None:
        found = row.custom.get(identity)
        return float(found) if found else None

    def day(row: InitiativeRow) -> date | None:
        found = row.custom.get(identity)
        return date.fromisoformat(found) if found else None

    text: Callable[[InitiativeRow], str] = _plain(value)
    order: Callable[[InitiativeRow], Any] = _by_words(value)
    if kind is Kind.NUMBER:
        order = number
    elif kind is Kind.DATE:
        order, text = day, _days(day)
    elif kind is Kind.CHOICE:
        places = {choice: place for place, choice in enumerate(field.choices)}
        order = lambda row: places.get(row.custom.get(identity, ""))  # noqa: E731
    return Column(f"custom:{identity}", field.name, kind, value, text, order, custom=field)


def _getter(name: str) -> Callable[[InitiativeRow], Any]:
    place = InitiativeRow._fields.index(name)
    return lambda row: row[place]


def _plain(value: Callable[[InitiativeRow], Any]) -> Callable[[InitiativeRow], str]:
    return lambda row: value(row) or ""


def _days(value: Callable[[InitiativeRow], Any]) -> Callable[[InitiativeRow], str]:
    def text(row: InitiativeRow) -> str:
        found = value(row)
        return "" if found is None else shown.day(found)

    return text


def _money(
    value: Callable[[InitiativeRow], Any], setting: Setting
) -> Callable[[InitiativeRow], str]:
    def text(row: InitiativeRow) -> str:
        found = value(row)
        return "" if found is None else shown.money(found, setting.money_unit)

    return text


def _words(
    value: Callable[[InitiativeRow], Any], vocabulary: type[Term]
) -> Callable[[InitiativeRow], str]:
    known: dict[str, str] = {term.value: term.label for term in vocabulary}

    def text(row: InitiativeRow) -> str:
        codes = value(row)
        if not codes:
            return ""
        if codes not in known:
            known[codes] = " · ".join(known.get(code, code) for code in split_list(codes))
        return known[codes]

    return text


def _by_place(
    value: Callable[[InitiativeRow], Any], vocabulary: type[Term]
) -> Callable[[InitiativeRow], Any]:
    places = {term.value: place for place, term in enumerate(vocabulary)}

    def order(row: InitiativeRow) -> Any:
        codes = value(row)
        return [places[code] for code in split_list(codes) if code in places] if codes else None

    return order


def _by_words(value: Callable[[InitiativeRow], Any]) -> Callable[[InitiativeRow], Any]:
    def order(row: InitiativeRow) -> bytes | None:
        found = value(row)
        return words_order(found) if found else None

    return order


def words_order(text: str) -> bytes:
    """A key that sorts words as people expect: figures by value, Chinese by its sound.

    The characters in daily use stand in GB 18030 by pinyin, and in Big5 by strokes, which is
    what readers of simplified and of traditional Chinese look them up by.
    """
    folded = _DIGITS.sub(lambda hit: hit[0].zfill(12), text.casefold())
    if language() == "zh_TW":
        try:
            return folded.encode("big5hkscs")
        except UnicodeEncodeError:
            return b"\xff" + folded.encode("gb18030", "replace")
    return folded.encode("gb18030", "replace")


def segments_text(row: InitiativeRow) -> str:
    """The segments served, the lead first: `C (G·B)`."""
    others = segment_letters(row.other_segments or "")
    if not row.lead_segment:
        return others
    return f"{row.lead_segment} ({others})" if others else row.lead_segment


def segments_words(lead: str | None, others: str | None) -> str:
    """The segments in words, as a screen reader says them."""
    parts = []
    if lead:
        parts.append(_("lead segment {segment}").format(segment=Segment(lead).label))
    if others:
        names = listed(Segment(code).label for code in split_list(others))
        parts.append(_("also {segments}").format(segments=names))
    return listed(parts) or _("no segment")


def money_head(setting: Setting) -> str:
    """The unit of money as short as a head needs it: `万元`, `CNY 10k`."""
    if language() != "en" and setting.currency == "CNY":
        return shown.money_unit(setting.money_unit, setting.currency)
    scale = {"yuan": "", "wan": " 10k", "yi": " 100m"}[setting.money_unit]
    return f"{setting.currency}{scale}"


def money_words(fen: int, setting: Setting) -> str:
    """A sum with its unit beside it: `395 万元`, `¥ 3,950,000`."""
    if language() == "en" or setting.currency != "CNY":
        return f"{shown.symbol(setting.currency).strip()} {shown.money(fen)}"
    amount = shown.money(fen, setting.money_unit).removesuffix(".00")
    return f"{amount} {shown.money_unit(setting.money_unit, setting.currency)}"


def spoken(column: Column, row: InitiativeRow, today: date) -> str:
    """A cell as a screen reader says it and a tooltip explains it."""
    if column.key == "light":
        health = queries.health(row, today)
        words = f"{health.light.label}: {health.reason}" if health.reason else health.light.label
        return _("{words} (set by hand)").format(words=words) if health.overridden else words
    if column.key == "segments":
        return segments_words(row.lead_segment, row.other_segments)
    return column.text(row) or _("blank")


def choices(column: Column, known: Names) -> list[tuple[Any, str]]:
    """What can be chosen in a column, as stored and as read; empty where anything goes."""
    if column.key == "light":
        return [(light.value, light.label) for light in Light if light is not Light.NOT_REPORTED]
    if column.vocabulary is not None:
        return [(term.value, term.label) for term in column.vocabulary]
    if column.custom is not None:
        return [(choice, choice) for choice in column.custom.choices]
    by_kind: dict[Kind, dict[int, str]] = {
        Kind.UNIT: known.units,
        Kind.DEPARTMENT: known.departments,
        Kind.SCENE: known.scenes,
        Kind.PERSON: known.people,
    }
    found = by_kind.get(column.kind, {})
    return sorted(found.items(), key=lambda item: words_order(item[1]))
