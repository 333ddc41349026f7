"""All that the palette reaches: pages, commands, saved views and records."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ecofolio.shell.commands import kind_of_command, plain
from ecofolio.shell.finding import Sort, Target, target
from ecofolio.text import pgettext

if TYPE_CHECKING:
    from ecofolio.shell.queries import Found
    from ecofolio.shell.window import MainWindow


def targets(window: MainWindow) -> list[Target]:
    """What can be gone to or done now."""
    if window.session.workspace is None:
        return _commands(window)
    return [*_pages(window), *_commands(window), *_views(window), *_records(window)]


def _commands(window: MainWindow) -> list[Target]:
    return [
        target(
            plain(action.text()),
            action.shortcut().toString() or kind_of_command(),
            Sort.COMMAND,
            action.trigger,
            "arrow-right",
        )
        for name, action in window.commands.by_name.items()
        if action.isEnabled() and not name.startswith("go-") and name != "find"
    ]


def _pages(window: MainWindow) -> list[Target]:
    return [
        target(
            entry.label,
            window.commands.action(f"go-{entry.id}").shortcut().toString(),
            Sort.PAGE,
            partial(window.go, entry.id),
            entry.icon,
        )
        for entry in window.pages.entries.values()
    ]


def _views(window: MainWindow) -> list[Target]:
    kind = pgettext("palette", "saved view")
    return [
        target(view.name, kind, Sort.VIEW, partial(window.views.show, view), "bookmark")
        for view in window.words.views
    ]


def _records(window: MainWindow) -> list[Target]:
    """The targets of all records: made once, and again when a record or the language changed."""
    records = window.words.records
    if window.words.reached[0] is not records:
        window.words.reached = records, _made(window, records)
    return window.words.reached[1]


def _made(window: MainWindow, records: list[Found]) -> list[Target]:
    kinds = {
        "initiative": (pgettext("palette", "initiative"), "list-checks"),
        "unit": (pgettext("palette", "unit"), "building-2"),
        "department": (pgettext("palette", "department"), "network"),
        "person": (pgettext("palette", "person"), "user"),
        "scene": (pgettext("palette", "scene"), "tag"),
        "custom_field": (pgettext("palette", "custom field"), "columns-3"),
        "playbook": (pgettext("palette", "playbook"), "layers"),
    }
    made = []
    for found in records:
        kind, icon = kinds[found.kind]
        title = f"{found.code}  {found.name}" if found.code else found.name
        made.append(
            Target(
                title,
                kind,
                Sort.RECORD,
                partial(window.open_record, found.kind, found.id),
                icon,
                f"{found.code} {found.name}".casefold().strip(),
            )
        )
    return made
