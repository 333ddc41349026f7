"""The tables of a web page, which many systems export under the name of a workbook.

A table is a sheet; tables of one width that follow one another are one, because a long list is
often cut into pages. A table within a cell is a sheet of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ecofolio.intake.names import own_name
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from ecofolio.intake.worker import Answer

_MOST_COLUMNS, _MOST_ACROSS, _MOST_DOWN = 16_384, 1_000, 65_534  # spans as browsers bound them
_BREAKS = frozenset({"br", "p", "div", "li"})
_SILENT = ("script", "style")


def read(stem: str, text: str, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read the page's tables into the answer; they are called as the file is, and numbered."""
    page = _Page(request["cells"])
    page.feed(text)
    page.close()
    page.end_all()
    sheets: dict[str, _Table] = {}
    for table in page.found:
        sheets[own_name(stem, sheets)] = table
    if not sheets:
        raise RefusedError("format", format="html")
    names, wanted = list(sheets), request.get("sheet")
    if wanted:
        sheets = {
            name: table
            for at, (name, table) in enumerate(sheets.items())
            if wanted.casefold() in (name.casefold(), str(at + 1))
        }
    if not sheets:
        raise RefusedError("sheet", sheet=wanted, names=names)
    for name, table in sheets.items():
        answer.sheet(name, True, iter(table.rows), table.merges[:100_000])
    return {"format": "page", "sheets": names, "unread": []}


@dataclass
class _Table:
    """A table as it fills up. `below` counts, by column, the rows that a cell above still takes."""

    rows: list[list[Any]] = field(default_factory=list)
    merges: list[list[int]] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)
    width: int = 0
    count: int = 0  # of cells
    words: list[str] | None = None
    span: tuple[int, int] = (1, 1)

    def end_cell(self) -> None:
        """Put the open cell, if there is one, where the row has room for it."""
        if self.words is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self.words).split("\n"))
        text, self.words = "\n".join(lines).strip() or None, None
        if not self.rows:
            self.start_row()
        row, (wide, tall) = self.rows[-1], self.span
        before = len(row)
        while self.below.get(len(row)):
            row.append(None)
        at, top = len(row), len(self.rows) - 1
        if at + wide > _MOST_COLUMNS:
            raise RefusedError("columns")
        row.extend([text, *[None] * (wide - 1)])
        self.width = max(self.width, len(row))
        self.count += len(row) - before
        if wide > 1 or tall > 1:
            self.merges.append([top, at, top + tall - 1, at + wide - 1])
        if tall > 1:
            self.below.update(dict.fromkeys(range(at, at + wide), tall))

    def start_row(self) -> None:
        """Begin another row, below the cells that reach down."""
        self.end_cell()
        self.below = {at: left - 1 for at, left in self.below.items() if left > 1}
        self.rows.append([])

    def append(self, other: _Table) -> None:
        """Take over the rows of a table that goes on with this one."""
        top = len(self.rows)
        self.merges += [[a + top, b, c + top, d] for a, b, c, d in other.merges]
        self.rows += other.rows


class _Page(HTMLParser):
    """Hears a page and keeps its tables; end tags may be left out."""

    def __init__(self, most_cells: int) -> None:
        super().__init__(convert_charrefs=True)
        self._left = most_cells
        self._open: list[_Table] = []
        self.found: list[_Table] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent = True
        elif tag == "table":
            self._open.append(_Table())
        elif not self._open:
            return
        elif tag == "tr":
            self._open[-1].start_row()
        elif tag in ("td", "th"):
            self._start_cell({name: said or "" for name, said in attrs})
        elif tag in _BREAKS and self._open[-1].words:
            self._open[-1].words.append("\n")

    def _start_cell(self, said: dict[str, str]) -> None:
        table = self._open[-1]
        table.end_cell()
        wide = _number(said.get("colspan"), _MOST_ACROSS)
        table.words, table.span = [], (wide, _number(said.get("rowspan"), _MOST_DOWN))
        if table.count > self._left:
            raise RefusedError("cells")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = False
        elif not self._open:
            return
        elif tag == "table":
            self._end_table()
        elif tag in ("td", "th", "tr"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._silent and self._open[-1].words is not None:
            self._open[-1].words.append(data.replace("\n", " "))

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_cell()
        self._left -= table.count
        if not any(map(any, table.rows)):
            return
        if self.found and self.found[-1].width == table.width:
            self.found[-1].append(table)
        else:
            self.found.append(table)

    def end_all(self) -> None:
        """End the tables that the page leaves open."""
        while self._open:
            self._end_table()


def _number(text: str | None, most: int) -> int:
    return max(1, min(int(text), most)) if text and text.isascii() and text.isdigit() else 1
