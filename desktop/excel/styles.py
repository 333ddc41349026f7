"""How cells look: named by tokens, made from the colours of `resources/style/workbook.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from ecofolio.places import part

FONTS = {"en": "Calibri", "zh_CN": "Microsoft YaHei", "zh_TW": "Microsoft JhengHei"}
# `_)` keeps figures off the words of the next column
COUNT = "#,##0_)"
COUNT_OR_DOT = '#,##0;-#,##0;"·"'
MONEY = "#,##0.00_)_)"
SCALED = "#,##0.0_)"
EXACT = "#,##0.0##_)"  # up to three decimals; `whole_rule` shows whole numbers without any
POINTS, SHARE = "0.00_)", "0.0000_)"
FIGURES = frozenset({COUNT, MONEY, SCALED, EXACT, POINTS, SHARE})
DATES = {"en": "[$-809]d mmm yyyy", "zh_CN": "yyyy-mm-dd", "zh_TW": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Style:
    """The look of a cell; colours are tokens, `format` is a number format."""

    format: str = "General"
    size: float = 10
    bold: bool = False
    colour: str = "text"
    ground: str = ""
    wrap: bool = False
    align: Literal["general", "left", "center", "right"] = "general"
    top: bool = False  # a hairline above
    bottom: bool = False
    underline: bool = False
    indent: int = 0
    upright: bool = False  # turned by a right angle, for narrow columns


TEXT = Style()
HEAD = Style(bold=True, ground="soft", wrap=True, bottom=True)


@cache
def colours() -> dict[str, str]:
    """The tokens as RRGGBB."""
    path = part("resources") / "style" / "workbook.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


class Palette:
    """The styles of one workbook, each made once."""

    def __init__(self, book: Workbook, font: str) -> None:
        self._book, self._font = book, font
        self._ids: dict[Style, tuple[int, int]] = {}
        book._fonts[0] = Font(name=font, size=10)
        self._model = Cell(book.create_sheet("-"), row=1, column=1)
        book.remove(book["-"])

    def ids_of(self, style: Style) -> tuple[int, int]:
        """Where a style is kept, plain and quoted."""
        found = self._ids.get(style)
        if found is None:
            found = self._ids[style] = self._made(style)
        return found

    def _made(self, style: Style) -> tuple[int, int]:
        cell, line = self._model, Side("thin", color=colours()["line"])
        cell._style = None
        cell.font = Font(
            name=self._font,
            size=style.size,
            bold=style.bold,
            color=colours()[style.colour],
            underline="single" if style.underline else None,
        )
        if style.ground:
            cell.fill = PatternFill("solid", fgColor=colours()[style.ground])
        if style.top or style.bottom:
            cell.border = Border(
                top=line if style.top else None, bottom=line if style.bottom else None
            )
        cell.alignment = Alignment(
            horizontal=style.align,
            vertical="bottom" if style.upright else "center",
            wrap_text=style.wrap,
            indent=style.indent,
            text_rotation=90 if style.upright else 0,
        )
        cell.number_format = style.format
        plain = self._book._cell_styles.add(cell._style)
        cell._style = cell._style.__copy__()
        cell.quotePrefix = True
        return plain, self._book._cell_styles.add(cell._style)


def whole_rule(first: str) -> Rule:
    """Whole numbers in cells of the format EXACT, of which `first` is the first, show no decimal
    point. Excel leaves one behind in `#,##0.###`."""
    whole = f"AND(ISNUMBER({first}),{first}=INT({first}))"
    look = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode=COUNT))
    return Rule(type="expression", dxf=look, formula=[whole])


def light_rules(words: dict[str, str]) -> list[Rule]:
    """Conditional formats that colour the words of lights: by the codes of their lights."""
    rules = []
    for light, word in words.items():
        if light in ("green", "amber", "red"):
            ground = PatternFill("solid", bgColor=colours()[f"{light}_soft"])
            font = Font(color=colours()[light], bold=True)
            quoted = word.replace('"', '""')
            rules.append(
                CellIsRule(operator="equal", formula=[f'"{quoted}"'], font=font, fill=ground)
            )
    return rules


def tint_rule(token: str) -> Rule:
    """A conditional format that tints figures by their size, up to half of a token's colour."""
    red, green, blue = (int(colours()[token][n : n + 2], 16) for n in (0, 2, 4))
    half = "".join(f"{(one + 255) // 2:02X}" for one in (red, green, blue))
    return ColorScaleRule(
        start_type="num", start_value=0, start_color="FFFFFF", end_type="max", end_color=half
    )
