"""How unequal money is between branches: what funding rounds are to mend."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ecofolio.budget import words
from ecofolio.budget.queries import Inequality, UnitFunds
from ecofolio.format import in_unit, money, money_unit
from ecofolio.text import _, ngettext
from ecofolio.widgets.bars import Bar, BarList
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, column, label, scrolling
from ecofolio.widgets.theme import Space

_BARS = 60  # branches below one another


class NeedView(QWidget):
    """Money per open initiative of each branch, poorest first; `opened` says whose is wanted."""

    opened = Signal(int)  # the identity of a unit

    def __init__(self) -> None:
        super().__init__()
        self._found = Inequality([], 0, 0.0)
        self._unit, self._currency = "wan", "CNY"
        self._stale = False
        self.said = label("", "", wrap=True)
        self.bars = BarList(_("Money per initiative by branch"))
        self.bars.opened.connect(lambda place: self.opened.emit(self._known()[place].unit_id))
        copy = button(_("Copy as a table"), self._copy, link=True)
        self._panel = Panel(_("Money per initiative by branch"), " ", action=copy)
        self._panel.add(self.said)
        inner = QWidget()
        inner.setObjectName("content")
        inner.setLayout(column(self.bars, None))
        self._panel.add(scrolling(inner), 1)
        layout = column(spacing=0)
        layout.addWidget(self._panel, 1)
        layout.setContentsMargins(0, 0, Space.L, Space.L)
        self.setLayout(layout)

    def _known(self) -> list[UnitFunds]:
        return [one for one in self._found.units if one.per_initiative is not None][:_BARS]

    def lack(self, one: UnitFunds) -> int:
        """What a unit lacks until its initiatives have the median, in fen: its need."""
        return max(0, self._found.median * one.initiatives - one.funds)

    def fill(self, found: Inequality, unit: str, currency: str) -> None:
        """Show branches; their bars are drawn when in view."""
        self._found, self._unit, self._currency = found, unit, currency
        self.said.setText(words.unequal(found, unit, currency))
        self._stale = True
        if self.isVisible():
            self._draw()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if self._stale:
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        self.bars.fill([self._bar(one) for one in self._known()])
        assert self._panel.head is not None
        self._panel.head.set_caption(
            _("poorest first · red: less than half the median · in {unit}").format(
                unit=money_unit(self._unit, self._currency)
            )
        )

    def _bar(self, one: UnitFunds) -> Bar:
        per, lack = one.per_initiative or 0, self.lack(one)
        figure = money(per, self._unit)
        if lack:
            figure = _("lacks {need} in all · {per}").format(
                need=money(lack, self._unit), per=figure
            )
        spoken = ngettext(
            "{name}: {sum} for each of {n} initiative; it lacks {need} until the median",
            "{name}: {sum} for each of {n} initiatives; it lacks {need} until the median",
            one.initiatives,
        ).format(
            name=one.name,
            sum=in_unit(per, self._unit, self._currency),
            n=one.initiatives,
            need=in_unit(lack, self._unit, self._currency),
        )
        return Bar(
            one.name, per, figure, "red" if per * 2 < self._found.median else "accent", "", spoken
        )

    def _copy(self) -> None:
        """Put branches on the clipboard, as cells that a spreadsheet takes."""
        heads = (_("Branch"), _("Initiatives"), _("Money"), _("Per initiative"), _("Lacks"))
        lines = ["\t".join(heads)]
        for one in self._found.units:
            per = "" if one.per_initiative is None else f"{one.per_initiative / 100:.2f}"
            lack = f"{self.lack(one) / 100:.2f}"
            name = one.name if one.name[:1] not in ("=", "+", "-", "@") else f"'{one.name}"
            line = (name, str(one.initiatives), f"{one.funds / 100:.2f}", per, lack)
            lines.append("\t".join(" ".join(cell.split()) for cell in line))
        QGuiApplication.clipboard().setText("\n".join(lines))
