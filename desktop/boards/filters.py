"""Choosing cards: what a filter leaves on a board, saved as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from ecofolio.boards.flow import DAY
from ecofolio.boards.queries import BoardView, CardRow
from ecofolio.boards.rules import split_labels
from ecofolio.vocabulary import ColumnKind

NO_SPRINT = 0
_IDENTITIES = ("assignees", "initiatives", "sprints")


@dataclass(frozen=True)
class CardFilter:
    """A choice of cards; what is empty leaves nothing out, what is given has to hold together.

    `assignees` and `initiatives` are identities. `stuck` is blocked, or waiting for an unfinished
    card, or older than the board's 85th percentile; `due` is overdue or due until Sunday;
    `elsewhere` is waiting for another squad. `sprints` are identities, with `NO_SPRINT` for the
    cards that are in none. `dims` is whether the rest is dimmed, not left out.
    """

    text: str = ""
    labels: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    assignees: frozenset[int] = frozenset()
    initiatives: frozenset[int] = frozenset()
    sprints: frozenset[int] = frozenset()
    mine: bool = False
    stuck: bool = False
    due: bool = False
    elsewhere: bool = False
    dims: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return dataclasses.replace(self, dims=False) == CardFilter()

    def as_json(self) -> str:
        """The choices that leave something out, as JSON with sorted lists."""
        chosen: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                chosen[one.name] = sorted(value) if isinstance(value, frozenset) else value
        return json.dumps(chosen, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> CardFilter:
        """The filter that `as_json` wrote; what can not be understood is left out."""
        try:
            found = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(found, dict):
            return cls()
        chosen: dict[str, Any] = {}
        for one in fields(cls):
            value = found.get(one.name)
            if isinstance(one.default, frozenset):
                kind = int if one.name in _IDENTITIES else str
                items = value if isinstance(value, list) else []
                chosen[one.name] = frozenset(item for item in items if type(item) is kind)
            elif type(value) is type(one.default):
                chosen[one.name] = value
        return cls(**chosen)

    def renumbered(self, known: Mapping[str, Mapping[int, int]]) -> CardFilter | None:
        """The filter where identities are others, `known` by the choice that names them.

        None where nothing of a choice is known: without it, the filter would mean something else.
        """
        chosen: dict[str, frozenset[int]] = {}
        for name, others in known.items():
            before: frozenset[int] = getattr(self, name)
            chosen[name] = frozenset(others[one] for one in before if one in others)
            if before and not chosen[name]:
                return None
        return dataclasses.replace(self, **chosen)  # type: ignore[arg-type]


def haystack(view: BoardView, card: CardRow) -> str:
    """What free text is looked for in, in lower case: title, key, labels, people, initiative,
    journey, the reason of a block, the sprint and the board's own fields. Kept by the page, so
    that a keystroke only searches."""
    parts = [card.title, card.key, card.labels, card.journey]
    parts += [view.people.get(who) for who in view.assignees.get(card.id, ())]
    if card.initiative_id is not None:
        parts.append(view.initiatives.get(card.initiative_id))
    if card.id in view.blocked:
        parts.append(view.blocked[card.id].reason)
    parts.append(view.sprint_name(card.id))
    parts += view.values.get(card.id, {}).values()
    return "\n".join(part for part in parts if part).lower()


def matching(
    view: BoardView,
    wanted: CardFilter,
    *,
    today: date,
    now: int,
    person_id: int | None = None,
    p85: float | None = None,
    hay: dict[int, str] | None = None,
) -> set[int]:
    """The identities of the cards that a filter leaves.

    `person_id` is who "mine" is; `p85` the board's 85th percentile in days; `hay` the haystacks
    where they are kept.
    """
    found = view.cards
    words = wanted.text.lower().split()
    if hay is None:
        hay = {card.id: haystack(view, card) for card in found} if words else {}
    for word in words:
        found = [card for card in found if word in hay[card.id]]
    if wanted.labels:
        found = [card for card in found if wanted.labels & set(split_labels(card.labels))]
    if wanted.services:
        found = [card for card in found if card.service in wanted.services]
    if wanted.initiatives:
        found = [card for card in found if card.initiative_id in wanted.initiatives]
    if wanted.assignees:
        found = [c for c in found if wanted.assignees & set(view.assignees.get(c.id, ()))]
    if wanted.sprints:
        found = [c for c in found if view.sprint.get(c.id, NO_SPRINT) in wanted.sprints]
    if wanted.mine:
        found = [card for card in found if person_id in view.assignees.get(card.id, ())]
    if wanted.elsewhere:
        found = [card for card in found if card.id in view.elsewhere]
    if wanted.due:
        sunday = today + timedelta(days=6 - today.weekday())
        done = done_columns(view)
        found = [
            card
            for card in found
            if card.due_date is not None and card.due_date <= sunday and card.column_id not in done
        ]
    if wanted.stuck:
        found = _stuck(view, found, now, p85)
    return {card.id for card in found}


def _stuck(view: BoardView, cards: list[CardRow], now: int, p85: float | None) -> list[CardRow]:
    done, started, usual = done_columns(view), view.started, math.inf if p85 is None else p85
    return [
        card
        for card in cards
        if card.id in view.blocked
        or (
            card.column_id not in done
            and (card.id in view.waiting or (now - started.get(card.id, now)) / DAY > usual)
        )
    ]


def done_columns(view: BoardView) -> set[int]:
    """The columns in which cards are finished."""
    return {one.id for one in view.columns if one.kind == ColumnKind.DONE}


def stand_up(view: BoardView, now: int) -> list[CardRow]:
    """The cards to speak of in turn: from the column nearest to done leftwards, oldest first.

    Backlog and done columns are passed over.
    """
    order = {
        one.id: -place
        for place, one in enumerate(view.columns)
        if one.kind not in (ColumnKind.DONE, ColumnKind.BACKLOG)
    }
    walked = [card for card in view.cards if card.column_id in order]
    return sorted(
        walked,
        key=lambda card: (order[card.column_id], -(view.age(card, now) or 0), card.entered_at),
    )
