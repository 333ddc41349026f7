"""Reading cards from any list by the list import's mapping engine: a row a card.

Jira's and Azure DevOps' lists of issues are such lists. Their dates become stays: a card was
created, was started, was finished; its present column is its status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ecofolio.boards.incoming import (
    CANCELLED,
    Incoming,
    IncomingCard,
    IncomingColumn,
    Refused,
    Stay,
    Unreadable,
    columns_of,
    put_aside,
)
from ecofolio.boards.moments import moment_reader
from ecofolio.boards.rules import LONGEST_TITLE, split_labels
from ecofolio.intake.dates import date_reader
from ecofolio.intake.headers import is_blank
from ecofolio.intake.mapping import Becomes, Choice, Kind, Target
from ecofolio.intake.mapping import Mapping as ColumnMapping
from ecofolio.intake.names import normal
from ecofolio.intake.proposing import propose
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Column, Table
from ecofolio.intake.values import Reason, cell_text, read_number, term_reader
from ecofolio.text import N_, _, ngettext
from ecofolio.vocabulary import ColumnKind, FieldType, ServiceClass

_MOMENTS = ("created", "started", "finished")


def _target(key: str, title: str, kind: Kind, names: str, avoid: str = "", **more: Any) -> Target:
    return Target(key, title, kind, tuple(names.split("|")), tuple(avoid.split()), **more)


TARGETS: tuple[Target, ...] = (
    _target(
        "key",
        N_("Key"),
        Kind.CODE,
        "issue key|key|id|work item id|card id|ticket|task id|number|编号|卡片编号|任务编号|單號",
        "parent project name title",
        longest=80,
    ),
    _target(
        "title",
        N_("Title"),
        Kind.NAME,
        "summary|title|card name|task name|name|subject|card|task|标题|名称|任务名称|主题|標題",
        "project assignee status date id key type",
    ),
    _target(
        "status",
        N_("Column"),
        Kind.TEXT,
        "status|state|column|list|board column|bucket name|bucket|progress|状态|列|阶段|進度",
        "category date changed time",
        longest=80,
    ),
    _target(
        "created",
        N_("Created"),
        Kind.DATE,
        "created|created date|creation date|created at|date created|opened|reported|创建时间|"
        "创建日期|新建时间|提出时间|建立日期",
        "by",
    ),
    _target(
        "started",
        N_("Started"),
        Kind.DATE,
        "activated date|started|start date|start|in progress date|begin|commitment date|"
        "开始时间|开始日期|启动日期",
        "by planned",
    ),
    _target(
        "finished",
        N_("Finished"),
        Kind.DATE,
        "closed date|finished date|resolved|done date|completed date|completed|finished|closed|"
        "resolution date|resolved date|end date|完成时间|完成日期|关闭时间|结束日期|解决时间",
        "by planned",
    ),
    _target(
        "due", N_("Due date"), Kind.DATE, "due date|due|deadline|target date|截止日期|到期日|限期"
    ),
    _target(
        "assignee",
        N_("Assignee"),
        Kind.REFERENCE,
        "assignee|assigned to|owner|responsible|members|负责人|经办人|指派给|處理人|处理人",
        "id",
    ),
    _target("labels", N_("Labels"), Kind.TAGS, "labels|tags|label|tag|标签|標籤", longest=1_000),
    _target(
        "size",
        N_("Size"),
        Kind.TEXT,
        "story points|custom field story points|size|points|estimate|effort|story point estimate|"
        "故事点|规模|工作量|估算",
        "date remaining original time",
        longest=40,
    ),
    _target(
        "service",
        N_("Class of service"),
        Kind.CHOICE,
        "class of service|service class|服务类别|服务等级",
        vocabulary=ServiceClass,
    ),
    _target(
        "description",
        N_("Description"),
        Kind.LONG_TEXT,
        "description|notes|details|描述|说明|备注|内容|描述信息",
        longest=100_000,
    ),
)
_BY_KEY = {target.key: target for target in TARGETS}


def proposed(table: Table) -> ColumnMapping:
    """What becomes of each column, to be corrected by a person."""
    return propose(table, TARGETS)


def read(table: Table, mapping: ColumnMapping, name: str, kinds: Mapping[str, str]) -> Incoming:
    """The board that a list of cards tells of."""
    return _Reader(table, mapping, name, kinds).board()


@dataclass
class _Row:
    """What a row says, read: instants, and the card without its stays."""

    card: IncomingCard
    status: str
    moments: dict[str, int]


class _Reader:
    def __init__(
        self, table: Table, mapping: ColumnMapping, name: str, kinds: Mapping[str, str]
    ) -> None:
        self._table, self._kinds = table, kinds
        self._incoming = Incoming(name, "list", mapping=mapping.as_json())
        self._places: list[tuple[int, Column, Choice]] = []
        for place, column in enumerate(table.columns):
            choice = mapping.of(column)
            if choice is not None and choice.becomes is not Becomes.LEAVE_OUT:
                self._places.append((place, column, choice))
                if choice.becomes is Becomes.CUSTOM:
                    self._incoming.fields[choice.title or column.name] = FieldType.TEXT
        self._targets = {choice.target for _p, _c, choice in self._places if choice.target}
        self._readers: dict[int, Callable[[Cell], object]] = {}
        for place, _column, choice in self._places:
            self._readers[place] = _reader(choice)

    def board(self) -> Incoming:
        rows = [
            found
            for place in range(len(self._table.rows))
            if (found := self._row(place)) is not None
        ]
        columns = self._columns(rows)
        for row in rows:
            row.card.stays = self._stays(row, columns)
        self._incoming.columns = columns
        self._incoming.cards = [row.card for row in rows if row.card.stays]
        self._tell(rows)
        put_aside(self._incoming, self._kinds)
        return self._incoming

    def _row(self, place: int) -> _Row | None:
        cells, number = self._table.rows[place], self._table.row_numbers[place]
        card = IncomingCard("", "", [], number)
        found, kept = _Row(card, "", {}), []
        for at, column, choice in self._places:
            cell = cells[at]
            if is_blank(cell):
                continue
            value = self._readers[at](cell)
            if isinstance(value, Reason):
                self._incoming.unreadable.append(
                    Unreadable(number, column.name, cell_text(cell), value.text)
                )
                kept.append(f"{column.name}: {cell_text(cell)}")
            elif choice.becomes is Becomes.CUSTOM:
                card.values[choice.title or column.name] = str(value)
            elif choice.becomes is Becomes.NOTE:
                kept.append(f"{choice.title or column.name}: {value}")
            else:
                self._take(found, str(choice.target), value)
        card.title = (card.title or card.key)[:LONGEST_TITLE]
        if not card.title:
            self._incoming.refused.append(Refused(number, _("It has no title and no key.")))
            return None
        card.description = "\n\n".join(filter(None, (card.description, "\n".join(kept))))
        return found

    def _take(self, found: _Row, target: str, value: Any) -> None:
        card = found.card
        if target in _MOMENTS:
            found.moments.setdefault(target, value)
        elif target == "status":
            found.status = found.status or str(value)
        elif target in ("assignee", "labels"):
            own = card.assignees if target == "assignee" else card.labels
            own.extend(one for one in split_labels(str(value)) if one not in own)
        elif target == "description":
            card.description = "\n\n".join(filter(None, (card.description, str(value))))
        else:
            setattr(card, target, value)

    # --- columns and stays ---------------------------------------------------------------------

    def _columns(self, rows: list[_Row]) -> list[IncomingColumn]:
        columns = columns_of([row.status for row in rows if row.status], self._kinds)
        order = list(ColumnKind)

        def need(kind: ColumnKind, name: str, why: str) -> None:
            if all(one.kind is not kind or normal(one.name) in CANCELLED for one in columns):
                columns.append(IncomingColumn(name, kind, why))

        why = _("added, because the list tells of it and names no such column")
        if not columns or any("started" in row.moments for row in rows) or self._as_started:
            need(ColumnKind.ACTIVE, _("In progress"), why)
        if not columns or any("finished" in row.moments for row in rows):
            need(ColumnKind.DONE, _("Done"), why)
        if any(not row.status and not row.moments for row in rows) or (
            "started" in self._targets and any("created" in row.moments for row in rows)
        ):
            need(ColumnKind.BACKLOG, _("Backlog"), why)
        columns.sort(key=lambda one: (normal(one.name) in CANCELLED, order.index(one.kind)))
        return columns

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
        created, started, finished = (row.moments.get(name) for name in _MOMENTS)
        here = row.status or self._place_of(row, first)
        is_done = kinds[here] is ColumnKind.DONE
        stays: list[Stay] = []
        if created is not None and not self._as_started:
            stays.append(Stay(first[ColumnKind.BACKLOG] or here, created))
        begun = started if started is not None else created if self._as_started else None
        active = first[ColumnKind.ACTIVE]
        if begun is not None and active and kinds[here] in (ColumnKind.ACTIVE, ColumnKind.DONE):
            name = here if kinds[here] is ColumnKind.ACTIVE else active
            stays.append(Stay(name, begun))
        elif begun is not None and not stays:
            stays.append(Stay(here, begun))
        if is_done and finished is not None:
            stays.append(Stay(here, finished))
        if not stays or stays[-1].column != here:
            known = [at for at in (created, started) if at is not None]
            stays.append(Stay(here, max(known) if known else UNKNOWN))
        return stays

    def _place_of(self, row: _Row, first: Mapping[ColumnKind, str | None]) -> str:
        if "finished" in row.moments:
            kind = ColumnKind.DONE
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
        undated = sum("finished" not in row.moments for row in done)
        reopened = sum("finished" in row.moments for row in rows) - (len(done) - undated)
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
        if reopened > 0:
            text = ngettext(
                "{n} card has a day of finishing and is not done: the day is passed over.",
                "{n} cards have a day of finishing and are not done: the day is passed over.",
                reopened,
            )
            told.append(text.format(n=reopened))
        if timeless:
            text = ngettext(
                "{n} card has no date at all: it begins at the import.",
                "{n} cards have no date at all: they begin at the import.",
                timeless,
            )
            told.append(text.format(n=timeless))


UNKNOWN = 0  # an instant that the list does not tell


def _reader(choice: Choice) -> Callable[[Cell], object]:
    target = _BY_KEY.get(choice.target or "")
    if choice.becomes is not Becomes.FIELD or target is None:
        return cell_text
    if target.key in _MOMENTS:
        return moment_reader(choice.date_order)
    if target.key == "due":
        return _whole_day(choice)
    if target.key == "size":
        return _size
    if target.key == "service":
        return term_reader(ServiceClass)
    if target.key == "title":
        return lambda cell: " ".join(cell_text(cell).split())
    return cell_text


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
