"""Units, departments, people and scenes that a list names: found again, or to be added with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.initiatives.fields import BY_KEY, Kind
from ecofolio.initiatives.model import Scene
from ecofolio.intake.names import normal
from ecofolio.intake.reading import Cell
from ecofolio.intake.values import Reader, Reason, read_name
from ecofolio.intake.words import scenes
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work
from ecofolio.text import _
from ecofolio.vocabulary import SCENES, UnitLevel, scene_label

RECORDS: dict[Kind, type[Record]] = {
    Kind.UNIT: Unit,
    Kind.DEPARTMENT: Department,
    Kind.SCENE: Scene,
    Kind.PERSON: Person,
}
REFERENCE_KEYS = tuple(key for key, one in BY_KEY.items() if one.kind in RECORDS)
_PREFIX = {Kind.UNIT: "U", Kind.DEPARTMENT: "D", Kind.SCENE: "S", Kind.PERSON: "P"}
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,11}")
_SUFFIX = re.compile(r"(?:省|市|自治区)?(?:一级|二级)?(?:分行|支行)$|\s(?:sub-?)?branch$")
_LEVELS = (
    (re.compile(r"总行|總行|head office|headquarters"), UnitLevel.HEAD_OFFICE),
    (re.compile(r"支行|sub-?branch"), UnitLevel.SUB_BRANCH),
    (re.compile(r"二级分行|二級分行|市分行"), UnitLevel.TIER2),
)


@dataclass(frozen=True)
class NewRecord:
    """A record that comes into being with the import."""

    kind: Kind
    code: str
    name: str | None

    @property
    def label(self) -> str:
        """What people call it."""
        return scene_label(self.code, self.name) if self.kind is Kind.SCENE else str(self.name)


class Directory:
    """All records of one kind by every name that a list may use."""

    def __init__(self, connection: Connection, kind: Kind) -> None:
        self.kind = kind
        self.labels: dict[int, str] = {}
        self._found: dict[str, set[int]] = {}
        self._short: dict[str, set[int]] = {}
        self._codes: set[str] = set()
        self._new: dict[str, NewRecord] = {}
        table = table_of(RECORDS[kind])
        for row in connection.execute(select(table.c.id, table.c.code, table.c.name)):
            self._add(row.id, row.code, row.name)
        self._next = len(self._codes) + 1

    def _add(self, identity: int, code: str, name: str | None) -> None:
        label = scene_label(code, name) if self.kind is Kind.SCENE else str(name)
        self.labels[identity] = label
        self._codes.add(code)
        for word in (code, label, f"{label} ({code})"):
            self._found.setdefault(_key(word), set()).add(identity)
        if self.kind is Kind.SCENE:
            for word, known in scenes().items():
                if known == code:
                    self._found.setdefault(word, set()).add(identity)
        if self.kind is Kind.UNIT:
            self._short.setdefault(_short(label), set()).add(identity)

    def reader(self) -> Reader:
        """Reads a cell as an identity, or as the `NewRecord` that it calls for."""

        def read(cell: Cell) -> object:
            name = read_name(cell)
            return name if isinstance(name, Reason) else self._resolve(str(name))

        return read

    def _resolve(self, name: str) -> int | NewRecord | Reason:
        key = _key(name)
        found = self._found.get(key)
        if not found and self.kind is Kind.UNIT:
            found = self._short.get(_short(name))
        if found:
            if len(found) > 1:
                return Reason(_("is the name of more than one; use the code"))
            return next(iter(found))
        known = scenes().get(key) if self.kind is Kind.SCENE else None
        if known:
            key = known
        if key not in self._new:
            self._new[key] = NewRecord(
                self.kind, self._code_for(name, known), None if known else name
            )
        return self._new[key]

    def _code_for(self, name: str, known: str | None) -> str:
        code = known or (name if _CODE.fullmatch(name) else "")
        while not code or code in self._codes:
            code = f"{_PREFIX[self.kind]}-{self._next:03d}"
            self._next += 1
        self._codes.add(code)
        return code


def _key(name: str) -> str:
    return normal(name) or name.strip()


def _short(name: str) -> str:
    return _SUFFIX.sub("", _key(name))


class References:
    """The directories that an import needs, each read once."""

    def __init__(self, connection: Connection | None = None) -> None:
        self._connection = connection
        self._directories: dict[Kind, Directory] = {}

    def directory(self, key: str) -> Directory:
        """The directory for a field such as `unit_id`."""
        kind = BY_KEY[key].kind
        if kind not in self._directories:
            assert self._connection is not None
            self._directories[kind] = Directory(self._connection, kind)
        return self._directories[kind]

    def label(self, key: str, value: object) -> str:
        """What a reference is called."""
        if isinstance(value, NewRecord):
            return value.label
        directory = self._directories.get(BY_KEY[key].kind)
        return directory.labels.get(value, "") if directory and isinstance(value, int) else ""


def add(work: Work, needed: Iterable[NewRecord]) -> dict[NewRecord, int]:
    """Add the records that are needed; returns their identities."""
    identities: dict[NewRecord, int] = {}
    by_kind: dict[Kind, list[NewRecord]] = {}
    for record in dict.fromkeys(needed):
        by_kind.setdefault(record.kind, []).append(record)
    for kind, records in by_kind.items():
        rows = [_row(work, record) for record in records]
        made = work.insert(RECORDS[kind], rows)
        identities.update(zip(records, made, strict=True))
    return identities


def _row(work: Work, record: NewRecord) -> dict[str, Any]:
    row: dict[str, Any] = {"code": record.code, "name": record.name}
    if record.kind is Kind.SCENE and record.code in SCENES:
        row["name"] = None
    if record.kind is Kind.UNIT:
        name = str(record.name).casefold()
        level = next((level for mark, level in _LEVELS if mark.search(name)), UnitLevel.TIER1)
        row["level"] = level.value
        if level is not UnitLevel.HEAD_OFFICE:
            row["parent_id"] = _head_office(work)
    return row


def _head_office(work: Work) -> int | None:
    unit = table_of(Unit)
    query = select(unit.c.id).where(unit.c.level == UnitLevel.HEAD_OFFICE.value).limit(2)
    found = list(work.connection.scalars(query))
    return found[0] if len(found) == 1 else None
