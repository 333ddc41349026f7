"""The tables of the review workbook: their columns, each with its meaning, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ecofolio.excel.book import Column
from ecofolio.excel.safe import distinct
from ecofolio.excel.styles import COUNT, DATES, MONEY, TEXT, Style
from ecofolio.format import money_unit
from ecofolio.initiatives import queries as initiatives
from ecofolio.initiatives.queries import FieldRow, InitiativeRow, MilestoneRow
from ecofolio.initiatives.rules import split_list
from ecofolio.portfolio.queries import Summary
from ecofolio.portfolio.words import light_words
from ecofolio.review.changes import ChangeLine
from ecofolio.text import _, language, listed
from ecofolio.vocabulary import (
    Batch,
    BuildMode,
    Circle,
    FieldType,
    Lever,
    Light,
    LoopPhase,
    Origin,
    Segment,
    Stage,
    Term,
)

WRAPPED = Style(wrap=True)
SUM = Style(format=MONEY)
WHOLE = Style(format=COUNT)


def day_style() -> Style:
    """Dates as the language writes them."""
    return Style(format=DATES[language()], align="left")


class Labels(NamedTuple):
    """The names that formulas compare: each different from the others, by identity."""

    branches: dict[int, str]
    scenes: dict[int, str]

    @classmethod
    def of(cls, summary: Summary) -> Labels:
        """The labels of all units and scenes of a programme."""
        units, scenes = summary.names.units, summary.names.scenes
        return cls(
            dict(zip(units, distinct(units.values()), strict=True)),
            dict(zip(scenes, distinct(scenes.values()), strict=True)),
        )


@dataclass(frozen=True)
class Table:
    """A named table; `printed` columns from the left go on paper, the others are for the screen."""

    name: str
    columns: list[Column]
    rows: list[tuple[Any, ...]]
    printed: int

    def reference(self, number: int) -> str:
        """How a formula calls a column: its place from 0."""
        head = self.columns[number].head
        for sign in "'[]#":
            head = head.replace(sign, f"'{sign}")
        return f"{self.name}[{head}]"


# The columns of the table of initiatives that formulas speak of, by their place.
CODE, NAME, BRANCH, SCENE, SEGMENT, BATCH, STAGE, LIGHT, _WHY, _LEAD, BUDGET = range(11)
STATUS = 8  # of the table of milestones


def _terms(vocabulary: type[Term]) -> dict[str | None, str]:
    return {term.value: term.label for term in vocabulary}


def _list(vocabulary: type[Term]) -> str:
    return " / ".join(term.label for term in vocabulary)


def initiative_table(summary: Summary, labels: Labels, fields: Sequence[FieldRow]) -> Table:
    """The initiatives of a scope with every attribute, the custom fields last."""
    columns = [*_core_columns(summary.currency), *_more_columns(), *map(_custom_column, fields)]
    heads = distinct([column.head for column in columns])
    columns = [
        Column(head, c.style, c.least, c.most, c.meaning, c.values, c.unit)
        for head, c in zip(heads, columns, strict=True)
    ]
    rows = list(_initiative_rows(summary, labels, fields))
    return Table("Initiatives", columns, rows, printed=14)


def _core_columns(currency: str) -> list[Column]:
    unit = money_unit("yuan", currency)
    day, calendar = day_style(), _("calendar day")
    lights = " / ".join(light_words(light) for light in Light)
    return [
        Column(_("Code"), TEXT, 9, 16, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 18, 28, _("What the initiative is called")),
        Column(
            _("Branch"),
            WRAPPED,
            10,
            14,
            _("The tier-1 branch, or the unit outside any, that the initiative counts to"),
        ),
        Column(_("Scene"), WRAPPED, 10, 14, _("The walk of life that it serves")),
        Column(
            _("Lead segment"),
            TEXT,
            11,
            14,
            _("The customer side that it serves first"),
            _list(Segment),
        ),
        Column(_("Batch"), TEXT, 11, 16, _("How proven its model is"), _list(Batch)),
        Column(
            _("Stage"), TEXT, 10, 14, _("How far it has come; all but the last are open"),
            _list(Stage),
        ),
        Column(
            _("Health"),
            TEXT,
            10,
            15,
            _("The light on the day of the pack; a person's override comes first"),
            lights,
        ),
        Column(_("Why"), WRAPPED, 24, 36, _("The light's reason in words")),
        Column(_("Lead"), TEXT, 9, 16, _("Who leads it")),
        Column(
            _("Budget in {unit}").format(unit=unit),
            SUM,
            15,
            20,
            _("The whole-life budget; empty where it is not known"),
            _("number with two decimals"),
            unit,
        ),
        Column(_("Due date"), day, 11, 12, _("The day on which it is to be complete"), calendar),
        Column(
            _("Next milestone"), WRAPPED, 16, 22, _("The open milestone with the earliest date")
        ),
        Column(_("Forecast"), day, 11, 12, _("When that milestone is expected now"), calendar),
    ]  # fmt: skip


def _more_columns() -> list[Column]:
    day, calendar = day_style(), _("calendar day")
    listed = _("separated by commas")
    return [
        Column(_("Baseline"), day, 11, 12, _("When that milestone was promised"), calendar),
        Column(_("Unit"), TEXT, 12, 28, _("The unit that owns the initiative")),
        Column(_("Region"), TEXT, 9, 18, _("The region of the unit")),
        Column(_("Department"), TEXT, 12, 26, _("The department that answers for it")),
        Column(
            _("Other segments"), TEXT, 12, 22, _("Further customer sides that it serves"), listed
        ),
        Column(
            _("Circle"), TEXT, 9, 14, _("Province- or nation-wide, or one community"),
            _list(Circle),
        ),
        Column(_("Origin"), TEXT, 10, 14, _("From head office or from a branch"), _list(Origin)),
        Column(_("Build mode"), TEXT, 12, 22, _("Who builds on whom"), _list(BuildMode)),
        Column(_("Levers"), TEXT, 12, 34, _("The modernisations that it advances"), _list(Lever)),
        Column(
            _("Loop phase"), TEXT, 12, 20, _("Where it stands in the closed loop"),
            _list(LoopPhase),
        ),
        Column(_("Sponsor"), TEXT, 9, 16, _("Who answers for it in management")),
        Column(_("Partners"), TEXT, 12, 30, _("The outside bodies that take part")),
        Column(_("Start date"), day, 11, 12, _("The day on which it began or begins"), calendar),
        Column(
            _("Computed health"), TEXT, 12, 15,
            _("The light without a person's override"),
            " / ".join(light_words(light) for light in Light),
        ),
        Column(
            _("Override expires"), day, 11, 14, _("The last day of a person's override"), calendar
        ),
        Column(_("Tags"), TEXT, 8, 24, _("Free words"), listed),
        Column(_("Description"), TEXT, 20, 60, _("What it is about")),
    ]  # fmt: skip


def _custom_column(field: FieldRow) -> Column:
    style = {FieldType.DATE.value: day_style(), FieldType.NUMBER.value: Style(format="#,##0.##")}
    return Column(
        field.name,
        style.get(field.type, TEXT),
        10,
        30,
        _("A column that users of this programme added"),
        " / ".join(field.choices) or FieldType(field.type).label,
    )


def _initiative_rows(
    summary: Summary, labels: Labels, fields: Sequence[FieldRow]
) -> Iterator[tuple[Any, ...]]:
    segments, batches, stages = _terms(Segment), _terms(Batch), _terms(Stage)
    circles, origins, modes = _terms(Circle), _terms(Origin), _terms(BuildMode)
    levers, phases = _terms(Lever), _terms(LoopPhase)
    lights = {light: light_words(light) for light in Light}
    typed = [(field.id, field.type) for field in fields]
    for row in summary.rows:
        health = initiatives.health(row, summary.today)
        home = None if row.unit_id is None else summary.homes.get(row.unit_id)
        yield (
            row.code,
            row.name,
            labels.branches.get(home) if home is not None else None,
            labels.scenes.get(row.scene_id) if row.scene_id is not None else None,
            segments.get(row.lead_segment),
            batches.get(row.batch),
            stages[row.stage],
            lights[row.light],
            health.reason,
            row.lead,
            yuan(row.budget_fen),
            row.due_date,
            row.milestone,
            row.forecast,
            row.baseline,
            row.unit,
            row.region,
            row.department,
            _several(row.other_segments, segments),
            circles.get(row.circle),
            origins.get(row.origin),
            modes.get(row.build_mode),
            _several(row.levers, levers),
            phases.get(row.loop_phase),
            row.sponsor,
            row.partner_names,
            row.start_date,
            lights[health.computed],
            row.health_expires,
            row.tags,
            row.description,
            *(_custom(row, key, kind) for key, kind in typed),
        )


def yuan(fen: int | None) -> Decimal | None:
    """A sum of fen in the unit of the currency, exactly."""
    return None if fen is None else Decimal(fen) / 100


def _several(codes: str | None, words: dict[str | None, str]) -> str | None:
    return listed(words[code] for code in split_list(codes)) if codes else None


def _custom(row: InitiativeRow, key: int, kind: str) -> object:
    value = row.custom.get(key)
    if value is None:
        return None
    if kind == FieldType.DATE.value:
        return date.fromisoformat(value)
    # beyond fifteen figures a spreadsheet would round
    if kind == FieldType.NUMBER.value and sum(sign.isdigit() for sign in value) <= 15:
        return Decimal(value)
    return value


class Status:
    """The states of a milestone in words: reached, overdue, slipping, on time, without a date."""

    def __init__(self) -> None:
        self.reached, self.overdue = _("Reached"), _("Overdue")
        self.slipping, self.on_time, self.undated = _("Slipping"), _("On time"), _("No date")

    def all(self) -> tuple[str, ...]:
        """Every state, in the order of telling."""
        return (self.reached, self.on_time, self.slipping, self.overdue, self.undated)

    def of(self, row: MilestoneRow, today: date) -> str:
        """The state of a milestone on a day."""
        when = row.forecast or row.baseline
        if row.actual is not None:
            return self.reached
        if when is None:
            return self.undated
        if when < today:
            return self.overdue
        if row.baseline is not None and when > row.baseline:
            return self.slipping
        return self.on_time


def milestone_table(summary: Summary, labels: Labels, milestones: Sequence[MilestoneRow]) -> Table:
    """The milestones of the initiatives of a scope."""
    day, calendar, status = day_style(), _("calendar day"), Status()
    columns = [
        Column(_("Code"), TEXT, 9, 16, _("The initiative's own code, used nowhere else")),
        Column(_("Initiative"), WRAPPED, 20, 34, _("What the initiative is called")),
        Column(_("Branch"), TEXT, 10, 18, _("The branch that the initiative counts to")),
        Column(_("Milestone"), WRAPPED, 18, 40, _("What is to be reached")),
        Column(_("Baseline"), day, 11, 12, _("When it was promised"), calendar),
        Column(_("Forecast"), day, 11, 12, _("When it is expected now"), calendar),
        Column(_("Reached on"), day, 11, 12, _("When it was reached"), calendar),
        Column(
            _("Slip"), WHOLE, 8, 10,
            _("The date reached, or else the forecast, against the baseline; below 0 is early"),
            _("whole number"), _("days"),
        ),
        Column(
            _("Status"), TEXT, 10, 14, _("Where it stands on the day of the pack"),
            " / ".join(status.all()),
        ),
    ]  # fmt: skip
    homes = {
        row.id: labels.branches.get(summary.homes.get(row.unit_id) or 0)
        for row in summary.rows
        if row.unit_id is not None
    }
    rows = [
        (
            row.code,
            row.initiative,
            homes.get(row.initiative_id),
            row.name,
            row.baseline,
            row.forecast,
            row.actual,
            row.slip,
            status.of(row, summary.today),
        )
        for row in milestones
    ]
    return Table("Milestones", columns, rows, printed=len(columns))


def change_table(found: Sequence[ChangeLine]) -> Table:
    """What changed, in words."""
    clock = "[$-809]d mmm yyyy hh:mm" if language() == "en" else "yyyy-mm-dd hh:mm"
    columns = [
        Column(
            _("When"), Style(format=clock, align="left"), 17, 18,
            _("When it was changed"), _("local date and time"),
        ),
        Column(_("Who"), TEXT, 9, 16, _("Who changed it")),
        Column(_("Code"), TEXT, 9, 16, _("The code of the initiative or record")),
        Column(_("Name"), WRAPPED, 18, 32, _("The initiative, or the record that belongs to none")),
        Column(_("Record"), TEXT, 10, 14, _("What kind of record was changed")),
        Column(
            _("What"), TEXT, 9, 12, _("What happened to it"),
            " / ".join((_("Added"), _("Changed"), _("Deleted"))),
        ),
        Column(_("Field"), WRAPPED, 12, 26, _("Which field was changed")),
        Column(_("Before"), WRAPPED, 14, 32, _("What it held before")),
        Column(_("After"), WRAPPED, 14, 32, _("What it holds since")),
        Column(_("Change"), TEXT, 16, 40, _("What the change is called in the history")),
    ]  # fmt: skip
    rows = [
        (
            line.at,
            line.actor,
            line.code,
            line.name,
            line.record,
            line.what,
            line.field,
            line.before,
            line.after,
            line.label,
        )
        for line in found
    ]
    return Table("Changes", columns, rows, printed=len(columns))
