"""Reading event logs: a row an event, with a case, an activity and a time. CSV, workbook or XES.

Jira's log of status changes is one: the key is the case, the new status the activity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ecofolio.boards.incoming import (
    Incoming,
    IncomingCard,
    Refused,
    Stay,
    Unreadable,
    columns_of,
    put_aside,
)
from ecofolio.boards.moments import moment_reader
from ecofolio.errors import InputError
from ecofolio.intake.dates import date_order
from ecofolio.intake.names import normal
from ecofolio.intake.table import Table
from ecofolio.intake.values import Reason, cell_text
from ecofolio.text import _
from ecofolio.vocabulary import FieldType

# the most telling first; a bar between two names
_NAMES = {
    "case": (
        "case:concept:name|case id|caseid|case|trace|issue key|key|work item id|card id|card|"
        "ticket id|ticket|item id|案件|案例|工单号|卡片|单号|编号|issue|id"
    ),
    "activity": (
        "concept:name|activity|event|to status|new status|status to|to|to state|new state|"
        "new value|to string|column|list|state|status|stage|环节|活动|新状态|状态|節點|节点"
    ),
    "time": (
        "time:timestamp|timestamp|time|completed timestamp|complete timestamp|changed|"
        "change date|date of change|transition date|created|date|when|at|时间|发生时间|日期|時間"
    ),
    "resource": (
        "org:resource|resource|author|changed by|user|by|actor|who|操作人|处理人|人员|經辦人"
    ),
    "title": "case:title|title|summary|subject|标题|名称|標題",
    "before": "from status|old status|status from|from|from state|old state|old value|原状态",
}
_NEEDED = ("case", "activity", "time")
_MOST_FIELD = 200  # characters of a case's attribute


@dataclass(frozen=True)
class EventColumns:
    """Which column says what, by position; None where none does."""

    case: int
    activity: int
    time: int
    resource: int | None = None
    title: int | None = None
    before: int | None = None

    def as_json(self, table: Table) -> dict[str, object]:
        """The columns by their headers."""
        return {
            name: table.columns[place].header
            for name in _NAMES
            if (place := getattr(self, name)) is not None
        }


class _Event(NamedTuple):
    at: int
    activity: str
    by: str | None
    place: int  # in the table


def known(text: str) -> bool:
    """Whether a text is a header of an event log, for finding the table."""
    return normal(text) in _HEADERS


_HEADERS = {normal(name) for names in _NAMES.values() for name in names.split("|")}


def find_columns(table: Table, told: Mapping[str, str] | None = None) -> EventColumns | None:
    """The columns of an event log by their headers, or as told by header; None where the table
    is none: some case has to have more than one event."""
    headers = [normal(column.header) for column in table.columns]
    found: dict[str, int] = {}
    for name, header in (told or {}).items():
        if name not in _NAMES or normal(header) not in headers:
            raise InputError(
                _("There is no column “{column}” for “{name}”.").format(column=header, name=name)
            )
        found[name] = headers.index(normal(header))
    for name, names in _NAMES.items():
        for synonym in names.split("|"):
            place = headers.index(normal(synonym)) if normal(synonym) in headers else None
            if name not in found and place is not None and place not in found.values():
                found[name] = place
    if not all(name in found for name in _NEEDED):
        return None
    cases = [cell_text(cell) for cell in table.values(found["case"])]
    if not told and len(set(cases)) == len(cases):
        return None
    return EventColumns(**found)


def read_table(table: Table, places: EventColumns, name: str, kinds: Mapping[str, str]) -> Incoming:
    """The board that an event log tells of: a card a case, a move an event."""
    incoming = Incoming(name, "events")
    incoming.mapping = places.as_json(table)
    read = moment_reader(date_order(table.values(places.time)))
    cases: dict[str, list[_Event]] = {}
    for place, row in enumerate(table.rows):
        case, number = cell_text(row[places.case]), table.row_numbers[place]
        activity = cell_text(row[places.activity])
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
    if not cases:
        raise InputError(_("No event of this log could be read."))
    first = cases[next(iter(cases))]
    backwards = sum(b.at < a.at for own in cases.values() for a, b in pairwise(own))
    forwards = sum(b.at > a.at for own in cases.values() for a, b in pairwise(own))
    for own in cases.values():
        if backwards > forwards:  # a log that tells the newest first
            own.reverse()
        own.sort(key=lambda event: event.at)
    assert first
    attributes = _attributes(table, places, cases, incoming)
    for case, own in cases.items():
        incoming.cards.append(_card(table, places, case, own, attributes))
    names = (event.activity for own in cases.values() for event in own)
    incoming.columns = columns_of(names, kinds)
    put_aside(incoming, kinds)
    return incoming


def _card(
    table: Table, places: EventColumns, case: str, own: list[_Event], attributes: list[int]
) -> IncomingCard:
    title = ""
    if places.title is not None:
        title = next(filter(None, (cell_text(table.rows[e.place][places.title]) for e in own)), "")
    return IncomingCard(
        key=case,
        title=title or case,
        stays=[Stay(event.activity, event.at, event.by) for event in own],
        row=table.row_numbers[own[0].place],
        values={
            table.columns[place].name: text
            for place in attributes
            if (text := cell_text(table.rows[own[-1].place][place]))
        },
    )


def _attributes(
    table: Table, places: EventColumns, cases: Mapping[str, list[_Event]], incoming: Incoming
) -> list[int]:
    """The columns that say the same throughout each case: they become fields of its card."""
    used = {getattr(places, name) for name in _NAMES}
    kept, left = [], []
    for place, column in enumerate(table.columns):
        if place in used:
            continue
        short = all(
            len({cell_text(table.rows[event.place][place]) for event in own}) == 1
            and len(cell_text(table.rows[own[0].place][place])) <= _MOST_FIELD
            for own in cases.values()
        )
        if short:
            kept.append(place)
            incoming.fields[column.name] = FieldType.TEXT
        else:
            left.append(column.name)
    if left:
        incoming.notices.append(
            _("These columns differ within a case and are left out: {columns}.").format(
                columns=", ".join(left)
            )
        )
    return kept


# --- XES ---------------------------------------------------------------------------------------


def read_xes(path: Path, kinds: Mapping[str, str]) -> Incoming:
    """The board that an XES log (IEEE 1849) tells of; `InputError` for what is none."""
    incoming = Incoming(path.stem, "xes")
    read, number = moment_reader(), 0
    for attributes, events in _traces(path):
        number += 1
        case = attributes.get("concept:name") or str(number)
        stays = []
        for event in events:
            at = read(event.get("time:timestamp") or "")
            activity = event.get("concept:name")
            if not activity or isinstance(at, Reason):
                incoming.refused.append(Refused(number, _("An event has no activity or no time.")))
                continue
            stays.append(Stay(activity, at, event.get("org:resource")))
        if not stays:
            continue
        stays.sort(key=lambda stay: stay.at)
        values = {
            key: text[:_MOST_FIELD]
            for key, text in attributes.items()
            if key != "concept:name" and text
        }
        incoming.fields.update(dict.fromkeys(values, FieldType.TEXT))
        incoming.cards.append(IncomingCard(case, case, stays, number, values=values))
    if not incoming.cards:
        raise InputError(_("{file} holds no event that can be read.").format(file=path.name))
    names = (stay.column for card in incoming.cards for stay in card.stays)
    incoming.columns = columns_of(names, kinds)
    put_aside(incoming, kinds)
    return incoming


def _traces(path: Path) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    from lxml import etree

    try:
        with path.open("rb") as file:
            parser = etree.iterparse(
                file,
                events=("end",),
                tag=("{*}trace", "trace"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _event, trace in parser:
                if trace.getroottree().docinfo.doctype:
                    raise InputError(
                        _("{file} declares a document type and is not opened for safety.").format(
                            file=path.name
                        )
                    )
                events = [_plain(one) for one in trace if _tag(one) == "event"]
                yield _plain(trace), events
                trace.clear()
    except (etree.XMLSyntaxError, OSError) as error:
        raise InputError(
            _("{file} is not an event log that can be read: {reason}.").format(
                file=path.name, reason=getattr(error, "msg", None) or error
            )
        ) from None


def _plain(node: object) -> dict[str, str]:
    return {
        str(one.get("key")): str(one.get("value") or "")
        for one in node  # type: ignore[attr-defined]
        if _tag(one) != "event" and one.get("key")
    }


def _tag(node: object) -> str:
    tag = getattr(node, "tag", "")
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
