"""Tables declared as SQLAlchemy's declarative classes are, but made as tables and nothing else.

No session and no mapped object is used anywhere, and the part of SQLAlchemy that makes them
takes a fifth of a second of every start: importing it, and dressing each class for it. Type
checkers are shown SQLAlchemy's own names (see `base`), so that a query knows its columns' types.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Boolean, Column, Date, Double, Integer, MetaData, String, Table
from sqlalchemy.types import TypeEngine

_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "bool": Boolean,
    "date": Date,
    "datetime.date": Date,
    "float": Double,
    "int": Integer,
    "str": String,
}


class Mapped:
    """What stands in the annotation of a column: `Mapped[int]`, `Mapped[str | None]`."""

    def __class_getitem__(cls, _kind: object) -> type[Mapped]:
        return cls


class _Wanted(NamedTuple):
    """What `mapped_column` was told, kept until the class is complete."""

    arguments: tuple[Any, ...]
    options: dict[str, Any]

    def column(self, name: str, annotation: str) -> Column[Any]:
        """A column of its own: a base's is wanted anew by each of its children."""
        kind = annotation.removeprefix("Mapped[").removesuffix("]")
        bare = kind.removesuffix(" | None")
        arguments = self.arguments
        if not any(isinstance(one, TypeEngine) or inspect.isclass(one) for one in arguments):
            arguments = (_TYPES[bare](), *arguments)
        options = {"nullable": bare != kind, **self.options}
        if options.get("primary_key"):
            options["nullable"] = False
        return Column(name, *arguments, **options)


_PLAIN = _Wanted((), {})


def mapped_column(*arguments: Any, **options: Any) -> Any:
    """A column that says more than its annotation does; arguments are those of `Column`."""
    return _Wanted(arguments, options)


class Declared:
    """The root of declared tables. A child with a `__tablename__` is one, others are bases."""

    metadata: ClassVar[MetaData]
    __table__: ClassVar[Table]

    def __init_subclass__(cls) -> None:
        name = cls.__dict__.get("__tablename__")
        if name is None:
            return
        found: dict[str, Column[Any]] = {}
        for base in cls.__mro__:  # its own columns first, as SQLAlchemy does
            for key, annotation in inspect.get_annotations(base).items():
                if annotation.startswith("Mapped[") and key not in found:
                    wanted = base.__dict__.get(key, _PLAIN)
                    found[key] = wanted.column(key, annotation)
        told = cls.__dict__.get("__table_args__", ())
        more = told[-1] if told and isinstance(told[-1], dict) else {}
        rules = told[:-1] if more else told
        cls.__table__ = Table(name, cls.metadata, *found.values(), *rules, **more)
        for key, column in found.items():
            setattr(cls, key, column)

    @classmethod
    def __clause_element__(cls) -> Table:
        """Where SQLAlchemy is handed the class, the table is meant."""
        return cls.__table__
