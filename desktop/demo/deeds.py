"""What people do in the demonstration's history, each as one change through the usual actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ecofolio.demo.foundation import Ids
from ecofolio.initiatives import actions
from ecofolio.store.work import Work
from ecofolio.text import N_


@dataclass(frozen=True, order=True)
class Deed:
    """Somebody does something at an instant. `verb` is called with the work, the identities and
    `given`; without a verb the person takes back what they did last."""

    when: datetime
    number: int  # the order of two deeds at one instant
    actor: str = field(compare=False)
    verb: Any = field(compare=False, default=None)
    given: Mapping[str, Any] = field(compare=False, default_factory=dict)


def propose(
    work: Work,
    ids: Ids,
    *,
    code: str,
    row: Mapping[str, Any],
    promises: Sequence[Mapping[str, Any]],
    notes: Mapping[str, str],
) -> None:
    """A branch enters a new initiative with its milestones and notes."""
    identity = actions.create(work, row)
    message, arguments = work.message, work.arguments
    ids.initiatives[code] = identity
    for n, promise in enumerate(promises):
        ids.milestones[code, n] = actions.add_milestone(work, identity, promise)
    for section, body in notes.items():
        actions.set_note(work, identity, section, body)
    work.label(message, **arguments)


def change(work: Work, ids: Ids, *, code: str, values: Mapping[str, Any]) -> None:
    """Somebody sets fields of one initiative."""
    actions.set_fields(work, [ids.initiatives[code]], values)


def change_each(work: Work, ids: Ids, *, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Somebody sets fields of several initiatives at once."""
    actions.set_each(work, {ids.initiatives[code]: row for code, row in values.items()})


def override(work: Work, ids: Ids, *, code: str, light: str, reason: str, expires: date) -> None:
    """Somebody overrides a light with a reason."""
    actions.override_health(work, [ids.initiatives[code]], light, reason, expires)


def reach(work: Work, ids: Ids, *, code: str, position: int, day: date) -> None:
    """A milestone is reached."""
    milestone = ids.milestones[code, position]
    actions.set_milestone(work, milestone, {"actual": day, "forecast": day})


def slip(work: Work, ids: Ids, *, code: str, forecasts: Mapping[int, date]) -> None:
    """A milestone's forecast moves, and those behind it follow."""
    said: tuple[str, Mapping[str, Any]] | None = None
    for position, day in forecasts.items():
        milestone = ids.milestones[code, position]
        actions.set_milestone(work, milestone, {"forecast": day})
        said = said or (work.message, dict(work.arguments))
    if said is not None:
        work.label(said[0], **said[1])


def write(work: Work, ids: Ids, *, code: str, section: str, body: str) -> None:
    """Somebody writes a note."""
    actions.set_note(work, ids.initiatives[code], section, body)


def take_over(
    work: Work,
    ids: Ids,
    *,
    file: str,
    rows: Mapping[str, Mapping[str, Any]],
    cards: Mapping[str, str],
) -> None:
    """A branch's list is imported: fields and the target of cards, as one change."""
    actions.set_each(work, {ids.initiatives[code]: row for code, row in rows.items()})
    for code, value in cards.items():
        actions.set_custom(work, [ids.initiatives[code]], ids.fields["cards"], value)
    work.label(N_("Import {file}"), file=file)


def keep_view(work: Work, ids: Ids, *, name: str, spec: str) -> None:
    """Somebody saves what they look at."""
    actions.save_view(work, name, spec)
