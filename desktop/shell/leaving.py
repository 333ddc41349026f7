"""Asking before something unsaved is lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ecofolio.text import _


def leaves(window: QWidget, page: str) -> bool:
    """Whether the person leaves `page` although it is not finished."""
    asked = QMessageBox(window)
    asked.setTextFormat(Qt.TextFormat.PlainText)
    asked.setWindowTitle("Ecofolio")
    asked.setText(_("{page} is not finished. Leave it all the same?").format(page=page))
    leave = asked.addButton(_("Leave"), QMessageBox.ButtonRole.DestructiveRole)
    asked.addButton(_("Stay"), QMessageBox.ButtonRole.RejectRole)
    asked.exec()
    asked.deleteLater()
    return asked.clickedButton() is leave
