"""The history of an initiative: when, who, which field became what, and taking it back."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ecofolio import format as shown
from ecofolio.errors import EcofolioError
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.told import Line, Teller, Told
from ecofolio.store import journal
from ecofolio.text import _, ngettext, tip
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, clear, column, label, line, row
from ecofolio.widgets.theme import Space

_AT_ONCE = 30
_WHEN_WIDTH = 96
_MOST = 220  # characters of a value that are shown


class HistoryPanel(QWidget):
    """Tells the changes of one initiative, newest first, each with a way to undo it there."""

    def __init__(self, desk: Desk, on_undone: Callable[[str], object]) -> None:
        super().__init__()
        self._desk, self._on_undone = desk, on_undone
        self._initiative: int | None = None
        self._count = _AT_ONCE
        self._all: list[int] = []  # the changes that are told, shown or offered
        self.message = InlineMessage()
        self._body = QVBoxLayout()
        self._body.setSpacing(Space.S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, Space.M, 0, Space.S)
        layout.addWidget(self.message)
        layout.addLayout(self._body)
        layout.addStretch(1)

    def show_initiative(self, identity: int | None) -> None:
        """Show the history of an initiative."""
        if identity != self._initiative:
            self._count = _AT_ONCE
            self.message.hide()
            self.forget()
        self._initiative = identity
        if identity is None:
            return
        told = self.read(identity)
        wanted = [one.change_id for one in told]
        fresh = len(wanted) - len(self._all)
        if wanted[fresh:] != self._all or not self._all:
            self.forget()
            fresh = 0
            for one in told[: self._count]:
                self._body.addWidget(_Entry(one, self._undo))
            self._offer_more(len(told) - self._count)
        # an edit adds to what is told: the rest stays as it is
        for one in reversed(told[:fresh]):
            self._body.insertWidget(0, _Entry(one, self._undo))
        self._all = wanted

    def forget(self) -> None:
        """Tell everything anew the next time, because names changed."""
        self._all = []
        clear(self._body)

    def _offer_more(self, more: int) -> None:
        if more > 0:
            text = ngettext("Show {n} more change", "Show {n} more changes", more).format(n=more)
            self._body.addWidget(button(text, self._show_all, link=True))

    def read(self, identity: int) -> list[Told]:
        """The changes of an initiative in words."""
        desk = self._desk
        with desk.workspace.read() as connection:
            found = journal.history(connection, "initiative", identity)
        return Teller(desk.known, desk.fields, desk.setting).told(found)

    def _show_all(self) -> None:
        self._count = sys.maxsize
        self.forget()
        self.show_initiative(self._initiative)

    def _undo(self, one: Told) -> None:
        assert self._initiative is not None
        try:
            self._desk.workspace.take_back(one.change_id, "initiative", self._initiative)
        except EcofolioError as error:
            self.message.say(str(error), "amber")
            return
        self.message.hide()
        self._on_undone(_("Taken back: {label}").format(label=one.label))


class _Entry(QWidget):
    def __init__(self, one: Told, undo: Callable[[Told], object]) -> None:
        super().__init__()
        when = label(f"{shown.moment(one.at)}\n{one.actor}", "caption", wrap=True)
        when.setFixedWidth(_WHEN_WIDTH)
        when.setToolTip(tip(one.label))
        told = QVBoxLayout()
        told.setSpacing(2)
        if one.kind != "do":
            told.addWidget(_wrapped(one.label, "caption"))
        for each in one.lines[:1] if one.made else one.lines:
            told.addWidget(_wrapped(each.what, "heading"))
            told.addWidget(_wrapped(_words(each), ""))
        top = Qt.AlignmentFlag.AlignTop
        layout = row(spacing=Space.M)
        layout.addWidget(when, 0, top)
        layout.addLayout(told, 1)
        self.setLayout(column(layout, line()))
        self.setAccessibleName(f"{shown.moment(one.at)}, {one.actor}: {one.label}")
        if not one.made:
            take_back = button(_("Undo"), lambda: undo(one), link=True)
            take_back.setAccessibleName(_("Undo: {label}").format(label=one.label))
            layout.addWidget(take_back, 0, top)


def _wrapped(text: str, role: str):
    made = label(text, role, wrap=True)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def _words(one: Line) -> str:
    if one.whole:
        said = _("added: {what}") if one.new or not one.old else _("deleted: {what}")
        return said.format(what=_short(one.new or one.old)).removesuffix(": ")
    old, new = _short(one.old) or _("blank"), _short(one.new) or _("blank")
    return f"{old} → {new}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
