"""Two proven initiatives of the demonstration packed for others, and one that follows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from ecofolio.demo.deeds import Deed
from ecofolio.demo.foundation import Ids, Subject
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import playbooks
from ecofolio.store.work import Work
from ecofolio.text import N_, _

PROVEN = "SD-002", "GD-005"
FOLLOWS, PERCENT = "XJ-002", 15  # the second, by the size of its budget
_MONTHS = 14  # a year of figures: they begin two months after the start
_DAYS = 4  # ago, when it was given its targets


def furnish(work: Work, subjects: Sequence[Subject], ids: Ids, today: date, pmo: str) -> list[Deed]:
    """Pack what is proven; how the one that follows gets its targets later. A smaller
    demonstration has what its initiatives allow."""
    packed = [_pack(work, ids.initiatives[code]) for code in PROVEN if code in ids.initiatives]
    work.kind = "setup"
    work.label(N_("Playbooks of the demonstration"))
    if len(packed) < len(PROVEN) or all(one.code != FOLLOWS for one in subjects):
        return []
    when = datetime.combine(today - timedelta(days=_DAYS), time(3), UTC)
    return [Deed(when, -1, pmo, follow, {"playbook_id": packed[-1]})]


def _pack(work: Work, initiative_id: int) -> int:
    found = playbooks.of_initiative(work.connection, initiative_id)
    values = registers.suggested(work.connection, initiative_id)
    values["notes"] = _("What it reached in its first year, for branches that follow.")
    return playbooks.pack(work, values, [one for one in found if one.month <= _MONTHS])


def follow(work: Work, ids: Ids, *, playbook_id: int) -> None:
    """The initiative that follows gets targets from a playbook."""
    playbooks.set_from_playbook(
        work, playbook_id, [ids.initiatives[FOLLOWS]], playbooks.Terms(percent=PERCENT)
    )
