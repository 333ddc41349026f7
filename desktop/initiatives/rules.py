"""The rules of an initiative, over plain values: what may be written, and how healthy it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.initiatives.fields import BY_KEY, Field, Kind
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import Lever, Light, Segment, Term

MOST_MONEY = 2**63 - 1
_LIMITS = {Kind.TEXT: 500, Kind.TAGS: 1000, Kind.LONG_TEXT: 100_000}
_SEPARATORS = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True)
class Thresholds:
    """From how many days of slip a milestone turns amber and red."""

    amber_days: int = 8
    red_days: int = 22


@dataclass(frozen=True)
class Health:
    """A light with its reason in words; `computed` is what it would be without an override."""

    light: Light
    reason: str
    computed: Light
    overridden: bool = False


def split_list(text: str | None) -> list[str]:
    """The members of a list as it is stored or typed."""
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]


def join_codes(codes: Iterable[str], vocabulary: type[Term]) -> str | None:
    """Codes joined in the vocabulary's order; None for none."""
    chosen = set(codes)
    return ",".join(term.value for term in vocabulary if term.value in chosen) or None


def join_tags(tags: Iterable[str]) -> str | None:
    """Tags joined by commas, each once, in the order given; None for none."""
    return ",".join(dict.fromkeys(tag for part in tags for tag in split_list(part))) or None


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored: blanks are None, lists in their fixed order.

    `InputError` names the field that breaks a rule.
    """
    return {key: _clean_one(BY_KEY[key], value) for key, value in values.items()}


def _clean_one(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        if field.required:
            raise InputError(
                _("An initiative needs a value in “{field}”.").format(field=field.label)
            )
        return None
    match field.kind:
        case Kind.CHOICE:
            assert field.vocabulary is not None
            _known(field, [value])
        case Kind.CHOICES:
            assert field.vocabulary is not None
            codes = split_list(value)
            _known(field, codes)
            return join_codes(codes, field.vocabulary)
        case Kind.TAGS:
            value = join_tags([value])
        case Kind.MONEY:
            if not isinstance(value, int) or not 0 <= value <= MOST_MONEY:
                raise InputError(
                    _("“{field}” has to be a sum of 0 or more.").format(field=field.label)
                )
        case Kind.DATE if not isinstance(value, date):
            raise InputError(_("“{field}” has to be a date.").format(field=field.label))
    limit = _LIMITS.get(field.kind)
    if limit and isinstance(value, str) and len(value) > limit:
        raise InputError(
            _("“{field}” may have up to {n} characters.").format(field=field.label, n=limit)
        )
    return value


def _known(field: Field, codes: Iterable[str]) -> None:
    assert field.vocabulary is not None
    for code in codes:
        if code not in field.vocabulary._value2member_map_:
            raise InputError(
                _("“{value}” is not one of the values of “{field}”.").format(
                    value=code, field=field.label
                )
            )


def settle(row: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Clean changes to an initiative and check them against its other fields.

    The lead segment leaves the other segments; dates keep their order; an override has a
    reason. Returns what to write; `InputError` says which rule is broken.
    """
    wanted = clean(changes)
    whole = {**row, **wanted}
    others, lead = whole.get("other_segments"), whole.get("lead_segment")
    if others and lead and lead in split_list(others):
        wanted["other_segments"] = join_codes(set(split_list(others)) - {lead}, Segment)
    start, due = whole.get("start_date"), whole.get("due_date")
    if start and due and due < start and {"start_date", "due_date"} & wanted.keys():
        raise InputError(
            _("The due date {due} is before the start date {start}.").format(
                due=day(due), start=day(start)
            )
        )
    if "health_override" in wanted and wanted["health_override"] is None:
        wanted |= {"health_reason": None, "health_expires": None}
    elif whole.get("health_override") and not whole.get("health_reason"):
        raise InputError(_("An override of health needs a reason."))
    return wanted


def broken(row: Mapping[str, Any]) -> list[str]:
    """The rules that a stored initiative breaks, a sentence each."""
    try:
        settle({}, {key: row[key] for key in BY_KEY})
    except InputError as error:
        return [f"{row['code']}: {error}"]
    return []


def schedule(
    name: str | None,
    baseline: date | None,
    forecast: date | None,
    due: date | None,
    today: date,
    thresholds: Thresholds,
) -> tuple[Light, str]:
    """The light of the next open milestone: its slip against baseline, in days, in words.

    An open milestone whose date has passed slips a day each day. An initiative past its due
    date is red.
    """
    if due is not None and due < today:
        late = (today - due).days
        text = ngettext("due {n} day ago, on {date}", "due {n} days ago, on {date}", late)
        return Light.RED, text.format(n=late, date=day(due))
    if name is None or baseline is None:
        return Light.NOT_REPORTED, _("no milestone with a baseline date is open")
    slip = (max(forecast or baseline, today) - baseline).days
    if slip <= 0:
        return Light.GREEN, _("milestone “{name}” is on time").format(name=name)
    text = ngettext(
        "milestone “{name}” is {n} day late against baseline",
        "milestone “{name}” is {n} days late against baseline",
        slip,
    ).format(name=name, n=slip)
    if slip >= thresholds.red_days:
        return Light.RED, text
    return (Light.AMBER if slip >= thresholds.amber_days else Light.GREEN), text


def schedule_light(
    baseline: date | None,
    forecast: date | None,
    due: date | None,
    today: date,
    thresholds: Thresholds,
) -> Light:
    """The light of `schedule` alone, for tables of thousands."""
    if due is not None and due < today:
        return Light.RED
    if baseline is None:
        return Light.NOT_REPORTED
    slip = (max(forecast or baseline, today) - baseline).days
    if slip >= thresholds.red_days:
        return Light.RED
    return Light.AMBER if slip >= thresholds.amber_days else Light.GREEN


def override_holds(light: str | None, expires: date | None, today: date) -> bool:
    """Whether an override is in force on a day; its expiry day is its last."""
    return light is not None and (expires is None or expires >= today)


def levers_label(levers: str | None) -> str:
    """The levers in words."""
    chosen = set(split_list(levers))
    return " · ".join(lever.label for lever in Lever if lever.value in chosen)
