"""Bringing a programme's schema up to this program's, whole or not at all."""

from __future__ import annotations

from sqlalchemy import Connection, event, func, select, text

from ecofolio.errors import StoreError
from ecofolio.places import part
from ecofolio.store.database import APPLICATION_ID, SCHEMA, engine_of
from ecofolio.store.place import Place
from ecofolio.text import _


def upgrade(place: Place, *, to: int | None = None) -> None:
    """Run the missing migrations in one transaction; a failure leaves the programme as it was.

    A file's foreign keys are off meanwhile (a rebuilt table would take its children along) and
    are checked before the commit.
    """
    to = to or SCHEMA
    engine = engine_of(place)
    if not place.is_server:
        event.listen(engine, "connect", _foreign_keys_off)
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if place.is_server:  # two who make or update a programme at once come one by one
                connection.execute(select(func.pg_advisory_xact_lock(APPLICATION_ID)))
            _run(connection, to)
            if not place.is_server:
                _seal(connection, place, to)
    finally:
        engine.dispose()


def _foreign_keys_off(connection: object, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]


def _run(connection: Connection, to: int) -> None:
    # imported here: a programme of today's schema opens without Alembic's third of a second
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(part("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, f"{to:04d}")


def _seal(connection: Connection, place: Place, version: int) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise StoreError(
            _("{place} could not be brought up to date: records refer to missing ones.").format(
                place=place
            )
        )
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={version}")
