"""A small programme with metrics, scorecards and a way to give it figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import ACTOR, NOW

from ecofolio.initiatives import actions as initiative_actions
from ecofolio.organisation.actions import add_unit
from ecofolio.scorecards import founding, scoring, targets
from ecofolio.scorecards.observing import Outcome, Reported, observe
from ecofolio.scorecards.targets import Promise

if TYPE_CHECKING:
    from ecofolio.scorecards.page import ScorecardsPage
    from ecofolio.store.work import Work
    from ecofolio.store.workspace import Workspace

MONTH = "2026-10"
TODAY = date(2026, 11, 21)


@dataclass
class Measured:
    """An open programme with the identities of metrics, units and initiatives, by code."""

    workspace: Workspace
    metrics: dict[str, int]
    ids: dict[str, int]

    def do(self, action: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """Run an action."""
        return self.workspace.do(action, *given, **more)

    def add(self, code: str, batch: str | None = "full_rollout", **values: Any) -> int:
        """Add an initiative that serves all segments."""
        whole = {
            "code": code, "name": code, "batch": batch, "lead_segment": "C",
            "other_segments": "G,B", "stage": "operating", **values,
        }  # fmt: skip
        self.ids[code] = self.do(initiative_actions.create, whole)
        return self.ids[code]

    def promise(
        self, code: str, metric: str, floor: float, target: float, month: str = MONTH
    ) -> None:
        """Set a target in units."""
        one = Promise(
            self.ids[code], self.metrics[metric], month, round(floor * 1000), round(target * 1000)
        )
        self.do(targets.set_targets, [one])

    def report(
        self, code: str, metric: str, value: float, month: str = MONTH, **more: Any
    ) -> Outcome:
        """Report a figure in units, whatever it is."""
        one = Reported(self.ids[code], self.metrics[metric], month, round(value * 1000), **more)
        return self.do(observe, [one], sure=True)  # type: ignore[no-any-return]

    def scores(self, month: str = MONTH, today: date = TODAY) -> dict[str, scoring.Scored]:
        """The scores of a month by code."""
        names = {identity: code for code, identity in self.ids.items()}
        with self.workspace.read() as connection:
            found = scoring.scores(connection, month, today)
        return {names[identity]: one for identity, one in found.items()}

    def read(self, query: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """Ask a query."""
        with self.workspace.read() as connection:
            return query(connection, *given, **more)


def unit_tree(work: Work) -> dict[str, int]:
    """A head office with two branches; their identities by code."""
    head = add_unit(work, {"code": "HO", "name": "Head office", "level": "head_office"})
    ids = {"HO": head}
    for code in ("NB", "SB"):
        branch = {"code": code, "name": f"Branch {code}", "level": "tier1", "parent_id": head}
        ids[code] = add_unit(work, branch)
    work.label("Units")
    return ids


@pytest.fixture
def measured(workspace: Workspace) -> Measured:
    """A programme with the metrics that come with the program, on both databases."""
    ids = workspace.do(unit_tree)
    metrics = workspace.do(founding.add_catalogue)
    return Measured(workspace, metrics, ids)


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Measured]:
    """A programme in a file with two initiatives that are scored."""
    from ecofolio.store.workspace import Workspace

    place = tmp_path / "p.ecofolio"
    with Workspace.create(place, name="P", actor=ACTOR, clock=lambda: NOW) as workspace:
        ids = workspace.do(unit_tree)
        programme = Measured(workspace, workspace.do(founding.add_catalogue), ids)
        for code, actual in (("A", 90), ("B", 40)):
            programme.add(code, unit_id=ids["NB"])
            for metric in ("effective_cards", "deposits_kept"):
                programme.promise(code, metric, 0, 100)
                programme.promise(code, metric, 0, 100, "2026-09")
                programme.report(code, metric, 50, "2026-09")
            programme.report(code, "effective_cards", actual)
        programme.report("A", "deposits_kept", 80)
        yield programme


@pytest.fixture
def told() -> list[Any]:
    """What the page told the window."""
    return []


@pytest.fixture
def page(qtbot: Any, filed: Measured, told: list[Any]) -> ScorecardsPage:
    """The page as the window shows it."""
    from ecofolio.initiatives.scope import Scope
    from ecofolio.scorecards.page import ScorecardsPage
    from ecofolio.scorecards.value import Balance
    from ecofolio.widgets.background import Runner
    from ecofolio.widgets.page import PageContext, ScopeStore
    from ecofolio.widgets.theme import Mode, in_force

    in_force().apply(mode=Mode.LIGHT, language="en")

    def keep(name: str) -> Callable[..., None]:
        return lambda *given, **_more: told.append((name, *given))

    context = PageContext(
        workspace=filed.workspace, scope=ScopeStore(Scope()), runner=Runner(keep("error")),
        theme=in_force(), settings=lambda: None, open_record=keep("open"), show_rows=keep("rows"),
        go=keep("go"), notify=keep("said"), report=keep("error"), save_settings=keep("settings"),
        export_pack=keep("export"),
    )  # type: ignore[arg-type]  # fmt: skip
    one = filed.ids["A"]
    balance = Balance(one, (MONTH,), (3,), (2,))
    made = ScorecardsPage(context, lambda _connection, _month: {one: balance})
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.refresh()
    made.show()
    return made
