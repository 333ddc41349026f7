"""Two proven initiatives of the demonstration packed for others, and one that follows them."""

from __future__ import annotations

from ecofolio.demo.foundation import Ids
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import playbooks
from ecofolio.store.work import Work
from ecofolio.text import N_, _

PROVEN = "SD-002", "GD-005"
FOLLOWS, PERCENT = "XJ-002", 15  # the second, by the size of its budget
_MONTHS = 14  # a year of figures: they begin two months after the start


def furnish(work: Work, ids: Ids) -> None:
    """Pack what is proven, and give the one that follows its targets; nothing of what a smaller
    demonstration has not."""
    made = 0
    for code in PROVEN:
        if code in ids.initiatives:
            made = _pack(work, ids.initiatives[code])
    if made and FOLLOWS in ids.initiatives:
        playbooks.set_from_playbook(work, made, [ids.initiatives[FOLLOWS]], percent=PERCENT)
    work.kind = "setup"
    work.label(N_("Playbooks of the demonstration"))


def _pack(work: Work, initiative_id: int) -> int:
    found = playbooks.of_initiative(work.connection, initiative_id)
    values = registers.suggested(work.connection, initiative_id)
    values["notes"] = _("What it reached in its first year, for branches that follow.")
    return playbooks.pack(work, values, [one for one in found if one.month <= _MONTHS])
