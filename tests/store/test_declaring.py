"""Tables are declared in SQLAlchemy's way without the part of it that maps objects."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import Double, Integer, MetaData, String, UniqueConstraint, func, select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped as TheirMapped
from sqlalchemy.orm import mapped_column as their_mapped_column
from sqlalchemy.schema import CreateTable

from ecofolio.store.declaring import Declared, Mapped, mapped_column


class Base(Declared):
    metadata = MetaData()


class Kept(Base):
    id: Mapped[int] = mapped_column(Integer, primary_key=True)


class Fruit(Kept):
    __tablename__ = "fruit"
    __table_args__ = (UniqueConstraint("name"), {"info": {"sort": "sweet"}})

    name: Mapped[str] = mapped_column(String, default="apple")
    weight: Mapped[float | None]


class Nut(Kept):
    __tablename__ = "nut"

    hard: Mapped[bool]


def test_a_declared_table_is_what_sqlalchemy_would_make_of_it() -> None:
    class TheirBase(DeclarativeBase):
        metadata = MetaData()

    class TheirKept(TheirBase):
        __abstract__ = True
        id: TheirMapped[int] = their_mapped_column(Integer, primary_key=True)

    class TheirFruit(TheirKept):
        __tablename__ = "fruit"
        __table_args__ = (UniqueConstraint("name"), {"info": {"sort": "sweet"}})

        name: TheirMapped[str] = their_mapped_column(String, default="apple")
        weight: TheirMapped[float | None]

    assert str(CreateTable(Fruit.__table__)) == str(CreateTable(TheirFruit.__table__))
    assert Fruit.__table__.info == {"sort": "sweet"}
    assert Fruit.__table__.c.name.default.arg == "apple"
    assert isinstance(Fruit.__table__.c.weight.type, Double)


def test_each_child_has_a_column_of_its_own_for_what_a_base_declares() -> None:
    assert Fruit.id is not Nut.id
    assert Nut.__table__.columns.keys() == ["hard", "id"]
    assert "kept" not in Base.metadata.tables


def test_a_class_stands_for_its_table_in_a_query() -> None:
    assert str(select(func.count()).select_from(Nut)) == "SELECT count(*) AS count_1 \nFROM nut"
    assert str(select(Nut.hard).where(Nut.id == 1)).endswith("FROM nut \nWHERE nut.id = :id_1")


def test_a_type_that_no_column_has_is_refused() -> None:
    with pytest.raises(KeyError, match="complex"):

        class Odd(Kept):
            __tablename__ = "odd"
            wave: Mapped[complex]


def test_the_programme_never_imports_what_maps_objects() -> None:
    code = "import sys, ecofolio.models; sys.exit('sqlalchemy.orm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
