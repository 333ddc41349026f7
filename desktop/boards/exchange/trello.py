"""Reading a board that Trello exported as JSON, with its history of moves.

Trello exports the last 1,000 actions only. A card's own identity tells when it was made (its
first eight figures are seconds since 1970), so cards without their beginning still get one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import inf
from typing import Any

from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, Stay, columns_of, tell_of_done
from ecofolio.boards.exchange.moments import iso
from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import ColumnKind, FieldType

MOST_ACTIONS = 1_000
_TYPES = {
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "list": FieldType.TEXT,
    "checkbox": FieldType.TEXT,
}
_IDENTITY = re.compile(r"[0-9a-f]{8}")
_MADE = ("createCard", "copyCard", "convertToCardFromCheckItem", "moveCardToBoard", "emailCard")


def is_trello(document: object) -> bool:
    """Whether a JSON document is a board of Trello's, with or without its history."""
    return (
        isinstance(document, dict)
        and all(isinstance(document.get(key), list) for key in ("lists", "cards"))
        and isinstance(document.get("actions", []), list)
        and all(isinstance(card, dict) and "idList" in card for card in document["cards"])
    )


def read(
    document: dict[str, Any], kinds: Mapping[str, str], present: Mapping[str, str] | None = None
) -> Incoming:
    """The board; `InputError` where its parts are not what Trello writes."""
    try:
        return _Reader(document, kinds, present or {}).board()
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        raise InputError(
            _("This is not a board as Trello exports it: parts of it are missing or damaged.")
        ) from None


class _Reader:
    def __init__(
        self, document: dict[str, Any], kinds: Mapping[str, str], present: Mapping[str, str]
    ) -> None:
        self._document, self._kinds, self._present = document, kinds, present
        lists = sorted(_rows(document, "lists"), key=_place)
        if not lists:
            raise ValueError(lists)
        self._lists: dict[str, str] = {}
        for one in lists:  # two lists of one name are two columns
            name, n = str(one.get("name") or "?"), 2
            while name in self._lists.values():
                name, n = f"{one.get('name') or '?'} ({n})", n + 1
            self._lists[str(one["id"])] = name
        self._closed = {str(one["id"]) for one in lists if one.get("closed")}
        self._limits = {str(one.get("name")): one.get("softLimit") for one in lists}
        members = _rows(document, "members")
        self._people = {
            str(one["id"]): str(one.get("fullName") or one.get("username")) for one in members
        }
        self._fields = {str(one["id"]): one for one in _rows(document, "customFields")}
        self._checklists: dict[str, list[dict[str, Any]]] = {}
        for one in _rows(document, "checklists"):
            self._checklists.setdefault(str(one.get("idCard")), []).append(one)
        self._moves: dict[str, list[Stay]] = {}
        self._from: dict[str, str] = {}
        self._made: set[str] = set()
        self._comments: dict[str, list[tuple[int, str, str]]] = {}
        actions = [
            (iso(one.get("date")) or 0, n, one) for n, one in enumerate(_rows(document, "actions"))
        ]
        # the newest stand first, also among those of one instant
        for at, _n, one in sorted(actions, key=lambda action: (action[0], -action[1])):
            self._take(at, one)
        self._oldest = min((at for at, _n, _one in actions if at), default=None)
        self._cut = len(actions) >= MOST_ACTIONS

    def _take(self, at: int, action: dict[str, Any]) -> None:
        data, kind = action.get("data") or {}, action.get("type")
        card = (data.get("card") or {}).get("id")
        if card is None:
            return
        who = (action.get("memberCreator") or {}).get("fullName")
        if kind in _MADE and data.get("list"):
            self._moves.setdefault(card, []).append(Stay(self._name(data["list"]), at, who))
            self._made.add(card)
        elif kind == "updateCard" and data.get("listAfter"):
            if card not in self._moves:
                self._from[card] = self._name(data["listBefore"])
            self._moves.setdefault(card, []).append(Stay(self._name(data["listAfter"]), at, who))
        elif kind == "commentCard":
            said = (at, who or "?", str(data.get("text") or ""))
            self._comments.setdefault(card, []).append(said)

    def _name(self, given: dict[str, Any]) -> str:
        """A list's name as it is today, or as it was where it is gone."""
        return self._lists.get(str(given["id"])) or str(given.get("name") or "?")

    def board(self) -> Incoming:
        found = Incoming(str(self._document.get("name") or "Trello"), "trello", is_whole=True)
        found.told = frozenset({"title", "description", "labels", "due", "assignee"})
        for one in self._fields.values():
            kind = _TYPES.get(str(one.get("type")), FieldType.TEXT)
            found.fields[str(one["name"])] = kind
        cards = _rows(self._document, "cards")
        for one in cards:
            self._lists.setdefault(str(one["idList"]), "?")  # a list that is gone
        place = {identity: n for n, identity in enumerate(self._lists)}
        cards.sort(key=lambda one: (place.get(str(one["idList"]), -1), _place(one)))
        found.cards = [self._card(one, found) for one in cards]
        used = {stay.column for card in found.cards for stay in card.stays}
        shown = [name for key, name in self._lists.items() if key not in self._closed]
        names = [*shown, *(name for name in self._lists.values() if name in used)]
        names += sorted(used - set(names))
        found.columns = columns_of(names, self._kinds, keep_order=True, present=self._present)
        for column in found.columns:
            limit = self._limits.get(column.name)
            column.wip_limit = limit if isinstance(limit, int) and limit > 0 else None
        self._archive(found)
        tell_of_done(found)
        if self._cut and self._oldest is not None:
            begun = datetime.fromtimestamp(self._oldest // 1_000_000).date()
            found.notices.insert(
                0,
                _(
                    "Trello gave the last {n} actions only: moves and comments before {day} are "
                    "missing, and {cards} cards begin where they are first known to have been."
                ).format(
                    n=MOST_ACTIONS,
                    day=day(begun),
                    cards=sum(str(one["id"]) not in self._made for one in cards),
                ),
            )
        return found

    def _archive(self, found: Incoming) -> None:
        """Archived cards that are done stay done; the others go into the trash."""
        done = {one.name for one in found.columns if one.kind is ColumnKind.DONE}
        kept = [card for card in found.cards if card.archived and card.stays[-1].column in done]
        for card in kept:
            card.archived = False
        rest = sum(card.archived for card in found.cards)
        if kept or rest:
            found.notices.append(
                _(
                    "{kept} archived cards are in a done column and stay there; {rest} others go "
                    "into the trash."
                ).format(kept=len(kept), rest=rest)
            )

    def _card(self, one: dict[str, Any], found: Incoming) -> IncomingCard:
        identity, here = str(one["id"]), str(one["idList"])
        made = _made_at(identity)
        stays = list(self._moves.get(identity, ()))
        if identity not in self._made:
            first = self._from.get(identity) or (stays[0].column if stays else self._lists[here])
            begin = min([one for one in (made, *(stay.at for stay in stays)) if one], default=0)
            stays = [Stay(first, begin, is_told=False), *stays]
        if stays[-1].column != self._lists[here]:
            at = iso(one.get("dateLastActivity")) or stays[-1].at
            stays.append(Stay(self._lists[here], max(at, stays[-1].at), is_told=False))
            found.notices.append(
                _("“{card}” got to “{column}” in a way that Trello does not tell.").format(
                    card=one.get("name"), column=self._lists[here]
                )
            )
        due = iso(one.get("due"))
        values = dict(self._values(one))
        return IncomingCard(
            key=str(one.get("shortLink") or identity),
            title=str(one.get("name") or identity),
            stays=stays,
            description=self._description(one),
            labels=[
                str(label.get("name") or label.get("color") or "")
                for label in one.get("labels") or ()
            ],
            assignees=[self._people.get(str(who), str(who)) for who in one.get("idMembers") or ()],
            due=datetime.fromtimestamp(due // 1_000_000).date() if due else None,
            values=values,
            items=self._items(identity),
            comments=self._comments.get(identity, []),
            archived=bool(one.get("closed")) or here in self._closed,
        )

    def _description(self, one: dict[str, Any]) -> str:
        parts = [str(one.get("desc") or "")]
        links = [
            f"- [{link.get('name') or link['url']}]({link['url']})"
            for link in one.get("attachments") or ()
            if link.get("url")
        ]
        if links:
            parts.append("\n".join((_("Attachments in Trello") + ":", *links)))
        return "\n\n".join(part for part in parts if part)

    def _items(self, card: str) -> list[tuple[str | None, str, bool]]:
        lists = sorted(self._checklists.get(card, ()), key=_place)
        return [
            (str(one.get("name") or "") or None, str(item["name"]), item.get("state") == "complete")
            for one in lists
            for item in sorted(one.get("checkItems") or (), key=_place)
        ]

    def _values(self, one: dict[str, Any]) -> list[tuple[str, str]]:
        found = []
        for item in one.get("customFieldItems") or ():
            own = self._fields.get(str(item.get("idCustomField")))
            if own is None:
                continue
            text = self._value(own, item)
            if text:
                found.append((str(own["name"]), text))
        return found

    def _value(self, own: dict[str, Any], item: dict[str, Any]) -> str:
        value = item.get("value") or {}
        if item.get("idValue"):
            chosen = next((o for o in own.get("options") or () if o["id"] == item["idValue"]), None)
            value = (chosen or {}).get("value") or {}
        if "checked" in value:
            ticked = str(value["checked"]).lower() == "true"
            return pgettext("answer", "Yes") if ticked else pgettext("answer", "No")
        if "date" in value:
            at = iso(value["date"])
            local = datetime.fromtimestamp(at // 1_000_000).date() if at else date.min
            return local.isoformat() if at else str(value["date"])
        return str(value.get("text") or value.get("number") or "")


def _place(one: dict[str, Any]) -> float:
    """Where a list, card or item stands among the others; a word such as `bottom` is the end."""
    said = one.get("pos") or 0
    return float(said) if isinstance(said, int | float) else 0.0 if said == "top" else inf


def _made_at(identity: str) -> int:
    """When a card was made by its own identity; 0 where that is not one of Trello's."""
    return int(identity[:8], 16) * 1_000_000 if _IDENTITY.match(identity) else 0


def _rows(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TypeError(key)
    return list(found)
