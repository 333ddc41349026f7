"""The metrics, coefficients and scorecards that come with the program, written when first needed.

A new programme and one that was brought up to date from an older schema take the same way.
"""

from __future__ import annotations

from sqlalchemy import select

from ecofolio.scorecards import catalogue
from ecofolio.scorecards.model import Coefficient, Metric, Scorecard, Weight
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_

METRIC = table_of(Metric)


def ready(workspace: Workspace) -> None:
    """See to it that a programme has metrics; one that may only be read is left as it is."""
    if workspace.read_only:
        return
    with workspace.read() as connection:
        founded = connection.execute(select(METRIC.c.id).limit(1)).first() is not None
    if not founded:
        workspace.do(add_catalogue)


def add_catalogue(work: Work) -> dict[str, int]:
    """Add what comes with the program, unless there are metrics; identities by code.

    Names and units follow the user's language until somebody gives a metric its own.
    """
    work.kind = "setup"
    work.label(N_("Metrics that come with the program"))
    found = dict(work.connection.execute(select(METRIC.c.code, METRIC.c.id)).all())
    if found:
        return found
    ids = _add_metrics(work)
    work.insert(
        Coefficient,
        [
            {
                "metric_id": ids[one.code],
                "from_month": catalogue.FIRST_MONTH,
                "micro_fen": one.worth,
            }
            for one in catalogue.METRICS
            if one.worth
        ],
    )
    cards = work.insert(
        Scorecard,
        [{"batch": batch, "from_month": catalogue.FIRST_MONTH} for batch in catalogue.SCORECARDS],
    )
    work.insert(
        Weight,
        [
            {"scorecard_id": card, "metric_id": ids[code], "weight": weight}
            for card, weights in zip(cards, catalogue.SCORECARDS.values(), strict=True)
            for code, weight in weights.items()
        ],
    )
    return ids


def _add_metrics(work: Work) -> dict[str, int]:
    """Add the metrics; those that weigh an average point to what was added with them."""
    codes = [one.code for one in catalogue.METRICS]
    made = work.insert(
        Metric,
        [
            {
                "code": one.code,
                "kind": one.kind,
                "step": one.step,
                "segment": one.segment,
                "loop_phase": one.loop_phase,
                "direction": one.direction,
                "over_months": one.over_months,
                "over_initiatives": one.over_initiatives,
                "veto": one.veto,
                "least": 0,
                "most": one.most,
                "position": place,
            }
            for place, one in enumerate(catalogue.METRICS)
        ],
    )
    ids = dict(zip(codes, made, strict=True))
    work.update_many(
        Metric,
        {
            ids[one.code]: {"weighed_by_id": ids[one.weighed_by]}
            for one in catalogue.METRICS
            if one.weighed_by
        },
    )
    return ids
