"""Reading cells as values: each reader returns the value, or a `Reason` why there is none.

Readers are made once per column, because a column's own usage decides what one of its cells
means (03/04/2026, 1,234). `read_column` reads each distinct cell once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from ecofolio.intake.names import normal, squeezed
from ecofolio.intake.reading import Cell
from ecofolio.intake.words import code_of
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import Light, Term


@dataclass(frozen=True)
class Reason:
    """Why a cell has no value of the wanted kind, in a few translated words."""

    text: str


Reader = Callable[[Cell], object]
"""Makes a value of a cell that is not blank, or a `Reason`."""

_PARTS = re.compile(r"[,;/、，；|\n+&]|\s·\s|·|(?:^|\s)(?:and|和|与|與)(?=\s|$)")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[A-Z])\s*[.)、:：-]\s*")


def plain(text: str) -> str:
    """A text on one line with half-width figures and signs."""
    return squeezed(unicodedata.normalize("NFKC", text))


def cell_text(cell: Cell) -> str:
    """What a cell says, word for word; whole numbers without `.0`."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return pgettext("answer", "Yes") if cell else pgettext("answer", "No")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return cell.isoformat().replace("T", " ").removesuffix(" 00:00:00")
    return "" if cell is None else str(cell)


def read_column(cells: Iterable[Cell], reader: Reader) -> list[object]:
    """The value or `Reason` of every cell; None for a blank one."""
    known: dict[object, object] = {None: None}
    values = []
    for cell in cells:
        key: object = cell if type(cell) is str or cell is None else (type(cell), cell)
        try:
            value = known[key]
        except KeyError:
            blank = isinstance(cell, str) and not cell.strip()
            value = known[key] = None if blank else reader(cell)
        values.append(value)
    return values


def read_text(cell: Cell) -> object:
    """The text of any cell."""
    return cell_text(cell)


def read_line(cell: Cell) -> object:
    """A short text on one line, such as a name or a code."""
    return squeezed(cell_text(cell))


def read_name(cell: Cell) -> object:
    """The name of a unit, department, person or scene; a sentence is none."""
    text = squeezed(cell_text(cell))
    if len(text) > 80 or (len(text.split()) > 8 and text.endswith(".")):
        return Reason(_("is too long for a name"))
    return text if any(map(str.isalnum, text)) else Reason(_("is not a name"))


def read_number(cell: Cell) -> object:
    """A number as a Decimal; per cent as a fraction."""
    from ecofolio.intake.money import amount_of

    return amount_of(cell)


def read_yes_no(cell: Cell) -> object:
    """A truth value."""
    if isinstance(cell, bool):
        return cell
    word = plain(cell_text(cell)).casefold()
    if word in {"yes", "y", "true", "1", "x", "✓", "✔", "√", "是", "有", "对", "對"}:
        return True
    if word in {"no", "n", "false", "0", "✗", "✘", "×", "否", "无", "無", "没有", "沒有"}:
        return False
    return Reason(_("is neither yes nor no"))


def term_reader(vocabulary: type[Term]) -> Reader:
    """Reads one term of a vocabulary as its code, by code, label or a usual other word."""
    not_known = Reason(_("is none of the words for this field"))
    several = Reason(_("names more than one"))

    def read(cell: Cell) -> object:
        codes = codes_in(cell_text(cell), vocabulary)
        if not codes:
            return not_known
        return codes[0] if len(codes) == 1 else several

    return read


def terms_reader(vocabulary: type[Term]) -> Reader:
    """Reads several terms as the codes joined by commas, in their fixed order."""
    not_known = Reason(_("is none of the words for this field"))

    def read(cell: Cell) -> object:
        codes = codes_in(cell_text(cell), vocabulary)
        if not codes:
            return not_known
        return ",".join(term.value for term in vocabulary if term.value in codes)

    return read


def codes_in(text: str, vocabulary: type[Term]) -> list[str]:
    """The codes that a text names, each once, in its order; none where a part of it is unknown."""
    found = _codes(text, vocabulary)
    known = [code for code in found if code]
    return list(dict.fromkeys(known)) if len(known) == len(found) else []


def _codes(text: str, vocabulary: type[Term]) -> list[str | None]:
    """The codes that a text names; None among them for a part that names none."""
    text = plain(text)
    named = [code_of(vocabulary, part) for part in _PARTS.split(text) if part.strip()]
    if len(named) > 1 and None not in named:
        return named  # before a number is looked for: `G、C` is no item G
    whole = code_of(vocabulary, text) or code_of(vocabulary, _NUMBERED.sub("", text))
    if whole:
        return [whole]
    letters = text.upper()
    if len(letters) <= 3 and all(code_of(vocabulary, letter) for letter in letters):
        return [code_of(vocabulary, letter) for letter in letters]  # GBC
    parts = [part for part in _PARTS.split(text) if part.strip()]
    if len(parts) > 1:
        return [_code_of_part(part, vocabulary) for part in parts]
    return [_code_of_part(text, vocabulary)]


def _code_of_part(text: str, vocabulary: type[Term]) -> str | None:
    """The code of `G 政府`, `Pilot (试点)` or `01 试点`: all its words that are known agree."""
    whole = code_of(vocabulary, text) or code_of(vocabulary, _NUMBERED.sub("", text))
    if whole:
        return whole
    words = [word for word in re.split(r"[\s()\[\]:：-]+", text) if word]
    codes = [code_of(vocabulary, word) for word in words if not word.isdigit()]
    found = {code for code in codes if code}
    return found.pop() if len(found) == 1 and None not in codes else None


@dataclass(frozen=True)
class Rating:
    """A light with the list's own word; `says_more` where the word is not just the light."""

    light: str
    word: str
    says_more: bool = False


_COLOUR = "green|amber|red|yellow|orange|绿|綠|黄|黃|红|紅"
_MIXED = re.compile(rf"^({_COLOUR}|[gary])\s*[/\-–]\s*({_COLOUR}|[gary])$")
_RATED = re.compile(
    r"^(?:rag|rating|status|health|overall|rated|light)\s*[:=-]\s*|\s+(?:rating|status|light)$"
)
_EXPLAINED = re.compile(rf"^({_COLOUR})[灯燈色]?\s*[:(,;–-]\s*\S.{{0,80}}$")


def read_rating(cell: Cell) -> object:
    """A rating as a light: the worse of a mixed one, except that Amber/Green is amber."""
    text = plain(cell_text(cell))
    lowered = _RATED.sub("", text.casefold())
    mixed = _MIXED.match(lowered)
    if mixed:
        lights = [code_of(Light, part) for part in mixed.groups()]
        worst = max(lights, key=lambda code: list(Light).index(Light(code or "green")))
        return Rating(str(worst), text, lights[0] != lights[1])
    code = _code_of_part(lowered, Light)
    if code == Light.NOT_REPORTED:
        return Reason(_("says that nothing was reported"))
    if code:
        return Rating(code, text)
    explained = _EXPLAINED.match(lowered)
    code = code_of(Light, explained[1]) if explained else None
    return Rating(code, text, True) if code else Reason(_("is not a rating"))


# Scales of words: what a word means is said by the header, or by the cell itself.
_WORDED = {
    "confidence": {
        "green": "high|very high|高|很高",
        "amber": "medium high|medium|moderate|较高|較高|中高|中|中等",
        "red": "medium low|low|very low|中低|较低|較低|低|很低",
    },
    "risk": {
        "green": "low|very low|moderately low|medium low|minimal|低|较低|較低|很低",
        "amber": "medium|moderate|medium risk|中|中等",
        "red": "moderately high|medium high|high|very high|extreme|较高|較高|高|很高",
    },
}
_SCALE_WORDS = {
    "confidence": re.compile(r"confidence|信心|把握"),
    "risk": re.compile(r"risk|风险|風險"),
}
_LEVELS = {
    scale: {normal(word): light for light, words in lights.items() for word in words.split("|")}
    for scale, lights in _WORDED.items()
}
_HALVES = re.compile(r"\s[/|]\s|\n")


def rating_reader(header: str) -> Reader:
    """Reads the ratings of one column: lights, words of confidence or risk, in two languages.

    `High` is good under a header that speaks of confidence and bad under one of risk.
    """
    scale = _scale_of(header)

    def read(cell: Cell) -> object:
        text = plain(cell_text(cell))
        rating = _read_whole(text, scale)
        halves = _HALVES.split(text)
        if isinstance(rating, Reason) and len(halves) == 2:
            read = [_read_whole(half, scale) for half in halves]
            known = [one for one in read if isinstance(one, Rating)]
            if known and len({one.light for one in known}) == 1:
                return Rating(known[0].light, text, True)
        return rating

    return read


def _scale_of(text: str) -> str:
    text = text.casefold()
    return next((name for name, mark in _SCALE_WORDS.items() if mark.search(text)), "")


def _read_whole(text: str, scale: str) -> object:
    rating = read_rating(text)
    named = _scale_of(text) or scale
    if isinstance(rating, Rating) or not named:
        return rating
    bare = _SCALE_WORDS[named].sub(" ", _NUMBERED.sub("", text).casefold())
    light = _LEVELS[named].get(normal(bare))
    return Rating(light, text, True) if light else rating
