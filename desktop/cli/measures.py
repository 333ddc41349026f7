"""The commands and lists of measures: `observe`, `score`, and what `list` says of figures."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.cli import output
from ecofolio.errors import InputError
from ecofolio.text import _, ngettext

if TYPE_CHECKING:
    from fractions import Fraction

    from sqlalchemy import Connection

    from ecofolio.scorecards.taking import Taken

Rows = list[dict[str, Any]]
KINDS = ("metrics", "targets", "observations", "health")
COMMANDS = ("observe", "score")
BY = ("month", "quarter", "year", "initiative", "unit", "scene", "batch")


def add_commands(
    command: Callable[[str, str], argparse.ArgumentParser], period: Callable[[str], str]
) -> None:
    """The words of the commands of measures; `period` reads the type of `--as-of`."""
    observe = command("observe", "take in reported figures")
    observe.add_argument("--into", required=True, metavar="PROGRAMME")
    observe.add_argument("--from-file", required=True, metavar="FILE")
    observe.add_argument("--sheet", metavar="SHEET")
    observe.add_argument("--encoding", metavar="ENCODING")
    observe.add_argument("--delimiter", metavar="CHARACTER")
    observe.add_argument(
        "--reason", metavar="TEXT", help="why targets of settled months are corrected"
    )
    observe.add_argument(
        "--dry-run", action="store_true", help="say what would happen, write nothing"
    )
    score = command("score", "scores, grades and ranks of a month, a quarter or a year")
    score.add_argument("--from", dest="programme", required=True, metavar="PROGRAMME")
    score.add_argument("--as-of", type=period, required=True, metavar="YYYY-MM|YYYY-Qn|YYYY")
    score.add_argument("--unit", metavar="CODE", help="only this unit and those below it")
    score.add_argument(
        "--as-settled", action="store_true", help="as they stood when the period was settled"
    )
    score.add_argument("--csv", action="store_true", help="as CSV")


def observe(chosen: Namespace) -> int:
    """Take in a file of figures; exit 1 where a row of it is refused, and nothing is written."""
    from ecofolio.scorecards.taking import take_file
    from ecofolio.store.workspace import Workspace

    with Workspace.open(chosen.into, actor=chosen.actor) as workspace:
        taken = take_file(
            workspace,
            Path(chosen.from_file),
            sheet=chosen.sheet,
            encoding=chosen.encoding,
            delimiter=chosen.delimiter,
            dry_run=chosen.dry_run,
            reason=chosen.reason,
        )
    if chosen.json:
        output.write_json(taken.as_json())
    else:
        _say(taken, dry_run=chosen.dry_run)
    if taken.refused:
        first = taken.refused[0]
        raise InputError(
            ngettext(
                "{n} row is refused and nothing was written; row {row}: {reason}",
                "{n} rows are refused and nothing was written; row {row}: {reason}",
                len(taken.refused),
            ).format(n=len(taken.refused), row=first.row, reason=first.reason)
        )
    return 0


def _say(taken: Taken, *, dry_run: bool) -> None:
    for fault in taken.faults:
        output.say(_("Reading {file}: {what}.").format(file=taken.file, what=fault))
    for one in taken.refused:
        output.say(_("Row {row}: {reason}").format(row=one.row, reason=one.reason))
    for one in taken.odd:
        output.say(_("Row {row} is odd: {reason}").format(row=one.row, reason=one.reason))
    if taken.refused:
        return
    if dry_run:
        output.say(
            _("{n} figures and {targets} targets can be taken. Nothing was written.").format(
                n=len(taken.figures), targets=len(taken.promises)
            )
        )
        return
    output.say(
        _(
            "{new} reported, {corrected} corrected, {unchanged} unchanged, {targets} targets."
        ).format(
            new=taken.added,
            corrected=taken.corrected,
            unchanged=taken.unchanged,
            targets=taken.targets,
        )
    )


def score(chosen: Namespace) -> int:
    """Print the ranking of a period with every metric behind each score."""
    from ecofolio.store.workspace import Workspace

    with Workspace.open(chosen.programme, actor=chosen.actor) as workspace:
        today = workspace.clock().astimezone().date()
        with workspace.read() as connection:
            rows = scored(
                connection, chosen.as_of, today, chosen.unit,
                opened=chosen.json, as_settled=chosen.as_settled,
            )  # fmt: skip
    if chosen.json:
        output.write_json(rows)
    elif chosen.csv:
        output.write_csv(output.columns_of(rows), rows)
    else:
        output.write_table(output.columns_of(rows), rows)
    return 0


def scored(
    connection: Connection,
    period: str,
    today: date,
    unit: str | None = None,
    *,
    opened: bool,
    as_settled: bool = False,
) -> Rows:
    """The ranking of a month, a quarter or a year as plain rows; `opened` adds the lines behind
    each score, `as_settled` has them as they stood when the period was settled."""
    from ecofolio.scorecards import periods, queries, ranking, scoring, shown, words
    from ecofolio.scorecards.settling import settling

    ids, on = _within(connection, unit), shown.settled_on(settling(connection), period, today)
    if as_settled and on is None:
        raise InputError(_("The scores of {period} are not settled yet.").format(period=period))
    ranked = shown.ranking if as_settled else ranking.ranking
    lines = ranked(connection, period, today, ids=ids)
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    names = {one: row.name for one, row in metrics.items()}
    moved = shown.moved(connection, period, today)
    rows: Rows = []
    for line in lines:
        rows.append(
            {
                "code": line.code,
                "name": line.name,
                "unit": line.unit,
                "level": line.level,
                "batch": line.batch,
                "month": period,
                "score": points(line.score),
                "grade": line.grade.value if line.grade else None,
                "rank": line.rank,
                "peers": line.peers,
                "change": points(line.change),
                "places_won": line.climbed,
                "metrics": line.judged,
                "not_reported": line.missing,
                "overdue": line.overdue,
                "held_by": ("", "guardrail", "veto")[line.held] or None,
                "settled_on": on,
                "since_settled": words.since_settled(moved[line.id], on, names)
                if on and line.id in moved
                else None,
            }
        )
    if opened:
        read = shown.sheets if as_settled else scoring.sheets
        sheets = read(connection, period, today, [line.id for line in lines])
        codes = {one: row.code for one, row in metrics.items()}
        waiting = queries.provisional(connection, periods.months_in(period), sheets)
        for row, line in zip(rows, lines, strict=True):
            row["lines"] = _lines(sheets[line.id], codes, waiting) if line.id in sheets else []
    return rows


def _lines(sheet: Any, codes: dict[int, str], provisional: Any) -> Rows:
    return [
        {
            "metric": codes[line.figure.metric],
            "actual": exact(line.figure.actual),
            "floor": exact(line.figure.floor),
            "target": exact(line.figure.target),
            "attainment": _rounded(line.attainment, 6),
            "weight": line.weight,
            "points": _rounded(line.points, 4),
            "one_more": _rounded(line.one_more, 6),
            "breached": line.breached,
            "due": line.figure.due,
            "reported_share": _rounded(line.figure.share, 6),
            "provisional": (sheet.initiative_id, line.figure.metric) in provisional,
        }
        for line in sheet.score.lines
    ]


def points(hundredths: int | None) -> float | None:
    """Hundredths of a point as a number with two decimals."""
    return None if hundredths is None else hundredths / 100


def exact(thousandths: int | None) -> int | float | None:
    """Thousandths as a plain number: whole where it is whole."""
    if thousandths is None:
        return None
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000


def _rounded(value: Fraction | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


def _within(connection: Connection, unit: str | None) -> set[int] | None:
    """The initiatives of a unit and of those below it; None for all."""
    if unit is None:
        return None
    from ecofolio.initiatives import queries
    from ecofolio.scorecards.ranking import places

    known = queries.names(connection)
    found = next((one for one, code in known.unit_codes.items() if code == unit), None)
    if found is None:
        raise InputError(_("There is no unit {code}.").format(code=unit))
    units = queries.below(found, known.parents)
    return {one for one, place in places(connection).items() if place.unit_id in units}


# --- list --------------------------------------------------------------------------------------


def metrics(connection: Connection, _today: date) -> Rows:
    """Every metric with how it is judged and added up."""
    from ecofolio.scorecards import queries

    found = queries.metrics(connection, retired=True)
    codes = {row.id: row.code for row in found}
    worths = queries.coefficients(connection)
    return [
        {
            "code": row.code,
            "name": row.name,
            "unit": row.unit,
            "kind": row.kind,
            "step": row.step,
            "segment": row.segment,
            "loop_phase": row.loop_phase,
            "direction": row.direction,
            "over_months": row.over_months,
            "over_initiatives": row.over_initiatives,
            "weighed_by": codes.get(row.weighed_by_id or 0),
            "department": row.department,
            "due_day": row.due_day,
            "veto": bool(row.veto),
            "least": exact(row.least),
            "most": exact(row.most),
            "retired": bool(row.retired),
            "value_fen": [
                {"from": month, "fen": micro / 10**6} for month, micro in worths.get(row.id, ())
            ],
        }
        for row in found
    ]


def targets(connection: Connection, _today: date) -> Rows:
    """Every target with its floor and stretch, by initiative, metric and month."""
    from ecofolio.scorecards import queries

    return [
        {
            "initiative": row.code,
            "metric": row.metric,
            "month": row.month,
            "floor": exact(row.floor),
            "target": exact(row.target),
            "stretch": exact(row.stretch),
        }
        for row in queries.targets(connection)
    ]


def observations(connection: Connection, _today: date) -> Rows:
    """Every figure with its source, comment, who reported it and when, and why it is odd."""
    from ecofolio.scorecards import queries
    from ecofolio.scorecards.observing import odd_among

    rows = queries.observations(connection)
    known = {row.id: row for row in queries.metrics(connection, retired=True)}
    odd = odd_among(known, rows)
    return [
        {
            "initiative": row.code,
            "metric": row.metric,
            "month": row.month,
            "value": exact(row.value),
            "state": row.state,
            "source": row.source,
            "comment": row.comment,
            "reported_by": row.reported_by,
            "reported_on": row.reported_on,
            "odd": odd.get(row.id),
        }
        for row in rows
    ]


def health_then(connection: Connection, day: date) -> Rows:
    """The same at the end of a day gone by, of those that were entered by then or have figures."""
    from ecofolio.initiatives import queries
    from ecofolio.initiatives.health import judged_worst
    from ecofolio.initiatives.past import lights_on

    was = lights_on(connection, day)
    rows: Rows = []
    for row in queries.rows(connection, today=day):
        one = was[row.id]
        record: dict[str, Any] = {
            "code": row.code,
            "name": row.name,
            "health": one.whole.light.value,
            "words": one.whole.words,
            "computed": judged_worst(one.lights).light.value,
            "overridden": one.overridden,
            "as_of": day,
        }
        for kind, judged in one.lights.items():
            record[kind.value] = judged.light.value
            record[f"{kind.value}_words"] = judged.words
        rows.append(record)
    return rows


def health(connection: Connection, today: date) -> Rows:
    """The five lights of every initiative, each with its sentence, and the worst of them."""
    from ecofolio.initiatives import queries
    from ecofolio.initiatives.health import five

    rows: Rows = []
    for row in queries.rows(connection, today=today):
        found = queries.health(row, today)
        record: dict[str, Any] = {
            "code": row.code,
            "name": row.name,
            "health": found.light.value,
            "words": found.reason,
            "computed": found.computed.value,
            "overridden": found.overridden,
            "override_expires": row.health_expires,
        }
        for kind, judged in five(row, today).items():
            record[kind.value] = judged.light.value
            record[f"{kind.value}_words"] = judged.words
        rows.append(record)
    return rows
