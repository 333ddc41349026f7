"""My work: everything assigned to me or led by me, over all boards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QAbstractListModel, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid
from sqlalchemy import Connection, select

from ecofolio.boards import details
from ecofolio.boards.details import OverdueReport, WorkRow
from ecofolio.boards.faces import short_day
from ecofolio.boards.flow import microseconds
from ecofolio.boards.readings import pace
from ecofolio.boards.rules import Pace, age_words
from ecofolio.boards.tools_panel import FilterChip
from ecofolio.organisation.model import Person
from ecofolio.organisation.queries import person_acting
from ecofolio.store.base import table_of
from ecofolio.text import N_, _, ngettext, pgettext
from ecofolio.widgets.choosers import Node, TreeChoice
from ecofolio.widgets.page import Page, PageContext, PageId
from ecofolio.widgets.painters import badge_width, paint_badge, paint_focus
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import PageHead, column, row
from ecofolio.widgets.theme import Size, Space, in_force

_ROW = 48  # pixels
_ANEW = timedelta(hours=1)  # what is usual on a board seldom changes, and costs to read
_WORK = Qt.ItemDataRole.UserRole
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
Item = WorkRow | OverdueReport
Overdue = Callable[[Connection, int, date], Sequence[OverdueReport]]
_WHY = {
    "assigned": N_("assigned to me"),
    "squad": N_("my squad"),
    "initiative": N_("my initiative"),
}


Key = tuple[int, str]


def _key(one: Item) -> Key:
    return (one.id, "") if isinstance(one, WorkRow) else (one.initiative_id, one.month)


def is_due(one: WorkRow, today: date) -> bool:
    """Whether a card is overdue or due until Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    return one.due_date is not None and one.due_date <= sunday


def is_ageing(one: WorkRow, paces: Mapping[int, Pace]) -> bool:
    """Whether a card is in progress for longer than 85 % of what its board finished took.

    A board with too little history says nothing.
    """
    pace = paces.get(one.board_id)
    heat = pace.heat(one.age) if pace is not None and one.age is not None else None
    return heat is not None and heat >= 1


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Item] = []
        self.paces: Mapping[int, Pace] = {}
        self.today = date.today()

    def fill(self, rows: list[Item], today: date, paces: Mapping[int, Pace]) -> None:
        self.beginResetModel()
        self.rows, self.today, self.paces = rows, today, paces
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        one = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(one)
        if role == _WORK:
            return one
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = [text for text, _tone in badges(one, self.today)]
            if isinstance(one, WorkRow) and is_ageing(one, self.paces):
                told.append(_("ageing"))
            said = [title_of(one), *told, *beside(one, self.today)]
            return pgettext("list", ", ").join(said)
        return None


def title_of(one: Item) -> str:
    """What there is to do."""
    if isinstance(one, WorkRow):
        return one.title
    return _("Report {month}: {initiative}").format(month=one.month, initiative=one.name)


def beside(one: Item, today: date) -> list[str]:
    """Where it belongs and why it is mine; of a report, what is missing."""
    if isinstance(one, OverdueReport):
        return [one.code, pgettext("list", ", ").join(one.metrics)]
    parts = [one.squad, one.column, _(_WHY[one.why])]
    if one.due_date is not None and not is_due(one, today):
        parts.append(_("due {date}").format(date=short_day(one.due_date, today)))
    return parts


def badges(one: Item, today: date) -> list[tuple[str, str]]:
    """What must not be overlooked about a card or a report, each with its tone."""
    if isinstance(one, OverdueReport):
        text = ngettext("! {n} day late", "! {n} days late", one.age)
        return [(text.format(n=one.age), "red")]
    found = []
    if one.blocked is not None:
        found.append((_("✕ Blocked: {reason}").format(reason=one.blocked), "red"))
    if one.waiting:
        text = ngettext("Waiting for {n} card", "Waiting for {n} cards", one.waiting)
        found.append(("… " + text.format(n=one.waiting), "amber"))
    if one.due_date is not None and one.due_date < today:
        n = (today - one.due_date).days
        text = ngettext("! Due {date}, {n} day ago", "! Due {date}, {n} days ago", n)
        found.append((text.format(date=short_day(one.due_date, today), n=n), "red"))
    elif is_due(one, today) and one.due_date is not None:
        text = _("Due {date}").format(date=short_day(one.due_date, today))
        found.append((text, "amber"))
    return found


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        theme, one = in_force(), index.data(_WORK)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("soft"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        inner = rect.adjusted(14, 5, -14, -5)
        if isinstance(one, WorkRow):
            age = age_words(one.age) if one.age is not None else "–"
            painter.setFont(theme.font())
            old = is_ageing(one, index.model().paces)
            painter.setPen(theme.colour("amber" if old else "muted"))
            painter.drawText(inner, _MIDDLE | Qt.AlignmentFlag.AlignRight, age)
        self._words(painter, inner.adjusted(0, 0, -100, 0), one, index.model().today)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect)
        painter.restore()

    def _words(self, painter: QPainter, inner: QRectF, one: Item, today: date) -> None:
        theme = in_force()
        font, small = theme.font(strong=True), theme.font(Size.CAPTION)
        told = badges(one, today)
        room = inner.width() - sum(badge_width(text) + 6 for text, _tone in told)
        metrics = QFontMetrics(font)
        title = metrics.elidedText(
            title_of(one), Qt.TextElideMode.ElideRight, int(max(room, inner.width() / 2))
        )
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(upper, _MIDDLE, title)
        upper.setLeft(upper.left() + metrics.horizontalAdvance(title) + 10)
        for text, tone in told:
            if upper.width() > 40:
                upper.setLeft(upper.left() + paint_badge(painter, upper, text, tone) + 6)
        lower = QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        said = " · ".join(beside(one, today))
        text = QFontMetrics(small).elidedText(said, Qt.TextElideMode.ElideRight, int(lower.width()))
        painter.drawText(lower, _MIDDLE, text)


class WorkPage(Page):
    """Stuck first, then overdue reports, then what is due, then the oldest; choosing a card goes
    to its board, a report to where it is written.

    `overdue` tells the reports of a person, and `report` opens one: figures are another room's.
    """

    icon_name = "user"
    wants_scope = False

    def __init__(
        self,
        context: PageContext,
        overdue: Overdue,
        report: Callable[[int, str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._overdue, self._report = overdue, report
        self._rows: list[Item] = []
        self._person: int | None = None
        self._paces: dict[int, Pace] = {}
        self._paced_at = context.workspace.clock()
        self.head = PageHead(self.title)
        self.chips = {
            key: FilterChip(name)
            for key, name in (
                ("stuck", _("Stuck")),
                ("reports", _("Overdue reports")),
                ("due", _("Due this week")),
                ("ageing", _("Ageing")),
                ("assigned", _("Assigned to me")),
            )
        }
        for chip in self.chips.values():
            chip.toggled.connect(self._fill)
        self.model = _Model(self)
        self.list = QListView()
        self.list.setAccessibleName(self.title)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setProperty("framed", True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.activated.connect(self._open)
        self.list.doubleClicked.connect(self._open)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self._empty: EmptyState | None = None
        layout = column(self.head, row(*self.chips.values(), None), spacing=Space.M)
        layout.addWidget(self.stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)

    @property
    def title(self) -> str:
        return _("My work")

    @property
    def _today(self) -> date:
        return self.context.workspace.clock().astimezone().date()

    def refresh(self) -> None:
        """Read again what the person acting has to do with."""
        workspace = self.context.workspace
        with workspace.read() as connection:
            self._person = person_acting(connection, workspace.actor)
            self._rows = []
            if self._person is not None:
                now = microseconds(workspace.clock())
                cards = details.my_work(connection, self._person, now)
                stuck = sum(one.blocked is not None for one in cards)
                reports = self._overdue(connection, self._person, self._today)
                self._rows = [*cards[:stuck], *reports, *cards[stuck:]]
        self._learn()
        actor = _("as {name}").format(name=workspace.actor)
        n = len(self._cards)
        text = ngettext("{n} open card", "{n} open cards", n).format(n=n)
        self.head.set_sentence(f"{text} · {actor}")
        self._count()

    @property
    def _cards(self) -> list[WorkRow]:
        return [one for one in self._rows if isinstance(one, WorkRow)]

    def _learn(self) -> None:
        """Read what is usual on the boards of these cards, where that is not known."""
        workspace, now = self.context.workspace, self.context.workspace.clock()
        if not timedelta() <= now - self._paced_at < _ANEW:
            self._paces.clear()
            self._paced_at = now
        wanted = {one.board_id for one in self._cards if one.age is not None} - set(self._paces)
        if not wanted:
            return
        self._paces.update(dict.fromkeys(wanted, Pace(0)))  # nothing is said until it is read

        def read(_progress: object, _cancelled: object) -> dict[int, Pace]:
            with workspace.read() as connection:
                return {board: pace(connection, board) for board in wanted}

        self.context.runner.start(read, title=_("Reading what is usual"), on_done=self._take_paces)

    def _take_paces(self, found: dict[int, Pace]) -> None:
        self._paces.update(found)
        if isValid(self):  # it may have been put away meanwhile
            self._count()

    def _count(self) -> None:
        counts = {key: sum(self._is(key, one) for one in self._rows) for key in self.chips}
        for key, chip in self.chips.items():
            chip.show_count(counts[key])
        self._fill()

    def _is(self, key: str, one: Item) -> bool:
        if key == "reports" or isinstance(one, OverdueReport):
            return key == "reports" and isinstance(one, OverdueReport)
        if key == "stuck":
            return one.is_stuck
        if key == "due":
            return is_due(one, self._today)
        return is_ageing(one, self._paces) if key == "ageing" else one.why == "assigned"

    def _fill(self, *_all: object) -> None:
        chosen = [key for key, chip in self.chips.items() if chip.isChecked()]
        rows = [one for one in self._rows if all(self._is(key, one) for key in chosen)]
        current = self.current_key()
        self.model.fill(rows, self._today, self._paces)
        ids = list(map(_key, rows))
        if rows:
            n = ids.index(current) if current in ids else 0
            self.list.setCurrentIndex(self.model.index(n))
        self._show_empty(None if rows else self._emptiness())

    def _emptiness(self) -> EmptyState:
        if self._person is None:
            known = bool(self._people())
            return EmptyState(
                "user",
                _("Nobody here is called {name}").format(name=self.context.workspace.actor),
                _("Choose who I am") if known else _("Go to the organisation"),
                self._choose_actor if known else lambda: self.context.go(PageId.ORGANISATION),
                explanation=_(
                    "Act as one of the people of this programme, or add yourself to them on the "
                    "page of the organisation: by name, code or e-mail."
                ),
            )
        if self._rows:
            return EmptyState("list-filter", _("Nothing of yours is like that"))
        return EmptyState(
            "circle-check",
            _("Nothing is waiting for you"),
            explanation=_("Cards assigned to you, and those of squads and initiatives you lead."),
        )

    def _people(self) -> list[Node]:
        person = table_of(Person)
        with self.context.workspace.read() as connection:
            query = select(person.c.id, person.c.name).order_by(person.c.name)
            return [Node(one.id, one.name) for one in connection.execute(query)]

    def _choose_actor(self) -> None:
        nodes = self._people()
        names = {node.key: node.title for node in nodes}

        def take(one: int | None) -> None:
            if one in names:
                self.context.save_settings(actor=names[one])

        at: QWidget = (self._empty and self._empty.action) or self
        popup = TreeChoice(at, _("Acting as"), nodes, None, everything=_("none of these"))
        popup.chosen.connect(take)
        popup.open_below(at)

    def _show_empty(self, wanted: EmptyState | None) -> None:
        if self._empty is not None:
            self.stack.removeWidget(self._empty)
            self._empty.deleteLater()
        self._empty = wanted
        if wanted is not None:
            self.stack.addWidget(wanted)
        self.stack.setCurrentWidget(wanted or self.list)

    def current_key(self) -> Key | None:
        """What tells the card or the report that is selected from all others."""
        n = self.list.currentIndex().row()
        return _key(self.model.rows[n]) if 0 <= n < len(self.model.rows) else None

    def _open(self, index) -> None:
        one = index.data(_WORK)
        if isinstance(one, OverdueReport):
            self._report(one.initiative_id, one.month)
        else:
            self.context.open_record("card", one.id)

    def first_focus(self) -> QWidget | None:
        return self.list

    def state(self) -> dict[str, Any]:
        return {"chips": [key for key, chip in self.chips.items() if chip.isChecked()]}

    def restore(self, state: dict[str, Any]) -> None:
        for key in state.get("chips") or ():
            if key in self.chips:
                self.chips[key].setChecked(True)
