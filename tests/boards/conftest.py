"""A squad with a board, and ways to put cards on it at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from tests.conftest import NOW

from ecofolio.boards import actions, layout, queries
from ecofolio.organisation.model import Person
from ecofolio.squads import actions as squads
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace


@dataclass
class Bench:
    """A workspace with a squad, a delivery board and three people; the clock can be set."""

    workspace: Workspace
    squad: int = 0
    board: int = 0
    people: list[int] = field(default_factory=list)

    def at(self, moment: datetime) -> Bench:
        """Set the clock."""
        self.workspace.clock = lambda: moment
        return self

    def days_ago(self, days: float) -> Bench:
        """Set the clock to some days before now."""
        return self.at(NOW - timedelta(days=days))

    def do(self, action: Callable[..., object], *args: object, **kwargs: object) -> object:
        return self.workspace.do(action, *args, **kwargs)

    def card(self, title: str, **kwargs: object) -> int:
        made = self.workspace.do(actions.create_card, self.board, {"title": title}, **kwargs)  # type: ignore[arg-type]
        return int(made)

    @property
    def columns(self) -> list[int]:
        return [column.id for column in self.view.columns]

    @property
    def view(self) -> queries.BoardView:
        with self.workspace.read() as connection:
            found = queries.view(connection, self.board)
        assert found is not None
        return found

    def titles(self, column: int) -> list[str]:
        return [card.title for card in self.view.cards if card.column_id == column]

    def move(self, cards: int | list[int], column: int, **kwargs: object) -> None:
        ids = [cards] if isinstance(cards, int) else cards
        self.workspace.do(actions.move_cards, ids, self.columns[column], **kwargs)  # type: ignore[arg-type]


def _found(work: Work) -> list[int]:
    work.label("People")
    return work.insert(
        Person, [{"code": f"P{n}", "name": name} for n, name in enumerate(("Ann", "Bo", "李雷"))]
    )


@pytest.fixture
def bench(workspace: Workspace) -> Bench:
    made = Bench(workspace)
    made.people = workspace.do(_found)
    made.squad = workspace.do(squads.create_squad, {"name": "Campus", "lead_id": made.people[0]})
    made.board = workspace.do(layout.create_board, made.squad, "Campus board")
    return made
