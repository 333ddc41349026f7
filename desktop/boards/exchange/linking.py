"""Which card blocks which, as other tools tell it: links within a file, without circles."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, Link
from ecofolio.text import ngettext, pgettext

N = TypeVar("N", bound=Hashable)
_LINK = re.compile(
    r"(?:(?P<out>outward|ausgehend|sortant|外向|外部)|inward|eingehend|entrant|内向|内部)"
    r".*[(（]\s*block(?:s|er)?\s*[)）]",
    re.IGNORECASE,
)
_PLAN = re.compile(r"(?:FS|SS|FF|SF)(?:\s*[-+].*)?$")  # as plans write it: `12FS+2 days`
_TOLD = 20  # links that are named one by one
_ROUNDS = 200  # circles that are opened one by one


def direction(header: str) -> str | None:
    """Whether a column of Jira's names what a card blocks, or what it is blocked by."""
    found = _LINK.match(header.strip())
    return None if found is None else "blocks" if found["out"] else "blocked_by"


def name_of(card: IncomingCard) -> str:
    """What a link calls a card."""
    return card.key or card.title


def link(incoming: Incoming, here: Container[str] = ()) -> None:
    """Make dependencies of what cards say of one another; `here` are the names of cards that are
    on the board already. What leads elsewhere or in a circle is told, and kept in the
    description."""
    names = {name_of(card) for card in incoming.cards}
    said: dict[tuple[str, str], tuple[IncomingCard, Link]] = {}
    away: list[tuple[IncomingCard, Link]] = []
    for card in incoming.cards:
        for one in card.links:
            for other in _named(one.other, names, here):
                own = one._replace(other=other)
                if other in names or other in here:
                    pair = (name_of(card), other) if one.blocks else (other, name_of(card))
                    said.setdefault(pair, (card, own))
                else:
                    away.append((card, own))
    incoming.links, circles = without_circles(said)
    for card, own in (*away, *(said[pair] for pair in circles)):
        line = f"{own.said}: {own.other}"
        card.description = "\n\n".join(filter(None, (card.description, line)))
    _tell(incoming, away, circles)


def _named(text: str, names: Container[str], here: Container[str]) -> list[str]:
    """The cards that a cell names: one, or several one after another."""
    if text in names or text in here:
        return [text]
    parts = (part.strip() for part in re.split(r"[,;，；、\n]", text))
    found = (one if one in names or one in here else _PLAN.sub("", one) for one in parts if one)
    return list(dict.fromkeys(found))


def _tell(
    incoming: Incoming, away: list[tuple[IncomingCard, Link]], circles: list[tuple[str, str]]
) -> None:
    if away:
        text = ngettext(
            "{n} link leads to a card that is not in the file, and is kept in the description: "
            "{links}.",
            "{n} links lead to cards that are not in the file, and are kept in the description: "
            "{links}.",
            len(away),
        )
        pairs = [
            (name_of(card), own.other) if own.blocks else (own.other, name_of(card))
            for card, own in away
        ]
        incoming.notices.append(text.format(n=f"{len(away):,}", links=arrows(pairs)))
    if circles:
        text = ngettext(
            "{n} link would have cards wait for one another in a circle, and is kept in the "
            "description: {links}.",
            "{n} links would have cards wait for one another in a circle, and are kept in the "
            "description: {links}.",
            len(circles),
        )
        incoming.notices.append(text.format(n=f"{len(circles):,}", links=arrows(circles)))


def arrows(pairs: list[tuple[str, str]]) -> str:
    """Some links in words: what blocks → what is blocked."""
    shown = [f"{blocker} → {blocked}" for blocker, blocked in pairs[:_TOLD]]
    return pgettext("list", ", ").join([*shown, *(["…"] if len(pairs) > _TOLD else [])])


def without_circles(
    links: Iterable[tuple[N, N]], known: Iterable[tuple[N, N]] = ()
) -> tuple[list[tuple[N, N]], list[tuple[N, N]]]:
    """The links that stand beside those that are `known`, and those that would close a circle."""
    kept, dropped, known = list(links), list[tuple[N, N]](), list(known)
    for _round in range(_ROUNDS):
        graph = _graph([*known, *kept])
        try:
            graph.prepare()
        except CycleError as error:
            circle = set(pairwise(error.args[1]))
            last = next(one for one in reversed(kept) if one in circle)
            kept.remove(last)
            dropped.append(last)
        else:
            return kept, dropped
    free = _outside(_graph([*known, *kept]))
    dropped += [one for one in kept if one[1] not in free]
    return [one for one in kept if one[1] in free], dropped


def _graph(links: Iterable[tuple[N, N]]) -> TopologicalSorter[N]:
    graph: TopologicalSorter[N] = TopologicalSorter()
    for blocker, blocked in links:
        graph.add(blocked, blocker)
    return graph


def _outside(graph: TopologicalSorter[N]) -> set[N]:
    """What neither is in a circle nor waits for one."""
    found: set[N] = set()
    with suppress(CycleError):  # what comes before the circles can be taken all the same
        graph.prepare()
    while ready := graph.get_ready():
        found.update(ready)
        graph.done(*ready)
    return found
