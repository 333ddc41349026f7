"""What a register is: a list of records that the PMO keeps, with a form for one of them.

The organisation page shows every register alike; rooms above this one bring their own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar

from sqlalchemy import Connection

from ecofolio.store.work import Work
from ecofolio.text import _


@dataclass(frozen=True)
class Head:
    """A column: its title in the language in force and its usual width in pixels."""

    title: str
    width: int
    is_number: bool = False


@dataclass(frozen=True)
class Entry:
    """A record in a register. `cells` stand under the heads; figures are numbers.

    `values` are what the form edits; `locked` says why it can not be edited, if so; `parent` is
    the record above it in a tree.
    """

    id: int
    version: int
    name: str
    cells: tuple[str | int, ...]
    values: Mapping[str, Any]
    initiatives: int
    parent: int | None = None
    locked: str = ""

    @property
    def hay(self) -> str:
        """What the search looks in."""
        return "\n".join(str(cell) for cell in self.cells).casefold()


class Input(Enum):
    """How a field is typed."""

    LINE = auto()
    LINES = auto()
    CHOICE = auto()


@dataclass(frozen=True)
class FormField:
    """A field of the form. `choices` are values with their words; a line may have `suggestions`."""

    key: str
    label: str
    input: Input = Input.LINE
    choices: Sequence[tuple[Any, str]] = ()
    suggestions: Sequence[str] = ()
    hint: str = ""


class Register(ABC):
    """A kind of record. The titles are `N_` messages."""

    key: ClassVar[str]
    title: ClassVar[str]
    add_words: ClassVar[str]
    find_words: ClassVar[str]
    delete_words: ClassVar[str]
    empty_words: ClassVar[str]
    is_tree: ClassVar[bool] = False
    is_ordered: ClassVar[bool] = False  # people choose the order: no sorting, but moving

    @property
    def label(self) -> str:
        """The title in the language in force."""
        return _(self.title)

    @abstractmethod
    def heads(self) -> list[Head]:
        """The columns; the first is the name."""

    @abstractmethod
    def read(self, connection: Connection) -> list[Entry]:
        """All records, parents before their children."""

    @abstractmethod
    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        """The fields for a record with `values`; `own` is its identity, None for a new one.

        Choices are those of what `read` found last.
        """

    @abstractmethod
    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        """What a new record starts with, beside or below the chosen one."""

    @abstractmethod
    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        """Add a record."""

    @abstractmethod
    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        """Change a record."""

    @abstractmethod
    def delete(self, work: Work, identity: int) -> None:
        """Delete a record."""

    @abstractmethod
    def scope(self, entry: Entry) -> dict[str, Any]:
        """The choices of the scope that shows a record's initiatives."""

    def move(self, work: Work, identity: int, by: int) -> None:
        """Move a record up (-1) or down (1); only where people choose the order."""
        raise NotImplementedError
