"""The inspector of cards: everything about the selected card, or what several have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ecofolio.boards import actions, details
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.card_fields_panel import CardFieldsPanel
from ecofolio.boards.card_history_panel import CardHistoryPanel
from ecofolio.boards.card_links_panel import CardLinksPanel
from ecofolio.boards.card_talk_panel import CardTalkPanel, ChecklistPanel
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.faces import face
from ecofolio.squads.field_editors import TextField
from ecofolio.text import _, ngettext, tip
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import label, line, row, tool_button
from ecofolio.widgets.theme import Space

NARROWEST, USUAL, WIDEST = 320, 372, 480


class CardPanel(QFrame):
    """Shows the cards that are chosen on the board."""

    closed = Signal()

    def __init__(self, context: PageContext, desk: BoardDesk, editor: CardEditor) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName(_("Card"))
        self._desk, self._editor = desk, editor
        self.ids: list[int] = []
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._caption = label("", "muted")
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._days = label("", "caption", wrap=True)
        self.title = TextField(_("Title"))
        self.title.setObjectName("cardtitle")
        self.title.kept.connect(self._rename)
        self._several = label("", "title")
        self.fields = CardFieldsPanel(desk, editor)
        self.checklist = ChecklistPanel(editor)
        self.talk = CardTalkPanel(editor)
        self.links = CardLinksPanel(context, editor)
        self.history = CardHistoryPanel(context, editor)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName(_("Parts of the card"))
        self._parts = QStackedWidget()
        overview = QWidget()
        both = QVBoxLayout(overview)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.fields)
        both.addWidget(self.checklist)
        both.addStretch(1)
        for title, part in (
            (_("Card"), overview),
            (_("Comments"), self.talk),
            (_("Links"), self.links),
            (_("History"), self.history),
        ):
            self.tabs.addTab(title)
            self._parts.addWidget(_scrolled(part))
        self.tabs.currentChanged.connect(self._turn)
        self._empty = EmptyState(
            "panel-right",
            _("No card selected"),
            explanation=_("Select a card to see and change all about it."),
        )
        self._fill()

    def _fill(self) -> None:
        self._body = QWidget()
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.M, 0)
        head.setSpacing(Space.XS)
        top = row(
            self._caption, tool_button("panel-right", _("Hide the inspector"), self.closed.emit)
        )
        top.setStretch(0, 1)
        head.addLayout(top)
        for part in (self.title, self._several, self._days):
            head.addWidget(part)
        head.addWidget(self.tabs)
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addLayout(head)
        layout.addWidget(line())
        layout.addWidget(self._parts, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._empty)
        whole.addWidget(self._body)
        self._body.hide()

    def show_cards(self, ids: list[int]) -> None:
        """Show cards; an empty list is none."""
        self.ids = [one for one in ids if one in self._desk.by_id]
        self._empty.setVisible(not self.ids)
        self._body.setVisible(bool(self.ids))
        if not self.ids:
            return
        one = len(self.ids) == 1
        detail = None
        if one:
            with self._desk.workspace.read() as connection:
                detail = details.card(connection, self.ids[0])
        self.title.setVisible(one)
        self._several.setVisible(not one)
        self._days.setVisible(one)
        self.checklist.setVisible(one)
        for n in (1, 2, 3):
            self.tabs.setTabVisible(n, one)
        if detail is not None:
            card = self._desk.by_id[self.ids[0]]
            self.title.show_value(detail.row["title"])
            key = f"{card.key} · " if card.key else ""
            self._caption.setText(f"{key}{detail.board} · {detail.column}")
            self._caption.setToolTip(tip(self._caption.text()))
            self._days.setText(face(self._desk, card).days_words)
            self.checklist.show_card(detail)
            self.tabs.setTabText(1, _("Comments {n}").format(n=len(detail.comments) or "").strip())
        else:
            text = ngettext("{n} card", "{n} cards", len(self.ids))
            self._several.setText(text.format(n=len(self.ids)))
            self._caption.setText(_("Changes go to all of them"))
        self._detail = detail
        self.fields.show_cards(self.ids, detail)
        self._turn()

    def _turn(self) -> None:
        """Show the part that is wanted; what takes a query is read only then."""
        place = self.tabs.currentIndex() if len(self.ids) == 1 else 0
        self._parts.setCurrentIndex(place)
        if self._detail is None or len(self.ids) != 1:
            return
        if place == 1:
            self.talk.show_card(self._detail)
        elif place == 2:
            self.links.show_card(self._detail)
        elif place == 3:
            self.history.show_card(self._detail, self._desk.now)

    _detail: details.CardDetail | None = None

    def _rename(self, title: str | None) -> None:
        if self._detail is not None:
            expect = {self.ids[0]: self._desk.by_id[self.ids[0]].version}
            sentence = self._editor.do(actions.set_fields, self.ids, {"title": title}, expect)
            if sentence:
                self.title.show_value(self._detail.row["title"])

    def edit(self) -> None:
        """Give the title the keyboard."""
        self.tabs.setCurrentIndex(0)
        field = self.title if self.title.isVisible() else self.fields.people
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if field is self.title:
            self.title.selectAll()

    def has_open_work(self) -> bool:
        """Whether something is being written that was not kept yet."""
        if not self.ids:
            return False
        return self.title.is_open or self.fields.has_open_work() or self.talk.has_open_work()


def _scrolled(part: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = QWidget()
    holder.setObjectName("content")
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(Space.L - 6, 0, Space.M, 0)
    layout.addWidget(part)
    area.setWidget(holder)
    return area
