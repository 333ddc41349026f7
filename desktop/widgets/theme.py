"""The one place where colours, sizes and fonts are decided; widgets name tokens, never colours.

`in_force()` is the theme that everything is drawn with. Custom painting reads its tokens when
it paints, so that a new theme needs a repaint and no rebuilding.
"""

from __future__ import annotations

import string
from dataclasses import asdict
from enum import IntEnum, StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ecofolio.places import part
from ecofolio.widgets import icons
from ecofolio.widgets.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "Density", "Mode", "Size", "Space", "Theme", "Tokens", "in_force"]


class Size(IntEnum):
    """The type scale, in device-independent pixels."""

    CAPTION = 11
    BODY = 13
    NAME = 15
    TITLE = 20
    FIGURE = 28


class Space(IntEnum):
    """The spacing scale, in device-independent pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


PANEL_RADIUS = 8
CONTROL_RADIUS = 6
NAVIGATION_WIDTH = 196


class Mode(StrEnum):
    """Which theme a person wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How high rows are."""

    COMPACT = "compact"
    NORMAL = "normal"
    COMFORTABLE = "comfortable"


ROW_HEIGHTS = {Density.COMPACT: 24, Density.NORMAL: 30, Density.COMFORTABLE: 36}

_CJK = {
    "zh_CN": ("PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC"),
    "zh_TW": ("PingFang TC", "Microsoft JhengHei UI", "Microsoft JhengHei", "Noto Sans CJK TC"),
}
_CJK_LAST = ("Source Han Sans SC", "WenQuanYi Micro Hei", "Droid Sans Fallback")


class Theme(QObject):
    """Tokens, fonts and density in force. `changed` follows every `apply`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = Mode.SYSTEM
        self.density = Density.NORMAL
        self.language = "en"
        self.tokens = LIGHT
        self._following = False

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    @property
    def row_height(self) -> int:
        """The height of a table's row in pixels."""
        return ROW_HEIGHTS[self.density]

    def colour(self, name: str) -> QColor:
        """The colour of a token of the theme in force."""
        return self.tokens.colour(name)

    def font(self, size: Size = Size.BODY, *, strong: bool = False) -> QFont:
        """The UI font with the language's CJK companion and tabular figures."""
        return QFont(_font(self.language, int(size), strong))

    def apply(
        self,
        mode: Mode | None = None,
        density: Density | None = None,
        language: str | None = None,
    ) -> None:
        """Dress the whole application; what is not named stays as it is."""
        app = QApplication.instance()
        self.mode = self.mode if mode is None else mode
        self.density = self.density if density is None else density
        self.language = self.language if language is None else language
        self.tokens = DARK if self._wants_dark() else LIGHT
        if not self._following:
            self._following = True
            app.setStyle("Fusion")
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
        app.setFont(self.font())
        app.setPalette(palette(self.tokens))
        app.setStyleSheet(style_sheet(self.tokens))
        for widget in app.allWidgets():
            icons.dress_again(widget)
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self.mode is not Mode.SYSTEM:
            return self.mode is Mode.DARK
        return QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self.mode is Mode.SYSTEM:
            self.apply()


@cache
def in_force() -> Theme:
    """The theme that the application wears."""
    return Theme()


@cache
def _font(language: str, size: int, strong: bool) -> QFont:
    wanted = (*_CJK.get(language, _CJK["zh_CN"]), *_CJK_LAST)
    installed = set(QFontDatabase.families())
    own = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    font = QFont()
    font.setFamilies([own, *(name for name in wanted if name in installed)])
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    # Where a CJK font serves Latin as well, its quotation marks are a full square wide. Said in
    # both cases: the application's font keeps the features that a new one does not name.
    font.setFeature(QFont.Tag("pwid"), int(language == "en"))
    return font


_ROLES = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "red",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Highlight: "soft",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Dark: "faint",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Shadow: "line",
}


def palette(tokens: Tokens) -> QPalette:
    """The palette for what Fusion draws by itself."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, tokens.colour(name))
    off = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(off, role, tokens.colour("faint"))
    return made


@cache
def style_sheet(tokens: Tokens) -> str:
    """The application's style sheet: the templates with tokens, sizes and icons filled in."""
    folder = part("resources") / "style"
    template = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.qss")))
    values: dict[str, object] = dict(asdict(tokens))
    values |= {f"size_{size.name.lower()}": f"{int(size)}px" for size in Size}
    values |= {
        "panel_radius": f"{PANEL_RADIUS}px",
        "control_radius": f"{CONTROL_RADIUS}px",
        "theme": "dark" if tokens is DARK else "light",
        "folder": folder.as_posix(),
        "mono": '"SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
        "accent_hover": tokens.mixed("accent", 0.88, "text").name(),
        "hover": tokens.mixed("text", 0.04).name(),
        "pressed": tokens.mixed("text", 0.08).name(),
    }
    return string.Template(template).substitute(values)
