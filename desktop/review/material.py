"""What the sheets of formulas share: their material, criteria and styles."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ecofolio.excel.book import Formula, Item, Sheet
from ecofolio.excel.styles import COUNT, COUNT_OR_DOT, MONEY, SCALED, Style
from ecofolio.format import money_unit, symbol
from ecofolio.portfolio.queries import Summary
from ecofolio.review import tables
from ecofolio.review.tables import Labels, Table
from ecofolio.text import _, language
from ecofolio.vocabulary import Stage

TITLE = Style(size=18, bold=True)
SENTENCE = Style(colour="muted")
SECTION = Style(size=11, bold=True, bottom=True)
STRONG = Style(bold=True)
LINK = Style(colour="accent", underline=True)
FIGURE = Style(format=COUNT, align="right")
TOTAL = Style(format=COUNT, bold=True, top=True, align="right")
TOTAL_HEAD = Style(bold=True, top=True)
RIGHT_HEAD = Style(bold=True, ground="soft", wrap=True, bottom=True, align="right", indent=1)
CENTRE_HEAD = Style(bold=True, ground="soft", wrap=True, bottom=True, align="center")
UPRIGHT_HEAD = Style(bold=True, ground="soft", bottom=True, align="center", upright=True)
LINK_HEAD = Style(bold=True, ground="soft", bottom=True, wrap=True, colour="accent", underline=True)
DOTTED = Style(format=COUNT_OR_DOT, align="center")
CENTRED = Style(align="center", bold=True)


@dataclass(frozen=True)
class Material:
    """What the sheets are made from."""

    summary: Summary
    labels: Labels
    initiatives: Table
    milestones: Table

    @property
    def scale(self) -> tuple[int, str]:
        """How sums are shown where they are added up: fen in one of the unit, and its words."""
        currency = self.summary.currency
        if language() == "en":
            words = symbol(currency).strip() if currency != "CNY" else _("yuan")
            return 10**8, _("million {currency}").format(currency=words)
        return 10**6, money_unit("wan", currency)

    def scaled(self, fen: int) -> Decimal:
        """A sum as it is shown where sums are added up."""
        return Decimal(fen) / self.scale[0]

    def column(self, place: int) -> str:
        """A column of the table of initiatives, as formulas call it."""
        return self.initiatives.reference(place)

    @property
    def is_open(self) -> str:
        """The criterion that leaves out closed initiatives."""
        return f'{self.column(tables.STAGE)},"<>{Stage.CLOSED.label}"'

    def counted(self, *criteria: str, value: int) -> Formula:
        """How many initiatives meet the criteria."""
        return Formula(f"COUNTIFS({','.join(criteria)})", value)

    def summed(self, *criteria: str, fen: int) -> Formula:
        """What the initiatives that meet the criteria cost."""
        budget = self.column(tables.BUDGET)
        return Formula(
            f"SUMIFS({budget},{','.join(criteria)})/{self.scale[0] // 100}", self.scaled(fen)
        )


def same(cell: str, label: str) -> str:
    """A criterion that a text equals the label in a cell, whatever signs the label holds."""
    if label[:1] in "<>=" or any(sign in label for sign in "*?~"):
        escaped = label.replace("~", "~~").replace("*", "~*").replace("?", "~?")
        quoted = escaped.replace('"', '""')
        return f'"={quoted}"'
    return cell


def head(sheet: Sheet, title: str, sentence: str) -> None:
    """The title of a sheet and the sentence below it; a line is left empty."""
    sheet.row([Item(title, TITLE)], height=26)
    sheet.row([Item(sentence, SENTENCE)])
    sheet.skip()


def cost_style(*, bold: bool = False) -> Style:
    """How sums look where they are added up."""
    decimals = SCALED if language() == "en" else MONEY
    return Style(format=decimals, bold=bold, top=bold, align="right")
