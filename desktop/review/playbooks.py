"""The sheet of playbooks in the review workbook: what each promises, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from ecofolio.excel.book import Column
from ecofolio.excel.styles import TEXT
from ecofolio.initiatives.playbooks import PlaybookRow, playbooks
from ecofolio.review.measure_columns import FIGURE
from ecofolio.review.measures import Part, whole_numbers
from ecofolio.review.tables import WRAPPED, Table
from ecofolio.scorecards import queries
from ecofolio.scorecards.playbooks import FigureRow, figures
from ecofolio.scorecards.queries import MetricRow
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import Batch

_PRINTED = 12  # months that go on paper: more can not be read there
_LINES = ("floor", "target", "stretch")


def parts(connection: Connection) -> list[Part]:
    """The sheet of the playbooks in use, whatever the scope; none where there are none."""
    known = {one.id: one for one in playbooks(connection)}
    rows = [row for row in figures(connection) if row.playbook_id in known]
    if not rows:
        return []
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    months = max(row.month for row in rows)
    columns = _columns(months)
    lines = [
        line
        for (playbook, metric), some in groupby(rows, attrgetter("playbook_id", "metric_id"))
        for line in _told(known[playbook], metrics[metric], some, months)
    ]
    n = len({row.playbook_id for row in rows})
    sentence = ngettext("{n} playbook in use", "{n} playbooks in use", n).format(n=n)
    return [
        Part(
            _("Playbooks"),
            Table("Playbooks", columns, lines, printed=len(columns) - max(months - _PRINTED, 0)),
            sentence + " · " + _("months are counted from the start of an initiative"),
            _("What proven initiatives promise others, month by month since the start"),
            fixed=2,
            draw=whole_numbers(len(columns) - months, len(columns) - 1),
        )
    ]


def _told(
    one: PlaybookRow, metric: MetricRow, rows: Iterable[FigureRow], months: int
) -> list[tuple[Any, ...]]:
    """The lines of a playbook and metric; one without a stretch has none for it."""
    by_month: Mapping[int, FigureRow] = {row.month: row for row in rows}
    batch = Batch(one.batch).label if one.batch else None
    head = (one.code, one.name, one.scene or None, batch, one.made_from, metric.name, metric.unit)
    titles = (_("Floor"), _("Target"), _("Stretch"))
    found = []
    for line, title in zip(_LINES, titles, strict=True):
        values = [_units(getattr(by_month.get(n), line, None)) for n in range(1, months + 1)]
        if any(value is not None for value in values):
            found.append((*head, title, *values))
    return found


def _units(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths) / 1000


def _columns(months: int) -> list[Column]:
    number = _("number, up to three decimals")
    return [
        Column(_("Code"), TEXT, 9, 14, _("The playbook's own code, used nowhere else")),
        Column(_("Playbook"), WRAPPED, 18, 30, _("What the playbook is called")),
        Column(_("Scene"), WRAPPED, 10, 16, _("The walk of life that it is for")),
        Column(_("Batch"), TEXT, 10, 14, _("The batch that it is for")),
        Column(_("Packed from"), TEXT, 9, 14, _("The initiative that it was packed from")),
        Column(_("Metric"), WRAPPED, 16, 26, _("What is counted")),
        Column(_("Unit of measure"), TEXT, 8, 12, _("What it is counted in")),
        Column(
            _("Line"), TEXT, 8, 10, _("Where attainment begins, where it is 1, or what is beyond"),
            " / ".join((_("Floor"), _("Target"), _("Stretch"))),
        ),
        *(
            Column(
                _("Month {n}").format(n=n), FIGURE, 9, 16,
                _("What is promised of a month since the start"), number,
            )
            for n in range(1, months + 1)
        ),
    ]  # fmt: skip
