"""The five large figures of money above the tree."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ecofolio.budget.picture import Picture
from ecofolio.format import money_short
from ecofolio.text import _
from ecofolio.widgets.panels import Tile
from ecofolio.widgets.parts import row
from ecofolio.widgets.theme import Space


class MoneyTiles(QWidget):
    """Granted, available, spent, forecast and inequality; `opened` says which is wanted."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.tiles = {
            "granted": Tile("", _("granted")),
            "available": Tile("", _("available")),
            "spent": Tile("", _("spent")),
            "forecast": Tile("", _("forecast at completion")),
            "unequal": Tile("", _("inequality (Gini)")),
        }
        layout = row(*self.tiles.values(), spacing=Space.M)
        for n, (key, tile) in enumerate(self.tiles.items()):
            layout.setStretch(n, 1)
            tile.alike([*self.tiles.values()])
            tile.clicked.connect(lambda key=key: self.opened.emit(key))
        self.setLayout(layout)

    def fill(self, found: Picture) -> None:
        """Show the sums of everything in the scope."""

        def sums(fen: int) -> str:
            return money_short(fen, found.currency).replace(" ", "\u00a0")

        total, tiles = found.total, self.tiles
        forecast, plan = found.sum_of("forecast"), found.sum_of("plan")
        held = _("{pool} in pools, {given} with initiatives").format(
            pool=sums(total.pool), given=sums(total.allocated)
        )
        granted, available = sums(total.granted), sums(total.available)
        if found.wanted.category is not None:
            granted = available = "–"
            held = _("only money committed or spent has a category")
        tiles["granted"].set_figures(granted, held)
        committed = _("{sum} committed").format(sum=sums(total.committed))
        tiles["available"].set_figures(available, committed)
        burn = _("{sum} a month").format(sum=sums(found.sum_of("burn")))
        tiles["spent"].set_figures(sums(total.spent), burn)
        against = _("{sum} over plan") if forecast > plan else _("{sum} under plan")
        said = against.format(sum=sums(abs(forecast - plan))) if plan else _("without a plan")
        tiles["forecast"].set_figures(sums(forecast), said)
        middle = _("median {sum} per initiative").format(sum=sums(found.unequal.median))
        tiles["unequal"].set_figures(f"{found.unequal.gini:.2f}", middle)
        self.update()  # a figure that came shorter or longer changes how large all are written
