"""Palette, navigation, scope bar, preferences, about, pictures: by keyboard and by name."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6 import QtGui
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from ecofolio.initiatives.scope import Scope
from ecofolio.shell import packing, shots
from ecofolio.shell.about import AboutDialog, shipped
from ecofolio.shell.application import speak_qt
from ecofolio.shell.commands import plain
from ecofolio.shell.palette import Palette
from ecofolio.shell.preferences import PreferencesDialog
from ecofolio.shell.scope_bar import OPEN, USUAL
from ecofolio.shell.settings import Settings
from ecofolio.store.place import place_of
from ecofolio.text import in_a_row, listed, set_language, tip, using
from ecofolio.widgets.page import PageId


def unnamed(root: QWidget) -> list[str]:
    """Controls that the keyboard reaches and that have neither a name nor words."""
    found = []
    for widget in root.findChildren(QWidget):
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not by_tab or widget.inherits("QScrollArea") or _inside_another(widget):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def _inside_another(widget: QWidget) -> bool:
    """Whether it is a part of a control that has a name itself."""
    above = widget.parent()
    kinds = ("QAbstractItemView", "QComboBox", "QComboBoxPrivateContainer", "QAbstractSpinBox")
    return isinstance(above, QWidget) and any(above.inherits(kind) for kind in kinds)


def test_every_control_of_the_window_has_a_name(window):
    for page in window.pages.entries:
        window.go(page)
        assert not unnamed(window)


def test_every_control_of_the_welcome_page_has_a_name(empty_window):
    assert not unnamed(empty_window)


def test_a_control_without_a_name_is_found(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    QLineEdit(root)
    assert unnamed(root) == ["QLineEdit "]


@pytest.fixture
def palette(window, qtbot):
    made = Palette(window, window.targets())
    made.open_over(window)
    yield made
    if shiboken6.isValid(made):
        made.close()


def test_the_palette_reaches_a_record_by_its_code(palette, window, qtbot):
    qtbot.keyClicks(palette.search, "hb-003")
    assert palette.found[0].title == "HB-003  车生活 Car life 3"
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    found = next(found.id for found in window.words.records if found.code == "HB-003")
    assert window.pages.page.told[-1] == ("initiative", found)


def test_the_palette_reaches_pages_and_commands(palette, window, qtbot):
    titles = [found.title for found in palette.found]
    assert "Initiatives" in titles
    assert "Undo Fill" in titles
    qtbot.keyClicks(palette.search, "histor")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.pages.current_id is PageId.HISTORY


def test_the_palette_reaches_the_parts_of_the_organisation(window, monkeypatch):
    opened = []
    monkeypatch.setattr(type(window), "open_record", lambda _window, *record: opened.append(record))
    made = Palette(window, window.targets())
    made.search.setText("湖北")
    assert [(found.title, found.detail) for found in made.found] == [("HB  湖北分行", "unit")]
    made.take()
    assert opened[0][0] == "unit"


def test_a_command_is_named_without_the_letter_of_its_key():
    assert plain("打开(&O)…") == "打开"
    assert plain("&Open…") == "Open"
    assert plain("Q&&A") == "Q&A"


def test_arrows_choose_in_the_palette(palette, qtbot):
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 2
    qtbot.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == 1


def test_the_palette_says_where_nothing_is_called_that(palette, qtbot):
    qtbot.keyClicks(palette.search, "zzzz")
    assert palette._nothing.isVisible()
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_the_navigation_is_walked_by_keyboard(window, qtbot):
    window.navigation.list.setFocus()
    qtbot.keyClick(window.navigation.list, Qt.Key.Key_Down)
    assert window.pages.current_id is PageId.INITIATIVES
    qtbot.keyClick(window.navigation.list, Qt.Key.Key_Up)
    assert window.pages.current_id is PageId.OVERVIEW


def test_the_navigation_says_its_counts(window):
    item = window.navigation.list.item(1)
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "Initiatives, 5"


def test_a_saved_view_is_opened_by_keyboard(window, qtbot):
    window.scope.set(Scope(text="life"))
    with qtbot.waitSignal(window.session.changed):
        window.views.save_as("Cars")
    window.reset_scope()
    view_list = window.navigation.list
    view_list.setCurrentRow(view_list.count() - 1)
    assert window.scope.value == USUAL
    qtbot.keyClick(view_list, Qt.Key.Key_Return)
    assert window.scope.value == Scope(text="life")


def test_the_bar_says_what_is_chosen(window):
    bar = window.scope_bar
    assert (bar.unit.value, bar.stage.value, bar.batch.value) == ("Whole bank", "open", "all")
    unit = next(unit for unit in window.words.scope.units if unit.code == "GD")
    window.scope.set(
        Scope(
            unit_id=unit.id,
            unit_alone=True,
            segments={"C", "G"},
            stages={"pilot", "rollout"},
            missing=frozenset({"batch"}),
        )
    )
    assert bar.unit.value == "Guangdong branch"
    assert bar.segment.value == "G·C"
    assert bar.stage.value == "Pilot +1"
    assert bar.more.value == "without units below +1"
    assert bar.reset.isVisible()
    bar.more.click()
    assert not window.scope.value.missing
    bar.reset.click()
    assert window.scope.value == USUAL
    assert not bar.more.isVisible()


def test_a_unit_is_chosen_from_the_tree(window, qtbot):
    popup = window.scope_bar._choose_unit()
    qtbot.keyClicks(popup.search, "hb")
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert window.scope_bar.unit.value == "湖北分行"


def test_open_stages_are_one_press_away(window):
    window.scope.set(Scope())
    popup = window.scope_bar._choose_stages()
    next(b for b in popup.findChildren(QAbstractButton) if b.text() == "Open stages").click()
    assert window.scope.value.stages == OPEN
    popup.close()


def test_the_bar_steps_back_where_a_page_looks_at_everything(window):
    window.go(PageId.HISTORY)
    assert not window.scope_bar.unit.isVisible()
    assert window.scope_bar.finder.isVisible()
    window.go(PageId.OVERVIEW)
    assert window.scope_bar.unit.isVisible()
    assert not window.scope_bar.region.isVisible()


def test_only_what_differs_is_chosen_in_preferences(qtbot):
    dialog = PreferencesDialog(Settings(theme="dark"), ["李雷"], "pmo")
    qtbot.addWidget(dialog)
    assert dialog.chosen() == {}
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    dialog.money.setCurrentIndex(dialog.money.findData("yi"))
    dialog.actor.setCurrentText("李雷")
    assert dialog.chosen() == {"language": "zh_CN", "money_unit": "yi", "actor": "李雷"}
    assert not unnamed(dialog)


def test_about_names_every_part_with_its_licence(qtbot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    rows = shipped()
    assert ("Lucide", "–", "ISC") in rows
    assert all(version for _name, version, _licence in rows)
    assert not unnamed(dialog)
    dialog.copy.click()
    assert "Ecofolio" in QApplication.clipboard().text()


def test_any_change_of_the_history_can_be_undone_there(window, qtbot):
    page = window.go(PageId.HISTORY)
    assert page._model.entries[0].label == "Fill"
    page.table.selectRow(0)
    with qtbot.waitSignal(window.session.changed):
        page._take_back.click()
    assert page._model.entries[0].label == "Undo: Fill"
    qtbot.waitUntil(lambda: not window.runner.jobs)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh_CN", "dark")])
def test_a_picture_of_every_page_is_taken(qapp, file, tmp_path, language, theme):
    from tests.shell.conftest import ENTRIES

    made = shots.take(
        place_of(file),
        tmp_path / "shots",
        language=language,
        theme=theme,
        size=(1280, 720),
        entries=ENTRIES,
    )
    assert [path.stem for path in made] == [
        "welcome",
        "overview",
        "initiatives",
        "import",
        "history",
    ]
    picture = QImage(str(made[1]))
    assert (picture.width(), picture.height()) == (1280, 720)
    dark = picture.pixelColor(5, 300).lightness() < 128
    assert dark == (theme == "dark")


def test_the_review_pack_of_the_scope_is_written_in_the_background(window, tmp_path, qtbot):
    path = tmp_path / "pack.xlsx"
    with qtbot.waitSignal(packing.write(window, path).ended, timeout=20_000):
        pass
    assert path.stat().st_size > 5_000
    assert str(path) in window.notice.sentence


def test_what_qts_own_chinese_lacks_in_the_file_dialog_is_said_all_the_same(qapp) -> None:
    set_language("zh_CN")
    speak_qt()
    try:
        said = [QCoreApplication.translate("QFileDialog", w) for w in ("&Look in:", "&Open")]
        assert said == ["查找范围(&L)：", "打开(&O)"]
    finally:
        set_language("en")
        speak_qt()


def test_lists_and_sentences_are_joined_as_the_language_writes_them() -> None:
    assert (listed("ab"), in_a_row(["One.", "Two."])) == ("a, b", "One. Two.")
    with using("zh_CN"):
        assert (listed("ab"), in_a_row(["一。", "二。"])) == ("a、b", "一。二。")


def test_a_tooltip_shows_a_text_word_for_word(qtbot) -> None:
    shown = QTextDocument()
    for text in ("R&D", "a <b> & c", "&lt;", "one\ntwo & three", "x" * 300):
        told = tip(text)
        shown.setHtml(told) if QtGui.Qt.mightBeRichText(told) else shown.setPlainText(told)
        assert shown.toPlainText() == text
    assert tip("R<D\nx").startswith("<span>")
