"""Signs that delegates and widgets draw alike: lights, segment chips, badges.

Each painter takes the rectangle it may fill and reads the theme in force. A light differs in
shape, letter and colour, so that it can be told without any one of them.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ecofolio.text import tip
from ecofolio.widgets.theme import Size, in_force

SIGN = 14  # the side of a light or a chip, in pixels
CHIP = 16
SEGMENTS = "GBC"


def square(rect: QRectF, side: float, *, centred: bool = False) -> QRectF:
    """A square of `side` in the vertical middle of `rect`, at its left or in its centre."""
    left = rect.center().x() - side / 2 if centred else rect.left()
    # Whole pixels keep the outlines sharp.
    return QRectF(round(left), round(rect.center().y() - side / 2), side, side)


def paint_light(painter: QPainter, rect: QRectF, light: str, *, centred: bool = False) -> None:
    """Draw health: round ✓ green, triangle ! amber, square ✕ red, dashed ring not reported."""
    tokens = in_force().tokens
    box = square(rect, SIGN, centred=centred)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if light == "green":
        painter.setBrush(tokens.colour("green"))
        painter.drawEllipse(box)
        _stroke(painter, box, [(0.27, 0.52), (0.44, 0.69), (0.74, 0.34)])
    elif light == "amber":
        painter.setBrush(tokens.colour("amber"))
        painter.drawPath(_triangle(box))
        _stroke(painter, box, [(0.5, 0.40), (0.5, 0.64)])
        _stroke(painter, box, [(0.5, 0.80), (0.5, 0.805)])
    elif light == "red":
        painter.setBrush(tokens.colour("red"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
        _stroke(painter, box, [(0.32, 0.32), (0.68, 0.68)])
        _stroke(painter, box, [(0.68, 0.32), (0.32, 0.68)])
    else:
        pen = QPen(tokens.colour("muted"), 1.3)
        pen.setDashPattern([1.8, 1.8])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    painter.restore()


def _stroke(painter: QPainter, box: QRectF, points: list[tuple[float, float]]) -> None:
    pen = QPen(in_force().colour("on_sign"), 1.7)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        QPolygonF(
            [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points]
        )
    )
    painter.restore()


def _triangle(box: QRectF) -> QPainterPath:
    path = QPainterPath(QPointF(box.center().x(), box.top()))
    path.lineTo(box.right() + 0.5, box.bottom())
    path.lineTo(box.left() - 0.5, box.bottom())
    path.closeSubpath()
    return path


def segments_width() -> int:
    """The width that `paint_segments` needs, in pixels."""
    return 3 * CHIP + 2 * 4 + 4


def paint_segments(painter: QPainter, rect: QRectF, lead: str | None, others: str | None) -> None:
    """Draw G, B and C: those served filled, the others outlined, the lead with a ring."""
    served = set((others or "").split(",")) | {lead or ""}
    box = square(rect, CHIP).translated(2, 0)
    for letter in SEGMENTS:
        paint_segment(painter, box, letter, served=letter in served, lead=letter == lead)
        box.translate(CHIP + 4, 0)


def paint_segment(
    painter: QPainter, box: QRectF, letter: str, *, served: bool = True, lead: bool = False
) -> None:
    """Draw the chip of one segment into the square `box`."""
    theme = in_force()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if lead:
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(-1.75, -1.75, 1.75, 1.75), 5, 5)
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if served:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens.segment(letter))
        painter.drawRoundedRect(inner, 3, 3)
        painter.setPen(theme.colour("on_sign"))
    else:
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(inner, 3, 3)
        painter.setPen(theme.colour("faint"))
    font = theme.font(Size.CAPTION, strong=True)
    font.setPixelSize(10)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()


BADGE_TONES = ("muted", "accent", "green", "amber", "red")


def badge_width(text: str) -> int:
    """The width of a badge with `text`, in pixels."""
    return QFontMetrics(in_force().font(Size.CAPTION)).horizontalAdvance(text) + 14


def paint_badge(painter: QPainter, rect: QRectF, text: str, tone: str = "muted") -> float:
    """Draw a pill with `text` at the left of `rect`; return the width it took."""
    theme = in_force()
    width = min(float(badge_width(text)), rect.width())
    box = QRectF(rect.left(), round(rect.center().y() - 9), width, 18)
    ground, ink = badge_colours(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("line"), 1) if tone == "muted" else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8.5, 8.5)
    font = theme.font(Size.CAPTION)
    painter.setFont(font)
    painter.setPen(ink)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 12)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()
    return width


def badge_colours(tone: str) -> tuple[QColor, QColor]:
    """Ground and ink of a badge's tone."""
    theme = in_force()
    if tone == "muted":
        return theme.colour("raised"), theme.colour("muted")
    if tone == "accent":
        return theme.colour("soft"), theme.colour("accent")
    return theme.colour(f"{tone}_soft"), theme.colour(tone)


def paint_focus(painter: QPainter, rect: QRectF, radius: float = 4) -> None:
    """Draw the ring that shows where the keyboard is."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(in_force().colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


class _Sign(QWidget):
    """A painted sign with a name that a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(tip(name))


class LightSign(_Sign):
    """A light as a widget; `name` says in words what it shows."""

    def __init__(self, light: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._light = light

    def set_light(self, light: str, name: str) -> None:
        """Show another light."""
        self._light = light
        self.set_name(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIGN + 2, SIGN + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_light(painter, QRectF(self.rect()), self._light, centred=True)


class SegmentsSign(_Sign):
    """The three segment chips as a widget."""

    def __init__(
        self, lead: str | None, others: str | None, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self._lead, self._others = lead, others

    def set_segments(self, lead: str | None, others: str | None, name: str) -> None:
        """Show other segments."""
        self._lead, self._others = lead, others
        self.set_name(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(segments_width(), CHIP + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_segments(painter, QRectF(self.rect()), self._lead, self._others)


class Badge(_Sign):
    """A pill with a word or a tag."""

    def __init__(self, text: str, tone: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._text, self._tone = text, tone

    def set_text(self, text: str, tone: str = "muted") -> None:
        """Show another word."""
        self._text, self._tone = text, tone
        self.set_name(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._text), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_badge(painter, QRectF(self.rect()), self._text, self._tone)
