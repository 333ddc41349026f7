"""Reading cards from any list by the list import's mapping engine: a row a card.

Jira's and Azure DevOps' lists of issues are such lists. Their dates become stays: a card was
created, was started, was finished; its present column is its status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from ecofolio.boards.exchange.card_targets import BY_KEY, LINKS, MOMENTS, is_number
from ecofolio.boards.exchange.incoming import (
    CANCELLED,
    Incoming,
    IncomingCard,
    IncomingColumn,
    Link,
    Refused,
    Stay,
    Unreadable,
    columns_of,
    kind_by_name,
    put_aside,
    tell_of_done,
)
from ecofolio.boards.exchange.linking import link
from ecofolio.boards.exchange.markup import as_markdown, is_html
from ecofolio.boards.exchange.moments import is_void, moment_reader
from ecofolio.boards.rules import LONGEST_TITLE, split_labels
from ecofolio.intake.dates import Order, date_reader
from ecofolio.intake.headers import is_blank
from ecofolio.intake.mapping import Becomes, Choice, Kind
from ecofolio.intake.mapping import Mapping as ColumnMapping
from ecofolio.intake.names import normal
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Column, Table
from ecofolio.intake.values import Reason, cell_text, read_number, term_reader
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import ColumnKind, FieldType, ServiceClass


def read(
    table: Table,
    mapping: ColumnMapping,
    name: str,
    kinds: Mapping[str, str],
    present: Mapping[str, str] | None = None,
    here: Container[str] = (),
) -> Incoming:
    """The board that a list of cards tells of; `present` are the kinds of a board's columns that
    it is to update, by name, and `here` what its cards are called."""
    found = _Reader(table, mapping, name, kinds, present or {}).board()
    link(found, here)
    return found


@dataclass
class _Row:
    """What a row says, read: instants, and the card without its stays."""

    card: IncomingCard
    status: str = ""
    is_done: bool = False
    moments: dict[str, int] = field(default_factory=dict)
    stages: list[Stay] = field(default_factory=list)


class _Reader:
    def __init__(
        self,
        table: Table,
        mapping: ColumnMapping,
        name: str,
        kinds: Mapping[str, str],
        present: Mapping[str, str],
    ) -> None:
        self._table, self._kinds, self._present = table, kinds, present
        self._incoming = Incoming(name, "list", mapping=mapping.as_json())
        self._places: list[tuple[int, Column, Choice]] = []
        for place, column in enumerate(table.columns):
            choice = mapping.of(column)
            if choice is not None and choice.becomes is not Becomes.LEAVE_OUT:
                self._places.append((place, column, choice))
                if choice.becomes is Becomes.CUSTOM:
                    self._add_field(choice.title or column.name, choice.type)
        self._targets = {choice.target for _p, _c, choice in self._places if choice.target}
        self._incoming.told = frozenset(self._targets)
        self._most = max(
            (_fraction(row[at]) for at in self._progress for row in table.rows), default=0
        )
        self._readers = {place: _reader(choice) for place, _column, choice in self._places}
        self._moment = moment_reader(self._order("comment"))
        self._has_statuses, self._homeless = False, 0  # and how many open cards have none

    def _add_field(self, title: str, kind: FieldType | None) -> None:
        kind = kind or FieldType.TEXT
        if self._incoming.fields.setdefault(title, kind) is not kind:
            self._incoming.fields[title] = FieldType.TEXT

    @property
    def _progress(self) -> list[int]:
        return [place for place, _column, choice in self._places if choice.target == "progress"]

    def _order(self, target: str) -> Order:
        own = (choice.date_order for _p, _c, choice in self._places if choice.target == target)
        return next(own, "dmy")

    def board(self) -> Incoming:
        rows = [
            found
            for place in range(len(self._table.rows))
            if (found := self._row(place)) is not None
        ]
        columns = self._stage_columns(rows) or self._columns(rows)
        for row in rows:
            row.card.stays = self._staged(row) or self._stays(row, columns)
        self._incoming.columns = columns
        self._incoming.cards = [row.card for row in rows if row.card.stays]
        self._tell(rows)
        put_aside(self._incoming, self._kinds)
        return self._incoming

    def _row(self, place: int) -> _Row | None:
        cells, number = self._table.rows[place], self._table.row_numbers[place]
        found, kept = _Row(IncomingCard("", "", [], number)), []
        for at, column, choice in self._places:
            cell = cells[at]
            if is_blank(cell) or (is_void(cell) and _is_date(choice)):
                continue
            value = self._readers[at](cell)
            if isinstance(value, Reason):
                self._incoming.unreadable.append(
                    Unreadable(number, column.name, cell_text(cell), value.text)
                )
                kept.append(f"{column.name}: {cell_text(cell)}")
            elif choice.becomes is Becomes.CUSTOM:
                self._keep(found.card, choice.title or column.name, str(value))
            elif choice.becomes is Becomes.NOTE:
                kept.append(f"{choice.title or column.name}: {_marked(str(value))}")
            elif choice.target == "stage":
                found.stages.append(Stay(column.name, cast(int, value)))
            elif choice.target == "comment" and self._comment(found.card, str(value)):
                continue
            elif choice.target == "comment":
                kept.append(f"{column.header}: {_marked(str(value))}")
            elif choice.target in LINKS:
                blocks = choice.target == "blocks"
                found.card.links.append(Link(str(value), blocks, column.header))
            else:
                self._take(found, str(choice.target), value)
        card = found.card
        card.title = (card.title or card.key)[:LONGEST_TITLE]
        if not card.title:
            self._incoming.refused.append(Refused(number, _("It has no title and no key.")))
            return None
        card.description = "\n\n".join(filter(None, (card.description, "\n".join(kept))))
        return found

    def _keep(self, card: IncomingCard, title: str, text: str) -> None:
        """Keep a value of an own field; several columns of one name are told one after another."""
        before = card.values.get(title)
        if before is None:
            card.values[title] = text
        elif text not in before.split(", "):
            card.values[title] = f"{before}, {text}"
            self._incoming.fields[title] = FieldType.TEXT

    def _comment(self, card: IncomingCard, text: str) -> bool:
        """Take a comment as Jira writes it: the instant, who, the words."""
        at, *rest = text.split(";", 2)
        when = self._moment(at) if len(rest) == 2 else Reason("")
        if isinstance(when, Reason):
            return False
        card.comments.append((when, rest[0].strip() or "?", _marked(rest[1].strip())))
        return True

    def _take(self, found: _Row, target: str, value: Any) -> None:
        card = found.card
        if target in MOMENTS:
            found.moments.setdefault(target, value)
        elif target == "status":
            found.status = found.status or str(value)
        elif target == "progress":
            found.is_done = self._means_done(value)
        elif target in ("assignee", "labels"):
            own = card.assignees if target == "assignee" else card.labels
            listed = str(value).removeprefix("[").removesuffix("]")
            own.extend(one for one in split_labels(listed) if one not in own)
        elif target == "checklist":
            lines = (line.strip() for line in re.split(r"[;；\n]", str(value)))
            card.items.extend((None, line, False) for line in lines if line)
        elif target == "description":
            said = _marked(str(value))
            card.description = "\n\n".join(filter(None, (card.description, said)))
        else:
            setattr(card, target, value)

    def _means_done(self, value: Cell) -> bool:
        """Whether a progress says done; 100 in a column of per cent, 1 in one of shares."""
        if is_number(value):
            return _fraction(value) == (1 if self._most <= 1 else 100)
        return kind_by_name(cell_text(value)) is ColumnKind.DONE

    # --- columns and stays ---------------------------------------------------------------------

    def _stage_columns(self, rows: list[_Row]) -> list[IncomingColumn]:
        """A list with a column of dates for each stage: those are the board's columns."""
        names = [column.name for _p, column, choice in self._places if choice.target == "stage"]
        for row in rows:
            if names and not row.stages and not row.status:
                row.status = names[0]
        names += [row.status for row in rows if row.status] if names else []
        return columns_of(names, self._kinds, keep_order=True, present=self._present)

    def _staged(self, row: _Row) -> list[Stay]:
        """A card's way through such columns in the order of its times, to where its status says."""
        stays = sorted(row.stages, key=lambda stay: stay.at)
        if stays and row.status and normal(stays[-1].column) != normal(row.status):
            stays.append(Stay(row.status, stays[-1].at, is_told=False))
        return stays

    def _columns(self, rows: list[_Row]) -> list[IncomingColumn]:
        names = [row.status for row in rows if row.status]
        self._has_statuses = bool(names)
        columns = columns_of(names, self._kinds, present=self._present)
        self._learn_done(rows, columns)
        order = list(ColumnKind)

        def need(kind: ColumnKind, name: str) -> None:
            if any(one.kind is kind and normal(one.name) not in CANCELLED for one in columns):
                return
            here = next((own for own, its in self._present.items() if its == kind.value), None)
            why = _("added, because the list tells of it and names no such column")
            if here is not None:
                name, why = here, _("as the board has it")
            columns.append(IncomingColumn(name, kind, why))

        if not columns or any("started" in row.moments for row in rows) or self._as_started:
            need(ColumnKind.ACTIVE, _("In progress"))
        if not columns or any(row.is_done or "finished" in row.moments for row in rows):
            need(ColumnKind.DONE, _("Done"))
        if any(not row.status and not row.moments for row in rows) or (
            "started" in self._targets and any("created" in row.moments for row in rows)
        ):
            need(ColumnKind.BACKLOG, _("Backlog"))
        columns.sort(key=lambda one: (normal(one.name) in CANCELLED, order.index(one.kind)))
        return columns

    def _learn_done(self, rows: list[_Row], columns: list[IncomingColumn]) -> None:
        """Which cards are done where no name says so: those that say when they were finished."""
        if "progress" in self._targets:
            return
        unfinished = {row.status for row in rows if "finished" not in row.moments}
        for column in columns:
            if column.is_guessed and column.name not in unfinished:
                column.kind = ColumnKind.DONE
                column.why = _("not known by its name: its cards say when they were finished")
        done = {column.name for column in columns if column.kind is ColumnKind.DONE}
        ended = [row for row in rows if "finished" in row.moments]
        if not any(row.status in done for row in ended):  # no status tells of the end: the day does
            for row in ended:
                row.is_done = True

    @property
    def _as_started(self) -> bool:
        """Whether the day of creation has to serve as the start."""
        return "created" in self._targets and "started" not in self._targets

    def _stays(self, row: _Row, columns: list[IncomingColumn]) -> list[Stay]:
        # dates go to columns that are known for what they are before those that are guessed
        sure = sorted(columns, key=lambda column: column.is_guessed)
        first = {
            kind: next(
                (c.name for c in sure if c.kind is kind and normal(c.name) not in CANCELLED),
                None,
            )
            for kind in ColumnKind
        }
        kinds = {column.name: column.kind for column in columns}
        created, started = row.moments.get("created"), row.moments.get("started")
        finished = row.moments.get("finished", row.moments.get("resolved"))
        way = here = row.status or self._place_of(row, first, columns)
        if row.is_done and kinds[here] is not ColumnKind.DONE:
            here = first[ColumnKind.DONE] or here
        stays: list[Stay] = []
        if created is not None and not self._as_started:
            stays.append(Stay(first[ColumnKind.BACKLOG] or way, created))
        begun = started if started is not None else created if self._as_started else None
        active = first[ColumnKind.ACTIVE]
        if begun is not None and active and kinds[here] in (ColumnKind.ACTIVE, ColumnKind.DONE):
            stays.append(Stay(way if kinds[way] is ColumnKind.ACTIVE else active, begun))
        elif begun is not None and not stays:
            stays.append(Stay(here, begun))
        if kinds[here] is ColumnKind.DONE and finished is not None:
            stays.append(Stay(here, finished))
        if not stays or stays[-1].column != here:
            known = [at for at in (created, started) if at is not None]
            entered = row.moments.get("entered")
            at = entered if entered is not None else max(known) if known else UNKNOWN
            stays.append(Stay(here, at, is_told=entered is not None))
        return stays

    def _place_of(
        self,
        row: _Row,
        first: Mapping[ColumnKind, str | None],
        columns: list[IncomingColumn],
    ) -> str:
        """Where a card is that has no status; the first column where only others have one."""
        if row.is_done or "finished" in row.moments:
            kind = ColumnKind.DONE
        elif self._has_statuses and row.moments:
            self._homeless += 1
            return columns[0].name
        elif "started" in row.moments or (self._as_started and "created" in row.moments):
            kind = ColumnKind.ACTIVE
        else:
            kind = ColumnKind.BACKLOG
        return first[kind] or next(name for name in first.values() if name)

    def _tell(self, rows: list[_Row]) -> None:
        """Say what had to be taken for granted, with how many cards it concerns."""
        kinds = {column.name: column.kind for column in self._incoming.columns}
        done = [row for row in rows if kinds[row.card.stays[-1].column] is ColumnKind.DONE]
        done = [row for row in done if normal(row.card.stays[-1].column) not in CANCELLED]
        undated = sum(not row.stages and not _FINISHED & row.moments.keys() for row in done)
        reopened = sum(
            "finished" in row.moments and kinds[row.card.stays[-1].column] is not ColumnKind.DONE
            for row in rows
        )
        timeless = sum(row.card.stays[-1].at == UNKNOWN for row in rows)
        told = self._incoming.notices
        if self._as_started and any(row.moments for row in rows):
            told.append(
                _("No column tells when work began: cards count as started when they were created.")
            )
        if undated:
            text = ngettext(
                "{n} done card does not say when it was done.",
                "{n} done cards do not say when they were done.",
                undated,
            )
            told.append(text.format(n=undated))
        if reopened:
            text = ngettext(
                "{n} card has a day of finishing and is not done: the day is passed over.",
                "{n} cards have a day of finishing and are not done: the day is passed over.",
                reopened,
            )
            told.append(text.format(n=reopened))
        tell_of_done(self._incoming)
        if self._homeless:
            text = ngettext(
                "{n} card has no status: it goes into the first column, {column}.",
                "{n} cards have no status: they go into the first column, {column}.",
                self._homeless,
            )
            column = self._incoming.columns[0].name
            told.append(text.format(n=self._homeless, column=column))
        if timeless:
            text = ngettext(
                "{n} card has no date at all: it begins at the import.",
                "{n} cards have no date at all: they begin at the import.",
                timeless,
            )
            told.append(text.format(n=timeless))


_FINISHED = {"finished", "resolved"}
UNKNOWN = 0  # an instant that the list does not tell


def _is_date(choice: Choice) -> bool:
    target = BY_KEY.get(choice.target or "")
    return choice.type is FieldType.DATE or (target is not None and target.kind is Kind.DATE)


def _reader(choice: Choice) -> Callable[[Cell], object]:
    target = BY_KEY.get(choice.target or "")
    if choice.becomes is Becomes.CUSTOM:
        return _custom_reader(choice)
    if choice.becomes is not Becomes.FIELD or target is None:
        return cell_text
    if target.key in (*MOMENTS, "stage"):
        return moment_reader(choice.date_order)
    if target.key == "due":
        return _whole_day(choice)
    if target.key == "size":
        return _size
    if target.key == "progress":
        return lambda cell: cell
    if target.key == "service":
        return term_reader(ServiceClass)
    if target.key == "title":
        return lambda cell: " ".join(cell_text(cell).split())
    return cell_text


def _custom_reader(choice: Choice) -> Callable[[Cell], object]:
    """Reads an own field as a card keeps it: plain numbers, ISO dates, else word for word."""
    if choice.type is FieldType.DATE:
        read_day = date_reader(choice.date_order, role="start")
        return lambda cell: (
            day if isinstance(day := read_day(cell), Reason) else cast(date, day).isoformat()
        )
    if choice.type is FieldType.NUMBER:
        return _plain_number
    return cell_text


def _plain_number(cell: Cell) -> object:
    found = read_number(cell)
    if not isinstance(found, Decimal):
        return found
    return str(int(found)) if found == found.to_integral_value() else f"{found.normalize():f}"


def _fraction(cell: Cell) -> float:
    found = None if is_blank(cell) else read_number(cell)
    return float(found) if isinstance(found, Decimal) else 0.0


def _marked(text: str) -> str:
    return as_markdown(text) if is_html(text) else text


def _whole_day(choice: Choice) -> Callable[[Cell], object]:
    read = date_reader(choice.date_order, role="end")

    def day(cell: Cell) -> object:
        found = read(cell)
        assert isinstance(found, date | Reason)
        return found

    return day


def _size(cell: Cell) -> object:
    found = read_number(cell)
    if isinstance(found, Decimal) and 0 <= found <= 1_000_000:
        return float(found)
    return found if isinstance(found, Reason) else Reason(_("is not a number of 0 or more"))
