"""Why the reading process gave up, as a code that the parent says in words."""

from __future__ import annotations


class RefusedError(Exception):
    """A file that can not be read: `code` names one of the sentences of `reading`."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
