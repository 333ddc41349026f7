"""Reading event logs: a row an event, with a case, an activity and a time. CSV or workbook.

Jira's log of status changes is one: the key is the case, the new status the activity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from ecofolio.boards.exchange.card_targets import EVENT_BY_KEY, EVENTS, SURE, proposed
from ecofolio.boards.exchange.incoming import (
    Incoming,
    IncomingCard,
    Refused,
    Stay,
    Unreadable,
    columns_of,
    put_aside,
    tell_of_done,
)
from ecofolio.boards.exchange.moments import moment_reader
from ecofolio.errors import InputError
from ecofolio.intake.dates import date_order
from ecofolio.intake.headers import is_blank
from ecofolio.intake.names import normal
from ecofolio.intake.proposing import name_score
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Table
from ecofolio.intake.values import Reason, cell_text
from ecofolio.text import _, listed, ngettext
from ecofolio.vocabulary import FieldType

_NEEDED = ("case", "activity", "time")
MOST_FIELD = 200  # characters of a case's attribute
_ENOUGH = 60.0  # of 100: a header that is like a part's name
_STATUS_FIELDS = {
    normal(word) for word in ("status", "state", "column", "list", "状态", "狀態", "列", "阶段")
}


@dataclass(frozen=True)
class EventColumns:
    """Which column says what, by position; None where none does. `guessed` are the parts that
    only the content of a column speaks for."""

    case: int
    activity: int
    time: int
    resource: int | None = None
    title: int | None = None
    before: int | None = None
    field: int | None = None
    created: int | None = None
    guessed: tuple[str, ...] = ()

    def as_json(self, table: Table) -> dict[str, object]:
        """The columns by their names in the table."""
        return {
            target.key: table.columns[place].name
            for target in EVENTS
            if (place := getattr(self, target.key)) is not None
        }

    @property
    def places(self) -> set[int]:
        """The columns that say something."""
        return {place for target in EVENTS if (place := getattr(self, target.key)) is not None}


class _Event(NamedTuple):
    at: int
    activity: str
    by: str | None
    place: int  # in the table


def find_columns(
    table: Table,
    told: Mapping[str, str | None] | None = None,
    *,
    guess: bool = False,
    anyway: bool = False,
) -> EventColumns | None:
    """The columns of an event log by their headers, or as told by column; None where the table is
    none: some case has to have more than one event.

    With `guess` (or something told) what no header says is guessed from the content. A list of
    cards that has a key of its own is no log, unless its headers are a log's in so many words.
    `anyway` gives the parts that nothing speaks for any column, for a person to say otherwise.
    """
    found, scores = _told_columns(table, told or {}), {}
    kept = {key for key, header in (told or {}).items() if header is None}
    scored = sorted(
        (
            (name_score(column.header, target), -rank, -place, target.key)
            for rank, target in enumerate(EVENTS)
            for place, column in enumerate(table.columns)
        ),
        reverse=True,
    )
    for score, _rank, place, key in scored:
        if score >= _ENOUGH and key not in {*found, *kept} and -place not in found.values():
            found[key], scores[key] = -place, score
    if "case" not in {*(told or {})} and _is_empty(table, found.get("case")) and "title" in found:
        found["case"], scores["case"] = found.pop("title"), scores.get("title", SURE)
    guessed: tuple[str, ...] = ()
    if (guess or anyway or told) and not all(name in found for name in _NEEDED):
        guessed = tuple(_guess(table, found, kept))
        free = (n for n in range(len(table.columns)) if n not in {*found.values()})
        for key in _NEEDED:
            if anyway and key not in found and (spare := next(free, None)) is not None:
                found[key], guessed = spare, (*guessed, key)
    if not all(name in found for name in _NEEDED):
        return None
    if not (told or guess or anyway):
        cases = [text for cell in table.values(found["case"]) if (text := cell_text(cell))]
        sure = all(scores[name] >= SURE for name in _NEEDED)
        if len(set(cases)) == len(cases) or (not sure and _has_key(table, found["case"])):
            return None
    return EventColumns(**found, guessed=guessed)


def _is_empty(table: Table, place: int | None) -> bool:
    return place is None or all(map(is_blank, table.values(place)))


def _told_columns(table: Table, told: Mapping[str, str | None]) -> dict[str, int]:
    names = {normal(column.header): n for n, column in reversed([*enumerate(table.columns)])}
    names |= {normal(column.name): n for n, column in enumerate(table.columns)}
    found = {}
    for key, header in told.items():
        if key not in EVENT_BY_KEY or (header is not None and normal(header) not in names):
            raise InputError(
                _("There is no column “{column}” for “{name}”.").format(column=header, name=key)
            )
        if header is not None:
            found[key] = names[normal(header)]
    return found


def _has_key(table: Table, case: int) -> bool:
    """Whether a column other than the case's tells the rows apart, as a list's key does."""
    mapping = proposed(table)
    return any(
        choice.target == "key" and place != case for place, choice in enumerate(mapping.choices)
    )


def _guess(table: Table, found: dict[str, int], kept: set[str]) -> list[str]:
    """Find the needed parts by what is in the columns; those that were found so."""
    free = [n for n in range(len(table.columns)) if n not in found.values()]
    missing = [key for key in _NEEDED if key not in found and key not in kept]
    texts = {n: [cell_text(cell) for cell in table.values(n)] for n in free}
    times = [n for n in free if _time_share(table, n) >= 0.9]
    if "time" in missing and times:
        found["time"] = max(times, key=lambda n: (len(set(texts[n])), -n))
    words = [n for n in free if n not in times and n not in found.values()]
    if "case" in missing:
        # many cases, each with a few events
        several = [n for n in words if 1 < len(set(texts[n])) < len(texts[n])]
        if several:
            found["case"] = max(several, key=lambda n: (len(set(texts[n])), -n))
    if "activity" in missing and "case" in found:
        cases = [cell_text(cell) for cell in table.values(found["case"])]
        rest = [n for n in words if n != found["case"] and len(set(texts[n])) > 1]
        if rest:
            found["activity"] = max(rest, key=lambda n: (_changes(cases, texts[n]), -n))
    return [key for key in missing if key in found]


def _time_share(table: Table, place: int) -> float:
    cells = [cell for cell in table.values(place) if not is_blank(cell)][:400]
    read = moment_reader(date_order(cells))
    dates = [cell for cell in cells if not (isinstance(cell, int | float) or _is_digits(cell))]
    readable = sum(not isinstance(read(cell), Reason) for cell in dates)
    return readable / len(cells) if cells else 0.0


def _is_digits(cell: Cell) -> bool:
    """Whether a cell is a figure that may be anything, rather than a date."""
    return isinstance(cell, str) and cell.strip().isdigit()


def _changes(cases: list[str], texts: list[str]) -> float:
    """How much a column changes within the cases while it begins and ends alike in all."""
    own: dict[str, list[str]] = {}
    for case, text in zip(cases, texts, strict=True):
        own.setdefault(case, []).append(text)
    pairs = [a != b for line in own.values() for a, b in pairwise(line)]
    ends = Counter(line[-1] for line in own.values()).most_common(1)[0][1] / len(own)
    begins = Counter(line[0] for line in own.values()).most_common(1)[0][1] / len(own)
    return sum(pairs) / max(len(pairs), 1) + begins + ends


def read_table(
    table: Table,
    places: EventColumns,
    name: str,
    kinds: Mapping[str, str],
    present: Mapping[str, str] | None = None,
) -> Incoming:
    """The board that an event log tells of: a card a case, a move an event."""
    incoming = Incoming(name, "events", mapping=places.as_json(table))
    incoming.told = frozenset({"title"} if places.title is not None else ())
    cases = _read_cases(table, places, incoming)
    if not cases:
        raise InputError(_("No event of this log could be read."))
    if places.guessed:
        names = listed(table.columns[getattr(places, key)].name for key in places.guessed)
        incoming.notices.append(
            _(
                "No header says which columns tell of the events: guessed by what is in {columns}."
            ).format(columns=names)
        )
    backwards = sum(b.at < a.at for own in cases.values() for a, b in pairwise(own))
    forwards = sum(b.at > a.at for own in cases.values() for a, b in pairwise(own))
    for own in cases.values():
        if backwards > forwards:  # a log that tells the newest first
            own.reverse()
        own.sort(key=lambda event: event.at)
    attributes = _attributes(table, places, cases, incoming)
    for case, own in cases.items():
        incoming.cards.append(_card(table, places, case, own, attributes))
    set_columns(incoming, kinds, present)
    return incoming


def set_columns(
    incoming: Incoming, kinds: Mapping[str, str], present: Mapping[str, str] | None
) -> None:
    """Make the columns of all that the cards came through, and say what was taken for granted."""
    names = [stay.column for card in incoming.cards for stay in card.stays]
    incoming.columns = columns_of(names, kinds, present=present, last=_ends(incoming))
    put_aside(incoming, kinds)
    tell_of_done(incoming)


def _ends(incoming: Incoming) -> set[str]:
    """The columns that many cards came to and hardly any left again."""
    came = Counter(
        name
        for card in incoming.cards
        for name, _run in groupby(stay.column for stay in card.stays)
    )
    ended = Counter(card.stays[-1].column for card in incoming.cards)
    many = len(incoming.cards) * 0.05
    return {name for name, n in ended.items() if n >= many and n >= 0.95 * came[name]}


def _read_cases(table: Table, places: EventColumns, incoming: Incoming) -> dict[str, list[_Event]]:
    read = moment_reader(date_order(table.values(places.time)))
    cases: dict[str, list[_Event]] = {}
    other = _other_changes(table, places)
    for place, row in enumerate(table.rows):
        case, number = cell_text(row[places.case]), table.row_numbers[place]
        activity = cell_text(row[places.activity])
        if place in other:
            continue
        if not case or not activity:
            incoming.refused.append(Refused(number, _("It has no case or no activity.")))
            continue
        at = read(row[places.time])
        if isinstance(at, Reason):
            text = cell_text(row[places.time])
            header = table.columns[places.time].name
            incoming.unreadable.append(Unreadable(number, header, text, at.text))
            incoming.refused.append(Refused(number, _("Its time can not be read.")))
            continue
        who = cell_text(row[places.resource]) if places.resource is not None else ""
        cases.setdefault(case, []).append(_Event(at, activity, who or None, place))
    if other:
        text = ngettext(
            "{n} row tells of a change other than of the status, and is left out.",
            "{n} rows tell of changes other than of the status, and are left out.",
            len(other),
        )
        incoming.notices.append(text.format(n=len(other)))
    return cases


def _other_changes(table: Table, places: EventColumns) -> set[int]:
    """The rows of a log of all changes that do not tell of the status."""
    if places.field is None:
        return set()
    said = [normal(cell_text(cell)) for cell in table.values(places.field)]
    if not _STATUS_FIELDS & set(said):
        return set()
    return {place for place, word in enumerate(said) if word not in _STATUS_FIELDS}


def _card(
    table: Table, places: EventColumns, case: str, own: list[_Event], attributes: list[int]
) -> IncomingCard:
    title = ""
    if places.title is not None:
        title = next(filter(None, (cell_text(table.rows[e.place][places.title]) for e in own)), "")
    stays = [Stay(event.activity, event.at, event.by) for event in own]
    return IncomingCard(
        key=case,
        title=title or case,
        stays=[*_before(table, places, own[0]), *stays],
        row=table.row_numbers[own[0].place],
        values={
            table.columns[place].name: text
            for place in attributes
            if (text := cell_text(table.rows[own[-1].place][place]))
        },
    )


def _before(table: Table, places: EventColumns, first: _Event) -> list[Stay]:
    """Where a case was from its creation to its first event, where the log tells both."""
    if places.before is None or places.created is None:
        return []
    row = table.rows[first.place]
    column = cell_text(row[places.before])
    created = moment_reader(date_order(table.values(places.created)))(row[places.created])
    if not column or isinstance(created, Reason) or created > first.at:
        return []
    return [Stay(column, created)]


def _attributes(
    table: Table, places: EventColumns, cases: Mapping[str, list[_Event]], incoming: Incoming
) -> list[int]:
    """The columns that say the same throughout each case: they become fields of its card."""
    types, used = proposed(table), places.places
    kept, left = [], []
    for place, column in enumerate(table.columns):
        if place in used:
            continue
        short = all(
            len({cell_text(table.rows[event.place][place]) for event in own}) == 1
            and len(cell_text(table.rows[own[0].place][place])) <= MOST_FIELD
            for own in cases.values()
        )
        if short:
            kept.append(place)
            choice = types.of(column)
            is_choice = choice is not None and choice.type is FieldType.CHOICE
            incoming.fields[column.name] = FieldType.CHOICE if is_choice else FieldType.TEXT
        else:
            left.append(column.name)
    if left:
        incoming.notices.append(
            _("These columns differ within a case and are left out: {columns}.").format(
                columns=listed(left)
            )
        )
    return kept
