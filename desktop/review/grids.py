"""The two grids of the review workbook: segments by batches, and branches by scenes."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from ecofolio.excel.book import Formula, Item, Sheet
from ecofolio.excel.charts import stacked
from ecofolio.excel.styles import COUNT, HEAD, Style, tint_rule
from ecofolio.format import day
from ecofolio.portfolio.queries import UNSAID, Branch, Summary
from ecofolio.portfolio.rules import Mix, duty_words, marks, missing_duties
from ecofolio.review import tables
from ecofolio.review.material import (
    CENTRE_HEAD,
    CENTRED,
    DOTTED,
    FIGURE,
    RIGHT_HEAD,
    SENTENCE,
    TOTAL,
    TOTAL_HEAD,
    UPRIGHT_HEAD,
    Material,
    cost_style,
    head,
    same,
)
from ecofolio.text import _, language
from ecofolio.vocabulary import Batch, Segment

_BLANK = '""'


def write_matrix(sheet: Sheet, material: Material) -> None:
    """Segments by batches: open initiatives, then what they cost, and a chart."""
    summary = material.summary
    columns = summary.batch_keys
    sheet.widths([28, *[16] * (len(columns) + 1)])
    head(
        sheet,
        _("Segment × batch"),
        _("Open initiatives by lead segment, as of {date}").format(date=day(summary.today)),
    )
    top = _matrix_block(sheet, material, _("Initiatives"), costs=False)
    sheet.skip()
    _matrix_block(sheet, material, _("Budget, {unit}").format(unit=material.scale[1]), costs=True)
    rows = [
        (top + 1 + n, Segment(key).label, f"segment_{key.lower()}")
        for n, key in enumerate(summary.segment_keys)
        if key is not None
    ]
    chart = stacked(
        _("Open initiatives by batch and lead segment"),
        sheet,
        names=(top, 2, 1 + len(Batch)),
        rows=rows,
    )
    sheet.stream.add_chart(chart, f"A{sheet.at + 1}")


def _matrix_block(sheet: Sheet, material: Material, title: str, *, costs: bool) -> int:
    """One block of the matrix with its totals; returns the number of its head."""
    summary, batches = material.summary, material.summary.batch_keys
    words = {batch.value: batch.label for batch in Batch}
    heads = [words.get(key or "", _("Not said")) for key in batches]
    top = sheet.row([Item(title, HEAD), *(Item(text, RIGHT_HEAD) for text in (*heads, _("Total")))])
    last = get_column_letter(1 + len(batches))
    for key in summary.segment_keys:
        at = sheet.at
        label = _("Not said") if key is None else Segment(key).label
        cells = []
        for n, batch in enumerate(batches):
            criteria = (
                f"{material.column(tables.SEGMENT)},{f'$A{at}' if key else _BLANK}",
                f"{material.column(tables.BATCH)},"
                f"{f'{get_column_letter(n + 2)}${top}' if batch else _BLANK}",
                material.is_open,
            )
            tally = summary.cell(key, batch)
            if costs:
                cells.append(Item(material.summed(*criteria, fen=tally.budget_fen), cost_style()))
            else:
                cells.append(Item(material.counted(*criteria, value=tally.count), FIGURE))
        whole = summary.segments[key]
        value = material.scaled(whole.budget_fen) if costs else whole.count
        style = Style(format=cost_style().format if costs else COUNT, bold=True, align="right")
        sheet.row([label, *cells, Item(Formula(f"SUM(B{at}:{last}{at})", value), style)])
        if key is not None:
            sheet.stream.conditional_formatting.add(
                f"B{at}:{last}{at}", tint_rule(f"segment_{key.lower()}")
            )
    _matrix_total(sheet, material, top, costs=costs)
    return top


def _matrix_total(sheet: Sheet, material: Material, top: int, *, costs: bool) -> None:
    summary = material.summary
    tallies = [*(summary.batches[key] for key in summary.batch_keys), summary.open]
    end = sheet.at - 1
    style = cost_style(bold=True) if costs else TOTAL
    cells = []
    for n, tally in enumerate(tallies):
        letter = get_column_letter(n + 2)
        value = material.scaled(tally.budget_fen) if costs else tally.count
        cells.append(Item(Formula(f"SUM({letter}{top + 1}:{letter}{end})", value), style))
    sheet.row([Item(_("Total"), TOTAL_HEAD), *cells])


def write_coverage(sheet: Sheet, material: Material) -> str:
    """Branches by scenes: how many, then which batches, then the duties. Returns the range of the
    duties, empty where there is no tier-1 branch."""
    summary = material.summary
    scenes = [material.labels.scenes.get(scene.id or 0, scene.name) for scene in summary.scenes]
    upright = language() == "en"  # Chinese names are short, and read badly when turned
    sheet.widths([20, *[6 if upright else 7] * len(scenes), 8, 8, 20])
    head(
        sheet,
        _("Units × scenes"),
        _(
            "Open initiatives; those of a unit count to its tier-1 branch. A tier-1 branch owes a "
            "full rollout and a breakthrough."
        ),
    )
    top = sheet.row(
        [Item(_("Initiatives"), HEAD), *_scene_heads((*scenes, _("Total")))],
        height=_head_height(scenes),
    )
    for branch in summary.branches:
        _count_row(sheet, material, branch, top)
    last = get_column_letter(1 + len(scenes))
    if summary.branches and scenes:
        sheet.stream.conditional_formatting.add(
            f"B{top + 1}:{last}{sheet.at - 1}", tint_rule("accent")
        )
        _scene_totals(sheet, summary, top)
    sheet.skip()
    return _marks_block(sheet, material, scenes)


def _scene_heads(names: Sequence[str]) -> list[Item]:
    style = UPRIGHT_HEAD if language() == "en" else CENTRE_HEAD
    return [Item(name, style) for name in names]


def _head_height(names: Sequence[str]) -> float | None:
    """Room for the longest of the names that are turned; None has it found by itself."""
    if language() != "en":
        return None
    return max(40.0, min(max(map(len, names), default=0), 24) * 6.2 + 8)


def _branch_label(material: Material, branch: Branch) -> str:
    return branch.name if branch.id is None else material.labels.branches[branch.id]


def _criteria(material: Material, branch: Branch, at: int) -> str:
    wanted = _BLANK if branch.id is UNSAID else same(f"$A{at}", _branch_label(material, branch))
    return f"{material.column(tables.BRANCH)},{wanted}"


def _scene_criteria(material: Material, n: int, top: int) -> str:
    scene = material.summary.scenes[n]
    cell = f"{get_column_letter(n + 2)}${top}"
    wanted = _BLANK if scene.id is UNSAID else same(cell, material.labels.scenes[scene.id])
    return f"{material.column(tables.SCENE)},{wanted}"


def _count_row(sheet: Sheet, material: Material, branch: Branch, top: int) -> None:
    summary, at = material.summary, sheet.at
    of_branch = _criteria(material, branch, at)
    cells = [
        Item(
            material.counted(
                of_branch,
                _scene_criteria(material, n, top),
                material.is_open,
                value=summary.mix(branch.id, scene.id).count,
            ),
            DOTTED,
        )
        for n, scene in enumerate(summary.scenes)
    ]
    total = material.counted(
        of_branch, material.is_open, value=summary.by_branch.get(branch.id, Mix()).count
    )
    sheet.row(
        [_branch_label(material, branch), *cells, Item(total, Style(bold=True, align="center"))]
    )


def _scene_totals(sheet: Sheet, summary: Summary, top: int) -> None:
    counts = [*(summary.by_scene[scene.id].count for scene in summary.scenes), summary.open.count]
    end = sheet.at - 1
    style = Style(format=COUNT, bold=True, top=True, align="center")
    cells = []
    for n, count in enumerate(counts):
        letter = get_column_letter(n + 2)
        cells.append(Item(Formula(f"SUM({letter}{top + 1}:{letter}{end})", count), style))
    sheet.row([Item(_("Total"), TOTAL_HEAD), *cells])


def _marks_block(sheet: Sheet, material: Material, scenes: Sequence[str]) -> str:
    summary, letters = material.summary, marks()
    legend = " · ".join(f"{letter} {batch.label}" for batch, letter in letters.items())
    sheet.row([Item(_("Which batches: {legend}").format(legend=legend), SENTENCE)])
    heads = (*scenes, Batch.FULL_ROLLOUT.label, Batch.BREAKTHROUGH.label)
    top = sheet.row(
        [
            Item(_("Batches"), HEAD),
            *_scene_heads(heads),
            Item(_("Duties"), HEAD),
        ],
        height=_head_height(heads),
    )
    duty_rows = []
    for branch in summary.branches:
        if branch.has_duties:
            duty_rows.append(sheet.at)
        _marks_row(sheet, material, branch, top)
    if not duty_rows:
        return ""
    column = get_column_letter(len(scenes) + 4)
    return sheet.place(f"${column}${duty_rows[0]}:${column}${duty_rows[-1]}")


def _marks_row(sheet: Sheet, material: Material, branch: Branch, top: int) -> None:
    summary, at, letters = material.summary, sheet.at, marks()
    of_branch = _criteria(material, branch, at)
    column = material.column(tables.BATCH)
    cells = []
    for n, scene in enumerate(summary.scenes):
        of_scene = _scene_criteria(material, n, top)
        parts, shown = [], ""
        for batch, letter in letters.items():
            counted = (
                f'COUNTIFS({of_branch},{of_scene},{column},"{batch.label}",{material.is_open})'
            )
            parts.append(f'IF({counted}>0,"{letter}","")')
            shown += letter if summary.mix(branch.id, scene.id).of(batch.value) else ""
        cells.append(Item(Formula("&".join(parts), shown), CENTRED))
    mix = summary.by_branch.get(branch.id, Mix())
    for batch in (Batch.FULL_ROLLOUT, Batch.BREAKTHROUGH):
        formula = material.counted(
            of_branch, f'{column},"{batch.label}"', material.is_open, value=mix.of(batch.value)
        )
        cells.append(Item(formula, DOTTED))
    row = [_branch_label(material, branch), *cells]
    if branch.has_duties:
        row.append(Item(_duty(mix, len(cells), at), Style(bold=True)))
    sheet.row(row)


def _duty(mix: Mix, cells: int, at: int) -> Formula:
    full, breakthrough = (f"{get_column_letter(cells + n)}{at}" for n in (0, 1))
    both, no_breakthrough, no_full, neither = (
        f'"{_signed(a, b)}"' for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))
    )
    text = (
        f"IF(AND({full}>0,{breakthrough}>0),{both},"
        f"IF({full}>0,{no_breakthrough},IF({breakthrough}>0,{no_full},{neither})))"
    )
    return Formula(text, _signed(mix.full_rollout, mix.breakthrough))


def _signed(full_rollout: int, breakthrough: int) -> str:
    missing = missing_duties(full_rollout, breakthrough)
    return f"{'✕' if missing else '✓'} {duty_words(missing)}"
