"""The menus of the page of boards, and the help about its keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from ecofolio.boards import actions
from ecofolio.text import N_, _
from ecofolio.vocabulary import ServiceClass
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.parts import label

if TYPE_CHECKING:
    from ecofolio.boards.page import BoardsPage

KEYS = (
    ("J K H L · ← ↑ ↓ →", N_("go from card to card")),
    ("X", N_("select the card as well; Shift with arrows selects several")),
    ("Ctrl+A", N_("select the column")),
    ("Space · Enter", N_("take the selected cards up; arrows move them, Enter drops them")),
    ("Esc", N_("put them back")),
    ("Alt+← · Alt+→", N_("fold the lane or open it")),
    ("Alt+↑ · Alt+↓", N_("move the lane up or down; a lane's head can be dragged")),
    ("N", N_("new cards, a line for each")),
    ("E · F2", N_("edit the card")),
    ("B", N_("block it with a reason, or unblock it")),
    ("A", N_("assign it")),
    ("M", N_("move or copy it to another board")),
    ("Del", N_("move it to the trash")),
    ("/", N_("find cards")),
    ("Z · Ctrl+Z", N_("undo")),
    ("?", N_("this help")),
)


class KeyHelp(Popup):
    """What the keys do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _("Keys"))
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.addWidget(label(_("Keys"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for n, (keys, words) in enumerate(KEYS):
            grid.addWidget(label(keys, "heading"), n, 0)
            grid.addWidget(label(_(words), "muted"), n, 1)
        self.body.addLayout(grid)


def card_menu(page: BoardsPage, at: QPoint) -> None:
    """What can be done with the chosen cards."""
    menu, ids, view = QMenu(page), page.wall.chosen_ids(), page.desk.view
    if view is None:
        return
    editor = page.editor
    if ids:
        add(menu, _("Edit"), lambda: page.command("edit"), "E")
        add(menu, _("Assign…"), lambda: editor.assign(ids), "A")
        blocked = all(one in view.blocked for one in ids)
        text = _("Unblock") if blocked else _("Block…")
        add(menu, text, lambda: editor.block(ids), "B")
        move = menu.addMenu(_("Move to"))
        for one in view.columns:
            add(move, one.name, partial(editor.move_to, ids, one.id))
        service = menu.addMenu(_("Class of service"))
        for kind in ServiceClass:
            values = {"service": kind.value}
            add(service, kind.label, partial(editor.do, actions.set_fields, ids, values))
        _sprint_menu(page, menu, ids)
        add(menu, _("Move or copy to another board…"), lambda: editor.hand_over(ids), "M")
        if page.wall.wall.has_lanes:
            _lane_steps(page, menu, page.desk.lane_of[ids[0]])
        menu.addSeparator()
        add(menu, _("Move to the trash"), lambda: editor.trash(ids), "Del")
        menu.addSeparator()
    add(menu, _("New cards…"), lambda: page.command("new"), "N")
    pop(menu, at)


def _sprint_menu(page: BoardsPage, menu: QMenu, ids: list[int]) -> None:
    from ecofolio.boards import sprinting

    view = page.desk.view
    if view is None or not view.board.sprints:
        return
    open_ = [(identity, own.name) for identity, own in view.sprints.items() if own.is_open]
    if open_:
        into, out = menu.addMenu(_("Take into")), menu.addMenu(_("Take out of"))
        for identity, name in open_:
            add(into, name, partial(page.editor.do, sprinting.add_cards, identity, ids))
            add(out, name, partial(page.editor.do, sprinting.remove_cards, identity, ids))


def column_menu(page: BoardsPage, column_id: int, at: QPoint) -> None:
    """What can be done with a column."""
    menu, view = QMenu(page), page.desk.view
    if view is None:
        return
    add(menu, _("Add cards…"), lambda: page.editor.add(column_id))
    ids = [card.id for card in view.cards if card.column_id == column_id]
    add(menu, _("Select all its cards"), lambda: page.wall.select(ids, ids[0] if ids else None))
    menu.addSeparator()
    add(menu, _("Columns and limits…"), page.open_settings)
    pop(menu, at)


def lane_menu(page: BoardsPage, lane: str, at: QPoint) -> None:
    """What can be done with a lane."""
    menu, wall = QMenu(page), page.wall

    text = _("Open lane") if lane in wall.wall.folded else _("Fold lane")
    add(
        menu,
        text,
        lambda: wall.lane_heads.fold(lane),
        "Alt+←" if text == _("Fold lane") else "Alt+→",
    )
    _lane_steps(page, menu, lane)
    menu.addSeparator()
    add(menu, _("Columns and limits…"), page.open_settings)
    pop(menu, at)


def _lane_steps(page: BoardsPage, menu: QMenu, lane: str) -> None:
    if page.context.workspace.read_only:
        return
    lanes, step = page.wall.wall.lanes, page.wall.lane_heads.step
    if lane != lanes[0]:
        add(menu, _("Move lane up"), lambda: step(lane, -1), "Alt+↑")
    if lane != lanes[-1]:
        add(menu, _("Move lane down"), lambda: step(lane, 1), "Alt+↓")


def more_menu(page: BoardsPage, at: QPoint) -> None:
    """What can be done with the board as a whole."""
    menu = QMenu(page)
    if page.desk.view is not None:
        add(menu, _("Board settings…"), page.open_settings)
        add(menu, _("Sprints…"), page.open_sprints)
        add(menu, _("Trash…"), page.open_trash)
        menu.addSeparator()
    add(menu, _("New board…"), page.new_board)
    add(menu, _("Import a board…"), page.import_board)
    if page.desk.view is not None:
        add(menu, _("Export this board…"), page.export_board)
    menu.addSeparator()
    add(menu, _("Keys"), lambda: page.command("help"), "?")
    pop(menu, at)


def add(menu: QMenu, text: str, do: Callable[[], Any], keys: str = "") -> None:
    """Add a command; the key beside it is told, not claimed."""
    words = text.replace("&", "&&")
    menu.addAction(f"{words}\t{keys}" if keys else words, do)


def pop(menu: QMenu, at: QPoint) -> None:
    """Open a menu that goes when it closes."""
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
