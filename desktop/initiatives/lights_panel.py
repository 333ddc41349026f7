"""The five lights of one initiative below its health: each with its sign and its sentence."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QGridLayout, QWidget

from ecofolio.initiatives.health import five
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.vocabulary import HealthLight
from ecofolio.widgets.painters import LightSign
from ecofolio.widgets.parts import ElidedLabel, label
from ecofolio.widgets.theme import Space

_NAME_WIDTH = 70


class LightsPanel(QWidget):
    """What each room says of an initiative; rooms that can say nothing show grey."""

    def __init__(self) -> None:
        super().__init__()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(Space.S)
        layout.setVerticalSpacing(Space.XS)
        layout.setColumnStretch(2, 1)
        self._signs: dict[HealthLight, LightSign] = {}
        self.sentences: dict[HealthLight, ElidedLabel] = {}
        for place, light in enumerate(HealthLight):
            sign = self._signs[light] = LightSign("not_reported", light.label)
            name = label(light.label)
            name.setMinimumWidth(_NAME_WIDTH)
            sentence = self.sentences[light] = ElidedLabel("", "muted")
            for column, part in enumerate((sign, name, sentence)):
                layout.addWidget(part, place, column)

    def fill(self, row: InitiativeRow, today: date) -> None:
        """Show the lights of another initiative."""
        for light, judged in five(row, today).items():
            self._signs[light].set_light(judged.light, f"{light.label}: {judged.light.label}")
            self.sentences[light].setText(judged.words)
