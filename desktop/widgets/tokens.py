"""The colours of the two themes. Light enough to be there before the first paint."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor


@dataclass(frozen=True)
class Tokens:
    """The colours of a theme, as #RRGGBB.

    `faint` is for what need not be read: placeholders of missing things, separators, rings.
    """

    bg: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    soft: str
    on_accent: str
    green: str
    green_soft: str
    amber: str
    amber_soft: str
    red: str
    red_soft: str
    segment_g: str
    segment_b: str
    segment_c: str
    on_sign: str  # the letter on a light or a segment chip

    def colour(self, name: str) -> QColor:
        """The token's colour, ready to paint with."""
        return QColor(getattr(self, name))

    def segment(self, letter: str) -> QColor:
        """The colour of segment `G`, `B` or `C`."""
        return self.colour(f"segment_{letter.lower()}")

    def mixed(self, name: str, share: float, ground: str = "surface") -> QColor:
        """`share` (0 to 1) of the token `name` over `ground`."""
        top, below = self.colour(name), self.colour(ground)
        pairs = (
            (top.red(), below.red()),
            (top.green(), below.green()),
            (top.blue(), below.blue()),
        )
        return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))


LIGHT = Tokens(
    bg="#F5F6F8", surface="#FFFFFF", raised="#FBFBFC", line="#E4E7EC",
    text="#1B2330", muted="#667085", faint="#98A2B3",
    accent="#3457D5", soft="#EBF0FF", on_accent="#FFFFFF",
    green="#18794E", green_soft="#E3F5EB", amber="#9A6700", amber_soft="#FFF8E6",
    red="#B42318", red_soft="#FEECEA",
    segment_g="#6E56CF", segment_b="#2E74D0", segment_c="#0E9384", on_sign="#FFFFFF",
)  # fmt: skip
DARK = Tokens(
    bg="#14171C", surface="#1B1F26", raised="#20252D", line="#2D343F",
    text="#E7EAF0", muted="#98A2B3", faint="#667085",
    accent="#8EA8FF", soft="#243056", on_accent="#14171C",
    green="#4CC38A", green_soft="#16352A", amber="#E5B454", amber_soft="#3A2E14",
    red="#FF8A7A", red_soft="#43201D",
    segment_g="#A594F9", segment_b="#6CB0FF", segment_c="#4FD1C5", on_sign="#14171C",
)  # fmt: skip
