"""Paints cards. How high a card is depends on its words and the width of its column."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from ecofolio.boards.faces import Band, Face, Words
from ecofolio.boards.pictures_view import Pictures
from ecofolio.widgets import icons
from ecofolio.widgets.painters import paint_focus, paint_segment
from ecofolio.widgets.theme import Size, in_force

PAD, LINE, FOOT, BAND_PAD = 9, 18, 18, 4
STRIPE = 3
BAND_LINE, CAPTION = 15, 16
CHIP = 15
UNIFORM = 2 * PAD + 2 * LINE + 3 + FOOT  # where there are too many cards to measure each
COLOURS = ("age", "service", "none")
_SERVICE = {"expedite": "red", "fixed_date": "amber", "standard": "accent", "intangible": "faint"}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def lines(text: str, width: int, most: int, size: Size, *, strong: bool = False) -> tuple[str, ...]:
    """A text on up to so many lines; the last ends in … where there is more."""
    return _lines(text, width, most, int(size), strong, in_force().language)


@lru_cache(maxsize=4096)
def _lines(
    text: str, width: int, most: int, size: int, strong: bool, language: str
) -> tuple[str, ...]:
    font = in_force().font(Size(size), strong=strong)
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return (text,)
    if most == 1:
        return (metrics.elidedText(text, Qt.TextElideMode.ElideRight, width),)
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found: list[str] = []
    layout.beginLayout()
    while len(found) < most:
        one = layout.createLine()
        if not one.isValid():
            break
        one.setLineWidth(width)
        start = one.textStart()
        if len(found) == most - 1:
            rest = metrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, width)
            found.append(rest)
        else:
            found.append(text[start : start + one.textLength()].rstrip())
    layout.endLayout()
    return tuple(found)


class Kit:
    """The fonts and colours of the theme in force: made once, not for each card."""

    def __init__(self) -> None:
        theme = in_force()
        self.strong, self.caption = theme.font(strong=True), theme.font(Size.CAPTION)
        self.metrics = QFontMetrics(self.caption)
        self._colours: dict[str, QColor] = {}
        self._tokens = theme.tokens
        self.is_dark = theme.is_dark

    def colour(self, name: str) -> QColor:
        """The colour of a token."""
        found = self._colours.get(name)
        if found is None:
            found = self._colours[name] = self._tokens.colour(name)
        return found


class Look(NamedTuple):
    """What a card's face does not say of how it is painted."""

    selected: bool = False
    focused: bool = False
    hovered: bool = False
    dimmed: bool = False
    carried: bool = False


class CardDelegate(QStyledItemDelegate):
    """Paints the cards of a `CardsModel`; the view sets `colour_by` and `uniform`."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.colour_by = "age"
        self.uniform = False
        self.kit = Kit()
        self._pictures = Pictures()
        in_force().changed.connect(self._new_kit)

    def _new_kit(self) -> None:
        self.kit = Kit()
        self._pictures.clear()

    # --- measures ----------------------------------------------------------------------------

    def height(self, face: Face | Words, width: int) -> int:
        """The height that a card needs in a column of that width."""
        if self.uniform:
            return UNIFORM
        inner = width - 2 * PAD - STRIPE
        title = len(lines(face.title, inner, 2, Size.BODY, strong=True))
        high = 2 * PAD + title * LINE + 3 + FOOT
        for band in face.bands:
            high += self._band_height(band, inner) + 4
        return high + (CAPTION if face.caption else 0)

    def _band_height(self, band: Band, inner: int) -> int:
        said = lines(f"{band.sign} {band.text}", inner - 12, 2, Size.CAPTION)
        return len(said) * BAND_LINE + 2 * BAND_PAD

    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:
        width = option.rect.width()
        return QSize(width, self.height(index.model().face(index.row()), width))

    # --- painting ----------------------------------------------------------------------------

    def draw(self, painter: QPainter, rect: QRectF, face: Face, look: Look) -> None:
        """Paint a card on the ground of a page, with a painter that smooths edges."""
        key = face, look._replace(focused=False), self.colour_by, self.uniform
        self._pictures.paint(
            painter, rect, key, self.kit.colour("bg"), partial(self._draw, face, look)
        )
        if look.focused:
            paint_focus(painter, rect, 7)

    def _draw(self, face: Face, look: Look, painter: QPainter, rect: QRectF) -> None:
        painter.setOpacity(0.4 if look.carried else 0.32 if look.dimmed else 1.0)
        self._ground(painter, rect, face, look)
        inner = rect.adjusted(PAD + STRIPE, PAD, -PAD, -PAD)
        y = self._title(painter, inner, face)
        self._body(painter, inner, y, face)
        self._foot(painter, inner, face)
        painter.setOpacity(1.0)

    def _ground(self, painter: QPainter, rect: QRectF, face: Face, look: Look) -> None:
        kit = self.kit
        box = rect.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(kit.colour("accent" if look.selected or look.hovered else "line"), 1))
        ground = "raised" if kit.is_dark else "surface"
        painter.setBrush(kit.colour("soft" if look.selected else ground))
        painter.drawRoundedRect(box, 7, 7)
        tone = self._stripe(face)
        if tone:
            path = QPainterPath()
            path.addRoundedRect(rect, 7, 7)
            painter.save()
            painter.setClipPath(path)
            painter.fillRect(QRectF(rect.left(), rect.top(), STRIPE, rect.height()), tone)
            painter.restore()

    def _stripe(self, face: Face):
        """The colour of the left edge; what it says is also in words on the card."""
        kit = self.kit
        if self.colour_by == "none":
            return None
        if self.colour_by == "service":
            return kit.colour(_SERVICE[face.service])
        if face.is_blocked or face.is_late:
            return kit.colour("red")
        if face.heat is not None and face.heat >= 1:
            return kit.colour("amber")
        if face.heat is not None and face.heat > 0.5:
            return in_force().tokens.mixed("amber", face.heat - 0.4)
        return None

    def _title(self, painter: QPainter, inner: QRectF, face: Face) -> float:
        kit = self.kit
        painter.setFont(kit.strong)
        painter.setPen(kit.colour("muted" if face.is_done else "text"))
        most = 1 if self.uniform and (face.bands or face.caption) else 2
        y = inner.top()
        for text in lines(face.title, int(inner.width()), most, Size.BODY, strong=True):
            painter.drawText(QRectF(inner.left(), y, inner.width(), LINE), _MIDDLE, text)
            y += LINE
        return y

    def _body(self, painter: QPainter, inner: QRectF, y: float, face: Face) -> None:
        kit = self.kit
        width = int(inner.width())
        bands = face.bands[:1] if self.uniform else face.bands
        for band in bands:
            most = 1 if self.uniform else 2
            said = lines(f"{band.sign} {band.text}", width - 12, most, Size.CAPTION)
            pad = 1 if self.uniform else BAND_PAD
            high = len(said) * BAND_LINE + 2 * pad
            box = QRectF(inner.left(), y + (0 if self.uniform else 4), inner.width(), high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(kit.colour(f"{band.tone}_soft"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(kit.caption)
            painter.setPen(kit.colour(band.tone))
            for n, text in enumerate(said):
                at = QRectF(box.left() + 6, box.top() + pad + n * BAND_LINE, width, BAND_LINE)
                painter.drawText(at, _MIDDLE, text)
            y = box.bottom()
        if face.caption and not (self.uniform and bands):
            painter.setFont(kit.caption)
            painter.setPen(kit.colour("muted"))
            (text,) = lines(face.caption, width, 1, Size.CAPTION)
            painter.drawText(QRectF(inner.left(), y + 1, inner.width(), CAPTION), _MIDDLE, text)

    def _foot(self, painter: QPainter, inner: QRectF, face: Face) -> None:
        kit = self.kit
        foot = QRectF(inner.left(), inner.bottom() - FOOT + 2, inner.width(), FOOT)
        left = self._signs(painter, foot, face)
        font = kit.caption
        metrics = kit.metrics
        painter.setFont(font)
        painter.setPen(kit.colour(self._age_tone(face)))
        right = metrics.horizontalAdvance(face.days)
        painter.drawText(foot, _MIDDLE | Qt.AlignmentFlag.AlignRight, face.days)
        room = foot.right() - right - 8 - left
        if face.people and room > 16:
            painter.setPen(kit.colour("muted"))
            text = metrics.elidedText(face.people, Qt.TextElideMode.ElideRight, int(room))
            at = QRectF(left, foot.top(), room, foot.height())
            painter.drawText(at, _MIDDLE | Qt.AlignmentFlag.AlignRight, text)

    def _age_tone(self, face: Face) -> str:
        if face.heat is None or self.colour_by != "age":
            return "muted"
        return "red" if face.heat >= 1.5 else "amber" if face.heat >= 1 else "muted"

    def _signs(self, painter: QPainter, foot: QRectF, face: Face) -> float:
        """Segment, checklist, comments and files, from the left; returns where they end."""
        kit = self.kit
        left = foot.left()
        if face.segment:
            box = QRectF(left, foot.top() + 2, CHIP, CHIP)
            paint_segment(painter, box, face.segment)
            left += CHIP + 7
        font = kit.caption
        painter.setFont(font)
        metrics = kit.metrics
        signs = []
        if face.checklist is not None:
            signs.append(("list-checks", f"{face.checklist[0]}/{face.checklist[1]}"))
        if face.comments:
            signs.append(("message-square", str(face.comments)))
        if face.files:
            signs.append(("file-text", str(face.files)))
        for icon, text in signs:
            wide = 15 + metrics.horizontalAdvance(text) + 7
            if left + wide > foot.right() - 70:
                break
            drawn = icons.pixmap(icon, "muted", 12)
            painter.drawPixmap(QPointF(left, foot.top() + FOOT // 2 - 6), drawn)
            painter.setPen(kit.colour("muted"))
            painter.drawText(QRectF(left + 15, foot.top(), wide, foot.height()), _MIDDLE, text)
            left += wide
        return left
