"""What a start does without until the first page stands: hundreds of modules are imported then;
and where garbage is looked for afterwards."""

from __future__ import annotations

import builtins
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_LOOK_EVERY = 1000  # milliseconds
_MANY = (700, 10, 10)  # so many objects, and so many looks at the younger ones, are worth a look


def hurry() -> None:
    """Look for no garbage, of which there is none yet, and import as Python itself does.

    To be called before a module that imports PySide6 is.

    PySide6 puts a hook before every import, for a syntax (`__feature__`) that nothing here
    uses; it costs a third of each.
    """
    gc.disable()
    import PySide6.QtCore  # noqa: F401

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def settle() -> None:
    """Look for garbage from now on, but not among what stays as long as the program runs."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def collect_here(parent: QObject) -> None:
    """Look for garbage in the GUI thread only, between two events, as long as `parent` is there.

    Python does it wherever an object happens to be made. In another thread, widgets would die that
    Qt lets go of in their own only; in a paint, whatever is found would be ended amidst it.
    """
    from PySide6.QtCore import QTimer

    gc.set_threshold(0)
    timer = QTimer(parent, interval=_LOOK_EVERY)
    timer.timeout.connect(_look)
    timer.start()


def _look() -> None:
    if not gc.isenabled():
        return
    due = [age for age, made in enumerate(gc.get_count()) if made > _MANY[age]]
    if due:
        gc.collect(due[-1])
