"""What of a wall has to be painted again: a column is a strip, and strips are painted alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from ecofolio.boards.wall_view import WallView


def strip(view: WallView, column: int, top: int = 0) -> QRect:
    """A column in the viewport, from a height on, without the scroll bar beside it."""
    x = view.wall.column_x(column) - view.horizontalOffset()
    return QRect(x, top, view.wall.column_width, view.viewport().height() - top)


class Stains:
    """Remembers where cards were and where they are, and has the view paint no more than that."""

    def __init__(self, view: WallView) -> None:
        self._view = view
        self._columns, self._width = view.wall.columns, view.wall.column_width
        self._tops: dict[int, int] = {}

    def add(self, row: int) -> None:
        """What is at a card, and below it, is no longer right, or has not been painted yet."""
        box = self._view.wall.box(row)
        if box is not None:
            column = self._view.wall.where[row][1]
            self._tops[column] = min(box.y, self._tops.get(column, box.y))

    def clean(self) -> None:
        """Have it painted again."""
        view, wall = self._view, self._view.wall
        if wall.has_lanes or (self._columns, self._width) != (wall.columns, wall.column_width):
            view.viewport().update()
            return
        for column, top in self._tops.items():
            view.viewport().update(strip(view, column, max(0, top - view.offset(column))))
