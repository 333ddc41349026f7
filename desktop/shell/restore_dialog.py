"""Choosing a backup: which there are, whether they are sound, and what becomes of what is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.store import backup
from ecofolio.store.place import SUFFIX, Place, place_of
from ecofolio.text import _, pgettext, tip
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space, in_force

if TYPE_CHECKING:
    from ecofolio.widgets.background import Runner

_STAMPED = re.compile(r"(.+)\.(?:before-restore-)?\d{8}T\d{6}Z")
_WHEN, _SIZE, _STATE = range(3)


@dataclass(frozen=True)
class Kept:
    """A file that can be restored."""

    path: Path
    at: datetime
    bytes: int


class RestoreDialog(QDialog):
    """The backups of one of `places`, newest first; after it was accepted, `place` and `source`
    are what was chosen.

    `folders(place)` are where its backups are looked for, `folders(None)` where any may be.
    """

    def __init__(
        self,
        places: Sequence[Place],
        folders: Callable[[Place | None], Sequence[Path]],
        runner: Runner,
        parent: QWidget | None = None,
        *,
        fixed: bool = False,
    ) -> None:
        super().__init__(parent)
        self._folders, self._runner = folders, runner
        self._rows: list[Kept] = []
        self._is_gone = False
        self.setWindowTitle(_("Restore backup"))
        self.setMinimumSize(560, 460)
        self.programme = QComboBox()
        self.programme.setAccessibleName(_("Programme"))
        self.other = button(_("Another programme…"), self._choose_place)
        self.table = self._table()
        self.message = InlineMessage()
        self.aside = label("", "muted", wrap=True)
        self.check = button(_("Check this backup"), self._check, icon="circle-check")
        self.choose = button(_("Choose a file…"), self._choose_file, icon="folder-open")
        self.restore = button(_("Restore this backup"), self.accept, primary=True)
        self.restore.setDefault(True)
        self._lay_out(fixed)
        for place in places:
            self.programme.addItem(place.shown, place)
        self.programme.currentIndexChanged.connect(self._read)
        self.table.itemSelectionChanged.connect(self._show_state)
        self._read()
        self.table.setFocus()

    @property
    def place(self) -> Place | None:
        """The programme that the backup is put in the place of."""
        chosen: Place | None = self.programme.currentData()
        return chosen

    @property
    def source(self) -> Path | None:
        """The backup that is chosen."""
        at = self.table.currentRow()
        return self._rows[at].path if 0 <= at < len(self._rows) else None

    def add_file(self, path: Path) -> None:
        """Offer a file that lies elsewhere, and choose it; no verdict on it yet."""
        try:
            found = path.stat()
        except OSError as error:
            said = _("{place} can not be read: {reason}.")
            self.message.say(said.format(place=path, reason=error.strerror), "red")
            return
        if self.place is None:
            self._add_place(Place(path=_home_of(path)))
        at = datetime.fromtimestamp(found.st_mtime, UTC)
        self._rows.insert(0, Kept(path, at, found.st_size))
        self._fill()

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 3)
        table.setHorizontalHeaderLabels([_("Made"), pgettext("file", "Size"), _("Check")])
        table.setAccessibleName(_("Backups"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_STATE, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(_WHEN, 170)
        table.setColumnWidth(_SIZE, 100)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        table.horizontalHeaderItem(_SIZE).setTextAlignment(right)
        return table

    def _lay_out(self, fixed: bool) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(label(_("Restore backup"), "title"))
        head = row(self.programme, self.other, spacing=Space.S)
        head.setStretch(0, 1)
        layout.addLayout(head)
        self.programme.setEnabled(not fixed)
        self.other.setVisible(not fixed)
        layout.addWidget(self.table, 1)
        layout.addLayout(row(self.choose, self.check, None))
        layout.addWidget(self.message)
        layout.addWidget(self.aside)
        layout.addSpacing(Space.XS)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.restore))

    def _read(self) -> None:
        """Look for the backups of the programme that is chosen."""
        found: dict[Path, Kept] = {}
        place = self.place
        for folder in self._folders(place) if place else ():
            for at, path in backup.made(folder, place.name):
                found[path] = Kept(path, at, path.stat().st_size)
        self._rows = sorted(found.values(), key=lambda kept: kept.at, reverse=True)
        self._fill()

    def _fill(self) -> None:
        self.message.hide()
        self.table.setRowCount(len(self._rows))
        for at, kept in enumerate(self._rows):
            when = kept.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            for column, text in enumerate((when, _size(kept.bytes), _("not checked yet"))):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(str(kept.path)))
                if column == _SIZE:
                    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    item.setTextAlignment(right)
                self.table.setItem(at, column, item)
        if self._rows:
            self.table.selectRow(0)
        elif self.place is not None:
            self.message.say(_("No backups of this programme were found; choose a file."), "accent")
        else:
            self.message.say(_("Choose the file of a backup."), "accent")
        self._show_state()

    def _show_state(self) -> None:
        ready = self.source is not None and self.place is not None
        self.restore.setEnabled(ready)
        self.check.setEnabled(self.source is not None)
        self.aside.setText(_what_is_kept(self.place) if self.place else "")

    def _check(self) -> None:
        path = self.source
        if path is None:
            return
        self.check.setEnabled(False)
        self._say_state(path, _("checking…"))
        self._runner.start(
            lambda _progress, _cancelled: verdict(path),
            title=_("Checking a backup"),
            cancellable=False,
            on_done=lambda fault: self._checked(path, fault),
        )

    def _checked(self, path: Path, fault: str) -> None:
        if self._is_gone:
            return
        self._say_state(path, _("can not be used") if fault else _("sound"))
        if fault:
            self.message.say(fault, "red")
        self._show_state()

    def _say_state(self, path: Path, state: str) -> None:
        for at, kept in enumerate(self._rows):
            if kept.path == path:
                self.table.item(at, _STATE).setText(state)

    def _choose_file(self) -> None:
        place = self.place
        near = next((folder for folder in self._folders(place) if folder.is_dir()), "")
        path, _kind = QFileDialog.getOpenFileName(
            self, _("Choose the file of a backup"), str(near), _kinds()
        )
        if path:
            self.add_file(Path(path))

    def _choose_place(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self,
            _("Which programme is to be restored?"),
            self.place.shown if self.place else "",
            _kinds(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self._add_place(place_of(path if path.endswith(SUFFIX) else path + SUFFIX))

    def _add_place(self, place: Place) -> None:
        self.programme.addItem(place.shown, place)
        self.programme.setCurrentIndex(self.programme.count() - 1)


def verdict(path: Path) -> str:
    """What is wrong with a backup, in a sentence; empty where it can be restored."""
    from ecofolio.store import inspection
    from ecofolio.store.workspace import Workspace

    Workspace.load_tables()
    try:
        inspection.look_at_header(path)
        inspection.look_inside(path, whole=True)
    except EcofolioError as error:
        return str(error)
    return ""


def _what_is_kept(place: Place) -> str:
    if place.is_server:
        said = _("What is at {place} now is backed up first.")
    elif place.file.exists():
        said = _(
            "{place} as it is now is kept aside beside it, as a file with “before-restore” in "
            "its name."
        )
    else:
        said = _("There is no file {place} now: the backup takes its place.")
    return said.format(place=place.name if place.is_server else place.file.name)


def _home_of(path: Path) -> Path:
    """Where a backup's programme was, going by names: beside the folder of backups."""
    stamped = _STAMPED.fullmatch(path.stem)
    name = stamped[1] if stamped else path.stem
    folder = path.parent.parent if path.parent.name == f"{name} backups" else path.parent
    home = folder / f"{name}{SUFFIX}"
    return home if home != path else folder / (_("{name} restored").format(name=name) + SUFFIX)


def _size(n: int) -> str:
    return f"{n / 1_000_000:.1f} MB" if n >= 100_000 else f"{n / 1000:.0f} kB"


def _kinds() -> str:
    return _("Ecofolio programmes (*{ending})").format(ending=SUFFIX)
