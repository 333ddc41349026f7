"""What a card waits for and what waits for it, and its files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from ecofolio.boards import actions, details, files
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.details import CardDetail, FileRow, LinkedCard
from ecofolio.errors import EcofolioError
from ecofolio.text import _
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import (
    SearchField,
    SectionHead,
    button,
    clear,
    column,
    icon_label,
    label,
    row,
    tool_button,
)
from ecofolio.widgets.theme import Space

_MOST = 12  # cards that a search offers


class CardLinksPanel(QWidget):
    """Dependencies and files of one card."""

    def __init__(self, context: PageContext, editor: CardEditor) -> None:
        super().__init__()
        self._context, self._editor = context, editor
        self._card = 0
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(6, Space.M, 0, Space.S)
        self._body.setSpacing(Space.XS)

    def show_card(self, detail: CardDetail) -> None:
        """Show what hangs together with a card."""
        self._card = detail.row["id"]
        clear(self._body)
        waits = button(_("Add"), lambda: self._find(blocker=True), link=True)
        waits.setAccessibleName(_("Add a card that this one waits for"))
        blocks = button(_("Add"), lambda: self._find(blocker=False), link=True)
        blocks.setAccessibleName(_("Add a card that waits for this one"))
        attach = button(_("Add"), self._attach, link=True)
        attach.setAccessibleName(_("Attach files"))
        self._section(_("Waits for"), waits, [self._link(one) for one in detail.blockers])
        self._section(_("Is waited for by"), blocks, [self._link(one) for one in detail.blocking])
        self._section(_("Files"), attach, [self._file(one) for one in detail.files])
        self._body.addStretch(1)

    def _section(self, title: str, action: QWidget, lines: list[QWidget]) -> None:
        self._body.addWidget(SectionHead(title, action=action))
        for line in lines:
            self._body.addWidget(line)
        if not lines:
            self._body.addWidget(label(_("Nothing"), "muted"))
        self._body.addSpacing(Space.M)

    def _link(self, one: LinkedCard) -> QWidget:
        made = QWidget()
        name = button(one.title, lambda: self._context.open_record("card", one.card_id), link=True)
        name.setStyleSheet("text-align: left;")
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        state = _("done") if one.is_done else one.column
        where = label(f"{one.squad} · {one.board} · {state}", "caption", wrap=True)
        where.setContentsMargins(5, 0, 0, 0)
        drop = tool_button(
            "x",
            _("Take away “{card}”").format(card=one.title),
            lambda: self._editor.do(actions.undepend, one.id),
        )
        sign = icon_label("circle-check" if one.is_done else "clock", "muted")
        line = row(sign, column(name, where, spacing=0), drop)
        line.setStretch(1, 1)
        made.setLayout(line)
        return made

    def _file(self, one: FileRow) -> QWidget:
        made = QWidget()
        name = button(one.name, lambda: self._open(one), link=True)
        name.setStyleSheet("text-align: left;")
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        size = label(_("{n} KB").format(n=f"{max(1, one.size // 1024):,}"), "caption")
        drop = tool_button(
            "x",
            _("Take away “{file}”").format(file=one.name),
            lambda: self._editor.do(actions.unlink_file, one.id),
        )
        line = row(icon_label("file-text"), name, size, drop)
        line.setStretch(1, 1)
        made.setLayout(line)
        return made

    # --- doing -------------------------------------------------------------------------------

    def _find(self, *, blocker: bool) -> None:
        panel = FindCard(self, self._context, self._card, lambda one: self._depend(one, blocker))
        panel.open_below(self)
        panel.search.setFocus()

    def _depend(self, other: int, blocker: bool) -> None:
        pair = (other, self._card) if blocker else (self._card, other)
        self._editor.do(actions.depend, *pair)

    def _attach(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileNames(self, _("Attach files"))
        self.attach([Path(one) for one in chosen])

    def attach(self, paths: list[Path]) -> None:
        """Keep files beside the programme and link them to the card."""
        for path in paths:
            try:
                kept = files.keep(self._context.workspace.place, path)
            except EcofolioError as error:
                self._editor.said.emit(str(error), "red")
                return
            self._editor.do(actions.link_file, self._card, kept.name, kept.hash, kept.size)

    def _open(self, one: FileRow) -> None:
        """Save a copy under its own name: kept files have none."""
        place = self._context.workspace.place
        if not files.is_whole(place, one.hash):
            said = _("{file} is missing or damaged: attach it again.").format(file=one.name)
            self._editor.said.emit(said, "red")
            return
        target, _filter = QFileDialog.getSaveFileName(self, _("Save a copy"), one.name)
        if target:
            Path(target).write_bytes(files.path_of(place, one.hash).read_bytes())
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(target).parent)))


class FindCard(Popup):
    """Finds a card of any board by typing."""

    def __init__(self, parent: QWidget, context: PageContext, card: int, take) -> None:
        super().__init__(parent, _("Find a card"))
        self._context, self._card, self._take = context, card, take
        self.search = SearchField(_("Find a card of any board"))
        self.search.setMinimumWidth(320)
        self.search.textChanged.connect(self._show)
        self.body.addWidget(self.search)
        self._found = QVBoxLayout()
        self._found.setSpacing(0)
        self.body.addLayout(self._found)

    def _show(self, text: str) -> None:
        clear(self._found)
        with self._context.workspace.read() as connection:
            found = details.search(connection, text, limit=_MOST + 1)
        for one in [each for each in found if each.id != self._card][:_MOST]:
            words = f"{one.title} · {one.board}"
            self._found.addWidget(button(words, partial(self._chosen, one.id), link=True))
        if text.strip() and not found:
            self._found.addWidget(label(_("No card has these words."), "muted"))
        self.adjustSize()

    def _chosen(self, identity: int) -> None:
        self.close()
        self._take(identity)
