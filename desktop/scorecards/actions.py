"""What people do with metrics, coefficients and scorecards. Each is one undoable change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from ecofolio.errors import InputError
from ecofolio.scorecards import periods
from ecofolio.scorecards.catalogue import metric_label
from ecofolio.scorecards.model import (
    Coefficient,
    Metric,
    Observation,
    PlaybookTarget,
    Scorecard,
    Target,
    Weight,
)
from ecofolio.scorecards.rules import MOST_FIGURE, MOST_WORTH, Card, worth
from ecofolio.scorecards.settled import LASTING, check_cards
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import (
    Batch,
    Direction,
    LoopPhase,
    MetricKind,
    OverInitiatives,
    OverMonths,
    Segment,
    Step,
    Term,
)

METRIC, COEFFICIENT, OBSERVATION = map(table_of, (Metric, Coefficient, Observation))
SCORECARD, WEIGHT, TARGET = map(table_of, (Scorecard, Weight, Target))
PACKED = table_of(PlaybookTarget)

_TERMS: dict[str, tuple[type[Term], bool]] = {  # vocabulary, and whether a value is needed
    "kind": (MetricKind, True),
    "step": (Step, True),
    "segment": (Segment, False),
    "loop_phase": (LoopPhase, False),
    "direction": (Direction, True),
    "over_months": (OverMonths, True),
    "over_initiatives": (OverInitiatives, True),
}
_TEXTS = {"name": 200, "unit": 40}
_PLAIN = (
    "weighed_by_id", "department_id", "due_day", "veto", "least", "most", "position", "retired",
)  # fmt: skip


def add_metric(work: Work, values: Mapping[str, Any]) -> int:
    """Add a metric with a code and a name of its own; `InputError` says which rule is broken."""
    row = _clean(values)
    row["code"] = _code(values.get("code"))
    if not row.get("name"):
        raise InputError(_("A metric needs a name."))
    for name in ("kind", "step"):
        if not row.get(name):
            raise InputError(_("A metric needs a kind and a step."))
    taken = select(METRIC.c.id).where(METRIC.c.code == row["code"])
    if work.connection.scalar(taken) is not None:
        raise InputError(_("There is a metric {code} already.").format(code=row["code"]))
    row.setdefault(
        "position", (work.connection.scalar(select(func.max(METRIC.c.position))) or 0) + 1
    )
    row.setdefault("least", 0)
    _check_bounds(row)
    work.label(N_("Add metric {metric}"), metric=row["name"])
    return work.insert(Metric, [row])[0]


def set_metric(
    work: Work, metric_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a metric; False where nothing differs.

    Kind, direction, veto and how it is added up stay once there are targets or figures, or a
    playbook promises some: a past score has to remain what it was.
    """
    old, wanted = work.row(Metric, metric_id), _clean(values)
    _check_bounds({**old, **wanted})
    if wanted.get("weighed_by_id") == metric_id:
        raise InputError(_("A metric can not weigh its own average."))
    lasting = [name for name in LASTING if name in wanted and wanted[name] != old[name]]
    if lasting and _is_used(work, metric_id):
        raise InputError(
            _(
                "This metric has targets or figures: kind, direction, veto and how it is added up "
                "stay, so that past scores do. Add another metric and retire this one."
            )
        )
    work.label(N_("Change metric {metric}"), metric=metric_label(old["code"], old["name"]))
    return work.update(Metric, metric_id, wanted, expect=expect)


def place_metric(work: Work, metric_id: int, there: int) -> bool:
    """Put a metric in the place of another one in the catalogue, which makes room; False where it
    stands there already. It stays within its step: first or last there, where the other one is of
    an earlier or a later step."""
    row = work.row(Metric, metric_id)
    query = select(METRIC.c.id).order_by(METRIC.c.position, METRIC.c.id)
    order = list(work.connection.scalars(query).all())
    place = order.index(there)
    order.remove(metric_id)
    order.insert(place, metric_id)
    moved = work.update_many(Metric, {one: {"position": n} for n, one in enumerate(order)})
    work.label(N_("Move metric {metric}"), metric=metric_label(row["code"], row["name"]))
    return bool(moved)


def delete_metric(work: Work, metric_id: int) -> None:
    """Delete a metric that nothing was ever said of; others can be retired."""
    row = work.row(Metric, metric_id)
    weighed = select(WEIGHT.c.id).where(WEIGHT.c.metric_id == metric_id).limit(1)
    weighs = select(METRIC.c.id).where(METRIC.c.weighed_by_id == metric_id).limit(1)
    if (
        _is_used(work, metric_id)
        or work.connection.scalar(weighed)
        or work.connection.scalar(weighs)
    ):
        raise InputError(
            _("This metric is in use: retire it instead, so that past scores stay what they were.")
        )
    dated = select(COEFFICIENT.c.id).where(COEFFICIENT.c.metric_id == metric_id)
    work.delete(Coefficient, work.connection.scalars(dated).all())
    work.delete(Metric, [metric_id])
    work.label(N_("Delete metric {metric}"), metric=metric_label(row["code"], row["name"]))


def _is_used(work: Work, metric_id: int) -> bool:
    return any(
        work.connection.execute(
            select(table.c.id).where(table.c.metric_id == metric_id).limit(1)
        ).first()
        for table in (TARGET, OBSERVATION, PACKED)
    )


def set_coefficient(work: Work, metric_id: int, from_month: str, micro_fen: int | None) -> None:
    """Say what one unit is worth from a month on, in millionths of a fen; None takes it back."""
    metric, month = work.row(Metric, metric_id), periods.parse(from_month)
    if micro_fen is not None:
        if micro_fen < 0:
            raise InputError(_("A coefficient has to be 0 or more."))
        largest = select(func.max(func.abs(OBSERVATION.c.value))).where(
            OBSERVATION.c.metric_id == metric_id
        )
        if worth(work.connection.scalar(largest) or 0, micro_fen) > MOST_WORTH:
            raise InputError(_("With this coefficient one figure would be worth too much."))
    there = work.connection.scalar(
        select(COEFFICIENT.c.id).where(
            COEFFICIENT.c.metric_id == metric_id, COEFFICIENT.c.from_month == month
        )
    )
    if there is None and micro_fen is not None:
        work.insert(
            Coefficient,
            [{"metric_id": metric_id, "from_month": month, "micro_fen": micro_fen}],
        )
    elif there is not None and micro_fen is None:
        work.delete(Coefficient, [there])
    elif there is not None:
        work.update(Coefficient, there, {"micro_fen": micro_fen})
    work.label(
        N_("Value of {metric} from {month}"),
        metric=metric_label(metric["code"], metric["name"]),
        month=month,
    )


def set_scorecard(work: Work, batch: str, from_month: str, card: Card) -> int:
    """Judge a batch by a card from a month on; months before keep the card that they had.

    `InputError` where the weights do not sum to 100, the grades do not fall, or scores of such a
    month are settled already: what was shown then stays.
    """
    if batch not in Batch._value2member_map_:
        raise InputError(_("“{batch}” is no batch.").format(batch=batch))
    month = periods.parse(from_month)
    check_cards(work, month)
    _check_card(work, card)
    values = {
        "cap": card.cap, "grade_a": card.grade_a, "grade_b": card.grade_b, "grade_c": card.grade_c,
    }  # fmt: skip
    there = work.connection.scalar(
        select(SCORECARD.c.id).where(SCORECARD.c.batch == batch, SCORECARD.c.from_month == month)
    )
    if there is None:
        there = work.insert(Scorecard, [{"batch": batch, "from_month": month, **values}])[0]
    else:
        work.update(Scorecard, there, values)
    _set_weights(work, there, card.weights)
    work.label(
        N_("Scorecard of {batch} from {month}"),
        batch={"say": Batch(batch).english},
        month=month,
    )
    return there


def _set_weights(work: Work, scorecard_id: int, weights: Mapping[int, int]) -> None:
    query = select(WEIGHT.c.metric_id, WEIGHT.c.id).where(WEIGHT.c.scorecard_id == scorecard_id)
    stored = dict(work.connection.execute(query).all())
    work.delete(Weight, [stored[metric] for metric in stored.keys() - weights.keys()])
    kept = {stored[metric]: {"weight": weights[metric]} for metric in weights if metric in stored}
    work.update_many(Weight, kept)
    work.insert(
        Weight,
        [
            {"scorecard_id": scorecard_id, "metric_id": metric, "weight": weight}
            for metric, weight in weights.items()
            if metric not in stored
        ],
    )


def _check_card(work: Work, card: Card) -> None:
    if any(not 0 <= weight <= 100 for weight in card.weights.values()):
        raise InputError(_("A weight is a whole number of per cent from 0 to 100."))
    total = sum(card.weights.values())
    if total != 100:
        raise InputError(_("The weights sum to {n}; they have to sum to 100.").format(n=total))
    if not 100 <= card.cap <= 200:
        raise InputError(_("The cap of attainment is from 100 to 200 per cent."))
    if not card.grade_a > card.grade_b > card.grade_c > 0:
        raise InputError(_("The grades have to fall: A above B above C above 0."))
    query = select(METRIC.c.id, METRIC.c.kind).where(METRIC.c.id.in_(list(card.weights)))
    kinds = dict(work.connection.execute(query).all())
    if len(kinds) < len(card.weights):
        raise InputError(_("A metric of this scorecard no longer exists."))
    for metric, weight in card.weights.items():
        if not weight and kinds[metric] != MetricKind.GUARDRAIL:
            raise InputError(_("Only a guardrail may weigh 0."))


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a metric as they are stored."""
    row: dict[str, Any] = {}
    for name, value in values.items():
        if name == "code":
            continue
        if isinstance(value, str):
            value = value.strip() or None
        if name in _TERMS:
            vocabulary, needed = _TERMS[name]
            if (value is None and needed) or (
                value is not None and value not in vocabulary._value2member_map_
            ):
                raise InputError(
                    _("“{value}” is not one of the values of “{field}”.").format(
                        value=value or "", field=name
                    )
                )
        elif name in _TEXTS:
            if value is not None and len(value) > _TEXTS[name]:
                raise InputError(
                    _("“{field}” may have up to {n} characters.").format(field=name, n=_TEXTS[name])
                )
        elif name not in _PLAIN:
            raise KeyError(f"not a field of a metric: {name}")
        row[name] = value
    return row


def _check_bounds(row: Mapping[str, Any]) -> None:
    least, most = row.get("least"), row.get("most")
    if any(abs(bound) > MOST_FIGURE for bound in (least, most) if bound is not None):
        raise InputError(_("This bound is too large for a figure."))
    if least is not None and most is not None and least >= most:
        raise InputError(_("The least believable figure has to be below the most."))
    if not 1 <= row.get("due_day", 10) <= 31:
        raise InputError(_("The due day is a day of the month, from 1 to 31."))


def _code(code: object) -> str:
    text = str(code or "").strip()
    if not re.fullmatch(r"\w[\w.-]{0,59}", text):
        raise InputError(
            _("The code of a metric has letters, figures, “_”, “-” and “.” only, up to 60.")
        )
    return text
