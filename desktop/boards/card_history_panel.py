"""What happened to a card: its way over the board, and every change with a way to take it back."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ecofolio import format as shown
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.details import CardDetail
from ecofolio.boards.flow import DAY
from ecofolio.boards.rules import age_words
from ecofolio.errors import EcofolioError
from ecofolio.store import journal
from ecofolio.text import _, tip
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import SectionHead, button, clear, label, line, row
from ecofolio.widgets.theme import Space

_AT_ONCE = 30


class CardHistoryPanel(QWidget):
    """The history of one card."""

    def __init__(self, context: PageContext, editor: CardEditor) -> None:
        super().__init__()
        self._context, self._editor = context, editor
        self._card = 0
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(6, Space.M, 0, Space.S)
        self._body.setSpacing(Space.S)

    def show_card(self, detail: CardDetail, now: int) -> None:
        """Show what happened to a card."""
        self._card = detail.row["id"]
        clear(self._body)
        self._body.addWidget(SectionHead(_("Its way")))
        ends = [*(stay.entered_at for stay in detail.stays[1:]), now]
        for stay, end in zip(reversed(detail.stays), reversed(ends), strict=True):
            words = age_words(max(0, end - stay.entered_at) / DAY)
            since = _moment(stay.entered_at)
            text = label(stay.column, "heading")
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            said = row(text, label(words), label(since, "caption"))
            said.setStretch(0, 1)
            self._body.addLayout(said)
        self._body.addSpacing(Space.S)
        self._body.addWidget(SectionHead(_("Changes")))
        with self._context.workspace.read() as connection:
            found = journal.history(connection, "card", self._card)
        entries = [entry for entry, _rows in groupby(one.entry for one in found)]
        first = entries[-1].id if entries else 0
        for entry in entries[:_AT_ONCE]:
            self._body.addWidget(self._entry(entry, is_first=entry.id == first))
            self._body.addWidget(line())
        self._body.addStretch(1)

    def _entry(self, entry: journal.Entry, *, is_first: bool) -> QWidget:
        made = QWidget()
        when = label(f"{shown.moment(entry.at)}\n{entry.actor}", "caption", wrap=True)
        when.setFixedWidth(96)
        what = label(entry.label, wrap=True)
        what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        what.setToolTip(tip(entry.label))
        layout = row(when, what, spacing=Space.M)
        layout.setStretch(1, 1)
        if not is_first and not self._context.workspace.read_only:
            undo = button(_("Undo"), lambda: self._undo(entry), link=True)
            undo.setAccessibleName(_("Undo: {label}").format(label=entry.label))
            layout.addWidget(undo, 0, Qt.AlignmentFlag.AlignTop)
        made.setLayout(layout)
        made.setAccessibleName(f"{shown.moment(entry.at)}, {entry.actor}: {entry.label}")
        return made

    def _undo(self, entry: journal.Entry) -> None:
        try:
            self._context.workspace.take_back(entry.id, "card", self._card)
        except EcofolioError as error:
            self._editor.said.emit(str(error), "amber")
            return
        self._editor.written.emit()
        self._context.notify(_("Taken back: {label}").format(label=entry.label))


def _moment(at: int) -> str:
    return shown.moment(datetime.fromtimestamp(at / 1_000_000, UTC))
