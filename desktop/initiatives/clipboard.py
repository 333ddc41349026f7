"""Rows as tab-separated text that Excel pastes right, and pasted text as changes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ecofolio.errors import InputError
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.typed import Reading, typed
from ecofolio.text import _

_LEAD = re.compile(r"\s*([GBC])\s*\(")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def copied(
    rows: Sequence[InitiativeRow], columns: Sequence[Column], reading: Reading, *, heads: bool
) -> str:
    """The cells as tab-separated text; a line end or a tab within a cell is quoted.

    Text that a spreadsheet would take for a formula gets an apostrophe in front, which
    `pasted` takes away again.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\r\n")
    if heads:
        writer.writerow([column.head or column.title for column in columns])
    for row in rows:
        writer.writerow([_inert(column, typed(column, row, reading.setting)) for column in columns])
    return out.getvalue()


def _inert(column: Column, text: str) -> str:
    if column.right or not text.startswith(_FORMULA):
        return text
    return f"'{text}"


def block(text: str) -> list[list[str]]:
    """Pasted text as rows of cells; quoted cells may hold tabs and line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\n"):
        return []
    lines = list(csv.reader(io.StringIO(text.removesuffix("\n")), delimiter="\t"))
    return [[_plain(cell) for cell in line] or [""] for line in lines]


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


class Unread(NamedTuple):
    """A pasted cell that could not be read, and why, in a sentence."""

    initiative: int
    column: str
    text: str
    reason: str


@dataclass
class Paste:
    """What a paste would write: values by initiative, by field key or by custom field."""

    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    custom: dict[int, dict[int, str | None]] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    beyond: int = 0  # pasted cells that found no cell to go to

    @property
    def cells(self) -> int:
        """How many cells change."""
        return sum(map(len, self.values.values())) + sum(map(len, self.custom.values()))

    @property
    def initiatives(self) -> int:
        """How many initiatives change."""
        return len(self.values.keys() | self.custom.keys())


def pasted(
    cells: list[list[str]],
    rows: Sequence[InitiativeRow],
    columns: Sequence[Column],
    reading: Reading,
) -> Paste:
    """Read a block over the rows and columns that it falls on; a single cell fills them all.

    Cells that stay the same are no change. A first line of heads is passed over.
    """
    if cells and _is_head(cells[0], columns):
        cells = cells[1:]
    found = Paste()
    if len(cells) == 1 and len(cells[0]) == 1:
        pairs: Iterable[tuple[InitiativeRow, Column, str]] = (
            (row, column, cells[0][0]) for row in rows for column in columns
        )
    else:
        pairs = (
            (row, column, text)
            for row, line in zip(rows, cells, strict=False)
            for column, text in zip(columns, line, strict=False)
        )
        reach = sum(min(len(line), len(columns)) for line in cells[: len(rows)])
        found.beyond = sum(map(len, cells)) - reach
    for row, column, text in pairs:
        _take(found, row, column, text, reading)
    return found


def _is_head(line: list[str], columns: Sequence[Column]) -> bool:
    heads = [{column.head, column.title} for column in columns]
    return len(line) > 1 and all(text in names for text, names in zip(line, heads, strict=False))


def _take(found: Paste, row: InitiativeRow, column: Column, text: str, reading: Reading) -> None:
    if not column.editable or column.key == "light":
        if text.strip() != column.text(row):
            reason = _("“{column}” can not be pasted into.").format(column=column.title)
            found.unread.append(Unread(row.id, column.title, text, reason))
        return
    if text == typed(column, row, reading.setting):
        return
    try:
        value = reading.value(column, text)
    except InputError as error:
        found.unread.append(Unread(row.id, column.title, text, str(error)))
        return
    if value is None and column.required:
        reason = _("“{column}” can not be blank.").format(column=column.title)
        found.unread.append(Unread(row.id, column.title, text, reason))
    elif column.key == "segments":
        written = split_segments(text, value, row.lead_segment)
        if any(getattr(row, key) != new for key, new in written.items()):
            found.values.setdefault(row.id, {}).update(written)
    elif column.custom is not None:
        found.custom.setdefault(row.id, {})[column.custom.id] = value
    elif value != column.value(row):
        found.values.setdefault(row.id, {})[column.key] = value


def split_segments(text: str, codes: str | None, lead: str | None) -> dict[str, str | None]:
    """Segments named together: the lead is the one before brackets, as in `C (G·B)`; without, it
    stays the lead where it is among them, else the first is."""
    parts = codes.split(",") if codes else []
    shown = _LEAD.match(text.upper())
    if shown:
        lead = shown[1]
    elif lead not in parts:
        lead = parts[0] if parts else None
    others = ",".join(part for part in parts if part != lead) or None
    return {"lead_segment": lead, "other_segments": others}
