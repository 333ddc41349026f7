"""The journal in words: which field of an initiative became what, with names for identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from ecofolio import format as shown
from ecofolio.initiatives.columns import Setting, money_words
from ecofolio.initiatives.fields import BY_KEY, Field, Kind
from ecofolio.initiatives.queries import FieldRow, Names
from ecofolio.initiatives.rules import split_list
from ecofolio.store.journal import RowChange
from ecofolio.text import N_, _

_MILESTONE = {
    "name": N_("Name"),
    "baseline": N_("Baseline"),
    "forecast": N_("Forecast"),
    "actual": N_("Actual"),
    "position": N_("Order"),
}


class Line(NamedTuple):
    """One field that changed; a side without words is a blank.

    `whole` says that the thing itself was added (`new` describes it) or deleted (`old` does).
    """

    what: str
    old: str
    new: str
    whole: bool = False


class Told(NamedTuple):
    """What one change did to one initiative. `at` is UTC."""

    change_id: int
    at: datetime
    actor: str
    label: str
    kind: str
    made: bool  # the change added the initiative itself
    lines: list[Line]


class Teller:
    """Knows the names that a telling needs."""

    def __init__(self, known: Names, fields: Iterable[FieldRow], setting: Setting) -> None:
        self._known = known
        self._fields = {field.id: field for field in fields}
        self._setting = setting

    def told(self, changes: Iterable[RowChange]) -> list[Told]:
        """The changes of one initiative and of what belongs to it, newest first."""
        rows = list(changes)
        whole = _latest(rows)
        grouped: dict[int, list[RowChange]] = {}
        for row in rows:
            grouped.setdefault(row.entry.id, []).append(row)
        return [self._one(group, whole) for group in grouped.values()]

    def _one(self, rows: list[RowChange], whole: Mapping[tuple[str, int], Any]) -> Told:
        entry = rows[0].entry
        made = any(row.record == "initiative" and row.before is None for row in rows)
        lines = [line for row in rows for line in self._lines(row, whole)]
        return Told(entry.id, entry.at, entry.actor, entry.label, entry.kind, made, lines)

    def _lines(self, row: RowChange, whole: Mapping[tuple[str, int], Any]) -> list[Line]:
        before, after = row.before or {}, row.after or {}
        now = whole.get((row.record, row.record_id), {})
        if row.record == "initiative":
            if row.before is None or row.after is None:
                return [Line(_("Initiative"), *_gone(row, str(now.get("name", ""))), True)]
            return [
                Line(BY_KEY[key].label, self.words(key, before[key]), self.words(key, after[key]))
                for key in BY_KEY
                if key in after
            ]
        if row.record == "milestone":
            return self._milestone(row, str(now.get("name", "")))
        if row.record == "note":
            what = _("Note “{section}”").format(section=now.get("section", ""))
            if "body" in before or "body" in after:
                return [Line(what, before.get("body", ""), after.get("body", ""))]
        if row.record == "custom_value" and ("value" in before or "value" in after):
            field = self._fields.get(now.get("field_id", 0))
            what = field.name if field else _("A field that was deleted")
            old, new = (self._custom(field, side.get("value", "")) for side in (before, after))
            return [Line(what, old, new)]
        return []

    def _milestone(self, row: RowChange, name: str) -> list[Line]:
        what = _("Milestone “{name}”").format(name=name)
        if row.before is None or row.after is None:
            full = row.after or row.before or {}
            dates = [full.get(key) for key in ("actual", "forecast", "baseline")]
            day = next((one for one in dates if one), None)
            return [Line(what, *_gone(row, shown.day(day) if day else ""), True)]
        return [
            Line(f"{what} · {_(_MILESTONE[key])}", _plain(row.before[key]), _plain(row.after[key]))
            for key in row.after
            if key in _MILESTONE
        ]

    def words(self, key: str, value: Any) -> str:
        """A stored value of an initiative's field as people read it."""
        field = BY_KEY[key]
        if value is None:
            return ""
        if field.kind is Kind.MONEY:
            return money_words(value, self._setting)
        return self._name(field, value)

    def _name(self, field: Field, value: Any) -> str:
        names: dict[Kind, dict[int, str]] = {
            Kind.UNIT: self._known.units,
            Kind.DEPARTMENT: self._known.departments,
            Kind.SCENE: self._known.scenes,
            Kind.PERSON: self._known.people,
        }
        if field.kind in names:
            return names[field.kind].get(value, _("deleted since"))
        if field.vocabulary is not None:
            members = field.vocabulary._value2member_map_
            codes = split_list(value)
            return " · ".join(
                field.vocabulary(code).label if code in members else code for code in codes
            )
        return _plain(value)

    def _custom(self, field: FieldRow | None, value: str) -> str:
        if field is not None and field.type == "date" and value:
            return shown.day(date.fromisoformat(value))
        return value


def _latest(rows: list[RowChange]) -> dict[tuple[str, int], dict[str, Any]]:
    """The newest known value of every column of every row, from a history newest first."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault((row.record, row.record_id), {})
        for side in (row.after, row.before):
            for key, value in (side or {}).items():
                known.setdefault(key, value)
    return found


def _gone(row: RowChange, what: str) -> tuple[str, str]:
    """Both sides of an addition or a deletion."""
    return ("", what) if row.before is None else (what, "")


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return shown.day(value)
    return "" if value is None else str(value)
