"""A board as a workbook (cards, history, flow with live formulas), as CSV, or as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from ecofolio.boards import flow, lists, queries
from ecofolio.boards.exchange import bundles, own_form
from ecofolio.boards.exchange.pacing import Pace, Step, unwatched
from ecofolio.boards.queries import CARD, STAY
from ecofolio.boards.readings import Part, Past, past, span_of
from ecofolio.errors import InputError
from ecofolio.excel.book import Book, Column, Formula, Item, Sheet, fitted
from ecofolio.excel.delimited import write_rows
from ecofolio.excel.safe import width_of
from ecofolio.excel.saving import save_atomically
from ecofolio.excel.styles import COUNT, DATES, FONTS, HEAD, SCALED, Style
from ecofolio.store.place import Place
from ecofolio.text import N_, _, language, pgettext
from ecofolio.vocabulary import ColumnKind, ServiceClass

_SECTION = Style(bold=True, colour="accent")
_DAYS = Style(format=SCALED)
_COUNT = Style(format=COUNT)


def export_board(
    connection: Connection,
    board_id: int,
    path: Path,
    *,
    now: datetime,
    actor: str,
    place: Place | None = None,
    step: Step = unwatched,
) -> int:
    """Write a board as the suffix of `path` says; returns its cards.

    `.zip` is Ecofolio's own `.json` with the files of the cards, which `place` has. A failure
    leaves the old file. `step` is told how far it is. `InputError` for other suffixes.
    """
    suffix = path.suffix.lower()
    pace = Pace(step, _size(connection, board_id))
    if suffix == bundles.SUFFIX and place is not None:
        return bundles.write(connection, place, board_id, path, pace)
    if suffix == ".json":
        document = own_form.export(connection, board_id, pace)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        pace.end()
        save_atomically(path, lambda draft: draft.write_text(text + "\n", "utf-8"))
        return len(document["cards"])
    rows = lists.cards(connection, board_id, now)
    if suffix == ".csv":
        save_atomically(path, lambda draft: _write_csv(draft, rows, pace))
    elif suffix == ".xlsx":
        _write_workbook(connection, board_id, path, rows, now, actor, pace)
    else:
        raise InputError(_("A board is written as .xlsx, .csv, .json or .zip."))
    return len(rows)


def _size(connection: Connection, board_id: int) -> int:
    """About how many rows there are to write: the board's cards and their moves."""
    own = CARD.c.board_id == board_id
    cards = connection.scalar(select(func.count()).select_from(CARD).where(own)) or 0
    past = select(func.count()).select_from(STAY).join(CARD, CARD.c.id == STAY.c.card_id)
    return 2 * cards + (connection.scalar(past.where(own)) or 0)


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
    "lead_time": N_("Lead time in days"),
    "sprint": N_("Sprint"),
}
_STAMPS = ("created", "started", "finished")
_DURATIONS = {"cycle_time": "started", "lead_time": "created"}  # each up to finished


def _fields(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row["custom"]))


def _value(row: dict[str, Any], key: str) -> Any:
    if key == "lead_time":
        done = row["finished"]
        return None if done is None else (done - row["created"]).total_seconds() / 86_400
    value = row[key]
    if key == "service":
        return ServiceClass(value).label
    if isinstance(value, list):
        return pgettext("list", ", ").join(value) or None
    return value


def _write_csv(path: Path, rows: Sequence[dict[str, Any]], pace: Pace) -> None:
    fields = _fields(rows)
    stream = io.StringIO()
    body = (
        [*(_text(_value(row, key)) for key in _HEADS), *(row["custom"].get(n) for n in fields)]
        for row in pace.over(rows)
    )
    write_rows(stream, [[*(_(head) for head in _HEADS.values()), *fields], *body])
    pace.end()
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
    pace: Pace,
) -> None:
    board = queries.board(connection, board_id)
    assert board is not None
    book = Book(font=FONTS[language()], title=board.name, creator=actor)
    moves = list(lists.moves(connection, board_id))
    found = past(connection, Part(board_id=board_id))
    faulty = {one.card for one in found.journeys if one.is_faulty}
    with book.writing():
        cards, history = book.sheet(_("Cards")), book.sheet(_("History"))
        places = _cards(cards, rows, pace) | _moves(history, moves, faulty, pace)
        _flow(book.sheet(_("Flow")), places, found, board.name, now)
        pace.end()
        save_atomically(path, book.save)


def _print_setup(sheet: Sheet, *, head: int = 0) -> None:
    """A4 across, as wide as the page, with page numbers; `head` is the row that comes again."""
    stream = sheet.stream
    stream.page_setup.orientation, stream.page_setup.paperSize = "landscape", 9
    stream.sheet_properties.pageSetUpPr.fitToPage = True
    stream.page_setup.fitToWidth, stream.page_setup.fitToHeight = 1, 0
    stream.oddFooter.left.text = sheet.title.replace("&", "&&")
    stream.oddFooter.right.text = _("Page {n} of {total}").format(n="&P", total="&N")
    if head:
        stream.print_title_rows = f"{head}:{head}"


def _stamp() -> Style:
    return Style(format=f"{DATES[language()]} hh:mm", align="left")


def _style(key: str) -> Style:
    if key in _STAMPS:
        return _stamp()
    if key == "due":
        return Style(format=DATES[language()], align="left")
    return _DAYS if key in ("age", "size", *_DURATIONS) else Style()


def _cards(sheet: Sheet, rows: Sequence[dict[str, Any]], pace: Pace) -> dict[str, str]:
    """The table of cards; where its columns with times are, for formulas."""
    fields, keys = _fields(rows), list(_HEADS)
    columns = [
        Column(_(head), _style(key), least=20 if key in _STAMPS else 8, most=60)
        for key, head in _HEADS.items()
    ]
    taken = {column.head for column in columns}
    for name in fields:
        head = name
        while head in taken:  # a table's heads have to differ
            head += " "
        taken.add(head)
        columns.append(Column(head))
    letters = {key: _letter(n) for n, key in enumerate(keys)}
    body = []
    for n, row in enumerate(rows, 2):
        values = {key: _value(row, key) for key in keys}
        for key, since in _DURATIONS.items():
            if row["faulty"]:
                values[key] = _backwards()
            elif values[key] is not None:
                formula = f"{letters['finished']}{n}-{letters[since]}{n}"
                values[key] = Formula(formula, values[key])
        body.append([*values.values(), *(row["custom"].get(name) for name in fields)])
    sample = [[_plain(value) for value in one] for one in body[:300]]
    sheet.widths(fitted(columns, sample))
    sheet.stream.freeze_panes = "C2"
    _print_setup(sheet, head=1)
    top, bottom = sheet.table("Cards", columns, pace.over(body), HEAD)
    return {
        key: sheet.place(f"${letters[key]}${top}:${letters[key]}${bottom}")
        for key in ("started", "finished", *_DURATIONS)
    }


def _backwards() -> str:
    return _("times run backwards")


def _plain(value: object) -> object:
    return value.value if isinstance(value, Formula) else value


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _moves(
    sheet: Sheet, moves: Sequence[lists.Move], faulty: Container[int], pace: Pace
) -> dict[str, str]:
    """The table of moves; where its columns are that formulas need."""
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
        Column(_("Fault")),
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
            _backwards() if one.card in faulty else None,
        ]
        for n, one in enumerate(moves, 2)
    ]
    sheet.widths(fitted(columns, [[_plain(value) for value in row] for row in body[:300]]))
    sheet.stream.freeze_panes = "C2"
    _print_setup(sheet, head=1)
    top, bottom = sheet.table("Moves", columns, pace.over(body), HEAD)
    return {
        key: sheet.place(f"${letter}${top}:${letter}${bottom}")
        for key, letter in (("to", "D"), ("entered", "F"), ("left", "G"), ("fault", "J"))
    }


# --- flow --------------------------------------------------------------------------------------


def _flow(sheet: Sheet, places: dict[str, str], found: Past, name: str, now: datetime) -> None:
    """Percentiles, and the weeks with what was finished and what stood where, as formulas over the
    tables of cards and of moves. Cards whose times run backwards are counted and left out."""
    first, last = span_of(found, now.astimezone().date())
    # columns of one name are one here: formulas tell texts apart without regard to case
    names = list({band.name.casefold(): band.name for band in reversed(found.bands)}.values())[::-1]
    sheet.widths([38, 16, 18, *(max(12, min(30, width_of(one) + 4)) for one in names)])
    sheet.stream.sheet_view.showGridLines = False
    _print_setup(sheet)
    sheet.row([Item(name, Style(size=16, bold=True))], height=26)
    date_style = Style(format=DATES[language()], align="left")
    sheet.row([_("First day"), Item(first, date_style)])
    sheet.row([_("Last day"), Item(last, date_style)])
    sheet.skip()
    _percentile_rows(sheet, places, found)
    sheet.skip()
    sheet.row([Item(_("By week: finished, and where cards stood at its end"), _SECTION)])
    weeks = _weeks(places, found, names, first, last, sheet.at + 1)
    heads = [
        Column(_("Week of"), date_style),
        Column(_("Finished"), _COUNT),
        Column(_("Work in progress"), _COUNT),
    ]
    taken = {column.head.casefold() for column in heads}
    for one in names:
        head = one
        while head.casefold() in taken:  # a table's heads have to differ
            head += " "
        taken.add(head.casefold())
        heads.append(Column(head, _COUNT))
    sheet.table("Weeks", heads, weeks, HEAD)


def _percentile_rows(sheet: Sheet, places: dict[str, str], found: Past) -> None:
    sound = [one for one in found.journeys if one.finished is not None and not one.is_faulty]
    times = {
        "cycle_time": [one.cycle or 0.0 for one in sound],
        "lead_time": [one.lead or 0.0 for one in sound],
    }
    right = Style(bold=True, colour="accent", align="right")
    heads = (Item(head, right) for head in (_("Cycle time"), _("Lead time")))
    sheet.row([Item(_("All finished cards, in days"), _SECTION), *heads])
    counts = [Formula(f"COUNT({places[key]})", len(own)) for key, own in times.items()]
    sheet.row([_("Finished cards"), *counts])
    for percent in flow.PERCENTILES:
        cells = []
        for key, own in times.items():
            value, at = flow.percentile(own, percent), places[key]
            text = f'IF(COUNT({at})=0,"–",SMALL({at},ROUNDUP(COUNT({at})*{percent}/100,0)))'
            cells.append(Item(Formula(text, "–" if value is None else value), _DAYS))
        sheet.row([_("{percent} % took no longer than").format(percent=percent), *cells])
    at = places["cycle_time"]
    faults = Formula(f"COUNTA({at})-COUNT({at})", sum(one.is_faulty for one in found.journeys))
    sheet.row([_("Cards whose times run backwards, left out"), faults])


def _weeks(
    places: dict[str, str], found: Past, names: Sequence[str], first: date, last: date, row: int
) -> list[list[object]]:
    """A row for each week, the newest last, as the program counts and as formulas; `row` is that
    of the first."""
    sound = [one for one in found.journeys if not one.is_faulty]
    progress = dict(flow.work_in_progress(sound, first, last))
    columns = [band.column_id for band in found.bands]
    standing = dict(flow.cumulative(sound, columns, first, last))
    cycle, started, finished = places["cycle_time"], places["started"], places["finished"]
    well = f'{cycle},"<>{_backwards()}"'
    weeks: list[list[object]] = []
    for n, (monday, count) in enumerate(flow.throughput(sound, first, last), row):
        end = min(monday + timedelta(days=6), last)
        until = f'"<"&(MIN($A{n}+6,$B$3)+1)'
        done = f'COUNTIFS({finished},">="&MAX($A{n},$B$2),{finished},{until},{cycle},">=0")'
        under = f"COUNTIFS({started},{until},{well})-COUNTIFS({finished},{until},{well})"
        stood = {name.casefold(): 0 for name in names}
        for band, cards in zip(found.bands, standing.get(end, ()), strict=False):
            stood[band.name.casefold()] += cards
        weeks.append(
            [
                monday,
                Formula(done, count),
                Formula(under, progress[end]),
                *(Formula(_standing(places, one, until), stood[one.casefold()]) for one in names),
            ]
        )
    return weeks


def _standing(places: dict[str, str], name: str, until: str) -> str:
    """How many cards stood in a column: those that came in by then without those that left."""
    exact = name.replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')
    own = f'{places["to"]},"={exact}",{places["fault"]},""'
    return f"COUNTIFS({own},{places['entered']},{until})-COUNTIFS({own},{places['left']},{until})"
