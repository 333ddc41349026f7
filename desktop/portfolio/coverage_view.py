"""Branches by scenes: which batches run where, and whether each branch meets its duties."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QWidget,
)

from ecofolio.portfolio.queries import Branch, Summary
from ecofolio.portfolio.rules import Mix, duty_words, marks
from ecofolio.text import _, tip
from ecofolio.vocabulary import Batch
from ecofolio.widgets.cells import CellsView
from ecofolio.widgets.painters import SIGN, paint_focus, paint_light
from ecofolio.widgets.theme import Size, in_force

_NARROWEST, _WIDEST, _MARK = 23, 96, 18
_TALLEST_HEAD, _WIDEST_BRANCH = 124, 160
# How much of the accent is the ground of a batch's mark; None is a batch that is not said.
_GROUNDS: dict[Batch | None, float] = {
    Batch.FULL_ROLLOUT: 1.0,
    Batch.BREAKTHROUGH: 0.42,
    Batch.INCUBATION: 0.12,
}


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.summary: Summary | None = None
        self._duties: dict[int | None, list[Batch]] = {}

    def fill(self, summary: Summary) -> None:
        self.beginResetModel()
        self.summary = summary
        self._duties = {duty.branch.id: duty.missing for duty in summary.duties}
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.summary is None else len(self.summary.branches)

    def columnCount(self, parent=None) -> int:
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.summary is None else len(self.summary.scenes) + 1

    def branch(self, row: int) -> Branch:
        return self.summary.branches[row]

    def mix(self, index) -> Mix:
        scene = self.summary.scenes[index.column()]
        return self.summary.mix(self.branch(index.row()).id, scene.id)

    def missing(self, row: int) -> list[Batch] | None:
        """What a branch owes; None where it has no duties."""
        return self._duties.get(self.branch(row).id)

    def is_duty(self, index) -> bool:
        return index.column() == len(self.summary.scenes)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        spoken = role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        if role != Qt.ItemDataRole.DisplayRole and not spoken:
            return None
        said = self._said(index) if spoken else self._shown(index)
        return tip(said) if role == Qt.ItemDataRole.ToolTipRole else said

    def _shown(self, index) -> str:
        if self.is_duty(index):
            missing = self.missing(index.row())
            return "" if missing is None else duty_words(missing)
        mix = self.mix(index)
        return "".join(letter for batch, letter in marks().items() if mix.of(batch.value))

    def _said(self, index) -> str:
        branch = self.branch(index.row())
        if self.is_duty(index):
            words = self._shown(index)
            return f"{branch.name}: {words}" if words else ""
        mix = self.mix(index)
        scene = self.summary.scenes[index.column()].name
        parts = [f"{batch.label} {mix.of(batch.value)}" for batch in Batch if mix.of(batch.value)]
        if mix.unsaid:
            parts.append(f"{_('Not said')} {mix.unsaid}")
        return f"{branch.name}, {scene}: {', '.join(parts) or _('nothing')}"

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        scenes = self.summary.scenes
        if orientation == Qt.Orientation.Vertical:
            name = self.branch(section).name
        else:
            name = scenes[section].name if section < len(scenes) else _("Duties")
        return tip(name) if role == Qt.ItemDataRole.ToolTipRole else name


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option, index) -> None:
        theme, model = in_force(), index.model()
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if model.is_duty(index):
            self._paint_duty(painter, rect, model.missing(index.row()))
        else:
            self._paint_marks(painter, rect, model.mix(index))
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0.5, 0.5, -1.5, -1.5))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()

    def _paint_duty(self, painter: QPainter, rect: QRectF, missing: list[Batch] | None) -> None:
        if missing is None:
            return
        theme = in_force()
        inner = rect.adjusted(8, 0, -4, 0)
        paint_light(painter, inner, "red" if missing else "green")
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        text = inner.adjusted(SIGN + 6, 0, 0, 0)
        words = QFontMetrics(theme.font()).elidedText(
            duty_words(missing), Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_marks(self, painter: QPainter, rect: QRectF, mix: Mix) -> None:
        theme = in_force()
        shown: list[tuple[Batch | None, str]] = [
            (batch, letter) for batch, letter in marks().items() if mix.of(batch.value)
        ]
        if mix.unsaid:
            shown.append((None, "?"))
        if not shown:
            painter.setFont(theme.font())
            painter.setPen(theme.colour("faint"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "·")
            return
        side = min(_MARK, (rect.width() - 3) / len(shown))
        left = rect.center().x() - side * len(shown) / 2
        for n, (batch, letter) in enumerate(shown):
            box = QRectF(left + n * side + 0.5, rect.center().y() - _MARK / 2, side - 1, _MARK)
            paint_mark(painter, box, batch, letter)


def paint_mark(painter: QPainter, box: QRectF, batch: Batch | None, letter: str) -> None:
    """Draw the mark of a batch: the more proven, the stronger."""
    theme = in_force()
    share = _GROUNDS.get(batch, 0.0)
    painter.setPen(Qt.PenStyle.NoPen if share else QPen(theme.colour("line"), 1))
    painter.setBrush(theme.tokens.mixed("accent", share))
    painter.drawRoundedRect(box, 4, 4)
    font = theme.font(Size.CAPTION, strong=True)
    font.setPixelSize(10 if box.width() >= 12 else 8)
    painter.setFont(font)
    painter.setPen(theme.colour("on_accent" if share == 1.0 else "text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _stacks(name: str) -> bool:
    """Whether a name is of characters that stand upright one below the other."""
    return sum(ord(sign) >= 0x2E80 for sign in name) * 2 > len(name)


class _SceneHeader(QHeaderView):
    """The scenes' names, turned upright where they have no room side by side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.upright = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_NARROWEST)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def names(self) -> list[str]:
        model = self.model()
        horizontal = Qt.Orientation.Horizontal
        return [model.headerData(n, horizontal) for n in range(model.columnCount() - 1)]

    def sizeHint(self) -> QSize:
        if not self.upright:
            return QSize(200, 30)
        metrics = QFontMetrics(in_force().font(Size.CAPTION, strong=True))
        tall = max(
            (
                len(name) * (metrics.height() - 2)
                if _stacks(name)
                else metrics.horizontalAdvance(name)
                for name in self.names()
            ),
            default=0,
        )
        return QSize(200, min(tall + 16, _TALLEST_HEAD))

    def paintSection(self, painter: QPainter, rect, index: int) -> None:
        theme = in_force()
        painter.save()
        painter.fillRect(rect, theme.colour("raised"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font(Size.CAPTION, strong=True))
        painter.setPen(theme.colour("muted"))
        name = self.model().headerData(index, Qt.Orientation.Horizontal)
        is_duty = index == self.model().columnCount() - 1
        metrics = painter.fontMetrics()
        if is_duty:
            place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(rect.adjusted(8, 0, 0, -8), place, name)
        elif not self.upright:
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.width() - 4)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)
        elif not _stacks(name):
            painter.translate(rect.center().x(), rect.bottom() - 6)
            painter.rotate(-90)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.height() - 10)
            painter.drawText(0, metrics.ascent() // 2 - 1, shown)
        else:
            self._paint_stacked(painter, rect, name)
        painter.restore()

    def _paint_stacked(self, painter: QPainter, rect, name: str) -> None:
        """Chinese stands upright as it is: one character below the other."""
        step = painter.fontMetrics().height() - 2
        most = max(1, (rect.height() - 8) // step)
        shown = name if len(name) <= most else f"{name[: most - 1]}…"
        top = rect.bottom() - 6 - step * len(shown)
        for n, sign in enumerate(shown):
            box = QRectF(rect.left(), top + n * step, rect.width(), step)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)


class _BranchHeader(QHeaderView):
    """The branches' names at the left, as plain as the rest of a row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(20)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        metrics, model = QFontMetrics(in_force().font()), self.model()
        assert isinstance(model, _Model)
        names = (model.branch(row).name for row in range(model.rowCount()))
        widest = max(map(metrics.horizontalAdvance, names), default=40)
        return QSize(min(widest + 24, _WIDEST_BRANCH), 100)

    def paintSection(self, painter: QPainter, rect, index: int) -> None:
        theme, model = in_force(), self.model()
        assert isinstance(model, _Model)
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        inner = rect.adjusted(14, 0, -4, 0)
        name = painter.fontMetrics().elidedText(
            model.branch(index).name, Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class CoverageView(CellsView):
    """The grid. In `opened`, -1 is a whole row or column, and the column after the last scene is
    that of the duties."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setProperty("framed", False)
        self._model = _Model(self)
        self._head = _SceneHeader(self)
        self.setModel(self._model)
        self.setHorizontalHeader(self._head)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        side = _BranchHeader(self)
        self.setVerticalHeader(side)
        self._head.sectionClicked.connect(self._open_column)
        side.sectionClicked.connect(lambda row: self.opened.emit(row, -1))

    def fill(self, summary: Summary) -> None:
        """Show the coverage of a summary."""
        self._model.fill(summary)
        self._measure()

    def show_gap(self) -> None:
        """Put the keyboard on the first branch that does not meet its duties."""
        for row in range(self._model.rowCount()):
            if self._model.missing(row):
                self.setCurrentIndex(self._model.index(row, self._model.columnCount() - 1))
                break
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_column(self, column: int) -> None:
        if column < self._model.columnCount() - 1:
            self.opened.emit(-1, column)
        else:
            self.show_gap()

    def _measure(self) -> None:
        scenes = self._model.columnCount() - 1
        if scenes < 0:
            return
        theme = in_force()
        body, caption = (
            QFontMetrics(theme.font()),
            QFontMetrics(theme.font(Size.CAPTION, strong=True)),
        )
        rows = range(self._model.rowCount())
        said = [duty_words(self._model.missing(row) or []) for row in rows]
        duty = max(map(body.horizontalAdvance, said), default=40) + SIGN + 24
        room = self.viewport().width() - duty
        natural = [caption.horizontalAdvance(name) + 14 for name in self._head.names()]
        self._head.upright = sum(natural) > room
        if self._head.upright:
            share = min(_WIDEST, max(_NARROWEST, room // max(1, scenes)))
            widths = [share] * scenes
        else:
            spare = min(30, (room - sum(natural)) // max(1, scenes))
            widths = [width + spare for width in natural]
        for column, width in enumerate(widths):
            self._head.resizeSection(column, width)
        self._head.resizeSection(scenes, max(duty, self.viewport().width() - sum(widths)))
        self.verticalHeader().setDefaultSectionSize(theme.row_height - 6)
        self._head.setFixedHeight(self._head.sizeHint().height())
        bar = self.horizontalScrollBar()
        needed = bar.sizeHint().height() if sum(widths) + duty > self.viewport().width() else 0
        self.setFixedHeight(self._head.height() + self.verticalHeader().length() + needed + 2)
        self.updateGeometries()
