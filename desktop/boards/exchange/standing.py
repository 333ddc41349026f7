"""What a board that is to be brought up to date has already, as a source would name it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from ecofolio.boards.exchange.incoming import Incoming, IncomingColumn
from ecofolio.boards.model import BoardColumn
from ecofolio.boards.placing import CARD, COLUMN
from ecofolio.intake.names import normal
from ecofolio.store.base import table_of
from ecofolio.store.model import ChangeRow
from ecofolio.text import _


@dataclass(frozen=True)
class Standing:
    """The kinds of a board's columns by name from left to right; the name of today of each column
    by the normal names that it had before; what its cards are called."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    cards: frozenset[str] = frozenset()

    def known(self) -> dict[str, str]:
        """The kinds by names of today and of before."""
        return {**{old: self.kinds[new] for old, new in self.renamed.items()}, **self.kinds}

    def told(self, kinds: Mapping[str, str]) -> dict[str, str]:
        """What a person says of kinds by names of today, also by the names before."""
        said = {normal(name): kind for name, kind in kinds.items()}
        before = {
            old: said[normal(new)] for old, new in self.renamed.items() if normal(new) in said
        }
        return {**before, **kinds}

    def call(self, incoming: Incoming) -> None:
        """Call a source's columns what they are called on the board, and say so."""
        names = {
            one.name: self.renamed[normal(one.name)]
            for one in incoming.columns
            if normal(one.name) in self.renamed
        }
        if not names:
            return
        columns: dict[str, IncomingColumn] = {}
        for one in incoming.columns:
            one.name = names.get(one.name, one.name)
            columns.setdefault(normal(one.name), one)
        incoming.columns = list(columns.values())
        for card in incoming.cards:
            card.stays = [
                stay._replace(column=names.get(stay.column, stay.column)) for stay in card.stays
            ]
        for old, new in names.items():
            text = _("The column “{old}” is called “{new}” here.")
            incoming.notices.append(text.format(old=old, new=new))


def standing(connection: Connection, board_id: int) -> Standing:
    """What a board has. Former names are the journal's: nothing is stored for it."""
    kinds = kinds_on(connection, board_id)
    rows = select(CARD.c.key, CARD.c.title).where(
        CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None)
    )
    cards = frozenset(key or title for key, title in connection.execute(rows))
    return Standing(kinds, renamed_on(connection, board_id), cards)


def kinds_on(connection: Connection, board_id: int) -> dict[str, str]:
    """The kinds of a board's columns by name, from left to right."""
    query = select(COLUMN.c.name, COLUMN.c.kind).where(
        COLUMN.c.board_id == board_id, COLUMN.c.retired_at.is_(None)
    )
    return dict(connection.execute(query.order_by(COLUMN.c.position, COLUMN.c.id)).all())


def renamed_on(connection: Connection, board_id: int) -> dict[str, str]:
    """The columns' names of today by former ones, the newest first where several had the same;
    a name that a column has today means that one."""
    row = table_of(ChangeRow)
    own = COLUMN.c.board_id == board_id, COLUMN.c.retired_at.is_(None)
    today = {normal(name) for name in kinds_on(connection, board_id)}
    query = (
        select(COLUMN.c.name, row.c.before)
        .join(row, row.c.record_id == COLUMN.c.id)
        .where(*own, row.c.record == BoardColumn.__tablename__)
        .where(row.c.before.is_not(None), row.c.after.is_not(None))
        .order_by(row.c.change_id.desc(), row.c.position)
    )
    found: dict[str, str] = {}
    for name, before in connection.execute(query):
        former = json.loads(before).get("name")
        if isinstance(former, str) and normal(former) not in today:
            found.setdefault(normal(former), name)
    return found
