"""Bringing figures in from a file: read, judged row by row, then taken whole or not at all.

A list has a column of initiatives, one of months, and either columns of metrics and figures, or
one column for each metric. Floors, targets and stretches beside the figures are taken as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.intake.money import decimal_mark
from ecofolio.intake.names import normal, without_brackets
from ecofolio.intake.reading import Cell, faults, read_book
from ecofolio.intake.table import Layout, Table, choose_table
from ecofolio.intake.values import Reason, cell_text, plain
from ecofolio.scorecards import founding, observing, periods, queries, targets
from ecofolio.scorecards.catalogue import BUILT, counted_in
from ecofolio.scorecards.observing import Reported
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import read_figure
from ecofolio.scorecards.settled import REASON, reason_of, refused
from ecofolio.scorecards.targets import Promise
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import LANGUAGES, N_, _, using
from ecofolio.vocabulary import Direction, ObservationState

INITIATIVE = table_of(Initiative)
_HEADERS = {
    "initiative": "initiative|initiative code|initiative id|code|project|project code|project id|"
    "id|number|项目|项目编号|项目编码|项目代码|编号|编码|生态项目|生态项目编号|項目|項目編號|編號",
    "metric": "metric|metric code|kpi|indicator|measure|指标|指标编码|指标名称|指標|指標名稱",
    "month": "month|period|year month|reporting period|月份|期间|报告期|月|年月|期間|報告期",
    "value": "value|actual|figure|observation|amount|实际|实际值|数值|完成值|實際|數值|實際值",
    "state": "state|status|状态|狀態",
    "source": "source|来源|数据来源|來源",
    "comment": "comment|comments|note|remark|备注|说明|備註|說明",
    "floor": "floor|minimum|底线值|下限|门槛|門檻",
    "target": "target|plan|目标|目标值|目標|目標值",
    "stretch": "stretch|挑战|挑战值|挑戰|挑戰值",
}
_ROLES = {normal(word): role for role, words in _HEADERS.items() for word in words.split("|")}
_STATES = {
    "provisional": "provisional preliminary estimate estimated 暂估 预计 初步 暫估 預計 臨時",
    "final": "final confirmed actual 最终 确认 正式 最終 確認",
}
_STATE = {word: code for code, words in _STATES.items() for word in words.split()}


@dataclass(frozen=True)
class Refused:
    """A row that can not be taken, by its number in the file."""

    row: int
    reason: str


@dataclass
class Taken:
    """What a file says and what became of it. `odd` rows were taken and are marked, `faults` are
    what is wrong with the file itself."""

    file: str
    rows: int = 0
    blank: int = 0
    figures: list[tuple[int, Reported]] = field(default_factory=list)
    promises: list[tuple[int, Promise]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    odd: list[Refused] = field(default_factory=list)
    added: int = 0
    corrected: int = 0
    unchanged: int = 0
    targets: int = 0
    written: bool = False
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "rows": self.rows,
            "blank": self.blank,
            "observed": self.added,
            "corrected": self.corrected,
            "unchanged": self.unchanged,
            "targets": self.targets,
            "refused": [{"row": one.row, "reason": one.reason} for one in self.refused],
            "odd": [{"row": one.row, "reason": one.reason} for one in self.odd],
            "faults": self.faults,
            "written": self.written,
        }


@dataclass(frozen=True)
class _Columns:
    """Which column plays which part; `figures` are columns of a metric each."""

    roles: Mapping[str, int]
    figures: Mapping[int, MetricRow]


@dataclass(frozen=True)
class _Names:
    """What a file may call things."""

    metrics: Mapping[str, MetricRow]
    initiatives: Mapping[str, int]
    marks: Mapping[int, str]  # the decimal mark of each column


def take_file(
    workspace: Workspace,
    path: Path | str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    dry_run: bool = False,
    cancel: Callable[[], bool] | None = None,
    reason: str | None = None,
) -> Taken:
    """Take a file of figures as one undoable change; nothing of it where any row is refused.

    Figures that are odd but possible are taken and named. Targets of settled months are refused
    without a `reason` for correcting them. `InputError` where there is no list.
    """
    founding.ready(workspace)
    book = read_book(
        path, sheet=sheet, encoding=encoding, delimiter=delimiter, percents=True, cancel=cancel
    )
    with workspace.read() as connection:
        known = _names(queries.metrics(connection, retired=True))
        upright = Layout(transposed=False)  # a column of metrics is no column of headers
        table = choose_table(
            book, lambda text: _role(text, known) is not None, sheet=sheet, layout=upright
        )
        found = _read(connection, table, known, book.file)
    found.faults = faults(book)
    if dry_run or found.refused:
        _judge(workspace, found, reason)
        return found
    workspace.do(_write, found, reason)
    return found


def _names(rows: Sequence[MetricRow]) -> dict[str, MetricRow]:
    """Metrics by code and by name, in every language that the program speaks."""
    known: dict[str, MetricRow] = {}
    for language in LANGUAGES:
        with using(language):
            for row in rows:
                known.setdefault(normal(row.name), row)
                if row.code in BUILT:
                    known.setdefault(normal(_(BUILT[row.code].name)), row)
    return known | {normal(row.code): row for row in rows}


def _role(header: str, known: Mapping[str, MetricRow]) -> str | MetricRow | None:
    for text in (header, without_brackets(header)[0]):
        if found := _ROLES.get(normal(text)) or known.get(normal(text)):
            return found
    return None


def _columns(table: Table, known: Mapping[str, MetricRow]) -> _Columns:
    roles: dict[str, int] = {}
    figures: dict[int, MetricRow] = {}
    for place, column in enumerate(table.columns):
        role = _role(column.header, known)
        if isinstance(role, str):
            roles.setdefault(role, place)
        elif role is not None:
            figures[place] = role
    for needed, what in (("initiative", N_("initiatives")), ("month", N_("months"))):
        if needed not in roles:
            raise InputError(
                _("The list has no column of {what}: name one “{header}”.").format(
                    what=_(what), header=needed
                )
            )
    if "metric" in roles:
        if not {"value", "target"} & roles.keys():
            raise InputError(_("The list has no column of figures: name one “value”."))
        return _Columns(roles, {})
    if not figures:
        raise InputError(
            _("The list has no column of metrics: name one “metric”, or one after each metric.")
        )
    return _Columns(roles, figures)


def _read(connection: Connection, table: Table, known: Mapping[str, MetricRow], file: str) -> Taken:
    columns = _columns(table, known)
    codes = connection.execute(select(INITIATIVE.c.code, INITIATIVE.c.id)).all()
    marks = {place: decimal_mark(table.values(place)) for place in range(len(table.columns))}
    names = _Names(known, {plain(code).casefold(): one for code, one in codes}, marks)
    found = Taken(file, rows=len(table.rows))
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        try:
            _read_row(row, number, columns, names, found)
        except InputError as error:
            found.refused.append(Refused(number, str(error)))
    _refuse_twice(found)
    return found


def _read_row(
    row: Sequence[Cell], number: int, columns: _Columns, names: _Names, found: Taken
) -> None:
    def cell(role: str) -> Cell:
        place = columns.roles.get(role)
        return None if place is None else row[place]

    code = plain(cell_text(cell("initiative")))
    initiative = names.initiatives.get(code.casefold())
    if initiative is None:
        raise InputError(_("There is no initiative {code}.").format(code=code or "–"))
    if not cell_text(cell("month")):
        raise InputError(_("The month is missing."))
    month = periods.parse(cell("month"))
    if columns.figures:
        told = [(metric, place) for place, metric in columns.figures.items()]
    else:
        said = cell_text(cell("metric"))
        only = names.metrics.get(normal(said))
        if only is None:
            raise InputError(_("There is no metric {metric}.").format(metric=said or "–"))
        told = [(only, columns.roles.get("value", -1))]
    said_more = (
        _state(cell("state")),
        cell_text(cell("source")) or None,
        cell_text(cell("comment")) or None,
    )
    blank = True
    for metric, place in told:
        value = _figure(row[place], metric, names.marks[place]) if place >= 0 else None
        if value is not None:
            blank = False
            kept = Reported(initiative, metric.id, month, value, *said_more)
            found.figures.append((number, kept))
    if not columns.figures and cell("target") is not None:
        blank = False
        whose = (initiative, told[0][0], month)
        found.promises.append((number, _promise(row, columns, names, whose)))
    found.blank += blank


def _figure(cell: Cell, metric: MetricRow, mark: str) -> int | None:
    value = read_figure(cell, counted_in(metric.code, metric.own_unit), mark=mark)
    if isinstance(value, Reason):
        raise InputError(
            _("{metric}: “{text}” {reason}.").format(
                metric=metric.name, text=cell_text(cell)[:60], reason=value.text
            )
        )
    return value


def _promise(
    row: Sequence[Cell],
    columns: _Columns,
    names: _Names,
    whose: tuple[int, MetricRow, str],
) -> Promise:
    initiative, metric, month = whose
    given: dict[str, int | None] = {}
    for role in ("floor", "target", "stretch"):
        place = columns.roles.get(role)
        given[role] = None if place is None else _figure(row[place], metric, names.marks[place])
    target, floor = given["target"], given["floor"]
    if target is None:
        raise InputError(_("The target is missing."))
    if floor is None:
        if metric.direction == Direction.LOWER:
            raise InputError(_("The target needs a floor, because less is better."))
        floor = 0
    promise = Promise(initiative, metric.id, month, floor, target, given["stretch"])
    if reason := targets.refusal(promise, metric.higher):
        raise InputError(reason)
    return promise


def _state(cell: Cell) -> str:
    text = plain(cell_text(cell)).casefold()
    if not text:
        return ObservationState.FINAL.value
    code = _STATE.get(text)
    if code is None:
        raise InputError(_("“{text}” is neither provisional nor final.").format(text=text))
    return code


def _refuse_twice(found: Taken) -> None:
    """A figure that stands in the file twice is refused: nobody can tell which one counts."""
    first: dict[Any, int] = {}
    for number, one in found.figures:
        if one.key in first:
            found.refused.append(
                Refused(
                    number,
                    _("The same figure stands in row {row} already.").format(row=first[one.key]),
                )
            )
        first.setdefault(one.key, number)
    promised: dict[Any, int] = {}
    for number, promise in found.promises:
        if promise[:3] in promised:
            found.refused.append(
                Refused(
                    number,
                    _("The same target stands in row {row} already.").format(
                        row=promised[promise[:3]]
                    ),
                )
            )
        promised.setdefault(promise[:3], number)


def _judge(workspace: Workspace, found: Taken, reason: str | None) -> None:
    """Name every row that would be refused or is odd, without writing."""
    with workspace.read() as connection:
        work = Work(connection, workspace.actor, workspace.clock())
        wrong, odd, _stored = observing.judge(work, [one for _n, one in found.figures])
        _refuse_standing(work, found, reason)
    _note(found, wrong, odd)


def _refuse_standing(work: Work, found: Taken, reason: str | None) -> bool:
    """Name the rows with targets of settled months that would change; whether there are any that
    a reason lets pass."""
    stand = targets.standing_among(work, [one for _n, one in found.promises])
    if reason_of(reason):
        return bool(stand)
    for number, promise in found.promises:
        if on := stand.get(promise[:3]):
            pair = {(promise.initiative_id, promise.month): on}
            found.refused.append(Refused(number, refused(work.connection, pair)))
    return False


def _note(
    found: Taken, refused: Sequence[observing.Verdict], odd: Sequence[observing.Verdict]
) -> None:
    told = {one.row for one in found.refused}
    for verdict in refused:
        number = found.figures[verdict.place][0]
        if number not in told:
            found.refused.append(Refused(number, verdict.reason))
    found.refused.sort(key=lambda one: one.row)
    found.odd = [Refused(found.figures[one.place][0], one.reason) for one in odd]


def _write(work: Work, found: Taken, reason: str | None) -> None:
    figures = [one for _n, one in found.figures]
    wrong, odd, _stored = observing.judge(work, figures)
    corrects = _refuse_standing(work, found, reason)
    _note(found, wrong, odd)
    if found.refused:
        return
    outcome = observing.observe(work, figures, sure=True)
    found.added, found.corrected = outcome.added, outcome.corrected
    found.unchanged = outcome.unchanged
    if found.promises:
        promises = [one for _n, one in found.promises]
        found.targets = targets.set_targets(work, promises, reason=reason)
    if corrects:
        label = N_("Figures from {file}; settled targets corrected: {reason}")
        work.label(label, file=found.file, **{REASON: reason_of(reason)})
    else:
        work.label(N_("Figures from {file}"), file=found.file)
    found.written = True
