"""A list's cells read as an initiative's values, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ecofolio.initiatives.import_references import References
from ecofolio.initiatives.import_targets import TARGET_BY_KEY
from ecofolio.initiatives.rules import join_tags, split_list
from ecofolio.intake.dates import Span, date_reader, span_reader
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping, Target
from ecofolio.intake.money import Unit, currency_of, money_reader, number_reader, settled_currency
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Table
from ecofolio.intake.units import guess_unit
from ecofolio.intake.values import (
    Rating,
    Reader,
    Reason,
    cell_text,
    codes_in,
    rating_reader,
    read_column,
    read_line,
    read_text,
    term_reader,
    terms_reader,
)
from ecofolio.text import _
from ecofolio.vocabulary import FieldType, Segment

Values = list[Any]
_SEVERAL = (Kind.TAGS, Kind.CHOICES)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that could not be read: where it stands, what it says word for word, and why not."""

    row: int
    column: str
    text: str
    reason: str


@dataclass(frozen=True)
class Setting:
    """What a programme says about reading: its currency, fiscal year and custom fields."""

    currency: str
    fiscal_start_month: int
    custom_types: dict[str, FieldType] = field(default_factory=dict)


@dataclass
class ReadList:
    """The list as values: per target and custom field one value a row, None for nothing said.

    `notes` are the texts to keep per row, by section. `kept_sections` are the columns whose cells
    would be kept as notes if they could not be read.
    """

    fields: dict[str, Values] = field(default_factory=dict)
    customs: dict[str, list[str | None]] = field(default_factory=dict)
    custom_types: dict[str, FieldType] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    kept_sections: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)


class ListReader:
    """Reads one table by one mapping."""

    def __init__(
        self, table: Table, mapping: Mapping, setting: Setting, references: References
    ) -> None:
        self.table = table
        self.mapping = mapping
        self.setting = setting
        self.references = references
        self.result = ReadList(notes=[{} for _row in table.rows])

    def read(self) -> ReadList:
        """All columns read."""
        for place, column in enumerate(self.table.columns):
            choice = self.mapping.of(column)
            if choice is None or choice.becomes is Becomes.LEAVE_OUT:
                continue
            if choice.becomes is Becomes.NOTE:
                self._read_notes(place, choice)
            elif choice.becomes is Becomes.CUSTOM:
                self._read_custom(place, choice)
            elif choice.target:
                self._read_field(place, choice, TARGET_BY_KEY[choice.target])
        self._settle_health()
        self._settle_segments()
        self._settle_spans()
        return self.result

    def keep(self, row: int, place: int, text: str, reason: str) -> None:
        """Keep a cell word for word under its header, and say why."""
        column = self.table.columns[place].name
        self.result.notes[row].setdefault(column, text)
        number = self.table.row_numbers[row]
        self.result.unreadable.append(Unreadable(number, column, text, reason))

    def _read_notes(self, place: int, choice: Choice) -> None:
        for notes, cell in zip(self.result.notes, self.table.values(place), strict=True):
            if cell is not None:
                text = cell_text(cell)
                if text:
                    notes[choice.title] = text

    def _read_custom(self, place: int, choice: Choice) -> None:
        title = choice.title
        kind = self.setting.custom_types.get(title) or choice.type or FieldType.TEXT
        values = self._column(place, _custom_reader(kind, choice))
        self.result.custom_types[title] = kind
        self._merge(self.result.customs, title, place, values)

    def _read_field(self, place: int, choice: Choice, target: Target) -> None:
        values = self._column(place, self._reader(choice, target))
        self.result.places.setdefault(target.key, []).append(place)
        self._merge(self.result.fields, target.key, place, values)

    def _column(self, place: int, reader: Reader) -> Values:
        """The column's values; what can not be read is kept and left out."""
        cells = self.table.values(place)
        self.result.kept_sections[self.table.columns[place].name] = place
        values = read_column(cells, reader)
        for row, value in enumerate(values):
            if isinstance(value, Reason):
                self.keep(row, place, cell_text(cells[row]), value.text)
                values[row] = None
        return values

    def _merge(self, into: dict[str, Values], key: str, place: int, values: Values) -> None:
        """Fill the gaps of an earlier column of the same target; what differs is kept."""
        earlier = into.setdefault(key, values)
        if earlier is values:
            return
        several = into is self.result.fields and TARGET_BY_KEY[key].kind in _SEVERAL
        for row, value in enumerate(values):
            if value is None:
                continue
            if earlier[row] is None:
                earlier[row] = value
            elif several:
                earlier[row] = join_tags([*split_list(earlier[row]), *split_list(value)])
            elif earlier[row] != value:
                text = cell_text(self.table.rows[row][place])
                self.keep(row, place, text, _("another column already says otherwise"))

    def _reader(self, choice: Choice, target: Target) -> Reader:
        match target.kind:
            case Kind.DATE if target.role == "start":
                return span_reader(choice.date_order, self.setting.fiscal_start_month)
            case Kind.DATE:
                return date_reader(choice.date_order, target.role, self.setting.fiscal_start_month)
            case Kind.MONEY:
                unit = Unit(choice.scale, choice.currency)
                return money_reader(self.setting.currency, unit, choice.decimal)
            case Kind.RATING:
                return rating_reader(choice.header)
            case Kind.REFERENCE:
                return self.references.directory(target.key).reader()
            case Kind.CHOICE if target.vocabulary is Segment:
                return _read_segments
            case Kind.CHOICE if target.vocabulary:
                return term_reader(target.vocabulary)
            case Kind.CHOICES if target.vocabulary:
                return terms_reader(target.vocabulary)
            case Kind.NAME:
                return read_line
            case Kind.TAGS:
                return _bounded(lambda cell: join_tags([cell_text(cell)]), target.longest)
        line = read_text if target.kind is Kind.LONG_TEXT else read_line
        return _bounded(line, target.longest)

    def _settle_health(self) -> None:
        """A rating and its comment become an override and its reason."""
        ratings = self.result.fields.get("health_override")
        comments = self.result.fields.get("health_reason")
        if ratings is None and comments is None:
            return
        count = len(self.table.rows)
        lights: Values = [None] * count
        reasons: Values = [None] * count
        for row in range(count):
            rating = ratings[row] if ratings else None
            comment = comments[row] if comments else None
            if isinstance(rating, Rating):
                lights[row] = rating.light
                reasons[row] = _reason(rating, comment)
            elif comment:
                place = self.result.places["health_reason"][0]
                self.result.notes[row][self.table.columns[place].name] = comment
        self.result.fields["health_override"] = lights
        self.result.fields["health_reason"] = reasons

    def _settle_segments(self) -> None:
        """The first segment that a cell names leads; the others are the other segments."""
        leads = self.result.fields.get("lead_segment")
        if leads is None:
            return
        others = self.result.fields.get("other_segments") or [None] * len(leads)
        several = False
        for row, codes in enumerate(leads):
            if codes is None:
                continue
            leads[row] = codes[0]
            chosen = set((others[row] or "").split(",")) | set(codes[1:])
            chosen -= {codes[0], ""}
            others[row] = ",".join(one.value for one in Segment if one.value in chosen) or None
            several = several or bool(others[row])
        if several or "other_segments" in self.result.fields:
            self.result.fields["other_segments"] = others

    def _settle_spans(self) -> None:
        """A cell that names start and end fills both dates, unless an end is said elsewhere."""
        starts = self.result.fields.get("start_date") or []
        spans = [(row, span) for row, span in enumerate(starts) if isinstance(span, Span)]
        if not spans:
            return
        ends = self.result.fields.setdefault("due_date", [None] * len(starts))
        place = self.result.places["start_date"][0]
        self.result.places.setdefault("due_date", [place])
        for row, span in spans:
            starts[row] = span.start
            if ends[row] is None:
                ends[row] = span.end
            elif ends[row] != span.end:
                text = cell_text(self.table.rows[row][place])
                self.keep(row, place, text, _("another column already says otherwise"))


def _reason(rating: Rating, comment: str | None) -> str:
    if not comment:
        return rating.word
    if not rating.says_more or comment.startswith(rating.word):
        return comment
    return f"{rating.word}: {comment}"[:500]


def _read_segments(cell: Cell) -> object:
    codes = codes_in(cell_text(cell), Segment)
    return tuple(codes) or Reason(_("is none of the words for this field"))


def _bounded(reader: Callable[[Cell], object], longest: int) -> Reader:
    def read(cell: Cell) -> object:
        value = reader(cell)
        if isinstance(value, str) and len(value) > longest:
            return Reason(_("is longer than {n} characters").format(n=longest))
        return value

    return read


def _custom_reader(kind: FieldType, choice: Choice) -> Reader:
    if kind is FieldType.DATE:
        days = date_reader(choice.date_order)
        return lambda cell: _as_text(days(cell))
    if kind is FieldType.NUMBER:
        numbers = number_reader(choice.decimal)
        return lambda cell: _as_text(numbers(cell))
    return read_line if kind is FieldType.CHOICE else read_text


def _as_text(value: object) -> object:
    if isinstance(value, Reason):
        return value
    if isinstance(value, Decimal):
        if not value:
            return "0"
        return f"{value.normalize():f}" if abs(value.adjusted()) < 40 else Reason(_("is too large"))
    return str(value)


def list_currency(table: Table, mapping: Mapping) -> tuple[str | None, bool]:
    """The currency that most of the list's money is in, or None where it does not say; and whether
    that is but a guess, because a bare `$` is all that it says."""
    said: Counter[str] = Counter()
    for place, column in enumerate(table.columns):
        choice = mapping.of(column)
        if not choice or not choice.target or choice.becomes is not Becomes.FIELD:
            continue
        if TARGET_BY_KEY[choice.target].kind is not Kind.MONEY:
            continue
        if choice.currency:
            is_bare = choice.why and guess_unit(table, place).unit.currency == "$"
            said["$" if is_bare else choice.currency] += len(table.rows)
        for cell in table.values(place):
            if isinstance(cell, str) and len(cell) < 60 and (sign := currency_of(cell)):
                said[sign] += 1
    codes: Counter[str] = Counter()
    for sign, count in said.items():
        codes[settled_currency(sign)] += count
    currency = codes.most_common(1)[0][0] if codes else None
    return currency, currency == settled_currency("$") and currency not in said


def in_currency(setting: Setting, currency: str) -> Setting:
    """The setting with another currency."""
    return replace(setting, currency=currency)
