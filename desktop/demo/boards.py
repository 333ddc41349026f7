"""The demonstration's boards: a year of cards, each with a believable way through its columns.

One squad is stuck behind a lapsed agreement, one column takes in more than it gives out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from ecofolio.boards import ranks
from ecofolio.boards.actions import EMPTY
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    Card,
    CardAssignee,
    CardBlock,
    CardComment,
    CardDependency,
    CardStay,
    ChecklistItem,
    Sprint,
    SprintCard,
)
from ecofolio.boards.templates import TEMPLATES, BoardPlan, BoardTemplate
from ecofolio.demo.foundation import Ids, Subject
from ecofolio.demo.source import Source
from ecofolio.demo.squads import Team, found_squads, words
from ecofolio.demo.staff import Staff
from ecofolio.store.journal import microseconds
from ecofolio.store.work import Work
from ecofolio.text import _
from ecofolio.vocabulary import ColumnKind, ServiceClass

DAY = 86_400_000_000  # microseconds
STUCK, OVERLOADED = 7, 3  # boards, by the number of their squad
SPRINTING = (1, 5, 12)
_YEAR, _SINCE_STUCK, _SINCE_OVERLOADED = 365, 34, 45  # days
_SERVICES = [*[ServiceClass.STANDARD] * 7, *[ServiceClass.FIXED_DATE] * 2]
_SERVICES += [ServiceClass.EXPEDITE, *[ServiceClass.INTANGIBLE] * 2]


@dataclass
class _Way:
    """A card before it is written: the columns it was in, by their place, and since when."""

    title: str
    service: ServiceClass
    stays: list[tuple[int, int]]
    blocks: list[tuple[str, int, int | None]] = field(default_factory=list)

    @property
    def place(self) -> int:
        return self.stays[-1][0]

    def began(self, places: Sequence[int]) -> int | None:
        """When it first came into one of some columns."""
        return next((at for place, at in self.stays if place in places), None)


def furnish(
    work: Work,
    source: Source,
    subjects: Sequence[Subject],
    staff: Staff,
    ids: Ids,
    language: str,
    today: date,
    seed: int,
) -> None:
    """Write squads and their boards with a year of history up to this morning."""
    said = words()[language]
    now = microseconds(datetime.combine(today, time(0, 30), UTC))
    teams = found_squads(work, source, subjects, staff, ids, said, today, seed)
    opened: list[int] = []
    for team in teams:
        random = Random(f"{seed}:board:{team.number}")  # noqa: S311 - no secret
        opened += _board(work, team, ids, said, today, now, random)
    _dependencies(work, opened, seed)


def _board(
    work: Work,
    team: Team,
    ids: Ids,
    said: Mapping[str, Any],
    today: date,
    now: int,
    random: Random,
) -> list[int]:
    """Write a board; returns some cards of it that are not done."""
    kinds = list(BoardTemplate)
    template = kinds[team.number % 4] if team.number % 5 == 0 else BoardTemplate.DELIVERY
    plan = TEMPLATES[template]
    board = work.insert(
        Board,
        [
            {
                "squad_id": team.squad,
                "code": f"{team.code}-B1",
                "name": said["board"].format(name=team.name),
                "lane_by": plan.lane_by.value,
                "blocks": team.number % 4 == 0,
                "sprints": team.number in SPRINTING,
            }
        ],
    )[0]
    columns = work.insert(
        BoardColumn,
        [
            {
                "board_id": board,
                "name": _(column.name),
                "kind": column.kind.value,
                "wip_limit": column.limit,
                "policy": _(column.policy) or None,
                "position": n,
            }
            for n, column in enumerate(plan.columns)
        ],
    )
    ways = _Year(team.number, plan, said, now, random).ways()
    cards = _write(work, board, columns, team, ways, today, random)
    _parts(work, cards, ways, team, ids, said, now, random)
    if team.number in SPRINTING:
        _sprints(work, board, cards, ways, plan, said, today)
    done = len(plan.columns) - 1
    return [card for card, way in zip(cards, ways, strict=True) if 0 < way.place < done][:3]


class _Year:
    """The cards of a year: how often one comes, and how long it stays in each column."""

    def __init__(
        self, number: int, plan: BoardPlan, said: Mapping[str, Any], now: int, random: Random
    ) -> None:
        self._number, self._plan, self._said = number, plan, said
        self._now, self._random = now, random
        self._pace = random.uniform(0.75, 1.35)
        self._weekly = random.uniform(1.6, 3.0)

    def ways(self) -> list[_Way]:
        """All cards, in the order in which they came."""
        found: list[_Way] = []
        made, titles = self._now - _YEAR * DAY, self._titles()
        while True:
            made += round(self._random.expovariate(self._weekly / 7) * DAY)
            if made >= self._now - 2 * DAY:
                return found
            found.append(self._way(next(titles), made))

    def _titles(self) -> Any:
        pairs = [(verb, thing) for thing in self._said["things"] for verb in self._said["verbs"]]
        self._random.shuffle(pairs)
        while True:
            for verb, thing in pairs:
                yield verb.format(what=thing)

    def _way(self, title: str, made: int) -> _Way:
        service = self._random.choice(_SERVICES)
        hurry = 0.3 if service is ServiceClass.EXPEDITE else 1.0
        way = _Way(title, service, [(0, made)])
        at = made
        for place, column in enumerate(self._plan.columns[1:], 1):
            before = self._plan.columns[place - 1]
            at += round(self._days(before.kind, place - 1, at) * hurry * DAY)
            held = self._number == STUCK and at > self._now - _SINCE_STUCK * DAY
            if at >= self._now or held:
                break
            way.stays.append((place, at))
            if column.kind is ColumnKind.ACTIVE and self._random.random() < 0.12:
                stop = round(self._random.uniform(0.5, 6) * DAY)
                reason = self._random.choice(self._said["reasons"])
                until = at + stop if at + stop < self._now else None
                way.blocks.append((reason, at, until))
                at += stop
        last = self._plan.columns[way.place].kind
        if last is ColumnKind.DONE:
            way.blocks = [
                (why, since, until or way.stays[-1][1]) for why, since, until in way.blocks
            ]
        elif self._number == STUCK and last is ColumnKind.ACTIVE:
            since = max(way.stays[-1][1], self._now - _SINCE_STUCK * DAY)
            way.blocks = [one for one in way.blocks if one[2] is not None]
            way.blocks.append((self._said["stuck"], since, None))
        return way

    def _days(self, kind: ColumnKind, place: int, at: int) -> float:
        median = {ColumnKind.BACKLOG: 14.0, ColumnKind.QUEUE: 3.0, ColumnKind.ACTIVE: 3.6}[kind]
        days = self._random.lognormvariate(0, 0.75) * median * self._pace
        recent = at > self._now - _SINCE_OVERLOADED * DAY
        if self._number == OVERLOADED and recent and place == len(self._plan.columns) - 3:
            days *= 9  # takes in more than it gives out
        return days


def _write(
    work: Work,
    board: int,
    columns: Sequence[int],
    team: Team,
    ways: Sequence[_Way],
    today: date,
    random: Random,
) -> list[int]:
    rank: dict[int, str] = {}
    for place in range(len(columns)):
        own = [n for n, way in enumerate(ways) if way.place == place]
        own.sort(key=lambda n: ways[n].stays[-1][1], reverse=place == len(columns) - 1)
        rank.update(zip(own, ranks.spread(None, None, len(own)), strict=True))
    rows = []
    for n, way in enumerate(ways):
        due = None
        if way.service is ServiceClass.FIXED_DATE and way.place < len(columns) - 1:
            due = today + timedelta(days=random.randint(-6, 30))
        rows.append(
            {
                **EMPTY,
                "board_id": board,
                "column_id": columns[way.place],
                "rank": rank[n],
                "entered_at": way.stays[-1][1],
                "title": way.title,
                "service": way.service.value,
                "initiative_id": team.initiative,
                "size": float(random.choice((1, 2, 3, 5, 8))),
                "due_date": due,
            }
        )
    made = work.insert(Card, rows)
    work.insert(
        CardStay,
        [
            {"card_id": card, "column_id": columns[place], "entered_at": at}
            for card, way in zip(made, ways, strict=True)
            for place, at in way.stays[:-1]
        ],
    )
    return made


def _parts(
    work: Work,
    cards: Sequence[int],
    ways: Sequence[_Way],
    team: Team,
    ids: Ids,
    said: Mapping[str, Any],
    now: int,
    random: Random,
) -> None:
    people, items, comments, blocks = [], [], [], []
    labels: dict[int, dict[str, Any]] = {}
    for card, way in zip(cards, ways, strict=True):
        if way.place > 0:
            chosen = random.sample(team.people, 2 if random.random() < 0.2 else 1)
            people += [{"card_id": card, "person_id": ids.people[one.code]} for one in chosen]
        labels[card] = {"labels": ",".join(random.sample(said["labels"], random.randint(0, 2)))}
        blocks += [
            {"card_id": card, "reason": reason, "since": since, "until": until}
            for reason, since, until in way.blocks
        ]
        if random.random() < 0.3:
            ticked = len(said["items"]) if way.place == max(w.place for w in ways) else way.place
            items += [
                {"card_id": card, "text": text, "done": n < ticked, "position": n}
                for n, text in enumerate(said["items"])
            ]
        if way.place > 0 and random.random() < 0.25:
            author, other = random.choice(team.people), random.choice(team.people)
            body = random.choice(said["comments"]).format(name=f'"{other.name}"')
            at = min(now, way.stays[1][1] + round(random.uniform(0.1, 2) * DAY))
            comments.append({"card_id": card, "at": at, "author": author.name, "body": body})
    work.insert(CardAssignee, people)
    work.insert(ChecklistItem, items)
    work.insert(CardComment, comments)
    work.insert(CardBlock, blocks)
    work.update_many(Card, {card: row for card, row in labels.items() if row["labels"]})


def _sprints(
    work: Work,
    board: int,
    cards: Sequence[int],
    ways: Sequence[_Way],
    plan: BoardPlan,
    said: Mapping[str, Any],
    today: date,
) -> None:
    """Six sprints of two weeks, the last of them under way."""
    last, done = today - timedelta(days=today.weekday() + 3), len(plan.columns) - 1
    worked = [
        n for n, column in enumerate(plan.columns) if column.kind in ("active", "queue") and n > 0
    ]
    for n in range(6):
        first = last - timedelta(days=14 * (5 - n))
        end = first + timedelta(days=13)
        begin, over = (
            microseconds(datetime.combine(day, time(1), UTC))
            for day in (first, end + timedelta(days=1))
        )
        closed = n < 5
        sprint = work.insert(
            Sprint,
            [
                {
                    "board_id": board,
                    "name": said["sprint"].format(n=n + 1),
                    "goal": said["goal"],
                    "start_date": first,
                    "end_date": end,
                    "started_at": begin,
                    "closed_at": over if closed else None,
                }
            ],
        )[0]
        rows = []
        for card, way in zip(cards, ways, strict=True):
            started, finished = way.began([*worked, done]), way.began([done])
            if started is None or started >= over or (finished is not None and finished < begin):
                continue
            rows.append({"sprint_id": sprint, "card_id": card, "added_at": max(begin, started)})
        work.insert(SprintCard, rows)


def _dependencies(work: Work, opened: Sequence[int], seed: int) -> None:
    """Some cards wait for one of another squad; a later card always waits for an earlier one."""
    random = Random(f"{seed}:dependencies")  # noqa: S311 - no secret
    pairs = set()
    for _n in range(min(12, len(opened) // 2)):
        first, second = sorted(random.sample(list(opened), 2))
        pairs.add((first, second))
    work.insert(
        CardDependency, [{"blocker_id": one, "blocked_id": two} for one, two in sorted(pairs)]
    )
