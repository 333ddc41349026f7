"""The pages of the program, in the order of the navigation. Each is imported when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecofolio.shell.pages import PageEntry
from ecofolio.text import N_
from ecofolio.widgets.page import Page, PageContext, PageId

if TYPE_CHECKING:
    from datetime import date


def _my_work(context: PageContext) -> Page:
    from ecofolio.boards.work_page import WorkPage
    from ecofolio.portfolio.reports import overdue

    def report(initiative_id: int, month: str) -> None:
        page: Any = context.go(PageId.SCORECARDS)
        page.report_on(initiative_id, month)

    return WorkPage(context, overdue, report)


def _overview(context: PageContext) -> Page:
    from ecofolio.portfolio.page import OverviewPage

    return OverviewPage(context)


def _initiatives(context: PageContext) -> Page:
    from ecofolio.initiatives.page import InitiativesPage

    return InitiativesPage(context)


def _boards(context: PageContext) -> Page:
    from ecofolio.boards.page import BoardsPage

    return BoardsPage(context)


def _budget(context: PageContext) -> Page:
    from ecofolio.budget.page import BudgetPage
    from ecofolio.budget.round_actions import ScoreSource
    from ecofolio.portfolio.scores import newest, scores

    def today() -> date:
        return context.workspace.clock().astimezone().date()

    source = ScoreSource(lambda one: newest(one, today()), lambda one: scores(one, today()))
    return BudgetPage(context, source)


def _squads(context: PageContext) -> Page:
    from ecofolio.squads.page import SquadsPage

    return SquadsPage(context)


def _scorecards(context: PageContext) -> Page:
    from ecofolio.portfolio.inputs import flows
    from ecofolio.scorecards.page import ScorecardsPage

    return ScorecardsPage(context, lambda connection, month: flows(connection, month).balances())


def _organisation(context: PageContext) -> Page:
    from ecofolio.initiatives.registers import FieldRegister, SceneRegister
    from ecofolio.organisation.page import OrganisationPage

    return OrganisationPage(context, [SceneRegister(), FieldRegister()])


def _import(context: PageContext) -> Page:
    from ecofolio.initiatives.import_page import ImportPage

    return ImportPage(context)


def _history(context: PageContext) -> Page:
    from ecofolio.shell.history_page import HistoryPage

    return HistoryPage(context)


PAGES = (
    PageEntry(PageId.MY_WORK, N_("My work"), "user", _my_work, count="my_cards"),
    PageEntry(PageId.OVERVIEW, N_("Overview"), "layout-dashboard", _overview),
    PageEntry(
        PageId.INITIATIVES,
        N_("Initiatives"),
        "list-checks",
        _initiatives,
        shows=frozenset({"initiative"}),
        count="open_initiatives",
    ),
    PageEntry(
        PageId.BOARDS,
        N_("Boards"),
        "columns-3",
        _boards,
        shows=frozenset({"board", "card"}),
        count="stuck_cards",
    ),
    PageEntry(PageId.SQUADS, N_("Squads"), "users", _squads, shows=frozenset({"squad"})),
    PageEntry(
        PageId.BUDGET,
        N_("Budget"),
        "wallet",
        _budget,
        shows=frozenset({"request", "funding_round"}),
    ),
    PageEntry(
        PageId.SCORECARDS,
        N_("Scorecards"),
        "chart-column",
        _scorecards,
        shows=frozenset({"scorecard", "playbook"}),
    ),
    PageEntry(
        PageId.ORGANISATION,
        N_("Organisation"),
        "building-2",
        _organisation,
        shows=frozenset({"unit", "department", "person", "scene", "custom_field"}),
    ),
    PageEntry(PageId.IMPORT, N_("Import"), "file-input", _import),
    PageEntry(PageId.HISTORY, N_("History"), "history", _history),
)
