"""Undo and redo: readings of the journal that write a new entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, Select, func, select

from ecofolio.errors import ConflictError, InputError
from ecofolio.store.base import Base, Record, record_classes, table_of
from ecofolio.store.journal import (
    CHANGE,
    ROW,
    Entry,
    RowChange,
    entry_of,
    history,
    row_changes,
    rows_of,
)
from ecofolio.store.values import Row
from ecofolio.store.work import Work
from ecofolio.text import N_, _

Reversal = Callable[[Work, list[int]], None]
"""Reverses records by their identities; `InputError` says why it can not."""
_REVERSALS: dict[str, Reversal] = {}
Guard = Callable[[Work, list[RowChange]], None]
"""Looks at what is about to become of records (`before` is written again, `after` is there now)
and who asks for it; `InputError` says why it can not."""
_GUARDS: dict[str, Guard] = {}
_REGISTERING: list[Callable[[], object]] = []
_MANY = 500  # identities: more than a statement likes to be told one by one


def _undone(identity: Any) -> Any:
    """Whether the newest undo or redo of a change is an undo, as SQL."""
    about = CHANGE.alias()
    newest = select(func.max(about.c.id)).where(about.c.target == identity).correlate(CHANGE)
    state = CHANGE.alias()
    return select(state.c.kind == "undo").where(state.c.id == newest.scalar_subquery())


def _first(connection: Connection, query: Select[Any]) -> Entry | None:
    found = connection.execute(query.limit(1)).first()
    return None if found is None else entry_of(*found)


def next_undo(connection: Connection, actor: str | None = None) -> Entry | None:
    """The newest change that stands and can be undone; of one person if `actor` is given."""
    undone = func.coalesce(_undone(CHANGE.c.id).scalar_subquery(), False)
    query = select(CHANGE).where(CHANGE.c.kind == "do", ~undone).order_by(CHANGE.c.id.desc())
    return _first(connection, query if actor is None else query.where(CHANGE.c.actor == actor))


def next_redo(connection: Connection, actor: str | None = None) -> Entry | None:
    """The newest undone change after which nothing new was done."""
    done = CHANGE.alias()
    last = select(func.coalesce(func.max(done.c.id), 0)).where(done.c.kind == "do")
    undo = CHANGE.alias()
    query = (
        select(CHANGE)
        .join(undo, (undo.c.target == CHANGE.c.id) & (undo.c.kind == "undo"))
        .order_by(undo.c.id.desc())
    )
    if actor is not None:
        query = query.where(CHANGE.c.actor == actor)
        last = last.where(done.c.actor == actor)
    undone = func.coalesce(_undone(CHANGE.c.id).scalar_subquery(), False)
    return _first(connection, query.where(undone, undo.c.id > last.scalar_subquery()))


def is_reversal(connection: Connection, change: int) -> bool:
    """Whether undoing a change puts records of the opposite on record."""
    _register()
    here = (ROW.c.change_id == change) & ROW.c.record.in_(_REVERSALS)
    return connection.scalar(select(ROW.c.change_id).where(here).limit(1)) is not None


def find(connection: Connection, change: int) -> Entry:
    """One change; `InputError` where there is none."""
    found = _first(connection, select(CHANGE).where(CHANGE.c.id == change))
    if found is None:
        raise InputError(_("There is no change {n}.").format(n=change))
    return found


def _label_like(work: Work, change: int) -> None:
    query = select(CHANGE.c.label, CHANGE.c.arguments).where(CHANGE.c.id == change)
    message, arguments = work.connection.execute(query).one()
    work.label(message, **json.loads(arguments))


def undo(work: Work, change: int | None, actor: str | None) -> Entry:
    """Take back a change, or the newest that stands; `ConflictError` says why not."""
    connection = work.connection
    entry = next_undo(connection, actor) if change is None else find(connection, change)
    if entry is None:
        raise InputError(_("There is nothing to undo."))
    if entry.kind != "do":
        raise InputError(_("“{label}” is not undone from here.").format(label=entry.label))
    state = connection.scalar(_undone(entry.id))
    if state:
        raise InputError(_("“{label}” is undone already.").format(label=entry.label))
    _label_like(work, entry.id)
    work.kind, work.target = "undo", entry.id
    invert(work, entry.id, rows_of(connection, entry.id))
    return entry


def redo(work: Work, actor: str | None) -> Entry:
    """Bring back the change that was undone last; `ConflictError` says why not."""
    connection = work.connection
    entry = next_redo(connection, actor)
    if entry is None:
        raise InputError(_("There is nothing to redo."))
    undone = connection.scalar(select(func.max(CHANGE.c.id)).where(CHANGE.c.target == entry.id))
    _label_like(work, entry.id)
    work.kind, work.target = "redo", entry.id
    invert(work, entry.id, rows_of(connection, undone or 0))
    return entry


def take_back(work: Work, change: int, record: str, record_id: int) -> None:
    """Undo what a change did to one record and to what belongs to it."""
    rows = [
        row
        for row in rows_of(work.connection, change)
        if (row.record, row.record_id) == (record, record_id)
        or (row.owner, row.owner_id) == (record, record_id)
    ]
    if not rows:
        raise InputError(_("There is no change {n}.").format(n=change))
    message, arguments = N_("Take back “{label}”"), rows[0].entry.label
    work.label(message, label=arguments)
    invert(work, change, rows)


def invert(work: Work, change: int, rows: list[RowChange]) -> None:
    """Write the values before some rows of a change or of what undid it.

    `ConflictError` where a later change is in the way.
    """
    _register()
    classes = record_classes()
    lasting = [row for row in rows if classes[row.record].stays]
    needed = _needed_by(lasting)
    rows = [
        row
        for row in rows
        if not classes[row.record].stays
        and not (row.before is None and (row.record, row.record_id) in needed)
    ]
    known = _refuse_conflicts(work, rows)
    _refuse_later(work, change, rows)
    _refuse_referrers(work, rows)
    grouped = _by_record(rows)
    for name, changes in grouped.items():
        if name in _GUARDS:
            _GUARDS[name](work, changes)
    _reverse(work, lasting)
    for name, changes in grouped.items():
        record = classes[name]
        # a reversal may have moved what was read before it
        present = work.rows(record, [row.record_id for row in changes]) if lasting else known[name]
        made = {row.record_id for row in changes if row.before is None}
        work.delete(record, {one: row for one, row in present.items() if one in made})
        edited = {row.record_id: row.before for row in changes if row.before and row.after}
        work.update_many(record, edited, present)
        # last, because an edit above may have to give free what only one record may have
        gone = [row.before for row in changes if row.after is None and row.before is not None]
        work.put_back(record, [{**row, "version": row["version"] + 1} for row in gone])
    for name, changes in grouped.items():
        here = [row.record_id for row in changes if row.before is not None]
        reason = classes[name].why_not(work.connection, here)
        if reason is not None:
            raise ConflictError(
                _("“{label}” can not be undone: {reason}").format(
                    label=rows[0].entry.label, reason=reason
                )
            )


def registers(load: Callable[[], object]) -> None:
    """Have `load` register reversals and guards before anything is undone, and no sooner: it
    imports the rooms' rules, which showing a programme does not need."""
    _REGISTERING.append(load)


def _register() -> None:
    for load in _REGISTERING:
        load()


def reversal_of(record: type[Record]) -> Callable[[Reversal], Reversal]:
    """Register how rows that stay for ever are undone: by a record of the opposite."""

    def register(reverse: Reversal) -> Reversal:
        _REVERSALS[record.__tablename__] = reverse
        return reverse

    return register


def guard_of(record: type[Record]) -> Callable[[Guard], Guard]:
    """Register who may undo and redo what is done to a record, asked before anything is written."""

    def register(guard: Guard) -> Guard:
        _GUARDS[record.__tablename__] = guard
        return guard

    return register


def _needed_by(lasting: list[RowChange]) -> set[tuple[str, int]]:
    """What rows that stay refer to: made by the same change, it has to stay as well."""
    classes = record_classes()
    return {
        (key.column.table.name, (row.after or {}).get(key.parent.name) or 0)
        for row in lasting
        for key in table_of(classes[row.record]).foreign_keys
    }


def _reverse(work: Work, rows: list[RowChange]) -> None:
    """Reverse what is never deleted, the newest first; `ConflictError` says why not."""
    for name, changes in _by_record(rows).items():
        reverse = _REVERSALS.get(name)
        if reverse is None:  # such as an account: it stays, and is empty again
            continue
        try:
            reverse(work, sorted((row.record_id for row in changes), reverse=True))
        except InputError as error:
            raise ConflictError(
                _("“{label}” can not be undone. {reason}").format(
                    label=changes[0].entry.label, reason=error
                )
            ) from error


def _by_record(rows: Iterable[RowChange]) -> dict[str, list[RowChange]]:
    grouped: dict[str, list[RowChange]] = {}
    for row in rows:
        grouped.setdefault(row.record, []).append(row)
    return grouped


def _refuse_conflicts(work: Work, rows: list[RowChange]) -> dict[str, dict[int, Row]]:
    """The present rows by record and identity, all of them as the change has left them."""
    classes, known = record_classes(), {}
    for name, changes in _by_record(rows).items():
        present = known[name] = work.rows(classes[name], [row.record_id for row in changes])
        for row in changes:
            now = present.get(row.record_id)
            left = row.after
            if (now is None) != (left is None):
                _refuse(work, row, None)
            if now is None or left is None or {**now, **left, "version": now["version"]} == now:
                continue
            for field, value in left.items():
                if field != "version" and now[field] != value:
                    _refuse(work, row, field)
    return known


def _refuse_later(work: Work, change: int, rows: list[RowChange]) -> None:
    """A field that was changed later and back is changed all the same: undoing that later change
    would no longer find what it left."""
    wanted = {(row.record, row.record_id): row for row in rows}
    later: ColumnElement[bool] = ROW.c.change_id.in_(_standing_after(change))
    if len(wanted) <= _MANY:
        later &= ROW.c.record_id.in_({identity for _name, identity in wanted})
    for touched in row_changes(work.connection, later):
        row = wanted.get((touched.record, touched.record_id))
        if row is None:
            continue
        whole = None in (row.before, row.after, touched.before, touched.after)
        if whole or not (row.after or {}).keys().isdisjoint(touched.after or {}):
            raise _in_the_way(row, touched.entry)


def _standing_after(change: int) -> Select[Any]:
    """The identities of the changes that were done after a change and are not undone."""
    undone = func.coalesce(_undone(CHANGE.c.id).scalar_subquery(), False)
    return select(CHANGE.c.id).where(CHANGE.c.id > change, CHANGE.c.kind == "do", ~undone)


def _in_the_way(row: RowChange, later: Entry) -> ConflictError:
    return ConflictError(
        _("“{label}” can not be undone: {actor} changed the same later (“{later}”).").format(
            label=row.entry.label, actor=later.actor, later=later.label
        )
    )


def _refuse(work: Work, row: RowChange, field: str | None) -> None:
    for later in history(work.connection, row.record, row.record_id):
        touched = later.record == row.record and later.record_id == row.record_id
        fields = {**(later.before or {}), **(later.after or {})}
        if touched and later.entry.id > row.entry.id and (field is None or field in fields):
            raise _in_the_way(row, later.entry)
    raise ConflictError(
        _("“{label}” can not be undone: what it left is no longer there.").format(
            label=row.entry.label
        )
    )


def _refuse_referrers(work: Work, rows: list[RowChange]) -> None:
    """A record that something later points to can not be taken away."""
    made: dict[str, set[int]] = {}
    for row in rows:
        if row.before is None:
            made.setdefault(row.record, set()).add(row.record_id)
    # what the same change had pointed at a new record points back to the old one afterwards
    edited = {(row.record, row.record_id): row.before for row in rows if row.before and row.after}
    for table in Base.metadata.tables.values():
        going = made.get(table.name, set())
        for key in table.foreign_keys:
            wanted = made.get(key.column.table.name)
            for identity in _referrers(work.connection, key, wanted, rows) if wanted else ():
                before = edited.get((table.name, identity)) or {}
                if identity not in going and key.parent.name not in before:
                    raise ConflictError(
                        _(
                            "“{label}” can not be undone: something added later refers to it."
                        ).format(label=rows[0].entry.label)
                    )


def _referrers(
    connection: Connection, key: ForeignKey, wanted: set[int], rows: list[RowChange]
) -> list[int]:
    """The identities of the rows that point to some records which a change had made."""
    first, last = min(wanted), max(wanted)
    if last - first < 2 * len(wanted):  # made one after another: the index knows them by two ends
        here = key.parent.between(first, last)
    elif len(wanted) <= _MANY:
        here = key.parent.in_(wanted)
    else:
        here = key.parent.in_(
            select(ROW.c.record_id).where(
                ROW.c.change_id == rows[0].entry.id, ROW.c.record == key.column.table.name
            )
        )
    query = select(key.parent.table.c.id, key.parent).where(here)
    return [identity for identity, target in connection.execute(query) if target in wanted]
