"""The two families of errors.

The world's fault (a damaged file, a bad cell, a stale write) is an `EcofolioError`: one
translated sentence that says what is wrong and what to do. Everything else is ours and is
reported with diagnostics.
"""


class EcofolioError(Exception):
    """The input's or the world's fault, in one plain sentence that a person can act on."""


class InputError(EcofolioError):
    """What a person or a file asked for breaks a rule of the domain."""


class StoreError(EcofolioError):
    """A programme can not be opened, written or restored."""


class StaleError(EcofolioError):
    """The record was changed by somebody else after it was shown."""


class ConflictError(EcofolioError):
    """An undo or redo would overwrite a later change."""
