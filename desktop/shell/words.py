"""What the window knows of the open programme: names, counts, views, records to find.

Each is read when it is first asked for and forgotten when a change touches it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecofolio.initiatives.scope import Scope
from ecofolio.shell.scope_bar import ScopeWords

if TYPE_CHECKING:
    from ecofolio.shell.finding import Target
    from ecofolio.shell.queries import Counts, Found, View
    from ecofolio.store.workspace import Changed, Workspace

_ABOUT = {
    "unit": ("scope", "counts", "records"),
    "department": ("records",),
    "custom_field": ("records",),
    "playbook": ("records",),
    "scene": ("scope", "records"),
    "initiative": ("counts", "records"),
    "saved_view": ("views",),
    "person": ("people", "records", "counts"),
    "board_column": ("counts",),
    "card": ("counts",),
    "card_assignee": ("counts",),
    "card_block": ("counts",),
}
COUNTED = tuple(table for table, names in _ABOUT.items() if "counts" in names)


class Words:
    """The names of a programme, or of none."""

    def __init__(self) -> None:
        self._workspace: Workspace | None = None
        # what the palette made of the records that are the same object as the first
        self.reached: tuple[list[Found] | None, list[Target]] = (None, [])

    def use(self, workspace: Workspace | None) -> None:
        """Read from another programme from now on."""
        self._workspace = workspace
        self.forget(None)

    def forget(self, changed: Changed | None) -> None:
        """Read again what a change touched; everything where it is None."""
        for table, names in _ABOUT.items():
            if changed is None or changed.touches(table):
                for name in names:
                    self.__dict__.pop(name, None)

    @cached_property
    def scope(self) -> ScopeWords:
        """Units and scenes."""
        if self._workspace is None:
            return ScopeWords()
        from ecofolio.shell import queries

        with self._workspace.read() as connection:
            return ScopeWords(queries.units(connection), queries.scenes(connection))

    @cached_property
    def counts(self) -> Counts | None:
        """The figures of the navigation."""
        if self._workspace is None:
            return None
        from ecofolio.shell import queries

        with self._workspace.read() as connection:
            return queries.counts(connection, self._workspace.actor)

    @cached_property
    def views(self) -> list[View]:
        """The saved views."""
        return self._read("views", [])

    @cached_property
    def people(self) -> list[str]:
        """The people's names."""
        return self._read("people", [])

    @cached_property
    def records(self) -> list[Found]:
        """Every record that can be gone to, initiatives first."""
        return self._read("records", [])

    def known(self, scope: Scope) -> Scope:
        """The scope without units and scenes that this programme does not have."""
        units = {unit.id for unit in self.scope.units}
        scenes = {scene_id for scene_id, _name in self.scope.scenes}
        return scope.replace(
            unit_id=scope.unit_id if scope.unit_id in units else None,
            scene_ids=scope.scene_ids & scenes,
        )

    def _read(self, query: str, nothing: Any) -> Any:
        if self._workspace is None:
            return nothing
        from ecofolio.shell import queries

        with self._workspace.read() as connection:
            return getattr(queries, query)(connection)
