"""Where cards lie: columns side by side, lanes one below another. Pixels, and no Qt.

A wall knows cards by their rows in a model. Without lanes each column is scrolled by itself, and
heights count from the top of the column; with lanes the whole wall is scrolled as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

GAP = 8  # between cards
BETWEEN = 10  # between columns
LANE_HEAD = 32
LANE_GAP = 6  # between a lane's head and its cards
LANE_FOOT = 10
LEAST_LANE = 44  # so that a card can be dropped into an empty lane
NARROWEST, WIDEST = 160, 320


class Place(NamedTuple):
    """A place for a card: before the card that is at `position` of a cell now."""

    lane: str
    column: int
    position: int


class Box(NamedTuple):
    """A rectangle in the wall's own pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass
class Cell:
    """The cards of one lane in one column, with the top of each and, last, of what would follow."""

    rows: list[int] = field(default_factory=list)
    tops: Sequence[int] = (0,)

    @property
    def height(self) -> int:
        return self.tops[-1]

    def measure(self, height: Callable[[int], int] | int) -> None:
        """Work out the tops; a number is the height of every card."""
        if isinstance(height, int):
            self.tops = range(0, (len(self.rows) + 1) * (height + GAP), height + GAP)
        else:
            steps = (height(row) + GAP for row in self.rows)
            self.tops = list(accumulate(steps, initial=0))


class Wall:
    """Columns and lanes with their cards."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.lanes: list[str] = [""]
        self.has_lanes = False
        self.folded: set[str] = set()
        self.cells: dict[tuple[str, int], Cell] = {}
        self.where: dict[int, tuple[str, int]] = {}
        self.column_width = 200
        self.lane_tops: list[int] = [0]
        self._height: Callable[[int], int] | int = 60

    def build(
        self,
        columns: Sequence[int],
        lanes: Sequence[str] | None,
        rows: Mapping[tuple[str, int], list[int]],
        height: Callable[[int], int] | int,
    ) -> None:
        """Lay out the rows of each lane and column in their order. `lanes` is None for none."""
        self.columns, self.has_lanes = list(columns), lanes is not None
        self.lanes = list(lanes) if lanes is not None else [""]
        keys = [(lane, one) for lane in self.lanes for one in self.columns]
        self.cells = {key: Cell(rows.get(key, [])) for key in keys}
        self.where = {}
        for key, cell in self.cells.items():
            self.where.update(dict.fromkeys(cell.rows, key))
        self.measure(height)

    def measure(self, height: Callable[[int], int] | int) -> None:
        """Lay the same cards out with other heights."""
        self._height = height
        for cell in self.cells.values():
            cell.measure(height)
        self._stack()

    def put(self, row: int, lane: str, column: int, position: int) -> None:
        """Take a card from where it is, if it is anywhere, and put it at a place."""
        self.take(row)
        key = (lane if self.has_lanes else "", column)
        cell = self.cells.get(key)
        if cell is None:
            return
        cell.rows.insert(position, row)
        self.where[row] = key
        cell.measure(self._height)
        self._stack()

    def take(self, row: int) -> None:
        """Take a card off the wall."""
        key = self.where.pop(row, None)
        if key is not None:
            cell = self.cells[key]
            cell.rows.remove(row)
            cell.measure(self._height)
            self._stack()

    def fold(self, lane: str) -> None:
        """Fold a lane away, or open it."""
        self.folded ^= {lane}
        self._stack()

    def set_width(self, room: int) -> bool:
        """Share `room` among the columns; whether their width is another than before."""
        count = max(1, len(self.columns))
        width = max(NARROWEST, min(WIDEST, (room - BETWEEN * (count - 1)) // count))
        if width == self.column_width:
            return False
        self.column_width = width
        return True

    def _stack(self) -> None:
        tops = [0]
        for lane in self.lanes:
            tops.append(tops[-1] + self.lane_height(lane))
        self.lane_tops = tops

    # --- measures ----------------------------------------------------------------------------

    @property
    def width(self) -> int:
        return len(self.columns) * (self.column_width + BETWEEN) - BETWEEN

    @property
    def height(self) -> int:
        """Of all lanes; without lanes see `column_height`."""
        return self.lane_tops[-1]

    def column_height(self, column: int) -> int:
        """Of the cards of a column where there are no lanes."""
        cell = self.cells.get(("", column))
        return cell.height if cell is not None else 0

    def lane_height(self, lane: str) -> int:
        if not self.has_lanes:
            return max((self.column_height(column) for column in self.columns), default=0)
        if lane in self.folded:
            return LANE_HEAD
        tallest = max((self.cells[lane, one].height for one in self.columns), default=0)
        return LANE_HEAD + LANE_GAP + max(LEAST_LANE, tallest) + LANE_FOOT

    def column_x(self, column: int) -> int:
        return self.columns.index(column) * (self.column_width + BETWEEN)

    def cell_top(self, lane: str) -> int:
        """Where the cards of a lane begin."""
        if not self.has_lanes:
            return 0
        return self.lane_tops[self.lanes.index(lane)] + LANE_HEAD + LANE_GAP

    # --- cards -------------------------------------------------------------------------------

    def place_of(self, row: int) -> Place | None:
        """Where a card is; None for one that is not on the wall."""
        key = self.where.get(row)
        if key is None:
            return None
        return Place(*key, self.cells[key].rows.index(row))

    def row_at(self, place: Place) -> int | None:
        """The card at a place."""
        cell = self.cells.get((place.lane, place.column))
        if cell is None or not 0 <= place.position < len(cell.rows):
            return None
        return cell.rows[place.position]

    def box(self, row: int) -> Box | None:
        """A card's rectangle; None for one that is not to be seen."""
        place = self.place_of(row)
        if place is None or (self.has_lanes and place.lane in self.folded):
            return None
        tops = self.cells[place.lane, place.column].tops
        top = tops[place.position]
        return Box(
            self.column_x(place.column),
            self.cell_top(place.lane) + top,
            self.column_width,
            tops[place.position + 1] - top - GAP,
        )

    def within(self, lane: str, column: int, top: int, bottom: int) -> list[tuple[int, Box]]:
        """The cards of a cell that are at least partly between two heights."""
        if self.has_lanes and lane in self.folded:
            return []
        cell, x, above = self.cells[lane, column], self.column_x(column), self.cell_top(lane)
        first = max(0, bisect_right(cell.tops, top - above) - 1)
        last = bisect_left(cell.tops, bottom - above)
        return [
            (
                cell.rows[n],
                Box(
                    x,
                    above + cell.tops[n],
                    self.column_width,
                    cell.tops[n + 1] - cell.tops[n] - GAP,
                ),
            )
            for n in range(first, min(last, len(cell.rows)))
        ]

    def column_at(self, x: int) -> int | None:
        """The column at a height's x, or the nearest."""
        if not self.columns:
            return None
        n = (x + BETWEEN // 2) // (self.column_width + BETWEEN)
        return self.columns[max(0, min(len(self.columns) - 1, n))]

    def lane_at(self, y: int) -> str:
        """The lane at a height, or the nearest."""
        n = bisect_right(self.lane_tops, y) - 1
        return self.lanes[max(0, min(len(self.lanes) - 1, n))]

    def lanes_between(self, top: int, bottom: int) -> list[str]:
        """The lanes that are at least partly between two heights."""
        if not self.has_lanes:
            return self.lanes
        tops = self.lane_tops
        named = enumerate(self.lanes)
        return [lane for n, lane in named if tops[n + 1] > top and tops[n] < bottom]

    def at(self, x: int, y: int) -> int | None:
        """The card at a point."""
        column = self.column_at(x)
        if column is None or not 0 <= x - self.column_x(column) < self.column_width:
            return None
        for row, box in self.within(self.lane_at(y), column, y, y + 1):
            if box.y <= y < box.y + box.height:
                return row
        return None

    def target(self, x: int, y: int) -> Place | None:
        """Where a card would come that is dropped at a point."""
        column = self.column_at(x)
        if column is None:
            return None
        lane = self.lane_at(y)
        cell, above = self.cells[lane, column], self.cell_top(lane)
        position = bisect_right(cell.tops, y - above) - 1
        if 0 <= position < len(cell.rows):
            middle = (cell.tops[position] + cell.tops[position + 1] - GAP) / 2
            position += y - above > middle
        return Place(lane, column, max(0, min(position, len(cell.rows))))

    # --- walking -----------------------------------------------------------------------------

    def step(self, place: Place, across: int, down: int, *, beyond: bool = False) -> Place:
        """The place that many columns across and cards down, over the ends of lanes.

        `beyond` allows the place after a cell's last card: where something may be dropped.
        """
        lane, column, position = place
        if across:
            n = self.columns.index(column) + across
            column = self.columns[max(0, min(len(self.columns) - 1, n))]
        position += down
        last = len(self.cells[lane, column].rows) - (0 if beyond else 1)
        if down and not 0 <= position <= last:
            other = self._next_lane(lane, column, down, beyond)
            if other is not None:
                lane = other
                count = len(self.cells[lane, column].rows) - (0 if beyond else 1)
                position = 0 if down > 0 else count
                last = count
        return Place(lane, column, max(0, min(position, last)))

    def _next_lane(self, lane: str, column: int, down: int, beyond: bool) -> str | None:
        n = self.lanes.index(lane) + (1 if down > 0 else -1)
        while 0 <= n < len(self.lanes):
            one = self.lanes[n]
            if one not in self.folded and (beyond or self.cells[one, column].rows):
                return one
            n += 1 if down > 0 else -1
        return None

    def order(self) -> list[int]:
        """The rows as they are read: by lane, column and place."""
        return [
            row for lane in self.lanes for one in self.columns for row in self.cells[lane, one].rows
        ]

    def in_order(self, rows: Collection[int]) -> list[int]:
        """Some rows as they are read; those that are not on the wall are left out."""
        wanted = set(rows)
        touched = {self.where[row] for row in wanted if row in self.where}
        keys = ((lane, one) for lane in self.lanes for one in self.columns)
        return [
            row for key in keys if key in touched for row in self.cells[key].rows if row in wanted
        ]
