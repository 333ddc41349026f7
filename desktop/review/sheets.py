"""The sheets of the review workbook that tell of its tables: cover, summary, dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ecofolio.excel.book import Column, Formula, Item, Sheet, fitted
from ecofolio.excel.charts import bars
from ecofolio.excel.styles import HEAD, Style, light_rules
from ecofolio.format import day, number
from ecofolio.portfolio.queries import Summary
from ecofolio.portfolio.rules import Tally
from ecofolio.portfolio.words import light_words
from ecofolio.review import tables
from ecofolio.review.material import (
    FIGURE,
    LINK,
    LINK_HEAD,
    RIGHT_HEAD,
    SECTION,
    SENTENCE,
    STRONG,
    TOTAL,
    TOTAL_HEAD,
    Material,
    cost_style,
    head,
)
from ecofolio.review.tables import Status, Table
from ecofolio.text import _
from ecofolio.vocabulary import Batch, Light, Stage


def write_cover(
    sheet: Sheet, facts: Sequence[tuple[str, object]], links: Sequence[tuple[str, str, str]]
) -> None:
    """The cover: facts as name and value; links as title, place and what is to be found there."""
    sheet.widths([4, 24, 96])
    sheet.skip(2)
    (_name, title), *others = facts
    sheet.row([None, Item(title, Style(size=26, bold=True, colour="accent"))], height=40)
    sheet.row([None, Item(_("Review pack"), Style(size=14, colour="muted"))], height=24)
    sheet.skip()
    for name, value in others:
        style = Style(format=tables.day_style().format, align="left", wrap=True, bold=True)
        sheet.row([None, Item(name, Style(colour="muted")), Item(value, style)])
    sheet.skip()
    sheet.row([None, Item(_("In this workbook"), SECTION), Item("", SECTION)])
    for title_of, place, what in links:
        sheet.row([None, Item(title_of, LINK, place), Item(what, Style(wrap=True))])
    sheet.skip()
    sheet.row(
        [
            None,
            Item(_("How to read it"), STRONG),
            Item(
                _(
                    "Totals and counts are formulas over the tables of initiatives and milestones: "
                    "change a table and they follow. They tell of open initiatives, those not yet "
                    "closed, unless they say otherwise."
                ),
                Style(wrap=True),
            ),
        ]
    )


class Places(NamedTuple):
    """Where the summary leads to; `duties` is the range of the branches' duties."""

    matrix: str
    coverage: str
    needs: str
    initiatives: str
    milestones: str
    duties: str


def write_summary(sheet: Sheet, material: Material, places: Places) -> None:
    """The figures by stage, batch and light, with charts beside them."""
    sheet.widths([30, 13, 24, 3, 12, 12, 12, 12, 12, 12])
    summary = material.summary
    head(sheet, _("Summary"), _("As of {date}").format(date=day(summary.today)))
    _totals(sheet, material)
    words = {batch.value: batch.label for batch in Batch}
    batches = [
        (words.get(key or "", _("Not said")), found) for key, found in summary.batches.items()
    ]
    stage = _section(
        sheet,
        material,
        Item(_("All initiatives by stage"), LINK_HEAD, places.initiatives),
        tables.STAGE,
        [(stage.label, found) for stage, found in summary.stages.items()],
        open_only=False,
    )
    batch = _section(
        sheet,
        material,
        Item(_("Open initiatives by batch"), LINK_HEAD, places.matrix),
        tables.BATCH,
        batches,
        unsaid=_("Not said"),
    )
    light = _section(
        sheet,
        material,
        Item(_("Open initiatives by health"), LINK_HEAD, places.needs),
        tables.LIGHT,
        [(light_words(light), found) for light, found in summary.lights.items()],
    )
    for rule in light_rules({light.value: light_words(light) for light in Light}):
        sheet.stream.conditional_formatting.add(f"A{light[0]}:A{light[1]}", rule)
    _coverage_section(sheet, summary, places)
    _milestone_section(sheet, material, places)
    lights = ("green", "amber", "red", "muted")
    for place, title, rows, tokens in (
        ("E4", _("Initiatives by stage"), stage, ("accent",)),
        ("E17", _("Open initiatives by batch"), batch, ("accent",)),
        ("E29", _("Open initiatives by health"), light, lights),
    ):
        sheet.stream.add_chart(
            bars(title, sheet, labels=(1, *rows), values=2, tokens=tokens), place
        )


def _totals(sheet: Sheet, material: Material) -> None:
    summary, code = material.summary, material.column(tables.CODE)
    budget, stage = material.column(tables.BUDGET), material.column(tables.STAGE)
    closed = summary.stages[Stage.CLOSED]
    first = sheet.row(_heads(_("Initiatives"), material)) + 1
    factor = material.scale[0] // 100
    rows = (
        (
            _("All initiatives"),
            Formula(f"COUNTA({code})", summary.total.count),
            Formula(f"SUM({budget})/{factor}", material.scaled(summary.total.budget_fen)),
        ),
        (
            _("Closed"),
            material.counted(f'{stage},"{Stage.CLOSED.label}"', value=closed.count),
            material.summed(f'{stage},"{Stage.CLOSED.label}"', fen=closed.budget_fen),
        ),
        (
            _("Open"),
            Formula(f"B{first}-B{first + 1}", summary.open.count),
            Formula(f"C{first}-C{first + 1}", material.scaled(summary.open.budget_fen)),
        ),
    )
    for name, count, cost in rows:
        strong = name == rows[-1][0]
        sheet.row(
            [
                Item(name, TOTAL_HEAD if strong else Style()),
                Item(count, TOTAL if strong else FIGURE),
                Item(cost, cost_style(bold=strong)),
            ]
        )
    unknown = Formula(f"COUNTA({code})-COUNT({budget})", summary.total.without_budget)
    sheet.row([Item(_("Without a budget"), SENTENCE), Item(unknown, FIGURE)])
    sheet.skip()


def _heads(name: str, material: Material) -> list[Item]:
    return [
        Item("", HEAD),
        Item(name, RIGHT_HEAD),
        Item(_("Budget, {unit}").format(unit=material.scale[1]), RIGHT_HEAD),
    ]


def _section(
    sheet: Sheet,
    material: Material,
    title: Item,
    place: int,
    rows: Sequence[tuple[str, Tally]],
    *,
    open_only: bool = True,
    unsaid: str = "",
) -> tuple[int, int]:
    """Counts and sums of one column's words; returns the numbers of the first and last row."""
    sheet.row([title, *_heads(_("Initiatives"), material)[1:]])
    first = sheet.at
    column = material.column(place)
    for label, tally in rows:
        wanted = '""' if label == unsaid else f"$A{sheet.at}"
        criteria = [f"{column},{wanted}", *([material.is_open] if open_only else [])]
        sheet.row(
            [
                label,
                Item(material.counted(*criteria, value=tally.count), FIGURE),
                Item(material.summed(*criteria, fen=tally.budget_fen), cost_style()),
            ]
        )
    sheet.skip()
    return first, first + len(rows) - 1


def _coverage_section(sheet: Sheet, summary: Summary, places: Places) -> None:
    gaps = len(summary.gaps)
    sheet.row(
        [
            Item(_("Coverage"), LINK_HEAD, places.coverage),
            Item(_("Branches"), RIGHT_HEAD),
            Item("", HEAD),
        ]
    )
    for name, sign, count in (
        (_("Both duties met"), "✓", len(summary.duties) - gaps),
        (_("With a gap"), "✕", gaps),
    ):
        formula = f'COUNTIF({places.duties},"{sign}*")' if places.duties else "0"
        sheet.row([name, Item(Formula(formula, count), FIGURE)])
    sheet.skip()


def _milestone_section(sheet: Sheet, material: Material, places: Places) -> None:
    status = material.milestones.reference(tables.STATUS)
    found = [row[tables.STATUS] for row in material.milestones.rows]
    sheet.row(
        [
            Item(_("Milestones"), LINK_HEAD, places.milestones),
            Item(_("Milestones"), RIGHT_HEAD),
            Item("", HEAD),
        ]
    )
    for word in Status().all():
        formula = Formula(f"COUNTIFS({status},$A{sheet.at})", found.count(word))
        sheet.row([word, Item(formula, FIGURE)])


def write_dictionary(sheet: Sheet, parts: Sequence[tuple[str, Table]]) -> None:
    """Every column of every table: what it means, which values it holds, in which unit."""
    wrapped = Style(wrap=True)
    columns = [
        Column(_("Sheet"), wrapped, 12, 18),
        Column(_("Column"), Style(bold=True, wrap=True), 16, 26),
        Column(_("Meaning"), wrapped, 30, 62),
        Column(_("Values"), wrapped, 20, 60),
        Column(_("Unit of measure"), wrapped, 10, 18),
    ]
    rows = [
        (title, column.head, column.meaning, column.values or _("text"), column.unit or None)
        for title, table in parts
        for column in table.columns
    ]
    sheet.widths(fitted(columns, rows))
    sheet.stream.freeze_panes = "A5"
    sheet.stream.print_title_rows = "4:4"
    head(sheet, _("Data dictionary"), _("{n} columns").format(n=number(len(rows))))
    sheet.table("Dictionary", columns, rows, HEAD)
