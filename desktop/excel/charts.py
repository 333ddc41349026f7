"""Native charts in the tokens' colours: bars with their figures on them."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import NumFmt
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)

from ecofolio.excel.book import Sheet
from ecofolio.excel.styles import colours


def bars(
    title: str,
    sheet: Sheet,
    *,
    labels: tuple[int, int, int],
    values: int,
    tokens: Sequence[str],
    size: tuple[float, float] = (13.5, 5.6),
) -> BarChart:
    """A bar for each row of `sheet`; `labels` are the column of the names, the first and the last
    row, `values` is the column of the figures. One token colours all bars, several each its own.
    """
    column, first, last = labels
    chart = _chart(title, size, "bar")
    series = Series(_cells(sheet, values, first, last), title=title)
    _paint(series, tokens[0])
    for n, token in enumerate(tokens if len(tokens) > 1 else ()):
        point = DataPoint(idx=n)
        point.graphicalProperties = _ground(token)
        series.dPt.append(point)
    chart.append(series)
    chart.set_categories(_cells(sheet, column, first, last))
    chart.y_axis.scaling.min = 0
    chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    chart.y_axis.delete = True  # the figures stand on the bars
    return chart


def paired(
    title: str,
    sheet: Sheet,
    *,
    labels: tuple[int, int, int],
    series: Sequence[tuple[int, str, str]],
    size: tuple[float, float] = (22, 8),
) -> BarChart:
    """Columns side by side for each row of `sheet`: number, name and token of each column of
    figures; `labels` are the column of the names, the first and the last row."""
    column, first, last = labels
    chart = _chart(title, size, "col")
    for place, name, token in series:
        one = Series(_cells(sheet, place, first, last), title=name)
        one.graphicalProperties = _ground(token)
        chart.append(one)
    chart.set_categories(_cells(sheet, column, first, last))
    chart.y_axis.delete = False
    chart.y_axis.numFmt = NumFmt("#,##0", sourceLinked=False)  # not to the fen
    if len(series) > 1:
        chart.legend.position = "r"
    else:
        chart.legend = None
    return chart


def stacked(
    title: str,
    sheet: Sheet,
    *,
    names: tuple[int, int, int],
    rows: Sequence[tuple[int, str, str]],
    size: tuple[float, float] = (16, 7.2),
) -> BarChart:
    """A column for each column of `sheet`, stacked from `rows`: number, name and token of each;
    `names` are the row of the columns' heads, the first and the last column."""
    head, first, last = names
    chart = _chart(title, size, "col")
    chart.grouping, chart.overlap = "stacked", 100
    for row, name, token in rows:
        series = Series(Reference(sheet.stream, first, row, last, row), title=name)
        _paint(series, token, inside=True)
        chart.append(series)
    chart.set_categories(Reference(sheet.stream, first, head, last, head))
    chart.legend.position = "r"
    chart.y_axis.delete = True
    return chart


def _chart(title: str, size: tuple[float, float], kind: str) -> BarChart:
    chart = BarChart()
    chart.type, chart.style = kind, 10
    chart.title = _title(title)
    chart.width, chart.height = size
    chart.gapWidth = 40
    chart.y_axis.majorGridlines = None
    chart.x_axis.delete = False
    if kind == "bar":
        chart.legend = None
    return chart


def _cells(sheet: Sheet, column: int, first: int, last: int) -> Reference:
    return Reference(sheet.stream, min_col=column, min_row=first, max_row=last)


def _paint(series: Series, token: str, *, inside: bool = False) -> None:
    series.graphicalProperties = _ground(token)
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    series.dLbls.txPr = RichText(
        p=[_paragraph(900, "surface" if inside else "text", bold=inside)], bodyPr=None
    )
    for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(series.dLbls, name, False)


def _title(text: str) -> Title:
    paragraph = _paragraph(1100, "text", bold=True)
    paragraph.r = [RegularTextRun(t=text, rPr=paragraph.pPr.defRPr)]
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _paragraph(size: int, token: str, *, bold: bool) -> Paragraph:
    """A paragraph's look; `size` is in hundredths of a point."""
    look = CharacterProperties(sz=size, b=bold, solidFill=colours()[token])
    return Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)


def _ground(token: str) -> GraphicalProperties:
    properties = GraphicalProperties(solidFill=colours()[token])
    properties.line = LineProperties(solidFill="FFFFFF")
    return properties
