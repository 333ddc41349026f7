"""A board as a workbook (cards, history, flow with live formulas), as CSV, or as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ecofolio.boards import bundles, exchange, flow, lists, queries
from ecofolio.boards.readings import Part, past, span_of
from ecofolio.errors import InputError
from ecofolio.excel.book import Book, Column, Formula, Item, Sheet, fitted
from ecofolio.excel.delimited import write_rows
from ecofolio.excel.saving import save_atomically
from ecofolio.excel.styles import DATES, FONTS, HEAD, Style
from ecofolio.format import day
from ecofolio.store.place import Place
from ecofolio.text import N_, _, language, pgettext
from ecofolio.vocabulary import ColumnKind, ServiceClass

FORMATS = (".xlsx", ".csv", ".json", bundles.SUFFIX)
_SECTION = Style(bold=True, colour="accent")
_DAYS = Style(format="#,##0.0")
_SHARE = Style(format="0 %")


def export_board(
    connection: Connection,
    board_id: int,
    path: Path,
    *,
    now: datetime,
    actor: str,
    place: Place | None = None,
) -> int:
    """Write a board as the suffix of `path` says; returns its cards.

    `.zip` is Ecofolio's own `.json` with the files of the cards, which `place` has. A failure
    leaves the old file. `InputError` for other suffixes.
    """
    suffix = path.suffix.lower()
    if suffix == bundles.SUFFIX and place is not None:
        return bundles.write(connection, place, board_id, path)
    if suffix == ".json":
        document = exchange.export(connection, board_id)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        save_atomically(path, lambda draft: draft.write_text(text + "\n", "utf-8"))
        return len(document["cards"])
    rows = lists.cards(connection, board_id, now)
    if suffix == ".csv":
        save_atomically(path, lambda draft: _write_csv(draft, rows))
    elif suffix == ".xlsx":
        _write_workbook(connection, board_id, path, rows, now, actor)
    else:
        raise InputError(_("A board is written as .xlsx, .csv, .json or .zip."))
    return len(rows)


_HEADS: dict[str, str] = {
    "key": N_("Key"),
    "title": N_("Title"),
    "column": N_("Column"),
    "initiative": N_("Initiative"),
    "service": N_("Class of service"),
    "assignees": N_("Assignees"),
    "labels": N_("Labels"),
    "size": N_("Size"),
    "due": N_("Due date"),
    "blocked": N_("Blocked"),
    "created": N_("Created"),
    "started": N_("Started"),
    "finished": N_("Finished"),
    "age": N_("Age in days"),
    "cycle_time": N_("Cycle time in days"),
}


def _fields(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row["custom"]))


def _value(row: dict[str, Any], key: str) -> Any:
    value = row[key]
    if key == "service":
        return ServiceClass(value).label
    if isinstance(value, list):
        return pgettext("list", ", ").join(value) or None
    return value


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    fields = _fields(rows)
    stream = io.StringIO()
    body = (
        [*(_text(_value(row, key)) for key in _HEADS), *(row["custom"].get(n) for n in fields)]
        for row in rows
    )
    write_rows(stream, [[*(_(head) for head in _HEADS.values()), *fields], *body])
    path.write_text(stream.getvalue(), "utf-8-sig", newline="")


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone().isoformat(timespec="seconds")
    return value


def _write_workbook(
    connection: Connection,
    board_id: int,
    path: Path,
    rows: list[dict[str, Any]],
    now: datetime,
    actor: str,
) -> None:
    board = queries.board(connection, board_id)
    assert board is not None
    book = Book(font=FONTS[language()], title=board.name, creator=actor)
    moves = list(lists.moves(connection, board_id))
    found = past(connection, Part(board_id=board_id))
    with book.writing():
        cards = book.sheet(_("Cards"))
        places = _cards(cards, rows)
        _moves(book.sheet(_("History")), moves)
        first, last = span_of(found, now.astimezone().date())
        _flow(book.sheet(_("Flow")), cards, places, rows, board.name, first, last)
        save_atomically(path, book.save)


def _stamp() -> Style:
    return Style(format=f"{DATES[language()]} hh:mm", align="left")


def _style(key: str) -> Style:
    if key in ("created", "started", "finished"):
        return _stamp()
    if key == "due":
        return Style(format=DATES[language()], align="left")
    return _DAYS if key in ("age", "cycle_time", "size") else Style()


def _cards(sheet: Sheet, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The table of cards; where its columns for finishing and cycle time are, for formulas."""
    fields, keys = _fields(rows), list(_HEADS)
    columns = [Column(_(head), _style(key), most=60) for key, head in _HEADS.items()]
    taken = {column.head for column in columns}
    for name in fields:
        head = name
        while head in taken:  # a table's heads have to differ
            head += " "
        taken.add(head)
        columns.append(Column(head))
    started, finished = (_letter(keys.index(key)) for key in ("started", "finished"))
    body = []
    for n, row in enumerate(rows, 2):
        values = [_value(row, key) for key in keys]
        if row["cycle_time"] is not None and not row["faulty"]:
            formula = f"{finished}{n}-{started}{n}"
            values[keys.index("cycle_time")] = Formula(formula, row["cycle_time"])
        elif row["faulty"]:
            values[keys.index("cycle_time")] = _("times run backwards")
        body.append([*values, *(row["custom"].get(name) for name in fields)])
    sample = [[_plain(value) for value in one] for one in body[:300]]
    sheet.widths(fitted(columns, sample))
    sheet.stream.freeze_panes = "C2"
    top, bottom = sheet.table("Cards", columns, body, HEAD)
    return {
        key: sheet.place(f"${letter}${top}:${letter}${bottom}")
        for key, letter in (("finished", finished), ("cycle", _letter(keys.index("cycle_time"))))
    }


def _plain(value: object) -> object:
    return value.value if isinstance(value, Formula) else value


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _moves(sheet: Sheet, moves: Sequence[lists.Move]) -> None:
    stamp = _stamp()
    columns = [
        Column(_("Key")),
        Column(_("Title"), most=60),
        Column(pgettext("move", "From")),
        Column(pgettext("move", "To")),
        Column(_("Kind")),
        Column(_("Entered"), stamp, least=20),
        Column(pgettext("move", "Left"), stamp, least=20),
        Column(_("Days"), _DAYS),
        Column(pgettext("move", "By")),
    ]
    body = [
        [
            one.key,
            one.title,
            one.source,
            one.column,
            ColumnKind(one.kind).label,
            one.entered,
            one.left,
            None if one.days is None else Formula(f"G{n}-F{n}", one.days),
            one.by,
        ]
        for n, one in enumerate(moves, 2)
    ]
    sheet.widths(fitted(columns, [[_plain(value) for value in row] for row in body[:300]]))
    sheet.stream.freeze_panes = "C2"
    sheet.table("Moves", columns, body, HEAD)


def _flow(
    sheet: Sheet,
    cards: Sheet,
    places: dict[str, str],
    rows: Sequence[dict[str, Any]],
    name: str,
    first: date,
    last: date,
) -> None:
    """Percentiles of cycle time and throughput by week, as formulas over the table of cards."""
    sheet.widths([34, 16, 16])
    sheet.row([Item(name, Style(size=16, bold=True))], height=26)
    sheet.row([Item(_("{first} to {last}").format(first=day(first), last=day(last)))])
    sheet.skip()
    times = [
        row["cycle_time"] for row in rows if row["cycle_time"] is not None and not row["faulty"]
    ]
    sheet.row([Item(_("Cycle times of all finished cards, in days"), _SECTION)])
    cycle = places["cycle"]
    sheet.row([_("Finished cards"), Formula(f"COUNT({cycle})", len(times))])
    for percent in flow.PERCENTILES:
        value = flow.percentile(times, percent)
        formula = f'IF(COUNT({cycle})=0,"–",SMALL({cycle},ROUNDUP(COUNT({cycle})*{percent}/100,0)))'
        label = _("{percent} % took no longer than").format(percent=percent)
        sheet.row([label, Item(Formula(formula, "–" if value is None else value), _DAYS)])
    faulty = sum(row["faulty"] for row in rows)
    if faulty:
        sheet.row([_("Cards whose times run backwards"), faulty])
    sheet.skip()
    sheet.row([Item(_("Finished by week"), _SECTION)])
    finished = places["finished"]
    days = [row["finished"].astimezone().date() for row in rows if row["finished"] is not None]
    weeks: list[list[object]] = []
    monday = flow.monday(first)
    while monday <= last:
        count = sum(monday <= one < monday + timedelta(days=7) for one in days)
        n = sheet.at + 1 + len(weeks)
        formula = f'COUNTIFS({finished},">="&A{n},{finished},"<"&(A{n}+7))'
        weeks.append([monday, Formula(formula, count)])
        monday += timedelta(days=7)
    heads = [
        Column(_("Week of"), Style(format=DATES[language()], align="left")),
        Column(_("Cards")),
    ]
    sheet.table("Throughput", heads, weeks, HEAD)
