"""Icons: Lucide's SVG files from resources/icons, tinted by a token of the theme in force.

An icon on a widget is put there by `dress`, which lets the theme tint it again.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from ecofolio.places import part

SIZE = 16
_GAP = 3  # styled buttons leave too little room between icon and words


@cache
def _svg(name: str) -> str:
    return (part("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _rendered(name: str, colour: str, size: int, ratio: float, gap: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # a few ms that the first paint need not wait for

    # Lucide draws 2-pixel strokes on 24: a little lighter sits better beside 13-pixel text.
    drawn = (
        _svg(name).replace("currentColor", colour).replace('stroke-width="2"', 'stroke-width="1.9"')
    )
    pixmap = QPixmap(round((size + gap) * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        box = QRectF(0, 0, round(size * ratio), round(size * ratio))
        QSvgRenderer(QByteArray(drawn.encode())).render(painter, box)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(
    name: str, tint: str = "muted", size: int = SIZE, ratio: float = 0, gap: int = 0
) -> QPixmap:
    """The icon `name` in the colour of the token `tint`, sharp at the screen's pixel ratio, with
    `gap` pixels of nothing at its right."""
    from ecofolio.widgets.theme import in_force

    ratio = ratio or QGuiApplication.instance().devicePixelRatio()
    return _rendered(name, getattr(in_force().tokens, tint), size, ratio, gap)


def icon(name: str, tint: str = "muted", size: int = SIZE, gap: int = 0) -> QIcon:
    """The icon `name` for a menu, a model or a button; faint where it is disabled."""
    made = QIcon()
    for ratio in {1.0, 2.0, QGuiApplication.instance().devicePixelRatio()}:
        made.addPixmap(pixmap(name, tint, size, ratio, gap))
        made.addPixmap(pixmap(name, "faint", size, ratio, gap), QIcon.Mode.Disabled)
    return made


def dress(widget: QWidget, name: str, tint: str = "muted", size: int = SIZE) -> None:
    """Show the icon on a button or label, and keep it in the theme's colours."""
    widget.setProperty("icon_name", name)
    widget.setProperty("icon_tint", tint)
    widget.setProperty("icon_size", size)
    dress_again(widget)


def dress_again(widget: QWidget) -> None:
    """Tint again what `dress` put on the widget, if it did."""
    name = widget.property("icon_name")
    if not name:
        return
    tint, size = widget.property("icon_tint"), widget.property("icon_size")
    if isinstance(widget, QAbstractButton):
        gap = _GAP if widget.text() else 0
        widget.setIcon(icon(name, tint, size, gap))
        widget.setIconSize(QSize(size + gap, size))
    elif isinstance(widget, QLabel):
        widget.setPixmap(pixmap(name, tint, size))
