"""What the window itself writes: saved views."""

from __future__ import annotations

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import SavedView
from ecofolio.store.work import Work
from ecofolio.text import N_, _


def save_view(work: Work, *, name: str, spec: str) -> int:
    """Keep a scope with its columns and order under a name; the same name is written over."""
    name = name.strip()
    if not name:
        raise InputError(_("Give the view a name."))
    work.label(N_("Save view {name}"), name=name)
    found = work.connection.execute(
        select(SavedView.id, SavedView.version).where(SavedView.name == name)
    ).first()
    if found is None:
        return work.insert(SavedView, [{"name": name, "spec": spec}])[0]
    work.update(SavedView, found.id, {"spec": spec}, expect=found.version)
    return found.id


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


def delete_view(work: Work, *, view_id: int) -> None:
    """Let go of a saved view."""
    name = work.connection.execute(
        select(SavedView.name).where(SavedView.id == view_id)
    ).scalar_one()
    work.label(N_("Delete view {name}"), name=name)
    work.delete(SavedView, [view_id])
