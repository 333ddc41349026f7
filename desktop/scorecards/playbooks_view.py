"""The playbooks beside what one of them promises, month by month since the start."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.format import number
from ecofolio.initiatives import playbooks as registers
from ecofolio.initiatives.playbook_dialog import PlaybookDialog
from ecofolio.initiatives.playbooks import PlaybookRow
from ecofolio.scorecards import playbooks, queries
from ecofolio.scorecards.from_playbook_dialog import FromPlaybookDialog
from ecofolio.scorecards.pack_playbook_dialog import PackPlaybookDialog
from ecofolio.scorecards.playbook_model import PlaybookModel
from ecofolio.scorecards.playbooks import MONTHS, FigureRow
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.targets_model import FIRST
from ecofolio.scorecards.targets_view import TargetTable
from ecofolio.text import _, ngettext, pgettext, tip
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import ElidedLabel, SearchField, button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_ID = Qt.ItemDataRole.UserRole
_LIST_WIDTH = 272
_USUAL = 12  # months


class PlaybooksView(QWidget):
    """One tab: search, list, and the figures of the playbook that is chosen."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._rows: dict[int, PlaybookRow] = {}
        self._ids: Collection[int] | None = None  # the initiatives of the scope
        self._kept: list[FigureRow] = []
        self._metrics: list[MetricRow] = []
        self.model = PlaybookModel(self)
        self.model.edited.connect(self._edited)
        self.table = TargetTable(_("Figures of the playbook by month"), self.model)
        self.message = InlineMessage()
        self._empty = EmptyState(
            "layers",
            _("There are no playbooks yet"),
            _("Pack as a playbook…") if self._writable else "",
            self.pack,
            explanation=_(
                "A playbook packs what a proven initiative reached, so that others get their "
                "targets from it."
            ),
        )
        self._body = QWidget()
        layout = row(self._make_list(), self._make_figures(), spacing=Space.M)
        layout.setStretch(1, 1)
        self._body.setLayout(layout)
        self.setLayout(column(self._body, self._empty))

    @property
    def _writable(self) -> bool:
        return not self.context.workspace.read_only

    def _make_list(self) -> Panel:
        self.search = SearchField(_("Find a playbook"))
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.list = QListWidget()
        self.list.setAccessibleName(_("Playbooks"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_all: self._turn())
        self.retired = QCheckBox(_("Show retired"))
        self.retired.toggled.connect(lambda _on: self.refill())
        self.add = button(_("Pack as a playbook…"), self.pack, icon="plus")
        panel = Panel(_("Playbooks"), "", flush=True)
        head = column(self.search)
        head.setContentsMargins(Space.M, 0, Space.M, Space.S)
        foot = column(self.retired, self.add)
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        inner = column(self.list)
        inner.setContentsMargins(Space.S, 0, Space.S, 0)
        panel.add(head)
        panel.add(inner, 1)
        panel.add(foot)
        panel.setFixedWidth(_LIST_WIDTH)
        return panel

    def _make_figures(self) -> Panel:
        self.name, self.about = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.notes = ElidedLabel("", "muted")
        self.use = button(_("Set as targets…"), self._use, primary=True)
        self.edit = button(_("Edit…"), self._edit)
        self.retire = button(_("Retire"), self._retire)
        self.delete = button(_("Delete"), self._delete)
        self.more, self.count = QComboBox(), QSpinBox()
        self.more.setAccessibleName(_("Add a metric"))
        self.more.setFixedWidth(190)
        self.more.activated.connect(self._add_metric)
        self.count.setAccessibleName(pgettext("how many", "Months"))
        self.count.setRange(1, MONTHS)
        self.count.valueChanged.connect(self._show_months)
        self.save = button(_("Save figures"), self.keep, primary=True)
        self.reset = button(_("Discard"), self._read)
        head = row(self.name, self.edit, self.retire, self.delete, self.use)
        head.setStretch(0, 1)
        top = column(head, self.about, self.notes, spacing=Space.XS)
        top.setContentsMargins(14, Space.XS, 14, Space.XS)
        hint = label(_("Paste a block from Excel; Ctrl+Enter saves."), "muted")
        tools = row(
            self.more,
            label(pgettext("how many", "Months"), "muted"),
            self.count,
            None,
            self.reset,
            self.save,
        )
        foot = column(self.message, hint, tools)
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        panel = Panel(flush=True)
        panel.setAccessibleName(_("What it promises others"))
        panel.add(top)
        panel.add(self.table, 1)
        panel.add(foot)
        return panel

    # --- reading -----------------------------------------------------------------------------

    def fill(self, ids: Collection[int] | None) -> None:
        """Read the playbooks again, for the initiatives of a scope; what is typed stays."""
        self._ids = ids
        if not self.has_open_work():
            self.refill()

    def refill(self, chosen: int | None = None) -> None:
        """Read the playbooks again; the chosen one stays chosen."""
        chosen = chosen or self._id
        with self.context.workspace.read() as connection:
            every = registers.playbooks(connection, retired=True)
        shown = [one for one in every if self.retired.isChecked() or not one.retired]
        self._rows = {one.id: one for one in shown}
        self.list.blockSignals(True)
        self.list.clear()
        for one in shown:
            text = f"{one.code}  {one.name}"
            text = _("{name} (retired)").format(name=text) if one.retired else text
            item = QListWidgetItem(text, self.list)
            item.setData(_ID, one.id)
            item.setToolTip(tip(text))
            item.setSizeHint(QSize(0, in_force().row_height))
        self._choose(chosen)
        self.list.blockSignals(False)
        self._narrow()
        self._body.setVisible(bool(every))
        self._empty.setVisible(not every)
        self._read()

    def choose(self, playbook_id: int) -> bool:
        """Show a playbook, a retired one too; False where it is gone or something typed waits."""
        if not self.has_open_work():
            self.search.clear()
            self.refill(playbook_id)
            if self._id != playbook_id and not self.retired.isChecked():
                self.retired.setChecked(True)  # which reads again
                self.refill(playbook_id)
        return self._id == playbook_id

    def has_open_work(self) -> bool:
        """Whether something is typed that was not saved."""
        return self.model.has_edits()

    @property
    def playbook(self) -> PlaybookRow | None:
        """The playbook that is chosen."""
        return self._rows.get(self._id)

    @property
    def _id(self) -> int:
        item = self.list.currentItem()
        return 0 if item is None else int(item.data(_ID))

    def _choose(self, playbook_id: int) -> None:
        places = [n for n in range(self.list.count()) if self._at(n) == playbook_id]
        self.list.setCurrentRow(places[0] if places else 0)

    def _at(self, place: int) -> int:
        return int(self.list.item(place).data(_ID))

    def _narrow(self) -> None:
        """Show the playbooks whose code, name, scene, batch or purpose hold every word typed."""
        words = self.search.text().casefold().split()
        for n in range(self.list.count()):
            one = self._rows[self._at(n)]
            hay = " ".join((one.code, one.name, one.about, one.notes or "")).casefold()
            self.list.item(n).setHidden(any(word not in hay for word in words))

    def _turn(self) -> None:
        """Another playbook was chosen; not while something typed is not saved."""
        if not self.has_open_work():
            self._read()
        elif self._id != self.model.playbook_id:
            self.list.blockSignals(True)
            self._choose(self.model.playbook_id)
            self.list.blockSignals(False)
            self.message.say(_("Save or discard what you typed first."), tone="amber")

    def _read(self) -> None:
        """Read the figures of the chosen playbook; what was typed is gone."""
        one = self.playbook
        with self.context.workspace.read() as connection:
            self._metrics = [row for row in queries.metrics(connection, retired=True) if row.id]
            self._kept = playbooks.figures(connection, [one.id] if one else [])
        self.name.setText(f"{one.code}  {one.name}" if one else "")
        self.about.setText(_about(one))
        self.notes.setText(" ".join((one.notes or "").split()) if one else "")
        self.notes.setVisible(bool(one and one.notes))
        words = _("Take back into use") if one and one.retired else _("Retire")
        self.retire.setText(words)
        self.retire.setAccessibleName(words)
        last = max((row.month for row in self._kept), default=0)
        self.count.blockSignals(True)
        self.count.setMinimum(max(last, 1))
        self.count.setValue(last or _USUAL)
        self.count.blockSignals(False)
        self._show_months()

    def _show_months(self) -> None:
        own = {row.metric_id for row in self._kept}
        self.model.read_only = not self._writable or self.playbook is None
        self.message.hide()
        self.model.show_playbook(
            self._id, [one for one in self._metrics if one.id in own], self._kept,
            self.count.value(),
        )  # fmt: skip
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, FIRST))
        self.more.clear()
        self.more.addItem(_("Add a metric…"), None)
        for one in self._metrics:
            if one.id not in own and not one.retired:
                self.more.addItem(one.name, one.id)
        self._edited()

    def _add_metric(self) -> None:
        found = [one for one in self._metrics if one.id == self.more.currentData()]
        if found:
            self.more.removeItem(self.more.currentIndex())
            self.more.setCurrentIndex(0)
            place = self.model.add_metric(found[0])
            self.table.setCurrentIndex(self.model.index(place, FIRST))
            self.table.setFocus()

    def _edited(self) -> None:
        problem, typed = self.model.problem(), self.has_open_work()
        if problem:
            self.message.say(problem, tone="red")
        elif n := self.model.left_out:
            text = ngettext(
                "{n} cell lies beyond the grid and is left out.",
                "{n} cells lie beyond the grid and are left out.",
                n,
            )
            self.message.say(text.format(n=n), tone="amber")
        else:
            self.message.hide()
        one = self.playbook
        still = self._writable and one is not None and not typed
        self.save.setEnabled(self._writable and typed and not problem)
        self.reset.setEnabled(typed)
        self.count.setEnabled(one is not None and not typed)
        self.more.setEnabled(self._writable and one is not None)
        for action in (self.edit, self.retire, self.delete):
            action.setEnabled(still)
        self.use.setEnabled(still and bool(self._kept) and not (one and one.retired))
        self.add.setEnabled(self._writable and not typed)

    # --- writing -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.table.saves(event, self._keep_typed):
            super().keyPressEvent(event)

    def _keep_typed(self) -> None:
        if self.save.isEnabled():
            self.keep()

    def keep(self) -> None:
        """Save what is typed, all of it as one change."""
        wanted, gone = self.model.figures()
        n = len(wanted) + len(gone)
        text = ngettext("{n} figure is changed.", "{n} figures are changed.", n).format(n=n)
        self._do(text, playbooks.set_figures, self._id, wanted, gone)

    def pack(self, initiative_id: int | None = None) -> bool:
        """Ask what is to be packed, and show the playbook that was made; whether one was."""
        dialog = PackPlaybookDialog(self.context.workspace, initiative_id, self.window())
        if not dialog.exec() or dialog.made is None:
            return False
        self.search.clear()
        self.refill(dialog.made)
        self.context.notify(_("The playbook is packed."), undo=True)
        return True

    def _use(self) -> None:
        use_playbook(self.context, self, self._ids, playbook_id=self._id)

    def _edit(self) -> None:
        one = self.playbook
        if one is not None and PlaybookDialog(self.context.workspace, one, self).exec():
            self.refill()
            self.context.notify(_("The playbook is saved."), undo=True)

    def _retire(self) -> None:
        one = self.playbook
        if one is not None:
            text = _("{name} is in use again.") if one.retired else _("{name} is retired.")
            self._do(
                text.format(name=one.name), registers.set_playbook, one.id,
                {"retired": not one.retired}, expect=one.version,
            )  # fmt: skip

    def _delete(self) -> None:
        one = self.playbook
        if one is not None:
            text = _("Deleted: {name}").format(name=one.name)
            self._do(text, registers.delete_playbook, one.id)

    def _do(self, done: str, action: Callable[..., Any], *given: Any, **more: Any) -> None:
        try:
            self.context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.refill()
        self.context.notify(done, undo=True)


def use_playbook(
    context: PageContext,
    parent: QWidget,
    ids: Collection[int] | None,
    *,
    playbook_id: int | None = None,
    initiative_id: int | None = None,
) -> bool:
    """Ask which initiatives of a scope get targets from a playbook, and set them; whether any."""
    dialog = FromPlaybookDialog(context, ids, playbook_id, initiative_id, parent)
    if not dialog.exec():
        return False
    n = dialog.count
    text = ngettext("{n} target is changed.", "{n} targets are changed.", n)
    context.notify(f"{text.format(n=number(n))} {dialog.left}".rstrip(), undo=True)
    return True


def _about(one: PlaybookRow | None) -> str:
    """What a playbook is for, and where it comes from, in a line."""
    if one is None:
        return ""
    source = _("packed from {code}").format(code=one.made_from) if one.made_from else ""
    return " · ".join(part for part in (one.about, source) if part)
