"""What a card's face says: worked out once for each card and kept while it does not change."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.filters import done_columns
from ecofolio.boards.flow import DAY, local_day
from ecofolio.boards.queries import BoardView, CardRow
from ecofolio.boards.rules import age_words, split_labels
from ecofolio.format import day
from ecofolio.text import _, language, ngettext, pgettext
from ecofolio.vocabulary import LaneBy, ServiceClass


@dataclass(frozen=True)
class Band:
    """A line across a card that must not be overlooked. Tones: red, amber."""

    text: str
    tone: str
    sign: str  # so that it is told without its colour


class Words(NamedTuple):
    """What a card's height depends on."""

    title: str
    bands: tuple[Band, ...]
    caption: str


@dataclass(frozen=True)
class Face:
    """What is painted. `heat` is the age against the board's 85th percentile, None unknown."""

    title: str
    bands: tuple[Band, ...]
    caption: str
    service: str
    segment: str
    checklist: tuple[int, int] | None
    comments: int
    files: int
    people: str
    people_full: str
    days: str
    days_words: str
    heat: float | None
    is_done: bool
    is_blocked: bool
    is_late: bool


def words(desk: BoardDesk, card: CardRow, today: date, done: Container[int]) -> Words:
    """What has to be measured of a card; `done` are the columns of finished cards. Of many cards
    it is made in a quarter of the time of a face."""
    view = desk.view
    assert view is not None
    is_done = card.column_id in done
    bands = tuple(_bands(desk, card, today, _is_late(card, today, is_done), is_done))
    return Words(card.title, bands, _caption(view, card, today, is_done))


def _is_late(card: CardRow, today: date, is_done: bool) -> bool:
    return card.due_date is not None and card.due_date < today and not is_done


def face(desk: BoardDesk, card: CardRow) -> Face:
    """How a card looks today."""
    view = desk.view
    assert view is not None
    now, today, done = desk.now, desk.today, done_columns(view)
    is_done, said = card.column_id in done, words(desk, card, today, done)
    age = None if is_done else view.age(card, now)
    heat = age / desk.p85 if age is not None and desk.p85 else None
    names = [view.people.get(one, "?") for one in view.assignees.get(card.id, ())]
    return Face(
        title=said.title,
        bands=said.bands,
        caption=said.caption,
        service=card.service,
        segment=desk.segments.get(card.initiative_id or 0, ""),
        checklist=view.checklist.get(card.id),
        comments=view.comments.get(card.id, 0),
        files=view.files.get(card.id, 0),
        people=_people(names),
        people_full=pgettext("list", ", ").join(names),
        days=_days(view.in_column(card, now), age, is_done),
        days_words=_days_words(desk, card, age, is_done),
        heat=heat,
        is_done=is_done,
        is_blocked=card.id in view.blocked,
        is_late=_is_late(card, today, is_done),
    )


def _bands(desk: BoardDesk, card: CardRow, today: date, late: bool, is_done: bool) -> list[Band]:
    view = desk.view
    assert view is not None
    found = []
    block = view.blocked.get(card.id)
    if block is not None:
        days = int((desk.now - block.since) / DAY)
        text = _("Blocked today: {reason}")
        if days:
            text = ngettext(
                "Blocked {n} day: {reason}", "Blocked {n} days: {reason}", days
            ).replace("{n}", str(days))
        found.append(Band(text.replace("{reason}", block.reason), "red", "✕"))
    if late and card.due_date is not None:
        n = (today - card.due_date).days
        text = ngettext("Due {date}, {n} day ago", "Due {date}, {n} days ago", n)
        found.append(Band(text.format(date=short_day(card.due_date, today), n=n), "red", "!"))
    waiting = view.waiting.get(card.id, 0)
    if waiting and not is_done:
        if card.id in view.elsewhere:
            text = _("Waiting for another squad")
        else:
            text = ngettext("Waiting for {n} card", "Waiting for {n} cards", waiting)
        found.append(Band(text.format(n=waiting), "amber", "…"))
    return found


def _caption(view: BoardView, card: CardRow, today: date, is_done: bool) -> str:
    parts = []
    if card.service != ServiceClass.STANDARD and view.board.lane_by != LaneBy.SERVICE:
        parts.append(ServiceClass(card.service).label)
    if card.due_date is not None and card.due_date >= today and not is_done:
        parts.append(_("due {date}").format(date=short_day(card.due_date, today)))
    parts += [name] if (name := view.sprint_name(card.id)) else []
    parts += split_labels(card.labels)
    return " · ".join(parts)


def _people(names: list[str]) -> str:
    if not names:
        return ""
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def _days(in_column: float, age: float | None, is_done: bool) -> str:
    """Days in the column, and of which age in all where that is more."""
    if is_done:
        return "✓"
    own = int(in_column)
    if age is not None and int(age) > own:
        return pgettext("days in column of age", "{n} of {age} d").format(n=own, age=int(age))
    return pgettext("days", "{n} d").format(n=own)


def _days_words(desk: BoardDesk, card: CardRow, age: float | None, is_done: bool) -> str:
    view = desk.view
    assert view is not None
    if is_done:
        return _("Done on {date}").format(date=day(local_day(card.entered_at)))
    words = _("In this column: {days}").format(days=age_words(view.in_column(card, desk.now)))
    if age is not None:
        words += " · " + _("since its start: {days}").format(days=age_words(age))
        if desk.p85:
            usual = age_words(max(1.0, desk.p85))
            words += " · " + _("85 % of this board's cards take up to {days}").format(days=usual)
    return words


def short_day(value: date, today: date) -> str:
    """A date without its year where that is this one or near."""
    if abs((value - today).days) > 180:
        return day(value)
    if language() == "en":
        return day(value).rsplit(" ", 1)[0]
    return f"{value.month}月{value.day}日"
