"""`ecofolio list`: every kind of record as plain rows of names and codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.budget import ledger_rows
from ecofolio.cli import measures, playbooks
from ecofolio.initiatives import queries
from ecofolio.initiatives.fields import FIELDS, REFERENCES, Kind
from ecofolio.initiatives.model import Mapping as SavedMapping
from ecofolio.initiatives.model import Note, Scene
from ecofolio.initiatives.rules import split_list
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store import journal
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.vocabulary import scene_label

Rows = list[dict[str, Any]]
UNIT, DEPARTMENT, PERSON = map(table_of, (Unit, Department, Person))
INITIATIVE = queries.INITIATIVE


def initiatives(connection: Connection, today: date) -> Rows:
    """Every initiative with all its attributes; sums in fen."""
    known = queries.names(connection)
    fields = {field.id: field.name for field in queries.custom_fields(connection)}
    currency = connection.scalar(select(table_of(Programme).c.currency))
    found = []
    for row in queries.rows(connection, today=today, known=known):
        record: dict[str, Any] = {}
        for field in FIELDS:
            value = getattr(row, field.key)
            if field.kind in REFERENCES:
                name = field.key.removesuffix("_id")
                record[name] = getattr(row, name)
            elif field.kind in (Kind.CHOICES, Kind.TAGS):
                record[field.key] = split_list(value)
            else:
                record[field.key] = value
        health = queries.health(row, today)
        record |= {
            "unit_code": known.unit_codes.get(row.unit_id or 0),
            "region": row.region,
            "currency": currency,
            "health": health.light.value,
            "health_words": health.reason,
            "health_computed": health.computed.value,
            "next_milestone": row.milestone,
            "custom": {fields[key]: value for key, value in row.custom.items()},
        }
        found.append(record)
    return found


def units(connection: Connection, _today: date) -> Rows:
    """The tree of units, by code."""
    parent = UNIT.alias()
    query = (
        select(UNIT.c.code, UNIT.c.name, UNIT.c.level, UNIT.c.region, parent.c.code.label("parent"))
        .outerjoin(parent, parent.c.id == UNIT.c.parent_id)
        .order_by(UNIT.c.code)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def departments(connection: Connection, _today: date) -> Rows:
    """Departments by code."""
    query = select(DEPARTMENT.c.code, DEPARTMENT.c.name, DEPARTMENT.c.office)
    ordered = query.order_by(DEPARTMENT.c.code)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def people(connection: Connection, _today: date) -> Rows:
    """People by code, with the codes of unit and department."""
    query = (
        select(
            PERSON.c.code,
            PERSON.c.name,
            PERSON.c.title,
            PERSON.c.email,
            UNIT.c.code.label("unit"),
            DEPARTMENT.c.code.label("department"),
        )
        .outerjoin(UNIT, UNIT.c.id == PERSON.c.unit_id)
        .outerjoin(DEPARTMENT, DEPARTMENT.c.id == PERSON.c.department_id)
        .order_by(PERSON.c.code)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def scenes(connection: Connection, _today: date) -> Rows:
    """Scenes by code, in the language in force."""
    scene = table_of(Scene)
    return [
        {"code": row.code, "name": scene_label(row.code, row.name), "own": row.name is not None}
        for row in connection.execute(select(scene).order_by(scene.c.code))
    ]


def milestones(connection: Connection, _today: date) -> Rows:
    """Milestones with their slip in days."""
    keys = ("code", "initiative", "name", "baseline", "forecast", "actual", "slip")
    return [{key: getattr(row, key) for key in keys} for row in queries.milestones(connection)]


def notes(connection: Connection, _today: date) -> Rows:
    """Notes by initiative and section, with their whole text."""
    note = table_of(Note)
    query = (
        select(INITIATIVE.c.code, note.c.section, note.c.body)
        .join(INITIATIVE, INITIATIVE.c.id == note.c.initiative_id)
        .order_by(INITIATIVE.c.code, note.c.position, note.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def fields(connection: Connection, _today: date) -> Rows:
    """The columns that the users added."""
    return [
        {"name": row.name, "type": row.type, "choices": row.choices}
        for row in queries.custom_fields(connection)
    ]


def views(connection: Connection, _today: date) -> Rows:
    """Saved views with their JSON."""
    return [{"name": row.name, "spec": row.spec} for row in queries.views(connection)]


def mappings(connection: Connection, _today: date) -> Rows:
    """Saved ways to read a list, with their JSON."""
    table = table_of(SavedMapping)
    query = select(table.c.name, table.c.spec).order_by(table.c.name)
    return [dict(row) for row in connection.execute(query).mappings()]


def changes(connection: Connection, _today: date) -> Rows:
    """The journal, newest first."""
    return [entry._asdict() for entry in journal.entries(connection)]


KINDS: dict[str, Callable[[Connection, date], Rows]] = {
    "initiatives": initiatives,
    "units": units,
    "departments": departments,
    "people": people,
    "scenes": scenes,
    "milestones": milestones,
    "notes": notes,
    "fields": fields,
    "views": views,
    "mappings": mappings,
    "changes": changes,
    "postings": ledger_rows.postings,
    "balances": ledger_rows.balances,
    "commitments": ledger_rows.commitments,
    "requests": ledger_rows.requests,
    "rounds": ledger_rows.rounds,
    "metrics": measures.metrics,
    "targets": measures.targets,
    "observations": measures.observations,
    "health": measures.health,
    "playbooks": playbooks.listed,
    "playbook-targets": playbooks.figures,
}
