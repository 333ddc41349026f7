"""From the figures of flow to what charts show: words and data. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ecofolio.boards import flow, forecast, readings
from ecofolio.boards.rules import age_words
from ecofolio.format import day
from ecofolio.text import _, ngettext, pgettext

SPANS = (30, 90, 180, 365)  # days


def facts(found: flow.Flow) -> str:
    """The span's figures in a sentence."""
    if not found.points:
        return _("Nothing was finished in this span.")
    parts = [
        _("{n} cards finished").format(n=len(found.points)),
        _("50 % within {half}, 85 % within {likely}, 95 % within {most}").format(
            half=_days(found.cycle[50]), likely=_days(found.cycle[85]), most=_days(found.cycle[95])
        ),
    ]
    share = found.efficiency.share
    if share is not None:
        parts.append(_("worked on for {share} of the time").format(share=f"{share:.0%}"))
    if found.faults:
        n = len(found.faults)
        text = ngettext(
            "{n} card with times that run backwards is left out",
            "{n} cards with times that run backwards are left out",
            n,
        )
        parts.append(text.format(n=n))
    return " · ".join(parts)


def _days(value: float | None) -> str:
    return "–" if value is None else age_words(max(value, 1.0))


def histogram(found: forecast.When) -> list[tuple[int, float]]:
    """How likely each number of weeks is, up to the 98th percentile; shares from 0 to 1."""
    counts: dict[int, int] = {}
    for week in found.weeks:
        if week is not None:
            counts[week] = counts.get(week, 0) + 1
    total = len(found.weeks) or 1
    shown, sum_ = [], 0
    for week in sorted(counts):
        shown.append((week, counts[week] / total))
        sum_ += counts[week]
        if sum_ > 0.98 * total:
            break
    return shown


def when_words(found: forecast.When) -> str:
    """When the cards will be done."""
    text = ngettext("The next card is done", "The next {n} cards are done", found.cards)
    dates = [
        _("{chance} %: by {date}").format(
            chance=chance, date=day(one) if one is not None else _("later than in ten years")
        )
        for chance, one in found.dates.items()
    ]
    return text.format(n=found.cards) + " – " + pgettext("list", ", ").join(dates)


def how_many_words(found: forecast.HowMany) -> str:
    """How many cards will be done by a date."""
    counts = [
        _("{chance} %: at least {n}").format(chance=chance, n=n)
        for chance, n in found.cards.items()
    ]
    text = _("Done by {date}").format(date=day(found.by))
    return text + " – " + pgettext("list", ", ").join(counts)


def inputs_words(past: forecast.History, remaining: int) -> str:
    """What a forecast was drawn from."""
    counts = pgettext("list", ", ").join(str(one) for one in past.counts)
    text = _(
        "Drawn {draws} times from the last {weeks} whole weeks, in which were finished: {counts}. "
        "{n} cards remain."
    )
    return text.format(
        draws=f"{forecast.DRAWS:,}", weeks=len(past.counts), counts=counts, n=remaining
    )


def not_enough(past: forecast.History) -> str:
    """Why there is no forecast."""
    if len(past.weeks) < forecast.LEAST_WEEKS:
        text = _("Not enough history: {least} whole weeks are needed, so far there is {n}.")
        return text.format(least=forecast.LEAST_WEEKS, n=len(past.weeks))
    return _("Not enough history: nothing was finished in the last {n} weeks.").format(
        n=len(past.weeks)
    )


def band_names(bands: Sequence[readings.Band]) -> dict[int, str]:
    """The columns' names; one that was deleted says so."""
    return {
        band.column_id: _("{column} (deleted)").format(column=band.name)
        if band.is_retired
        else band.name
        for band in bands
    }


def card_words(titles: Mapping[int, str], card: int, when: date, cycle: float) -> str:
    """A point of the scatter in a sentence."""
    return _("{card}: finished on {date} after {days}").format(
        card=titles.get(card, "?"), date=day(when), days=age_words(max(cycle, 0))
    )
