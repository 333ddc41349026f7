"""What keys, menus and bars do to the selected initiatives: write, copy, paste, add, delete."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import actions
from ecofolio.initiatives.clipboard import Paste, block, copied, pasted
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.table_view import InitiativeTable
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import PageContext

if TYPE_CHECKING:
    from ecofolio.initiatives.new_dialog import NewDialog


class TableEditor(QObject):
    """Every write of the page goes through here. `said(sentence, tone, details)` tells of what
    went wrong, `written` that all is well again."""

    said = Signal(str, str, str)
    written = Signal()

    def __init__(
        self,
        context: PageContext,
        desk: Desk,
        refresh: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context, self._desk, self._refresh = context, desk, refresh
        self.table: InitiativeTable

    # --- writing -----------------------------------------------------------------------------

    def act(self, action: Callable[..., Any], *given: Any, **more: Any) -> str:
        """Run an action; the sentence why it was refused, or nothing."""
        return self._try(lambda: self._desk.workspace.do(action, *given, **more))

    def write_one(self, row: InitiativeRow, column: Column, value: Hashable) -> str:
        """Write one cell."""
        return self._try(lambda: self._desk.write([row], column, value), row)

    def write_selected(self, column: Column, value: Any) -> str:
        """Give all selected initiatives one value, as one change."""
        rows = self.table.selected_rows()
        sentence = self._try(lambda: self._desk.write(rows, column, value), *rows)
        if not sentence and len(rows) > 1:
            text = ngettext(
                "{field} set for {n} initiative", "{field} set for {n} initiatives", len(rows)
            )
            self._tell(text.format(field=column.title, n=len(rows)))
        return sentence

    def _try(self, write: Callable[[], object], *rows: InitiativeRow) -> str:
        try:
            write()
        except EcofolioError as error:
            self._desk.doubt([row.id for row in rows])
            # what refused may have been somebody else's change, which is not heard of yet;
            # later, so that the editor that asked is not taken away beneath its caller
            QTimer.singleShot(0, self, self._refresh)
            return str(error)
        self.written.emit()
        self._refresh()
        return ""

    def _tell(self, text: str) -> None:
        self._context.notify(text, undo=True)

    # --- cells -------------------------------------------------------------------------------

    def copy(self, *, heads: bool = False) -> None:
        """Put the selected cells on the clipboard; whole columns in view where one cell is."""
        rows, columns = self.table.selected_rows(), self.table.selected_columns()
        if not rows:
            return
        text = copied(rows, columns, self._desk.reading, heads=heads)
        QGuiApplication.clipboard().setText(text)
        count = len(rows) * len(columns)
        self._context.notify(ngettext("{n} cell copied", "{n} cells copied", count).format(n=count))

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard with all columns in view and their heads."""
        rows = self.table.selected_rows()
        if rows:
            columns = self.table.columns_in_view()
            text = copied(rows, columns, self._desk.reading, heads=True)
            QGuiApplication.clipboard().setText(text)
            text = ngettext("{n} row copied", "{n} rows copied", len(rows))
            self._context.notify(text.format(n=len(rows)))

    def paste(self) -> None:
        """Write the clipboard over the selection, from its first cell on, as one change."""
        cells = block(QGuiApplication.clipboard().text())
        rows, columns = self._target(cells)
        if not cells or not rows:
            return
        found = pasted(cells, rows, columns, self._desk.reading)
        if found.cells:
            sentence = self._try(lambda: self._desk.paste(found, rows), *rows)
            if sentence:
                self.said.emit(sentence, "red", "")
                return
            self._tell(_counted(found))
        self._tell_unread(found)

    def _target(self, cells: list[list[str]]) -> tuple[list[InitiativeRow], list[Column]]:
        rows, columns = self.table.selected_rows(), self.table.selected_columns()
        single = len(cells) == 1 and len(cells[0]) == 1
        if single or not rows or not cells:
            return rows, columns
        model = self.table.table_model
        first = min(self.table.selected_lines)
        lines = range(first, model.rowCount())
        below = [row for row in map(model.row_at, lines) if row is not None]
        shown = self.table.columns_in_view()
        start = shown.index(columns[0])
        # a first line of heads takes no row
        return below[: len(cells)], shown[start : start + max(map(len, cells))]

    def _tell_unread(self, found: Paste) -> None:
        if not found.unread and not found.beyond:
            return
        count = len(found.unread)
        text = ngettext(
            "{n} cell could not be read and was left as it was.",
            "{n} cells could not be read and were left as they were.",
            count,
        ).format(n=count)
        if found.beyond:
            more = ngettext(
                "{n} pasted cell lies beyond the table.",
                "{n} pasted cells lie beyond the table.",
                found.beyond,
            ).format(n=found.beyond)
            text = f"{text} {more}" if count else more
        codes = self.table.table_model.arrangement
        lines = []
        for one in found.unread[:200]:
            row = codes.row_of(one.initiative)
            lines.append(f"{row.code if row else ''} · {one.reason}")
        self.said.emit(text, "amber", "\n".join(lines))

    def clear(self) -> None:
        """Empty the selected cells, as one change."""
        rows, columns = self.table.selected_rows(), self.table.selected_columns()
        emptied = 0

        def write() -> None:
            nonlocal emptied
            emptied = self._desk.clear(rows, columns)

        sentence = self._try(write, *rows)
        if sentence:
            self.said.emit(sentence, "red", "")
        elif emptied:
            text = ngettext("{n} cell emptied", "{n} cells emptied", emptied)
            self._tell(text.format(n=emptied))

    # --- initiatives -------------------------------------------------------------------------

    def delete(self) -> None:
        """Delete the selected initiatives; it can be undone, so nobody is asked."""
        rows = self.table.selected_rows()
        if not rows:
            return
        sentence = self.act(actions.delete, [row.id for row in rows])
        if sentence:
            self.said.emit(sentence, "red", "")
        elif len(rows) == 1:
            self._tell(_("{name} deleted").format(name=rows[0].name))
        else:
            text = ngettext("{n} initiative deleted", "{n} initiatives deleted", len(rows))
            self._tell(text.format(n=len(rows)))

    def duplicate(self) -> None:
        """Add copies of the selected initiatives and select them."""
        ids = self.table.selected_ids()
        if not ids:
            return
        try:
            made = self._desk.workspace.do(actions.duplicate, ids)
        except EcofolioError as error:
            self.said.emit(str(error), "red", "")
            return
        self._refresh()
        self.table.select(set(made), made[0], "name")
        self.table.scrollTo(self.table.currentIndex())
        text = ngettext("{n} copy added", "{n} copies added", len(made))
        self._tell(text.format(n=len(made)))

    def new(self) -> None:
        """Ask for a new initiative and select it."""
        scope = self._context.scope.value
        given = {
            "unit_id": scope.unit_id,
            "scene_id": _only(scope.scene_ids),
            "batch": _only(scope.batches),
            "lead_segment": _only(scope.segments),
        }
        page = self.parent()
        assert isinstance(page, QWidget)
        from ecofolio.initiatives.new_dialog import NewDialog

        dialog = NewDialog(self._desk, given, page)
        dialog.accepted.connect(lambda: self._added(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _added(self, dialog: NewDialog) -> None:
        self._refresh()
        if dialog.made is None:
            return
        row = self.table.table_model.arrangement.row_of(dialog.made)
        if self.table.show_line(dialog.made):
            self.table.setFocus()
        elif row is not None:
            text = _("{name} was added, but the filters hide it.").format(name=row.name)
            self.said.emit(text, "accent", "")
        if row is not None:
            self._tell(_("{name} added").format(name=row.name))

    def override(self, anchor: QWidget | None = None) -> None:
        """Ask for an override of the selected initiatives' health, below a control or the cell."""
        rows = self.table.selected_rows()
        if not rows:
            return
        from ecofolio.initiatives.health_panel import HealthPanel

        popup = HealthPanel(anchor or self.table, self._desk, rows, self._refresh)
        if anchor is not None:
            popup.open_below(anchor)
            return
        rect: QRect = self.table.visualRect(self.table.currentIndex())
        popup.adjustSize()
        at = self.table.viewport().mapToGlobal(QPoint(rect.left(), rect.bottom() + 2))
        room = self.table.screen().availableGeometry()
        popup.move(
            max(room.left(), min(at.x(), room.right() - popup.width())),
            max(room.top(), min(at.y(), room.bottom() - popup.height())),
        )
        popup.show()


def _only(chosen: frozenset[Any]) -> Any:
    return next(iter(chosen)) if len(chosen) == 1 else None


def _counted(found: Paste) -> str:
    cells = ngettext("{n} cell pasted", "{n} cells pasted", found.cells).format(n=found.cells)
    count = found.initiatives
    where = ngettext("in {n} initiative", "in {n} initiatives", count).format(n=count)
    return f"{cells} {where}"
