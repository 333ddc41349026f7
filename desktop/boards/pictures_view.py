"""Pictures of what has been painted: painting it again is a copy, and takes a tenth of the time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

_SCREENS = 2  # so many times what is in view is kept
_MOST = 4_000


class Pictures:
    """Keeps pictures by what is to be seen on them, those that were wanted last.

    What is painted once, as it scrolls by, gets no picture; what is painted again does.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, QPixmap | None] = OrderedDict()
        self._pixels = 0

    def clear(self) -> None:
        """Everything looks different now."""
        self._kept.clear()
        self._pixels = 0

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        key: Hashable,
        ground: QColor,
        draw: Callable[[QPainter, QRectF], None],
    ) -> None:
        """Paint what `draw` draws into a rectangle of whole pixels, on its ground."""
        ratio = painter.device().devicePixelRatioF()
        key = key, rect.width(), rect.height(), ratio
        known, picture = key in self._kept, self._kept.get(key)
        if not known or ratio != int(ratio):  # between pixels a copy would be blurred
            self._keep(key, None, painter)
            draw(painter, rect)
            return
        self._kept.move_to_end(key)  # before there is a picture, which may push out the oldest
        if picture is None:
            picture = _picture(rect, ratio, ground, draw)
            self._keep(key, picture, painter)
        painter.drawPixmap(rect.topLeft(), picture)

    def _keep(self, key: Hashable, picture: QPixmap | None, painter: QPainter) -> None:
        self._kept[key] = picture
        self._pixels += _pixels(picture)
        device = painter.device()
        most = _SCREENS * device.width() * device.height()
        while self._pixels > most or len(self._kept) > _MOST:
            self._pixels -= _pixels(self._kept.popitem(last=False)[1])


def _picture(
    rect: QRectF, ratio: float, ground: QColor, draw: Callable[[QPainter, QRectF], None]
) -> QPixmap:
    picture = QPixmap((rect.size() * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter, QRectF(QPointF(), rect.size()))
    return picture


def _pixels(picture: QPixmap | None) -> int:
    if picture is None:
        return 0
    size = picture.deviceIndependentSize()
    return int(size.width() * size.height())
