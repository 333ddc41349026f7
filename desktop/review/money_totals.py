"""What stands below the tables of money: sums, what they tie to, and room on paper for charts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from openpyxl.utils import column_index_from_string, get_column_letter

from ecofolio.excel.book import Formula, Item, Sheet
from ecofolio.excel.styles import MONEY, Style
from ecofolio.review.material import TOTAL, TOTAL_HEAD
from ecofolio.text import _

_SUM = Style(format=MONEY, bold=True, top=True, align="right")
_LINE = Style(format=MONEY, align="right")


def write_sums(
    sheet: Sheet,
    rows: tuple[int, int],
    sums: Mapping[str, int],
    counts: Mapping[str, int] | None = None,
) -> int:
    """The sums of columns, by letter: of money in fen, of others as they are; returns the row."""
    cells = {
        letter: Item(_added(letter, rows, Decimal(n) / 100), _SUM) for letter, n in sums.items()
    }
    for letter, n in (counts or {}).items():
        cells[letter] = Item(_added(letter, rows, n), TOTAL)
    return _write(sheet, Item(_("Total"), TOTAL_HEAD), cells)


def _added(letter: str, rows: tuple[int, int], value: int | Decimal) -> Formula:
    first, last = rows
    return Formula(f"SUM({letter}{first}:{letter}{last})", value)


def write_line(sheet: Sheet, name: str, letter: str, value: object) -> int:
    """A figure below the sums with its name; returns the row."""
    return _write(sheet, Item(name), {letter: Item(value, _LINE)})


def _write(sheet: Sheet, name: Item, cells: Mapping[str, Item]) -> int:
    places = {column_index_from_string(letter): cell for letter, cell in cells.items()}
    return sheet.row([name, *(places.get(n) for n in range(2, max(places) + 1))])


def print_to(sheet: Sheet, column: int, row: int) -> None:
    """Have all up to a column and row on paper."""
    sheet.stream.print_area = f"A1:{get_column_letter(column)}{row}"
