"""Keys among the events that a widget is asked about."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def is_press(event: QEvent) -> TypeGuard[QKeyEvent]:
    """Whether a key was pressed."""
    return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress


def is_claim(event: QEvent) -> TypeGuard[QKeyEvent]:
    """Whether a key was pressed that a shortcut will take unless the event is accepted."""
    return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
