"""Paints the cells of the table and puts the right editor into them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap, QStaticText
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.table_model import InitiativeTableModel
from ecofolio.text import ngettext, tip
from ecofolio.widgets import icons
from ecofolio.widgets.keys import is_claim, is_press
from ecofolio.widgets.painters import (
    SIGN,
    paint_focus,
    paint_light,
    paint_segments,
    segments_width,
)
from ecofolio.widgets.theme import Size, in_force

if TYPE_CHECKING:
    from ecofolio.initiatives import field_editors as editors

PADDING = 8
_SIGN_HEIGHT = 22
_MOST_LAID = 20_000
_HINT = QAbstractItemDelegate.EndEditHint
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SELECTED = QStyle.StateFlag.State_Selected
_FOCUS = QStyle.StateFlag.State_HasFocus


class CellDelegate(QStyledItemDelegate):
    """Draws straight from the rows; asks its table what is selected and who writes."""

    def __init__(self, table) -> None:
        super().__init__(table)
        self._table = table
        self._model: InitiativeTableModel = table.table_model
        self._dress()
        in_force().changed.connect(self._dress)

    def _dress(self) -> None:
        theme = in_force()
        self._font, self._strong = theme.font(), theme.font(strong=True)
        self._metrics = QFontMetrics(self._font)
        self._strong_metrics = QFontMetrics(self._strong)
        self._text, self._muted = theme.colour("text"), theme.colour("muted")
        self._line, self._surface = theme.colour("line"), theme.colour("surface")
        self._soft, self._raised = theme.colour("soft"), theme.colour("raised")
        self._hover = theme.tokens.mixed("text", 0.03)
        self._laid: dict[tuple[str, int, bool], tuple[QStaticText, int, int]] = {}
        self._signs: dict[tuple[Any, ...], QPixmap] = {}
        self._block = theme.tokens.mixed("accent", 0.16, "soft")

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        rect, line = option.rect, index.row()
        row = self._model.row_at(line)
        if row is None:
            self._paint_heading(painter, rect, line, index.column())
            return
        column = self._model.shown[index.column()]
        table = self._table
        if line in table.selected_lines:
            block = table.is_block and option.state & _SELECTED
            painter.fillRect(rect, self._block if block else self._soft)
        elif line == table.hovered_line:
            painter.fillRect(rect, self._hover)
        painter.setPen(self._line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if column.key == "light":
            self._sign(painter, rect, (row.light,), SIGN + 2)
        elif column.key == "segments":
            key = (row.lead_segment or "", row.other_segments or "")
            self._sign(painter, rect, key, segments_width())
        else:
            self._paint_text(painter, rect, column, column.text(row))
        if option.state & _FOCUS:
            paint_focus(painter, QRectF(rect).adjusted(0, 0, 0, -1))

    def _paint_text(self, painter: QPainter, rect: QRect, column: Column, text: str) -> None:
        if not text:
            return
        strong = column.key == "name"
        room = rect.width() - 2 * PADDING
        key = (text, room, strong)
        laid = self._laid.get(key)
        if laid is None:
            laid = self._lay_out(*key)
        painter.setFont(self._strong if strong else self._font)
        muted = column.key == "code" or not column.editable
        painter.setPen(self._muted if muted else self._text)
        static, width, height = laid
        x = rect.left() + PADDING + (room - width if column.right else 0)
        painter.drawStaticText(QPointF(x, rect.top() + (rect.height() - height) // 2), static)

    def _lay_out(self, text: str, room: int, strong: bool) -> tuple[QStaticText, int, int]:
        """A text cut to its room and laid out, kept because most cells say what others say."""
        if len(self._laid) >= _MOST_LAID:
            self._laid.clear()
        metrics = self._strong_metrics if strong else self._metrics
        shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, room)
        static = QStaticText(shown)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.prepare(font=self._strong if strong else self._font)
        size = static.size()
        laid = self._laid[text, room, strong] = (
            static,
            math.ceil(size.width()),
            math.ceil(size.height()),
        )
        return laid

    def _sign(self, painter: QPainter, rect: QRect, key: tuple[str, ...], width: int) -> None:
        """Draw a sign from a picture of it: lights and segments come in few kinds."""
        ratio = painter.device().devicePixelRatioF()
        picture = self._signs.get((*key, ratio))
        if picture is None:
            picture = QPixmap(math.ceil(width * ratio), math.ceil(_SIGN_HEIGHT * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as inner:
                box = QRectF(0, 0, width, _SIGN_HEIGHT)
                if len(key) == 1:
                    paint_light(inner, box, key[0])
                else:
                    paint_segments(inner, box, key[0], key[1])
            self._signs[*key, ratio] = picture
        top = rect.top() + (rect.height() - _SIGN_HEIGHT) // 2
        painter.drawPixmap(rect.left() + PADDING, top, picture)

    def _paint_heading(self, painter: QPainter, rect: QRect, line: int, column: int) -> None:
        """One heading over the whole line: each cell paints its part of it."""
        number = self._model.group_at(line)
        if number is None:
            return
        arrangement = self._model.arrangement
        group = arrangement.groups[number]
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, self._raised)
        painter.setPen(self._line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        folded = group.text in arrangement.collapsed
        middle = rect.center().y()
        pixmap = icons.pixmap("chevron-right" if folded else "chevron-down", "muted", 14)
        painter.drawPixmap(PADDING, round(middle - 6), pixmap)
        title = self._model.group_text(number)
        painter.setFont(self._strong)
        painter.setPen(self._text)
        wide = QRect(PADDING + 20, rect.top(), 2000, rect.height())
        painter.drawText(wide, _LEFT, title)
        used = self._strong_metrics.horizontalAdvance(title)
        count = len(group.members)
        text = ngettext("{n} initiative", "{n} initiatives", count).format(n=count)
        painter.setFont(in_force().font(Size.CAPTION))
        painter.setPen(self._muted)
        painter.drawText(wide.translated(used + 10, 0), _LEFT, text)
        if line == self._table.currentIndex().row() and self._table.hasFocus():
            whole = QRectF(0, rect.top(), self._table.viewport().width(), rect.height() - 1)
            paint_focus(painter, whole)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(self.wanted_width(index), in_force().row_height)

    def wanted_width(self, index: QModelIndex) -> int:
        """The width that a cell's contents need, in pixels."""
        row = self._model.row_at(index.row())
        column = self._model.shown[index.column()]
        if row is None or column.key in ("light", "segments"):
            return column.width
        metrics = self._strong_metrics if column.key == "name" else self._metrics
        return metrics.horizontalAdvance(column.text(row)) + 2 * PADDING + 2

    def helpEvent(self, event, view, option: QStyleOptionViewItem, index: QModelIndex) -> bool:
        """The whole text of a cell that is cut, as plain text."""
        row = self._model.row_at(index.row())
        column = self._model.shown[index.column()] if index.isValid() else None
        if (
            event.type() is QEvent.Type.ToolTip
            and row is not None
            and column is not None
            and column.key not in ("light", "segments")
        ):
            cut = self.wanted_width(index) > option.rect.width()
            text = tip(column.text(row)) if cut else ""
            QToolTip.showText(event.globalPos(), text, view)
            return True
        return super().helpEvent(event, view, option, index)

    # --- editing -----------------------------------------------------------------------------

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget:
        from ecofolio.initiatives import field_editors as editors

        column = self._model.shown[index.column()]
        editor = editors.editor_for(column, self._table.reading, parent)
        editor.setProperty("place", "cell")
        editor.finished.connect(lambda: self._finish(editor, _HINT.NoHint))
        editor.cancelled.connect(lambda: self._cancel(editor))
        return editor

    def setEditorData(self, editor: editors.Editor, index: QModelIndex) -> None:
        if not editor.property("loaded"):
            editor.setProperty("loaded", True)
            row = self._model.row_at(index.row())
            editor.setProperty("initiative", row.id if row else None)
            editor.setProperty("column", self._model.shown[index.column()].key)
            editor.load(row)

    def setModelData(self, editor, model, index: QModelIndex) -> None:
        """Nothing: values are written by `_finish`, which can refuse them."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        from ecofolio.initiatives import field_editors as editors

        rect = QRect(option.rect)
        wanted = max(rect.width(), 140)
        if isinstance(editor, editors.LongTextEditor):
            rect.setHeight(110)
            wanted = max(wanted, 320)
        room = self._table.viewport().width()
        rect.setWidth(min(wanted, room))
        if rect.right() > room:
            rect.moveRight(room - 1)
        below = self._table.viewport().height() - rect.height()
        if rect.top() > below:
            rect.moveTop(max(0, below))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if is_press(event) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            back = event.key() == Qt.Key.Key_Backtab
            self._finish(editor, _HINT.EditPreviousItem if back else _HINT.EditNextItem)
            return True
        if event.type() is QEvent.Type.FocusOut and self._is_left(editor):
            self._finish(editor, _HINT.NoHint, stay=False)
            return False
        if is_claim(event) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return False

    def _is_left(self, editor: QObject) -> bool:
        """Whether the keyboard went elsewhere, and not into a popup of the editor's own."""
        popup = QApplication.activePopupWidget()
        at = popup or QApplication.focusWidget()
        while at is not None:
            if at is editor:
                return False
            at = at.parentWidget()
        return popup is None and not editor.property("done")

    def _finish(
        self, editor, hint: QAbstractItemDelegate.EndEditHint, *, stay: bool = True
    ) -> None:
        """Write what was typed; where it is refused the editor stays as it is.

        With `stay` the keyboard stays in the table.
        """
        if editor.property("done"):
            return
        editor.setProperty("done", True)
        sentence = self._table.write_from(editor)
        if sentence:
            from ecofolio.initiatives import field_editors as editors

            editor.setProperty("done", False)
            editors.refuse(editor, sentence)
            self._table.explain(sentence, editor.mapTo(self._table, QPoint(0, editor.height())))
        else:
            self.closeEditor.emit(editor, hint)
        if stay and hint is _HINT.NoHint:
            (editor if sentence else self._table).setFocus()

    def _cancel(self, editor) -> None:
        editor.setProperty("done", True)
        self.closeEditor.emit(editor, _HINT.RevertModelCache)
        self._table.setFocus()
