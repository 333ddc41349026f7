"""Proposing what becomes of each column, by its header and by what its cells can be read as."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import islice, pairwise

from rapidfuzz import fuzz

from ecofolio.intake.dates import OrderCount, count_orders, date_reader, span_reader
from ecofolio.intake.headers import is_blank
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping, Target
from ecofolio.intake.money import amount_of, currency_of, decimal_mark, settled_currency
from ecofolio.intake.names import normal, without_brackets
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Table
from ecofolio.intake.units import UnitGuess, guess_unit
from ecofolio.intake.values import Reader, Reason, cell_text, rating_reader, terms_reader
from ecofolio.text import LANGUAGES, using
from ecofolio.vocabulary import FieldType

_SAMPLE = 400
_SURE = 95.0
_ENOUGH = 60.0
_READABLE = 0.3
_SUPERSEDED = 15.0
_RUNNING = frozenset(
    {"no", "nr", "sn", "s n", "s no", "sr no", "sl no", "row", "序号", "序號", "行号", ""}
)
_LINKING = frozenset({"to", "from", "no"})  # headers of their own, but not within longer ones
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIGURE = re.compile(r"\d")
_CJK = re.compile(r"[\u4e00-\u9fff]")


def known_headers(targets: Sequence[Target]) -> Callable[[str], bool]:
    """A test whether a text is a header that some target answers to, for finding the table."""
    names = {name for target in targets for name in _names_of(target)}

    @lru_cache(maxsize=4_096)
    def known(text: str) -> bool:
        return len(text) <= 80 and not names.isdisjoint(_names_in(text))

    return known


@cache
def _names_of(target: Target) -> tuple[str, ...]:
    """What a target is called, the most telling first: by us in any language, then by lists."""
    labels = []
    for language in LANGUAGES:
        with using(language):
            labels.append(target.label)
    names = (target.title, *labels, target.key, *target.synonyms)
    return tuple(dict.fromkeys(map(normal, names)))


def _names_in(header: str) -> set[str]:
    """A header, the header without brackets, and each half of one in two languages."""
    header = header.replace("#", " number").replace("№", " number")
    outside, _inside = without_brackets(header)
    halves = re.split(r"[/|]|\s[-–]\s|\n", outside)
    names = {normal(part) for part in (header, outside, *halves)}
    return names - {""}


def name_score(header: str, target: Target) -> float:
    """How well a header names a target, 0 to 100."""
    names = _names_in(header)
    if any(_avoids(name, target.avoid) for name in names):
        return 0.0
    if target.kind is Kind.MONEY and _YEAR.search(header):
        return 0.0  # one year's money among several
    scores = [
        _alike(name, synonym) - rank * 0.2
        for rank, synonym in enumerate(_names_of(target))
        for name in names
    ]
    best = max(scores, default=0.0)
    return best - _SUPERSEDED if any(map(_is_superseded, names)) else best


def _is_superseded(name: str) -> bool:
    """Whether a header speaks of what was first said, so that a later word goes before it."""
    return not {"original", "initial", "previous"}.isdisjoint(name.split()) or name[:1] == "原"


def _avoids(name: str, avoid: tuple[str, ...]) -> bool:
    words = set(name.split())
    return any(word in name if _CJK.search(word) else word in words for word in avoid)


def _alike(name: str, synonym: str) -> float:
    if name == synonym or name.replace(" ", "") == synonym.replace(" ", ""):
        return 100.0
    if _CJK.search(synonym):
        return 68 + 26 * len(synonym) / len(name) if synonym in name else 0.0
    words, wanted = name.split(), synonym.split()
    if synonym in _LINKING:
        return 0.0
    if wanted and all(word in words for word in wanted):
        return 62 + 30 * len(wanted) / len(words)
    ratio = fuzz.ratio(name, synonym) if min(len(name), len(synonym)) > 4 else 0.0
    return 80.0 if ratio >= 88 else 0.0


@dataclass(frozen=True)
class Profile:
    """What a column's cells are like, from a sample over its whole length."""

    cells: tuple[Cell, ...]  # not blank
    blank: bool

    @cached_property
    def texts(self) -> list[str]:
        return [cell_text(cell) for cell in self.cells]

    @cached_property
    def lengths(self) -> list[int]:
        return [len(text) for text in self.texts]

    @cached_property
    def mean_length(self) -> float:
        return sum(self.lengths) / max(len(self.lengths), 1)

    @cached_property
    def longest(self) -> int:
        return max(self.lengths, default=0)

    @cached_property
    def distinct(self) -> float:
        """The share of different texts."""
        return len(set(self.texts)) / max(len(self.texts), 1)

    @cached_property
    def numbers(self) -> float:
        return self.share(amount_of)

    @cached_property
    def is_running(self) -> bool:
        """Whether the cells just count the rows."""
        try:
            counts = [int(float(text)) for text in self.texts]
        except (ValueError, OverflowError):
            return False
        steps = [after - before for before, after in pairwise(counts)]
        return bool(counts) and counts[0] in (0, 1) and len(set(steps)) <= 1

    @cached_property
    def is_coded(self) -> bool:
        """Whether the cells are short and nearly all have a figure, as codes do."""
        figures = sum(bool(_FIGURE.search(text)) for text in self.texts)
        return self.mean_length < 16 and figures > 0.8 * len(self.texts)

    @cached_property
    def is_narrative(self) -> bool:
        """Whether the column tells rather than names."""
        lines = sum("\n" in text for text in self.texts)
        return self.mean_length > 80 or self.longest > 300 or lines * 10 > len(self.texts) > 0

    def share(self, reader: Reader) -> float:
        """The share of the cells that a reader can read."""
        if not self.cells:
            return 0.0
        return sum(not isinstance(reader(cell), Reason) for cell in self.cells) / len(self.cells)


def profile(cells: Sequence[Cell]) -> Profile:
    """The profile of a column."""
    step = len(cells) // _SAMPLE
    chosen = (
        cells if step < 3 else [*cells[:50], *cells[::step]]
    )  # neighbours show a running number
    given = tuple(cell for cell in chosen if not is_blank(cell))
    if not given and len(chosen) < len(cells):
        given = tuple(islice((cell for cell in cells if not is_blank(cell)), _SAMPLE))
    return Profile(given, not given)


def propose(table: Table, targets: Sequence[Target]) -> Mapping:
    """What becomes of each column of the list, to be corrected by a person."""
    profiles = [profile(table.values(place)) for place in range(len(table.columns))]
    assigned = _assign(table, profiles, targets)
    _find_name(table, profiles, targets, assigned)
    orders = [count_orders(() if one.is_narrative else one.cells) for one in profiles]
    usual = OrderCount(*map(sum, zip(*orders, strict=True))).order()
    mark = decimal_mark(cell for one in profiles if not one.is_narrative for cell in one.cells)
    choices = []
    for place, column in enumerate(table.columns):
        target, one = assigned.get(place), profiles[place]
        own = orders[place].order(usual)
        choice = Choice(
            column.header, column.occurrence, Becomes.LEAVE_OUT, column.name, decimal=mark
        )
        if target:
            choice = replace(choice, becomes=Becomes.FIELD, target=target.key, date_order=own)
            if target.kind is Kind.MONEY:
                choice = with_unit(choice, guess_unit(table, place))
        elif not one.blank:
            choice = _left_over(replace(choice, date_order=own), one)
        choices.append(choice)
    mapped = {target.key for target in assigned.values()}
    key = next((one.key for one in targets if one.kind is Kind.CODE and one.key in mapped), "")
    return Mapping(tuple(choices), key or _name_target(targets).key)


def with_unit(choice: Choice, guess: UnitGuess) -> Choice:
    """The choice in a guessed unit."""
    said = guess.unit.currency
    return replace(
        choice,
        scale=guess.unit.scale,
        currency=settled_currency(said) if said else None,
        why=guess.why,
    )


def _name_target(targets: Sequence[Target]) -> Target:
    return next(target for target in targets if target.kind is Kind.NAME)


def _assign(
    table: Table, profiles: Sequence[Profile], targets: Sequence[Target]
) -> dict[int, Target]:
    """Each target's best column, and further columns of the very same header."""
    scored = []
    for place, column in enumerate(table.columns):
        for target in targets:
            score = name_score(column.header, target)
            if score >= _ENOUGH:
                content = fit(profiles[place], target, score, normal(column.header))
                if content is not None:
                    scored.append((score + 20 * content - 0.001 * place, -place, place, target))
    scored.sort(key=lambda item: item[:2], reverse=True)
    assigned: dict[int, Target] = {}
    taken: dict[str, str] = {}
    for _score, _place, place, target in scored:
        header = table.columns[place].header
        if place not in assigned and taken.get(target.key, header) == header:
            assigned[place] = target
            taken[target.key] = header
    return assigned


def fit(profile: Profile, target: Target, score: float, header: str) -> float | None:
    """How well a column's cells fit a target, 0 to 1, or None where they do not."""
    if profile.blank:
        return 0.0 if score >= 90 else None
    kind = target.kind
    if kind in (Kind.DATE, Kind.MONEY, Kind.RATING):
        share = profile.share(_reader(target, header))
        return share if share >= _READABLE or score >= _SURE else None
    if kind in (Kind.CHOICE, Kind.CHOICES) and target.vocabulary:
        share = profile.share(terms_reader(target.vocabulary))
        return share if share >= _READABLE else None
    if kind is Kind.CODE:
        if profile.distinct < 0.9 or profile.longest > 80:
            return None
        return None if header in _RUNNING and profile.is_running else profile.distinct
    if kind is Kind.NAME:
        return None if profile.mean_length > 200 else profile.distinct
    if kind is Kind.LONG_TEXT:
        return min(profile.mean_length / 100, 1.0)
    short = sum(length <= target.longest for length in profile.lengths)
    if short < 0.98 * len(profile.lengths) or (kind is Kind.REFERENCE and profile.mean_length > 60):
        return None
    return 0.5


def _reader(target: Target, header: str) -> Reader:
    if target.kind is Kind.DATE:
        return span_reader() if target.role == "start" else date_reader(role="end")
    return rating_reader(header) if target.kind is Kind.RATING else amount_of


def _find_name(
    table: Table,
    profiles: Sequence[Profile],
    targets: Sequence[Target],
    assigned: dict[int, Target],
) -> None:
    """Where no header says which column is the name, take the one that looks most like names."""
    name = _name_target(targets)
    if name in assigned.values():
        return
    free = [place for place in range(len(profiles)) if place not in assigned]
    named = [place for place in free if _looks_like_names(profiles[place])]
    if named:
        assigned[max(named, key=lambda place: (round(profiles[place].distinct, 1), -place))] = name
        return
    codes = [place for place, target in assigned.items() if target.kind is Kind.CODE]
    if codes:
        assigned[codes[0]] = name


def _looks_like_names(profile: Profile) -> bool:
    return (
        profile.numbers < 0.2
        and profile.distinct > 0.5
        and 2 <= profile.mean_length <= 120
        and not profile.is_coded
        and profile.share(date_reader(role="start")) < 0.2
    )


def _left_over(choice: Choice, profile: Profile) -> Choice:
    """What becomes of a column that no target answers to: nothing of it is dropped."""
    kind = custom_type(profile)
    if kind is FieldType.TEXT and profile.is_narrative:
        return replace(choice, becomes=Becomes.NOTE)
    choice = replace(choice, becomes=Becomes.CUSTOM, type=kind)
    if kind is FieldType.NUMBER:
        said = {currency_of(cell) for cell in profile.cells} - {""}
        if len(said) == 1:
            currency = settled_currency(said.pop())
            choice = replace(choice, title=f"{choice.title} ({currency})", currency=currency)
    return choice


def custom_type(profile: Profile) -> FieldType:
    """The type of custom field that holds most of a column."""
    whole = [cell for cell in profile.cells if not isinstance(cell, int | float)]
    reader = date_reader()
    dates = sum(not isinstance(reader(cell), Reason) for cell in whole if not _is_digits(cell))
    if dates >= 0.6 * len(profile.cells):
        return FieldType.DATE
    zeros = sum(len(text) > 1 and text.isdigit() and text[0] == "0" for text in profile.texts)
    if profile.numbers >= 0.6 and not zeros:
        return FieldType.NUMBER
    different = len(set(profile.texts))
    if different <= 20 and different * 2 <= len(profile.texts) and profile.longest <= 60:
        return FieldType.CHOICE
    return FieldType.TEXT


def _is_digits(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().isdigit()
