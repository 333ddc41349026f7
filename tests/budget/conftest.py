"""A small bank with a head office, a rich and a poor branch, and three initiatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from ecofolio.budget.page import BudgetPage
    from ecofolio.budget.queries import Node
    from ecofolio.store.workspace import Workspace


class Bank(NamedTuple):
    """A programme with money: identities of units and initiatives."""

    workspace: Workspace
    head_office: int
    rich: int
    poor: int
    campus: int  # of the rich branch
    market: int  # of the poor branch
    clinic: int  # of the poor branch

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.workspace.do(action, *args, **kwargs)

    def balance(self, kind: str, holder: int, as_of: date | None = None) -> int:
        """What an account holds, in fen."""
        from ecofolio.budget.ledger import AccountKey, balance
        from ecofolio.vocabulary import AccountKind

        with self.workspace.read() as connection:
            return balance(connection, AccountKey(AccountKind(kind), holder), as_of)


def populate(workspace: Workspace) -> Bank:
    """Found the bank in an empty programme."""
    from ecofolio.initiatives.actions import create
    from ecofolio.organisation.model import Unit
    from ecofolio.store.work import Work

    def found(work: Work) -> list[int]:
        work.label("Found the bank")
        head = {"code": "HO", "name": "Head office", "level": "head_office"}
        top = work.insert(Unit, [head])[0]
        return [
            top,
            *work.insert(
                Unit,
                [
                    {"code": code, "name": name, "level": "tier1", "parent_id": top}
                    for code, name in (("RI", "Rich branch"), ("PO", "Poor branch"))
                ],
            ),
        ]

    head, rich, poor = workspace.do(found)
    made = [
        workspace.do(create, {"code": code, "name": name, "unit_id": unit, "stage": "pilot"})
        for code, name, unit in (
            ("E-1", "Campus", rich),
            ("E-2", "Market", poor),
            ("E-3", "Clinic", poor),
        )
    ]
    return Bank(workspace, head, rich, poor, *made)


@pytest.fixture
def bank(workspace: Workspace) -> Bank:
    """The bank, without money."""
    return populate(workspace)


@pytest.fixture
def funded(bank: Bank) -> Bank:
    """The bank with 10,000 yuan granted in January, 6,000 of it with the rich branch, of which
    5,000 are Campus's."""
    from ecofolio.budget import actions
    from ecofolio.budget.operations import initiative, unit

    bank.do(actions.grant, 10_000_00, on=date(2026, 1, 5))
    bank.do(actions.allocate_base, 6_000_00, unit(bank.rich), on=date(2026, 1, 6))
    bank.do(
        actions.transfer, 5_000_00, unit(bank.rich), initiative(bank.campus), on=date(2026, 1, 7)
    )
    return bank


# --- the page --------------------------------------------------------------------------------


@pytest.fixture
def heard() -> SimpleNamespace:
    """What the page asked of the window."""
    return SimpleNamespace(said=[], errors=[])


@pytest.fixture
def settings() -> SimpleNamespace:
    """The preferences that the page is shown with."""
    return SimpleNamespace(money_unit="yuan")


@pytest.fixture
def show(
    qapp: object, heard: SimpleNamespace, settings: SimpleNamespace
) -> Iterator[Callable[[Bank], BudgetPage]]:
    """Shows the budget of a bank, and hears of its changes as in the window."""
    from ecofolio.budget.page import BudgetPage
    from ecofolio.initiatives.scope import Scope
    from ecofolio.widgets import charts_plot, theme
    from ecofolio.widgets.background import Runner
    from ecofolio.widgets.page import PageContext, ScopeStore

    assert charts_plot  # imported now, so that no thread is at it when a test ends
    worn = theme.in_force()
    worn.apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    made: list[BudgetPage] = []

    def open_page(bank: Bank) -> BudgetPage:
        context = PageContext(
            workspace=bank.workspace,
            scope=ScopeStore(Scope()),
            runner=Runner(heard.errors.append),
            theme=worn,
            settings=lambda: settings,
            open_record=lambda kind, one: None,
            show_rows=lambda scope: None,
            go=lambda page: None,
            notify=lambda text, undo=False: heard.said.append(text),
            report=heard.errors.append,
            save_settings=lambda **changes: None,
            export_pack=lambda: None,
        )
        page = BudgetPage(context)
        page.resize(1244, 760)
        page.refresh()
        bank.workspace.subscribe(lambda _changed: page.refresh())
        page.show()
        made.append(page)
        return page

    yield open_page
    for page in made:
        page.close()
        page.deleteLater()


def node_of(page: BudgetPage, code: str) -> Node:
    assert page.picture is not None
    waiting = list(page.picture.nodes)
    while waiting:
        node = waiting.pop()
        if node.code == code:
            return node
        waiting.extend(node.children)
    raise LookupError(code)


def shown_postings(page: BudgetPage, qtbot: Any, code: str, key: str) -> list[int]:
    """The postings beside the tree once a figure was chosen."""
    with qtbot.waitSignal(page._later.timeout):
        page.tree.choose(node_of(page, code), key)
    return [row.fen for row in page.figures.postings.shown.rows]
