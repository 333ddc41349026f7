"""The review pack: the workbook for a head-office review session."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from ecofolio.errors import InputError
from ecofolio.excel.book import Book, Item, Sheet, fitted
from ecofolio.excel.saving import save_atomically
from ecofolio.excel.styles import FONTS, HEAD, Style, light_rules
from ecofolio.format import day, moment, money_unit
from ecofolio.initiatives import queries as initiatives
from ecofolio.initiatives.columns import Setting
from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.queries import Summary, summary
from ecofolio.portfolio.words import light_words, scope_words
from ecofolio.review import tables
from ecofolio.review.changes import ChangeLine, lines
from ecofolio.review.grids import write_coverage, write_matrix
from ecofolio.review.material import LINK, Material, head
from ecofolio.review.measures import Part
from ecofolio.review.measures import parts as measured
from ecofolio.review.money import parts as moneyed
from ecofolio.review.playbooks import parts as packed
from ecofolio.review.sheets import Places, write_cover, write_dictionary, write_summary
from ecofolio.review.tables import Labels, Table
from ecofolio.text import _, language, ngettext, using
from ecofolio.vocabulary import Light

DAYS = 30  # of changes where nobody says since when
MOST_CHANGES, MOST_NEEDS = 50_000, 200
_SAMPLE = 300  # rows that the widths are measured on


class Progress(Protocol):
    """Hears how far the work is; what it raises ends the work."""

    def __call__(self, done: float, total: float, text: str = "") -> None: ...


@dataclass(frozen=True)
class PackReport:
    """What was written: the file, its sheets' titles and how many rows its tables have."""

    path: Path
    sheets: list[str]
    initiatives: int
    milestones: int
    changes: int


@dataclass(frozen=True)
class _Plan:
    """What the workbook tells."""

    material: Material
    parts: list[Part]
    changes: Table
    more_changes: bool
    since: datetime
    actor: str

    @property
    def summary(self) -> Summary:
        return self.material.summary

    @property
    def rows(self) -> int:
        """Rows of all tables, near enough for a progress bar."""
        parts = (part.table for part in self.parts)
        found = (self.material.initiatives, self.material.milestones, self.changes, *parts)
        return sum(len(table.rows) for table in found) + 200


def judged_on(as_of: str | None, today: date) -> date:
    """The day on which lights are judged: the last of the month `YYYY-MM`, or today.

    Today as well within the month that is under way; `InputError` for anything else.
    """
    if as_of is None:
        return today
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", as_of)
    if found is None or int(found[1]) == 0:
        raise InputError(_("“{month}” is not a month such as 2026-10.").format(month=as_of))
    year, month = int(found[1]), int(found[2])
    if (year, month) == (today.year, today.month):
        return today
    return date(year, month, calendar.monthrange(year, month)[1])


def write_pack(
    connection: Connection,
    path: str | Path,
    *,
    scope: Scope | None = None,
    since: datetime | None = None,
    as_of: str | None = None,
    language: str,
    actor: str,
    today: date,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PackReport:
    """Write the review workbook of a scope; a failure or a cancel leaves the old file.

    `since` is the instant from which changes are told (30 days before the day of the pack
    without one), `as_of` a month `YYYY-MM` on whose last day lights are judged (today without
    one). `StoreError` and `InputError` say in a sentence why nothing was written.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError(_("The review workbook needs a name that ends in .xlsx."))
    with using(language):
        report = progress or (lambda done, total, text="": None)
        report(0, 0, _("Reading the programme"))
        day_of = judged_on(as_of, today)
        plan = _plan(connection, scope or Scope(), since, day_of, actor)
        plan.parts.extend(measured(connection, plan.summary, as_of, today))
        plan.parts.extend(packed(connection))
        plan.parts.extend(moneyed(connection, plan.summary))
        written: list[PackReport] = []

        def tick(rows: int) -> None:
            report(min(rows, plan.rows), plan.rows * 1.1, _("Writing the workbook"))
            _stop_if(cancelled, path)

        _stop_if(cancelled, path)
        save_atomically(
            path, lambda draft: written.append(_write(plan, path, draft, tick)), cancelled
        )
        return written[0]


def _stop_if(cancelled: Callable[[], bool] | None, path: Path) -> None:
    if cancelled is not None and cancelled():
        raise InputError(
            _("Writing {file} was cancelled: what was there before is untouched.").format(
                file=path.name
            )
        )


def _plan(
    connection: Connection, scope: Scope, since: datetime | None, today: date, actor: str
) -> _Plan:
    found = summary(connection, scope, today=today)
    labels = Labels.of(found)
    ids = None if scope.is_everything else {row.id for row in found.rows}
    milestones = initiatives.milestones(connection)
    if ids is not None:
        milestones = [row for row in milestones if row.initiative_id in ids]
    if since is None:
        since = datetime.combine(today - timedelta(days=DAYS), time()).astimezone(UTC)
    setting = Setting(today, currency=found.currency)
    changed: list[ChangeLine] = list(
        islice(lines(connection, since, found.names, setting, ids), MOST_CHANGES + 1)
    )
    material = Material(
        found,
        labels,
        tables.initiative_table(found, labels, initiatives.custom_fields(connection)),
        tables.milestone_table(found, labels, milestones),
    )
    kept = tables.change_table(changed[:MOST_CHANGES])
    return _Plan(material, [], kept, len(changed) > MOST_CHANGES, since, actor)


def _write(plan: _Plan, path: Path, draft: Path, tick: Callable[[int], object]) -> PackReport:
    found = plan.summary
    book = Book(
        font=FONTS[language()],
        title=f"{found.programme}: {_('Review pack')}",
        creator=plan.actor,
        tick=tick,
    )
    with book.writing():
        titles = (
            _("Cover"), _("Summary"), _("Segment × batch"), _("Units × scenes"),
            _("What needs you"), _("Initiatives"), _("Milestones"),
            *(part.title for part in plan.parts), _("Changes"), _("Data dictionary"),
        )  # fmt: skip
        sheets = [book.sheet(title) for title in titles]
        cover, figures, matrix, grid, needs, listed, dated, *more, changed, dictionary = sheets
        for sheet in sheets:
            _print_setup(sheet, found, single=sheet in (cover, figures, matrix, grid))
        write_matrix(matrix, plan.material)
        duties = write_coverage(grid, plan.material)
        others = [sheet.place() for sheet in (matrix, grid, needs, listed, dated)]
        write_summary(figures, plan.material, Places._make([*others, duties]))
        _write_needs(needs, plan, listed)
        _write_table(
            listed, plan.material.initiatives, _initiatives_sentence(plan), lights=(7, 27), fixed=2
        )
        _write_table(dated, plan.material.milestones, _milestones_sentence(plan))
        for sheet, part in zip(more, plan.parts, strict=True):
            rows = _write_table(
                sheet, part.table, part.sentence, lights=part.lights, fixed=part.fixed
            )
            if part.draw is not None:
                part.draw(sheet, *rows)
        _write_table(changed, plan.changes, _changes_sentence(plan))
        parts = (
            (listed.title, plan.material.initiatives),
            (dated.title, plan.material.milestones),
            *((sheet.title, part.table) for sheet, part in zip(more, plan.parts, strict=True)),
            (changed.title, plan.changes),
        )
        write_dictionary(dictionary, parts)
        write_cover(cover, _facts(plan), _links(sheets[1:], plan.parts))
        book.save(draft)
    return PackReport(
        path,
        [sheet.title for sheet in book.sheets],
        len(plan.material.initiatives.rows),
        len(plan.material.milestones.rows),
        len(plan.changes.rows),
    )


def _print_setup(sheet: Sheet, found: Summary, *, single: bool) -> None:
    """A4 across, as wide as the page; `single` sheets are one page. Page numbers at the foot."""
    stream = sheet.stream
    stream.page_setup.orientation, stream.page_setup.paperSize = "landscape", 9
    stream.sheet_properties.pageSetUpPr.fitToPage = True
    stream.page_setup.fitToWidth = 1
    stream.page_setup.fitToHeight = 1 if single else 0
    margins = stream.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.6, 0.3, 0.3
    stream.oddHeader.left.text = found.programme.replace("&", "&&")[:120]
    stream.oddHeader.right.text = _("As of {date}").format(date=day(found.today))
    stream.oddFooter.left.text = sheet.title.replace("&", "&&")
    stream.oddFooter.right.text = _("Page {n} of {total}").format(n="&P", total="&N")
    for part in (stream.oddHeader.left, stream.oddHeader.right):
        part.size = 8
    for part in (stream.oddFooter.left, stream.oddFooter.right):
        part.size = 8
    stream.sheet_view.showGridLines = False


def _write_table(
    sheet: Sheet,
    table: Table,
    sentence: str,
    *,
    lights: Sequence[int] = (),
    fixed: int = 0,
) -> tuple[int, int]:
    """A sheet with one named table: its head frozen and repeated on each page. `lights` are the
    places of columns with lights, `fixed` columns stay at the left. Returns the first and the last
    row of the table."""
    stream = sheet.stream
    sheet.widths(fitted(table.columns, table.rows[:_SAMPLE]))
    stream.freeze_panes = f"{_letter(fixed)}5"
    stream.print_title_rows = "4:4"
    head(sheet, sheet.title, sentence)
    first, last = sheet.table(table.name, table.columns, table.rows, HEAD)
    stream.print_area = f"A1:{_letter(table.printed - 1)}{last}"
    for place in lights:
        letter = _letter(place)
        for rule in light_rules({light.value: light_words(light) for light in Light}):
            stream.conditional_formatting.add(f"{letter}{first}:{letter}{last}", rule)
    return first, last


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _write_needs(sheet: Sheet, plan: _Plan, listed: Sheet) -> None:
    """The reds, then the ambers, with the reason, by money at stake."""
    found = plan.summary
    sheet.widths([12, 14, 34, 18, 60, 18, 16])
    sheet.stream.freeze_panes = "A5"
    sheet.stream.print_title_rows = "4:4"
    shown = found.needs[:MOST_NEEDS]
    sentence = _("Red first, then amber, each by budget; as of {date}").format(
        date=day(found.today)
    )
    if len(found.needs) > len(shown):
        sentence += " · " + _("the first {n} of {total}").format(
            n=len(shown), total=len(found.needs)
        )
    head(sheet, sheet.title, sentence)
    unit = money_unit("yuan", found.currency)
    names = (
        _("Health"), _("Code"), _("Name"), _("Branch"), _("Why"),
        _("Budget in {unit}").format(unit=unit), _("Lead"),
    )  # fmt: skip
    sheet.row([Item(name, HEAD) for name in names])
    places = {row.id: n for n, row in enumerate(found.rows, 5)}
    labels, wrapped = plan.material.labels, Style(wrap=True)
    first = sheet.at
    for need in shown:
        row = need.row
        home = found.homes.get(row.unit_id or 0)
        sheet.row(
            [
                light_words(row.light),
                Item(row.code, LINK, listed.place(f"A{places[row.id]}")),
                Item(row.name, wrapped),
                Item(labels.branches.get(home or 0), wrapped),
                Item(need.health.reason, wrapped),
                Item(tables.yuan(row.budget_fen), tables.SUM),
                row.lead,
            ]
        )
    if not shown:
        sheet.row([_("Nothing is amber or red.")])
    for rule in light_rules({light.value: light_words(light) for light in Light}):
        sheet.stream.conditional_formatting.add(f"A{first}:A{sheet.at - 1}", rule)


def _initiatives_sentence(plan: _Plan) -> str:
    return _("Columns A to {last} go on paper; the others are on the screen.").format(
        last=_letter(plan.material.initiatives.printed - 1)
    )


def _milestones_sentence(plan: _Plan) -> str:
    return _("As of {date}").format(date=day(plan.summary.today))


def _changes_sentence(plan: _Plan) -> str:
    count = len(plan.changes.rows)
    text = ngettext("{n} change since {date}", "{n} changes since {date}", count).format(
        n=count, date=moment(plan.since)
    )
    if plan.more_changes:
        text += " · " + _("the newest are shown, older ones are in the programme's history")
    return text


def _facts(plan: _Plan) -> list[tuple[str, object]]:
    found = plan.summary
    return [
        ("", found.programme),
        (_("As of"), found.today),
        (_("Scope"), scope_words(found.scope, found.names)),
        (_("Changes since"), moment(plan.since)),
        (_("Currency"), money_unit("yuan", found.currency)),
        (_("Prepared by"), plan.actor),
        (_("Prepared on"), moment(datetime.now(UTC))),
    ]


def _links(sheets: Sequence[Sheet], parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    what = (
        _("By stage, batch and health, with charts"),
        _("Government, business and consumer by the three batches"),
        _("What each branch runs in each scene, and what it owes"),
        _("What is red or amber, and why"),
        _("All initiatives with all their attributes"),
        _("What is promised, expected and reached"),
        *(part.what for part in parts),
        _("Who changed what, from what to what"),
        _("What each column means"),
    )
    return [(sheet.title, sheet.place(), text) for sheet, text in zip(sheets, what, strict=True)]
