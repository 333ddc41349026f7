"""What a start does without until the first page stands: hundreds of modules are imported then."""

from __future__ import annotations

import builtins
import gc


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
