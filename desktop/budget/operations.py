"""What a person may do with money, as one plain value that can wait, be read and be carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from ecofolio.budget.ledger import GRANT, AccountKey
from ecofolio.errors import InputError
from ecofolio.text import N_, _
from ecofolio.vocabulary import AccountKind, Move


class Holder(NamedTuple):
    """Who money comes from or goes to: a unit's pool or an initiative."""

    kind: Literal["unit", "initiative"]
    id: int

    @property
    def account(self) -> AccountKey:
        """Where it holds money that is free."""
        pool = self.kind == "unit"
        return AccountKey(AccountKind.POOL if pool else AccountKind.AVAILABLE, self.id)


def unit(identity: int) -> Holder:
    """A unit's pool."""
    return Holder("unit", identity)


def initiative(identity: int) -> Holder:
    """An initiative's money."""
    return Holder("initiative", identity)


@dataclass(frozen=True)
class Operation:
    """One movement of money. `fen` is more than 0; without a date it is of today.

    `source` and `target` are who gives and who gets; a commitment, direct spend, release or
    give-back names its initiative as the source. `commitment_id` is the transaction of the
    commitment that is spent or released. `category` is a code.
    """

    kind: Move
    fen: int
    source: Holder | None = None
    target: Holder | None = None
    on: date | None = None
    commitment_id: int | None = None
    category: str | None = None
    number: str | None = None
    memo: str | None = None
    partner: str | None = None
    contract: str | None = None
    attachment_name: str | None = None
    attachment_hash: str | None = None

    @property
    def initiative_id(self) -> int | None:
        """The initiative that it is about: who gets, else who gives."""
        for holder in (self.target, self.source):
            if holder is not None and holder.kind == "initiative":
                return holder.id
        return None

    def lines(self) -> list[tuple[AccountKey, int]]:
        """What it does to which accounts; `InputError` where who gives or gets is missing."""
        giver, getter = self._accounts()
        return [(giver, -self.fen), (getter, self.fen)]

    def _accounts(self) -> tuple[AccountKey, AccountKey]:
        match self.kind:
            case Move.GRANT:
                return GRANT, self._target("unit").account
            case Move.BASE | Move.SUPPLEMENT:
                return self._source("unit").account, self._target().account
            case Move.TRANSFER:
                return self._source().account, self._target().account
            case Move.GIVE_BACK:
                if self.target is None and self._source().kind == "unit":
                    return self._source().account, GRANT
                return self._source().account, self._target("unit").account
            case Move.COMMIT:
                return self._own(AccountKind.AVAILABLE), self._own(AccountKind.COMMITTED)
            case Move.SPEND:
                bound = AccountKind.COMMITTED if self.commitment_id else AccountKind.AVAILABLE
                return self._own(bound), self._own(AccountKind.SPENT)
            case Move.RELEASE:
                return self._own(AccountKind.COMMITTED), self._own(AccountKind.AVAILABLE)
            case _:
                raise InputError(_("A {kind} is not posted like that.").format(kind=self.kind))

    def _own(self, kind: AccountKind) -> AccountKey:
        return AccountKey(kind, self._source("initiative").id)

    def _source(self, kind: str | None = None) -> Holder:
        return _needed(self.source, kind, GIVERS)

    def _target(self, kind: str | None = None) -> Holder:
        return _needed(self.target, kind, GETTERS)

    def as_json(self) -> str:
        """Everything that is said, as JSON with sorted keys."""
        said: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Holder):
                value = list(value)
            elif isinstance(value, date):
                value = value.isoformat()
            if value is not None:
                said[one.name] = value
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Operation:
        """What `as_json` wrote."""
        said: Mapping[str, Any] = json.loads(text)
        read = cls(**{**said, "kind": Move(said["kind"])})
        return replace(
            read,
            source=Holder(*said["source"]) if "source" in said else None,
            target=Holder(*said["target"]) if "target" in said else None,
            on=date.fromisoformat(said["on"]) if "on" in said else None,
        )


GIVERS = {
    None: N_("Say where the money comes from: a unit or an initiative."),
    "unit": N_("Say which unit's pool the money comes from."),
    "initiative": N_("Say which initiative it is."),
}
GETTERS = {
    None: N_("Say where the money goes: a unit or an initiative."),
    "unit": N_("Say which unit's pool the money goes to."),
    "initiative": N_("Say which initiative the money goes to."),
}


def _needed(holder: Holder | None, kind: str | None, words: Mapping[str | None, str]) -> Holder:
    if holder is None or (kind is not None and holder.kind != kind):
        raise InputError(_(words[kind]))
    return holder
