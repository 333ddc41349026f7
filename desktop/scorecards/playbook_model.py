"""A playbook's figures as a grid: three lines a metric, a column a month since the start."""

from __future__ import annotations

from collections.abc import Sequence

from ecofolio.scorecards import targets
from ecofolio.scorecards.playbooks import FigureRow, Packed
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.targets import Promise
from ecofolio.scorecards.targets_model import TargetsModel
from ecofolio.text import _


class PlaybookModel(TargetsModel):
    """What is typed stays beside what is kept until it is saved."""

    playbook_id = 0

    def show_playbook(
        self,
        playbook_id: int,
        metrics: Sequence[MetricRow],
        rows: Sequence[FigureRow],
        count: int,
    ) -> None:
        """Show the figures of a playbook over so many months; what was typed is gone."""
        self.playbook_id = playbook_id
        months = [_("Month {n}").format(n=n) for n in range(1, count + 1)]
        kept = {(row.metric_id, months[row.month - 1]): row for row in rows if row.month <= count}
        self.fill(playbook_id, metrics, months, kept)

    def figures(self) -> tuple[list[Packed], list[int]]:
        """What is typed, as figures to set, and the identities of those to take away."""
        wanted, gone = self.changes()
        return [
            Packed(one.metric_id, self.months.index(one.month) + 1, *one[3:]) for one in wanted
        ], gone

    def _why_not(self, promise: Promise, metric: MetricRow) -> str | None:
        return targets.misfit(promise.floor, promise.target, promise.stretch, metric.higher)
