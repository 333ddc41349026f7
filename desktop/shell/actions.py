"""What the window itself writes."""

from __future__ import annotations

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import SavedView
from ecofolio.store.work import Work
from ecofolio.text import N_, _


def rename_view(work: Work, *, view_id: int, name: str) -> None:
    """Call a saved view something else; `InputError` where another has that name."""
    name = name.strip()
    if not name:
        raise InputError(_("Give the view a name."))
    other = work.connection.execute(
        select(SavedView.id).where(SavedView.name == name, SavedView.id != view_id)
    ).first()
    if other is not None:
        raise InputError(_("There is already a view called “{name}”.").format(name=name))
    work.label(N_("Rename view {name}"), name=name)
    work.update(SavedView, view_id, {"name": name})
