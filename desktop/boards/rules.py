"""The rules of boards, over plain values: limits, lanes, dependencies, what may be written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ecofolio.errors import InputError
from ecofolio.text import N_, _, in_a_row, ngettext
from ecofolio.vocabulary import ColumnKind, LaneBy, LoopPhase, ServiceClass

MOST_LABELS, LONGEST_TITLE, LONGEST_TEXT = 1_000, 500, 100_000
NO_LANE = ""
WORKED = (ColumnKind.QUEUE, ColumnKind.ACTIVE)  # what counts as work in progress

CARD_FIELDS = {
    "title": N_("Title"),
    "description": N_("Description"),
    "initiative_id": N_("Initiative"),
    "milestone_id": N_("Milestone"),
    "journey": N_("Journey"),
    "loop_phase": N_("Loop phase"),
    "service": N_("Class of service"),
    "size": N_("Size"),
    "due_date": N_("Due date"),
    "labels": N_("Labels"),
    "key": N_("Key"),
}
_SEPARATORS = re.compile(r"[,，、;；\n]+")
_MENTION = re.compile(r"(?<![\w@])@(?:“([^”]+)”|\"([^\"]+)\"|([\w.\-]+))")


# --- cards -------------------------------------------------------------------------------------


def split_labels(text: str | None) -> list[str]:
    """The labels as they are stored or typed, each once."""
    return list(dict.fromkeys(one.strip() for one in _SEPARATORS.split(text or "") if one.strip()))


def clean_card(values: Mapping[str, Any]) -> dict[str, Any]:
    """A card's values as they are stored; `InputError` names what breaks a rule."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in CARD_FIELDS:
            raise KeyError(key)
        if isinstance(value, str):
            value = value.strip() or None
        found[key] = _clean(key, value)
    return found


def _clean(key: str, value: Any) -> Any:
    if key == "title":
        if not value:
            raise InputError(_("A card needs a title."))
        return " ".join(_short(key, value, LONGEST_TITLE).split())
    if key == "service":
        return _term(key, value or ServiceClass.STANDARD, ServiceClass)
    if value is None:
        return None
    if key == "loop_phase":
        return _term(key, value, LoopPhase)
    if key == "labels":
        return _short(key, ",".join(split_labels(value)), MOST_LABELS) or None
    if key == "size" and not (isinstance(value, int | float) and 0 <= value <= 1_000_000):
        raise InputError(_("The size of a card has to be a number of 0 or more."))
    if key == "due_date" and not isinstance(value, date):
        raise InputError(_("“{field}” has to be a date.").format(field=_(CARD_FIELDS[key])))
    if isinstance(value, str):
        return _short(key, value, LONGEST_TEXT if key == "description" else LONGEST_TITLE)
    return value


def _short(key: str, value: str, most: int) -> str:
    if len(value) > most:
        raise InputError(
            _("“{field}” may have up to {n} characters.").format(field=_(CARD_FIELDS[key]), n=most)
        )
    return value


def _term(key: str, value: str, vocabulary: Any) -> str:
    if value not in vocabulary._value2member_map_:
        raise InputError(
            _("“{value}” is not one of the values of “{field}”.").format(
                value=value, field=_(CARD_FIELDS[key])
            )
        )
    return str(value)


def quick_lines(text: str) -> list[tuple[str, list[str]]]:
    """The cards of quickly typed lines: a title each, with the labels written as `#label`.

    Bullets and empty lines are left out.
    """
    found = []
    for line in text.splitlines():
        line = re.sub(r"^\s*(?:[-*•·]|\d{1,3}[.)、]|\[[ xX]?\])\s+", "", line).strip()
        labels = re.findall(r"(?:^|\s)#([\w\-]+)", line)
        title = " ".join(re.sub(r"(?:^|\s)#[\w\-]+", " ", line).split())
        if title:
            found.append((title, labels))
    return found


def mentions(body: str) -> list[str]:
    """Who a comment names with @: a word, or a whole name in quotation marks."""
    return list(dict.fromkeys(next(filter(None, hit.groups())) for hit in _MENTION.finditer(body)))


# --- lanes and limits --------------------------------------------------------------------------


def lane_keys(
    lane_by: str,
    *,
    initiative: int | None,
    service: str,
    assignees: Sequence[int],
    loop_phase: str | None,
    value: str | None,
) -> str:
    """The key of the lane that a card lies in; `NO_LANE` for one that has nothing to go by.

    A card of several people lies in the lane of the first.
    """
    match lane_by:
        case LaneBy.INITIATIVE:
            return NO_LANE if initiative is None else str(initiative)
        case LaneBy.SERVICE:
            return service
        case LaneBy.ASSIGNEE:
            return str(assignees[0]) if assignees else NO_LANE
        case LaneBy.LOOP_PHASE:
            return loop_phase or NO_LANE
        case LaneBy.FIELD:
            return value or NO_LANE
    return NO_LANE


class Limit(NamedTuple):
    """A limit with the count that a move would come to."""

    name: str
    limit: int
    comes_to: int
    is_lane: bool = False

    @property
    def words(self) -> str:
        if self.is_lane:
            text = _("The lane “{name}” would hold {n} cards; its limit is {limit}.")
        else:
            text = _("“{name}” would hold {n} cards; its limit is {limit}.")
        return text.format(name=self.name, n=self.comes_to, limit=self.limit)


def exceeded(limits: Iterable[Limit]) -> list[Limit]:
    """The limits that the counts go beyond."""
    return [one for one in limits if one.comes_to > one.limit]


def refuse_exceeded(limits: Iterable[Limit], blocks: bool, reason: str | None) -> list[Limit]:
    """The limits that a move goes beyond; `InputError` where the board wants a reason first."""
    found = exceeded(limits)
    if found and blocks and not (reason or "").strip():
        raise InputError(
            in_a_row([one.words for one in found] + [_("Give a reason to move it all the same.")])
        )
    return found


# --- dependencies ------------------------------------------------------------------------------


def path_between(edges: Mapping[int, Iterable[int]], start: int, goal: int) -> list[int] | None:
    """A way from one card to another along "blocks"; None where there is none."""
    before: dict[int, int | None] = {start: None}
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one == goal:
            way: list[int] = []
            at: int | None = one
            while at is not None:
                way.append(at)
                at = before[at]
            return way[::-1]
        for following in edges.get(one, ()):
            if following not in before:
                before[following] = one
                waiting.append(following)
    return None


# --- ageing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pace:
    """How long a board's cards usually take: its own percentiles in days, and from how many."""

    cards: int
    p50: float | None = None
    p85: float | None = None

    def heat(self, age: float) -> float | None:
        """How old a card is against the 85th percentile: 1 is there; None where that is not known.

        Fewer than five finished cards say nothing.
        """
        return age / self.p85 if self.p85 and self.cards >= 5 else None


def age_words(days: float) -> str:
    """A duration in whole days, in words."""
    whole = int(days)
    if whole < 1:
        return _("today")
    return ngettext("{n} day", "{n} days", whole).format(n=whole)


# --- columns -----------------------------------------------------------------------------------


def clean_column(values: Mapping[str, Any]) -> dict[str, Any]:
    """A column's values as they are stored; `InputError` names what breaks a rule."""
    found = dict(values)
    if "name" in found:
        found["name"] = (found["name"] or "").strip()
        if not found["name"]:
            raise InputError(_("A column needs a name."))
    if "kind" in found and found["kind"] not in ColumnKind._value2member_map_:
        raise InputError(_("A column is a backlog, a queue, active or done."))
    if "wip_limit" in found:
        found["wip_limit"] = clean_limit(found["wip_limit"])
    if "policy" in found:
        found["policy"] = (found["policy"] or "").strip() or None
    return found


def clean_limit(limit: int | None) -> int | None:
    """A limit as it is stored: 0 and nothing are none."""
    if limit is None or limit == 0:
        return None
    if not 0 < limit < 100_000:
        raise InputError(_("A limit has to be a whole number of 1 or more, or nothing."))
    return limit
