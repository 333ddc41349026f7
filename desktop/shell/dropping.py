"""Files dropped on the window: a programme is opened, a list goes to the import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from ecofolio.store.place import SUFFIX

LISTS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt")


def dropped(data: QMimeData) -> tuple[str, bool] | None:
    """The one file that is dropped, and whether it is a programme; None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = urls[0].toLocalFile()
    ending = Path(path).suffix.lower()
    if ending == SUFFIX:
        return path, True
    return (path, False) if ending in LISTS else None
