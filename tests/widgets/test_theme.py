"""The theme: contrast, fonts, density, and templates without colours of their own."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from ecofolio.places import part
from ecofolio.widgets import icons, matrix, painters, theme
from ecofolio.widgets.theme import DARK, LIGHT, Density, Mode, Size, Tokens

READ = [
    *((ink, ground) for ink in ("text", "muted") for ground in ("bg", "surface", "raised")),
    ("text", "soft"),
    ("accent", "surface"),
    ("accent", "bg"),
    ("accent", "raised"),
    ("accent", "soft"),
    ("on_accent", "accent"),
    ("bg", "text"),  # a toast
    *((tone, "surface") for tone in ("green", "amber", "red")),
    *((tone, f"{tone}_soft") for tone in ("green", "amber", "red")),
    *(("text", f"{tone}_soft") for tone in ("green", "amber", "red")),
    *(("accent", f"{tone}_soft") for tone in ("green", "amber", "red")),
]
SIGNS = [
    *(("on_sign", f"segment_{letter}") for letter in "gbc"),
    *(("on_sign", tone) for tone in ("green", "amber", "red")),
    *((f"segment_{letter}", "surface") for letter in "gbc"),
    *((tone, "bg") for tone in ("green", "amber", "red", "muted")),
]


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: QColor, b: QColor) -> float:
    """The contrast of two colours as WCAG 2 reckons it."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def tokens(request) -> Tokens:
    return request.param


def test_contrast_is_reckoned_as_the_standard_does():
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("ink", "ground"), READ)
def test_what_is_read_stands_out_from_its_ground(tokens, ink, ground):
    assert contrast(tokens.colour(ink), tokens.colour(ground)) >= 4.5


@pytest.mark.parametrize(("ink", "ground"), SIGNS)
def test_signs_stand_out_from_their_ground(tokens, ink, ground):
    assert contrast(tokens.colour(ink), tokens.colour(ground)) >= 3


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("segment", ["", "G", "B", "C"])
def test_figures_stand_out_on_the_strongest_tint(dressed, mode, segment):
    dressed.apply(mode)
    for weight in (0.0, 0.01, 0.5, 1.0):
        assert contrast(dressed.colour("text"), matrix.tint(segment, weight)) >= 4.5


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("tone", painters.BADGE_TONES)
def test_badges_can_be_read(dressed, mode, tone):
    dressed.apply(mode)
    ground, ink = painters.badge_colours(tone)
    assert contrast(ink, ground) >= 4.5


def test_templates_name_tokens_and_never_colours():
    for path in (part("resources") / "style").glob("*.qss"):
        assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?!\w*\s*\{)", _values(path.read_text())), path


def _values(sheet: str) -> str:
    return " ".join(re.findall(r":\s*([^;{}]+);", sheet))


def test_every_template_is_filled_in(tokens):
    assert "$" not in theme.style_sheet(tokens)


def test_dark_and_light_are_put_on_and_heard_of(dressed, qtbot):
    with qtbot.waitSignal(dressed.changed):
        dressed.apply(Mode.DARK)
    window = QPalette.ColorRole.Window
    assert QApplication.palette().color(window) == QColor(DARK.bg)
    dressed.apply(Mode.LIGHT)
    assert QApplication.palette().color(window) == QColor(LIGHT.bg)


def test_rows_are_as_high_as_the_density_says(dressed):
    heights = []
    for density in Density:
        dressed.apply(density=density)
        heights.append(dressed.row_height)
    assert heights == [24, 30, 36]


@pytest.mark.parametrize(
    ("language", "cjk"), [("zh_CN", "Noto Sans CJK SC"), ("zh_TW", "Noto Sans CJK TC")]
)
def test_chinese_has_the_companion_font_of_its_script(dressed, monkeypatch, language, cjk):
    monkeypatch.setattr(theme.QFontDatabase, "families", lambda: ["Noto Sans CJK SC", cjk])
    theme._font.cache_clear()
    dressed.apply(language=language)
    families = dressed.font().families()
    theme._font.cache_clear()
    assert families[1] == cjk


def test_figures_are_tabular_and_sizes_are_of_the_scale(dressed):
    font = dressed.font(Size.FIGURE, strong=True)
    assert font.pixelSize() == 28
    assert font.isFeatureSet(theme.QFont.Tag("tnum"))


def test_icons_are_tinted_again_with_the_theme(dressed, qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    icons.dress(label, "search", "text")
    light = label.pixmap().toImage()
    dressed.apply(Mode.DARK)
    assert label.pixmap().toImage() != light


def test_every_icon_has_its_licence_beside_it():
    folder = part("resources") / "icons"
    assert "ISC" in (folder / "LICENSE").read_text(encoding="utf-8")
    for path in folder.glob("*.svg"):
        assert not icons.pixmap(path.stem, "text", ratio=1.0).isNull()


def test_a_change_of_language_leaves_no_feature_of_the_other_behind(qapp):
    wanted = theme.in_force()
    wanted.apply(language="en")
    wanted.apply(language="zh_CN")
    assert QLabel().font().featureValue(QFont.Tag("pwid")) == 0
    wanted.apply(language="en")
    assert QLabel().font().featureValue(QFont.Tag("pwid")) == 1
