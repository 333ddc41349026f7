"""What a new board can start as: columns with their kinds, limits and written policies."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ecofolio.text import N_, _
from ecofolio.vocabulary import ColumnKind, LaneBy

BACKLOG, QUEUE, ACTIVE, DONE = ColumnKind


class BoardTemplate(StrEnum):
    """The templates by the names that code and command line use."""

    DISCOVERY = "discovery"
    DELIVERY = "delivery"
    PARTNER_ONBOARDING = "partner_onboarding"
    COMPLIANCE = "compliance"

    @property
    def label(self) -> str:
        """The template's name in the language in force."""
        return _(TEMPLATES[self].title)


class ColumnPlan(NamedTuple):
    """A column of a template; `name` and `policy` are messages."""

    name: str
    kind: ColumnKind
    limit: int | None = None
    policy: str = ""


class BoardPlan(NamedTuple):
    """A template: `title` is a message."""

    title: str
    lane_by: LaneBy
    columns: tuple[ColumnPlan, ...]


TEMPLATES: dict[BoardTemplate, BoardPlan] = {
    BoardTemplate.DISCOVERY: BoardPlan(
        N_("Discovery"),
        LaneBy.NONE,
        (
            ColumnPlan(N_("Ideas"), BACKLOG, None, N_("Anybody may add one.")),
            ColumnPlan(N_("Chosen"), QUEUE, 5, N_("The lead picks; each names its customers.")),
            ColumnPlan(N_("Interviews"), ACTIVE, 3, N_("At least five customers were heard.")),
            ColumnPlan(N_("Prototype"), ACTIVE, 2, N_("Shown to customers and to the branch.")),
            ColumnPlan(N_("Decided"), DONE, None, N_("Go on, change or stop, with the reason.")),
        ),
    ),
    BoardTemplate.DELIVERY: BoardPlan(
        N_("Delivery"),
        LaneBy.SERVICE,
        (
            ColumnPlan(N_("Backlog"), BACKLOG, None, N_("Ordered by the lead each week.")),
            ColumnPlan(N_("Ready"), QUEUE, 8, N_("Small, clear, and nothing is missing.")),
            ColumnPlan(N_("In progress"), ACTIVE, 6, N_("One or two cards a person.")),
            ColumnPlan(N_("Check"), ACTIVE, 4, N_("Tested, and risk and compliance have seen it.")),
            ColumnPlan(N_("Ready to release"), QUEUE, 6, N_("The branch knows the day.")),
            ColumnPlan(N_("Done"), DONE, None, N_("Customers use it.")),
        ),
    ),
    BoardTemplate.PARTNER_ONBOARDING: BoardPlan(
        N_("Partner onboarding"),
        LaneBy.NONE,
        (
            ColumnPlan(N_("Leads"), BACKLOG, None, N_("A partner with a person to call.")),
            ColumnPlan(N_("Due diligence"), ACTIVE, 4, N_("Licences, ownership and risk checked.")),
            ColumnPlan(N_("Agreement"), ACTIVE, 4, N_("Legal and compliance have signed.")),
            ColumnPlan(N_("Connection"), ACTIVE, 3, N_("Interfaces work in the sandbox.")),
            ColumnPlan(N_("Trial run"), ACTIVE, 3, N_("One place, thirty days.")),
            ColumnPlan(N_("Live"), DONE, None, N_("Reported each month.")),
        ),
    ),
    BoardTemplate.COMPLIANCE: BoardPlan(
        N_("Compliance"),
        LaneBy.SERVICE,
        (
            ColumnPlan(N_("Found"), BACKLOG, None, N_("From audits, reviews and complaints.")),
            ColumnPlan(N_("Assessed"), QUEUE, 10, N_("Severity and due date are set.")),
            ColumnPlan(N_("Being put right"), ACTIVE, 5, N_("Somebody answers for it.")),
            ColumnPlan(N_("Evidence"), ACTIVE, 5, N_("The proof is attached.")),
            ColumnPlan(N_("Closed"), DONE, None, N_("Signed off by compliance.")),
        ),
    ),
}
