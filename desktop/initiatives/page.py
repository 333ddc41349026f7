"""The page of initiatives: the table with its tools, and the inspector beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from ecofolio.initiatives import queries, typed
from ecofolio.initiatives.arrangement import Arrangement, Condition, Sort
from ecofolio.initiatives.bulk_panel import BulkPanel
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.filled_view import FilledView
from ecofolio.initiatives.inspector import USUAL, Inspector
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.scope import Scope
from ecofolio.initiatives.table_editor import TableEditor
from ecofolio.initiatives.table_model import InitiativeTableModel
from ecofolio.initiatives.table_view import InitiativeTable
from ecofolio.initiatives.tools_panel import ToolsPanel
from ecofolio.text import _, listed, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import Page, PageContext, PageId
from ecofolio.widgets.parts import PageHead, button, tool_button
from ecofolio.widgets.theme import Space

_LAYOUT = "initiatives"
_SETTLE_AFTER = 20  # ms after the table was first shown: it is painted and answers by then
_SOME = 500  # rows made ready for a search at once
_KEEP_AFTER = 600  # ms after the last change of columns and widths


class InitiativesPage(Page):
    """All initiatives within the scope, and everything about those that are selected."""

    icon_name = "table"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.desk = Desk(context.workspace, context.settings().money_unit)
        self.destroyed.connect(self.desk.stop)
        layout = context.settings().layouts.get(_LAYOUT, {})
        rows = self.desk.load(deaf=not _asks_for_light(context.scope.value, layout))
        self.model = InitiativeTableModel(self.desk.columns, self.desk.today, self)
        self._looked_at = context.scope.value
        self._look_at(self.model.arrangement)
        self.model.arrangement.fill(rows)
        self.editor = TableEditor(context, self.desk, self.refresh, self)
        self.table = InitiativeTable(self.model, self.desk.reading, self.editor.write_one)
        self.editor.table = self.table
        self._widths: dict[str, int] = {}
        self._fitted = self._fitted_to_rows = self._settled = False
        self._build()
        self._wire()
        self._restore_layout(layout)
        self._say()

    @property
    def title(self) -> str:
        return _("Initiatives")

    # --- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.tools = ToolsPanel(self.table, self.desk)
        self.inspector_button = tool_button(
            "panel-right", _("Show the inspector"), lambda: self.show_inspector(True)
        )
        self.new_button = button(
            _("New initiative"), self.editor.new, primary=True, icon="plus", tip="Ctrl+N"
        )
        self.head = PageHead(
            self.title,
            "",
            button(_("Import a list"), lambda: self.context.go(PageId.IMPORT), icon="file-input"),
            self.new_button,
            self.inspector_button,
        )
        self.message = InlineMessage()
        self.bulk = BulkPanel(self.desk, self.editor.write_selected)
        self.stack = FilledView(self.table, self.context, self._clear_filters)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.S + 2)
        for part in (self.head, self.tools, self.message, self.bulk):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)
        self.inspector = Inspector(
            self.desk,
            self.editor.write_selected,
            self.editor.act,
            self._done,
            lambda: self.show_inspector(False),
            self.context.runner,
        )
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.inspector)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.splitter.setCollapsible(1, False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _wire(self) -> None:
        self._selection_timer = QTimer(self, singleShot=True, interval=0)
        self._selection_timer.timeout.connect(self._show_selected)
        self.table.selected.connect(self._selection_timer.start)
        self.table.refused.connect(lambda sentence: self.message.say(sentence, "red"))
        self.table.closed.connect(self.refresh)
        self.table.keyed.connect(self._command)
        self.table.health_wanted.connect(lambda _index: self.editor.override())
        self.table.menu_wanted.connect(self._open_menu)
        self.editor.said.connect(
            lambda sentence, tone, details: self.message.say(sentence, tone, details=details)
        )
        self.editor.written.connect(self.message.hide)
        self.bulk.refused.connect(lambda sentence: self.message.say(sentence, "red"))
        self.bulk.health_wanted.connect(self.editor.override)
        self.bulk.duplicate_wanted.connect(self.editor.duplicate)
        self.bulk.delete_wanted.connect(self.editor.delete)
        self.bulk.clear_wanted.connect(self.table.clearSelection)
        self.model.rearranged.connect(self._say)
        self._keep_timer = QTimer(self, singleShot=True, interval=_KEEP_AFTER)
        self._keep_timer.timeout.connect(self._keep_layout)
        self.tools.changed.connect(self._keep_timer.start)
        self.table.header.sectionMoved.connect(lambda *_all: self._keep_timer.start())
        self.table.header.sectionResized.connect(lambda *_all: self._keep_timer.start())
        self.splitter.splitterMoved.connect(lambda *_all: self._keep_timer.start())

    # --- showing -----------------------------------------------------------------------------

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self._fit()
            QTimer.singleShot(_SETTLE_AFTER, self, self._settle)
            if self.desk.is_deaf:
                QTimer.singleShot(_SETTLE_AFTER, self, self._listen)

    def _listen(self) -> None:
        """Hear what cards, money and measures say of thousands once their rows are painted."""
        rows = list(self.model.arrangement.rows)

        def light_up(found: dict[int, InitiativeRow]) -> None:
            if isValid(self) and self.desk.is_deaf:
                self.model.apply(self.desk.take(found), lights_only=True)
                self._say()
                self._show_selected()

        self.context.runner.start(
            lambda *_how: self.desk.hear(rows),
            title=_("Reading the figures"),
            on_done=light_up,
            cancellable=False,
        )

    def _fit(self) -> None:
        """Give the columns the widths that were kept, or those that the rows need."""
        self._fitted_to_rows = self.model.rowCount() > 0
        self.table.fit_columns(self._widths)

    def _settle(self) -> None:
        """What the first picture need not wait for, a little at a time."""
        arrangement = self.model.arrangement
        if len(arrangement.haystacks(_SOME)) < len(arrangement.rows):
            QTimer.singleShot(0, self, self._settle)  # the first keystroke finds them made
            return
        self._settled = True
        QTimer.singleShot(0, typed.fetch)
        if not self.table.selected_lines:
            # the keyboard came first where the page was asked for by keys: its row is the one
            begin = max(0, self.table.currentIndex().row())
            lines = range(begin, self.model.rowCount())
            row = next(filter(None, map(self.model.row_at, lines)), None)
            if row is not None:
                self.table.select({row.id}, row.id)

    def _say(self) -> None:
        """Count what is shown, or say why nothing is."""
        arrangement = self.model.arrangement
        total, shown = arrangement.total, arrangement.shown
        if shown == total:
            text = ngettext("{n} initiative", "{n} initiatives", total).format(n=f"{total:,}")
        else:
            text = _("{n} of {total} initiatives").format(n=f"{shown:,}", total=f"{total:,}")
        sorts = [arrangement.columns[sort.key].title for sort in arrangement.sorts]
        if sorts:
            by = _("by {columns}").format(columns=listed(sorts))
            text = f"{text} · {by}"
        self.head.set_sentence(text)
        if self._fitted and not self._fitted_to_rows and shown:
            self._fit()  # the first rows: there was nothing to measure before
            QTimer.singleShot(0, self, self._settle)
        self.stack.tell(arrangement)

    def _show_selected(self) -> None:
        rows = self.table.selected_rows()
        self.bulk.show_count(len(rows))
        if not self.inspector.isHidden():
            self.inspector.show_rows(rows)

    def show_inspector(self, wanted: bool) -> None:
        """Show or hide the inspector."""
        self.inspector.setVisible(wanted)
        self.inspector_button.setVisible(not wanted)
        self._keep_timer.start()
        if wanted:
            self._show_selected()

    def _done(self, text: str) -> None:
        self.refresh()
        if text:
            self.context.notify(text)

    # --- commands ----------------------------------------------------------------------------

    def _command(self, name: str) -> None:
        commands = {
            "copy": self.editor.copy,
            "copy_heads": lambda: self.editor.copy(heads=True),
            "paste": self.editor.paste,
            "clear": self.editor.clear,
            "delete": self.editor.delete,
            "duplicate": self.editor.duplicate,
            "new": self.editor.new,
        }
        commands[name]()

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        index = self.table.currentIndex()
        if self.table.selected_lines:
            edit = menu.addAction(_("Edit"), self.table.edit_here)
            edit.setShortcut("F2")
            for text, keys, do in (
                (_("Copy"), "Ctrl+C", self.editor.copy),
                (_("Copy with heads"), "Ctrl+Shift+C", lambda: self.editor.copy(heads=True)),
                (_("Copy rows"), "", self.editor.copy_rows),
                (_("Paste"), "Ctrl+V", self.editor.paste),
                (_("Empty the cells"), "Del", self.editor.clear),
                (_("Duplicate"), "Ctrl+D", self.editor.duplicate),
                (_("Delete"), "Ctrl+Del", self.editor.delete),
            ):
                menu.addAction(text, do).setShortcut(keys)
            menu.addSeparator()
        menu.addAction(_("New initiative"), self.editor.new).setShortcut("Ctrl+N")
        if index.isValid():
            column = self.model.shown[index.column()]
            title = _("Column “{column}”").format(column=column.title.replace("&", "&&"))
            self.tools.fill_column_menu(menu.addMenu(title), column)
        menu.popup(self.table.viewport().mapToGlobal(at))

    # --- the window's contract ---------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what was touched since; everything only where names changed."""
        changed = self.desk.changes()
        if changed == {}:
            return
        if changed is None and (self.table.is_editing or self.inspector.has_open_work()):
            return  # everything is made anew once nothing can be lost by it
        if changed is None:
            self._reload()
        else:
            self.model.apply(changed)
        self._say()
        self._show_selected()

    def _reload(self) -> None:
        before = [column.key for column in self.desk.columns]
        rows = self.desk.load()
        self.table.reading = self.desk.reading
        kept = self.tools.shown_keys()
        with self.model.new_columns(self.desk.columns, self.desk.today) as arrangement:
            self._look_at(arrangement)
            arrangement.fill(rows)
        if before != [column.key for column in self.desk.columns]:
            self.tools.show_columns(kept)
        self.bulk.rebuild()
        self.inspector.rebuild()

    def set_scope(self, scope: Scope) -> None:
        if scope.replace(text="") == self._looked_at.replace(text=""):
            self._looked_at = scope  # one more letter: nothing but the words is looked at anew
            self.model.rearrange(lambda arrangement: arrangement.set_text(scope.text))
        else:
            self.model.rearrange(self._look_at)
            self.tools.show_state()

    def _look_at(self, arrangement: Arrangement) -> None:
        """Have the rows within the scope in force shown."""
        scope = self.context.scope.value
        self._looked_at = scope
        arrangement.set_scope(queries.within(scope.replace(text=""), self.desk.known))
        arrangement.set_text(scope.text)

    def _clear_filters(self) -> None:
        self.tools.clear_filters()
        self.context.scope.set(self.context.scope.value.replace(text=""))
        self.set_scope(self.context.scope.value)

    def first_focus(self) -> QWidget | None:
        return self.table

    def show_record(self, kind: str, record_id: int) -> bool:
        if kind != "initiative":
            return False
        if self.model.arrangement.row_of(record_id) is None:
            return False
        if not self.table.show_line(record_id):
            self._clear_filters()
            if not self.table.show_line(record_id):
                self.context.scope.set(Scope())
                self.set_scope(Scope())
                self.table.show_line(record_id)
        self.table.setFocus()
        return True

    def is_settled(self) -> bool:
        return self._settled and not self.desk.is_deaf

    def has_open_work(self) -> bool:
        return self.inspector.has_open_work()

    # --- what is kept ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        row = self.model.row_at(self.table.currentIndex().row())
        return {
            **self._layout_state(),
            "selected": self.table.selected_ids()[:500],
            "current": row.id if row else None,
            "tab": self.inspector.tabs.currentIndex(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._restore_layout(state)
        tab = state.get("tab")
        if isinstance(tab, int) and 0 <= tab < self.inspector.tabs.count():
            self.inspector.tabs.setCurrentIndex(tab)
        selected = state.get("selected")
        if isinstance(selected, list):
            ids = {one for one in selected if isinstance(one, int)}
            current = state.get("current")
            self.table.select(ids, current if isinstance(current, int) else None)
        self._show_selected()

    def _layout_state(self) -> dict[str, Any]:
        arrangement = self.model.arrangement
        return {
            "columns": self.tools.shown_keys(),
            "widths": self.table.widths() if self._fitted_to_rows else self._widths,
            "sorts": [[sort.key, sort.descending] for sort in arrangement.sorts],
            "group": arrangement.group_key,
            "filters": {key: one.as_plain() for key, one in arrangement.conditions.items()},
            "inspector": not self.inspector.isHidden(),
            "inspector_width": self.inspector.width(),
        }

    def _keep_layout(self) -> None:
        layouts = {**self.context.settings().layouts, _LAYOUT: self._layout_state()}
        self.context.save_settings(layouts=layouts)

    def _restore_layout(self, found: dict[str, Any]) -> None:
        arrangement, known = self.model.arrangement, self.model.arrangement.columns
        keys = [key for key in _list(found.get("columns")) if key in known]
        widths = found.get("widths")
        if isinstance(widths, dict):
            self._widths = {
                key: width for key, width in widths.items() if isinstance(width, int) and width > 20
            }
        sorts = [
            Sort(one[0], bool(one[1]))
            for one in _list(found.get("sorts"))
            if isinstance(one, list) and len(one) == 2
        ]
        filters = found.get("filters")
        conditions = {
            key: Condition.from_plain(known[key], one)
            for key, one in (filters.items() if isinstance(filters, dict) else ())
            if key in known
        }
        if sorts or conditions or found.get("group") or arrangement.conditions:
            self.model.rearrange(
                lambda arrangement: arrangement.set_all(
                    sorts, conditions, str(found.get("group") or "")
                )
            )
        if keys and keys != self.tools.shown_keys():
            self.tools.show_columns(keys, self._widths)
        elif self._fitted:
            self.table.fit_columns(self._widths)
        self.tools.show_state()
        self.inspector.setVisible(found.get("inspector") is not False)
        self.inspector_button.setVisible(self.inspector.isHidden())
        width = found.get("inspector_width")
        width = width if isinstance(width, int) and width > 0 else USUAL
        self.splitter.setSizes([10_000, width])


def _asks_for_light(scope: Scope, layout: dict[str, Any]) -> bool:
    """Whether health decides which rows are shown, or where."""
    kept = [layout.get(key) for key in ("sorts", "filters", "group")]
    return bool(scope.lights) or "light" in repr(kept)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
