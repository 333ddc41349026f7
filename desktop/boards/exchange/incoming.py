"""A board as any source tells it, before anything is written: what every reader makes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ecofolio.intake.names import normal
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import ColumnKind, FieldType


class Stay(NamedTuple):
    """A card came into a column at an instant, by somebody where that is told.

    `is_told` is false where the source does not say so and something had to be taken for granted.
    """

    column: str
    at: int
    by: str | None = None
    is_told: bool = True


class Link(NamedTuple):
    """Another card, or several, that a card blocks, or else is blocked by; `said` is what the
    source calls that."""

    other: str
    blocks: bool
    said: str


@dataclass
class IncomingCard:
    """A card; its last stay is where it is. `row` is the row of a list, for what is said of it."""

    key: str
    title: str
    stays: list[Stay]
    row: int | None = None
    description: str = ""
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    due: date | None = None
    size: float | None = None
    service: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    items: list[tuple[str | None, str, bool]] = field(default_factory=list)  # section, text, done
    comments: list[tuple[int, str, str]] = field(default_factory=list)  # at, author, text
    archived: bool = False
    links: list[Link] = field(default_factory=list)


@dataclass
class IncomingColumn:
    """A column with the kind that it is taken for; `why` says what that was taken from."""

    name: str
    kind: ColumnKind
    why: str
    wip_limit: int | None = None
    is_guessed: bool = False
    is_told: bool = False


class Refused(NamedTuple):
    row: int
    reason: str


class Unreadable(NamedTuple):
    """A cell that could not be read; it is kept word for word in the card's description."""

    row: int
    column: str
    text: str
    reason: str


@dataclass
class Incoming:
    """A board with its cards in their order from the top. `notices` say what to know of it.

    `told` are the parts of a card that the source speaks of; `is_whole` says that what it leaves
    empty is empty, rather than not known. `links` are the names of cards, of which the first
    blocks the second (see `linking`).
    """

    name: str
    format: str
    columns: list[IncomingColumn] = field(default_factory=list)
    cards: list[IncomingCard] = field(default_factory=list)
    fields: dict[str, FieldType] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    mapping: dict[str, object] | None = None
    told: frozenset[str] = frozenset()
    is_whole: bool = False
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many moves there are, the first appearance of each card included."""
        return sum(len(card.stays) for card in self.cards)


_WORDS: dict[ColumnKind, str] = {
    ColumnKind.DONE: (
        "done|closed|close|resolved|complete|completed|finished|live|released|deployed|accepted "
        "by customer|shipped|archive|archived|已完成|完成|关闭|已关闭|结束|已上线|上线|办结|"
        "fixed|verified|fertig|erledigt|abgeschlossen|terminé|terminée|terminado|hecho|完了|"
        "已完成 done|完結|關閉|已解决|已解決|已实现|已发布|已验收|已結束"
    ),
    ColumnKind.BACKLOG: (
        "backlog|product backlog|not started|to do|todo|new|open|ideas|idea|inbox|proposed|icebox|"
        "unstarted|defined|zu erledigen|offen|à faire|por hacer|未着手|"
        "funnel|requested|later|待办|待辦|需求池|新建|未开始|待处理|待處理|构想|想法|规划中|草稿|待规划|待办池|待辦池"
    ),
    ColumnKind.QUEUE: (
        "ready|queued|queue|waiting|wait|selected|selected for development|next|next up|pending|"
        "assigned|awaiting assignment|on hold|ready for review|ready for test|ready for release|"
        "committed|approved|planned|计划|就绪|准备|排队|等待|已排期|待评审|待测试|待发布|待上线|挂起"
    ),
    ColumnKind.ACTIVE: (
        "in progress|doing|active|wip|development|in development|implementing|review|in review|"
        "started|in arbeit|in bearbeitung|en cours|en curso|working on it|"
        "code review|test|testing|qa|in test|analysis|design|verify|verification|accepted|build|"
        "进行中|處理中|处理中|开发中|开发|测试中|测试|评审中|设计中|验收中|分析中|進行中|实现中|研发中|激活|已激活|检查|审核|复核|验证|檢查"
    ),
}
_KINDS = {normal(word): kind for kind, words in _WORDS.items() for word in words.split("|")}
# accepted is the end of the work, but for those who mean that it was taken on
_ACCEPTED, _AFTER = "accepted", frozenset({"closed", "fixed", "resolved", "verified", "done"})
_CALLED_OFF = (
    "removed|cancelled|canceled|rejected|won't do|wont do|duplicate|已取消|取消|作废|废弃|作廢"
)
CANCELLED = frozenset(map(normal, _CALLED_OFF.split("|")))


def columns_of(
    names: Iterable[str],
    kinds: Mapping[str, str],
    *,
    keep_order: bool = False,
    present: Mapping[str, str] | None = None,
    last: Container[str] | None = None,
) -> list[IncomingColumn]:
    """The columns of some names with their kinds: as told, as `present` on the board, by name, or
    else active; of those not known by name, the ones where cards end (`last`) are taken for done.

    Without `keep_order` they stand by kind, within a kind as they came. With it, the last one is
    taken for done where none is, because a board without one has no flow.
    """
    told = {normal(name): kind for name, kind in kinds.items()}
    here = {normal(name): kind for name, kind in (present or {}).items()}
    found = [_column(name, told, here) for name in dict.fromkeys(names)]
    for column in found:
        if normal(column.name) == _ACCEPTED and _ACCEPTED not in {*told, *here}:
            ends = column is found[-1] if keep_order else last is None or column.name in last
            if ends and not any(normal(one.name) in _AFTER for one in found):
                column.kind = ColumnKind.DONE
    if not any(one.kind is ColumnKind.DONE for one in found):
        for column in found:
            if column.is_guessed and last is not None and column.name in last:
                column.kind = ColumnKind.DONE
                column.why = _("not known by its name: cards end here")
    if not keep_order:
        order = list(ColumnKind)
        found.sort(key=lambda column: order.index(column.kind))
    elif found and all(one.kind is not ColumnKind.DONE for one in found):
        last_column = found[-1]
        if normal(last_column.name) not in {*told, *here} and len(found) > 1:
            last_column.kind = ColumnKind.DONE
            last_column.why = _("the last column, and none is called done")
    return found


def _column(name: str, told: Mapping[str, str], here: Mapping[str, str]) -> IncomingColumn:
    word = normal(name)
    if word in told:
        return IncomingColumn(name, ColumnKind(told[word]), _("as you say"), is_told=True)
    if word in here:
        return IncomingColumn(name, ColumnKind(here[word]), _("as the board has it"))
    if word in _KINDS:
        return IncomingColumn(name, _KINDS[word], _("by its name"))
    if word in CANCELLED:
        return IncomingColumn(name, ColumnKind.DONE, _("called off: into the trash"))
    why = _("not known by its name: taken as active")
    return IncomingColumn(name, ColumnKind.ACTIVE, why, is_guessed=True)


def kind_by_name(name: str) -> ColumnKind | None:
    """What a column of this name usually is; None where nobody can know."""
    return _KINDS.get(normal(name))


def tell_of_done(incoming: Incoming) -> None:
    """Say so where no column is done: nothing would ever be finished."""
    if all(one.kind is not ColumnKind.DONE for one in incoming.columns):
        incoming.notices.append(
            _("No column is known to mean done, so no card counts as finished: say which one does.")
        )


def put_aside(incoming: Incoming, kinds: Mapping[str, str]) -> None:
    """Put cards that were called off into the trash, so that they do not count as done."""
    told = {normal(name) for name in kinds}
    count = 0
    for card in incoming.cards:
        word = normal(card.stays[-1].column)
        if word in CANCELLED and word not in told and not card.archived:
            card.archived = True
            count += 1
    if count:
        text = ngettext(
            "{n} card was called off: it goes into the trash.",
            "{n} cards were called off: they go into the trash.",
            count,
        )
        incoming.notices.append(text.format(n=count))
