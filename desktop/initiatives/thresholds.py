"""Saying from where the lights of health turn amber and red. Each is one undoable change."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.initiatives.health import USUAL, limit_english
from ecofolio.initiatives.model import HealthThreshold
from ecofolio.store.base import table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch

THRESHOLD = table_of(HealthThreshold)


def set_threshold(work: Work, light: str, amber: int, red: int, batch: str | None = None) -> None:
    """Have a light turn amber and red elsewhere, for one batch or for all.

    The metrics turn red below their amber, the others above; `InputError` where they do not.
    """
    if light not in USUAL:
        raise InputError(_("“{light}” is none of the five lights.").format(light=light))
    if batch is not None and batch not in Batch._value2member_map_:
        raise InputError(_("“{batch}” is no batch.").format(batch=batch))
    usual_amber, usual_red = USUAL[light]
    if amber == red or (amber < red) != (usual_amber < usual_red) or min(amber, red) < 0:
        raise InputError(
            _("Amber has to come before red: usually {amber} and {red}.").format(
                amber=usual_amber, red=usual_red
            )
        )
    stored = _stored(work, light, batch)
    values = {"amber": amber, "red": red}
    if stored is None:
        work.insert(HealthThreshold, [{"light": light, "batch": batch, **values}])
    else:
        work.update(HealthThreshold, stored, values)
    work.label(N_("Thresholds of {light}"), light=say(limit_english(light)))


def set_thresholds(
    work: Work, limits: Mapping[str, tuple[int, int] | None], batch: str | None = None
) -> None:
    """Set several lights of one batch or of all, by light; None goes back to what is usual."""
    for light, limit in limits.items():
        if limit is None:
            clear_threshold(work, light, batch)
        else:
            set_threshold(work, light, *limit, batch)
    work.label(N_("Thresholds of health"))


def clear_threshold(work: Work, light: str, batch: str | None = None) -> None:
    """Go back to what is usual: for a batch to the programme's, for all to the program's own."""
    stored = _stored(work, light, batch)
    if stored is not None:
        work.delete(HealthThreshold, [stored])
    work.label(N_("Thresholds of {light}"), light=say(limit_english(light)))


def _stored(work: Work, light: str, batch: str | None) -> int | None:
    same = THRESHOLD.c.batch.is_(None) if batch is None else THRESHOLD.c.batch == batch
    return work.connection.scalar(select(THRESHOLD.c.id).where(THRESHOLD.c.light == light, same))
