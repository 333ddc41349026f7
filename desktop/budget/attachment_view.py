"""The files that belong to postings: opened from a copy, or saved where one likes."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from ecofolio.errors import StoreError
from ecofolio.store import files
from ecofolio.store.place import Place
from ecofolio.text import _

_PAPERS = frozenset(
    f".{ending}"
    for ending in (
        *("pdf", "png", "jpg", "jpeg", "gif", "tif", "tiff", "txt", "csv"),
        *("xlsx", "docx", "pptx", "ods", "odt"),
    )
)


def open_attachment(parent: QWidget, place: Place, name: str, content_hash: str) -> None:
    """Show an attached file in the program that the system has for it, from a copy; one that is
    no paper is only saved. `StoreError` where it is missing or was altered."""
    if not files.is_whole(place, content_hash):
        raise StoreError(
            _("The attached file {file} is missing or was altered since it was attached.").format(
                file=name
            )
        )
    kept = files.path_of(place, content_hash)
    plain = Path(name.replace("\\", "/")).name or "attachment"
    if Path(plain).suffix.lower() in _PAPERS:
        folder = Path(tempfile.mkdtemp(prefix="ecofolio-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        shutil.copyfile(kept, folder / plain)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder / plain)))
        return
    target, _kind = QFileDialog.getSaveFileName(parent, _("Save the attached file"), plain)
    if target:
        try:
            shutil.copyfile(kept, target)
        except OSError as error:
            raise StoreError(
                _("{place} can not be written: {reason}.").format(
                    place=target, reason=error.strerror
                )
            ) from None
