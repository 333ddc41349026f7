"""Ranks: keys whose byte order is the order of the cards in a column.

Between any two keys there is another, so a card is put anywhere by writing that card alone. The
first letter says how many figures the whole part has (a, b, c … upward, Z, Y, X … downward), so
that keys grow by the logarithm where cards are added at either end; fractions follow the whole
part. After David Greenspan, "Implementing Fractional Indexing" (2020).
"""

from __future__ import annotations

_FIGURES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {figure: value for value, figure in enumerate(_FIGURES)}
_FIRST = "a0"
_BASE = len(_FIGURES)


def between(low: str | None, high: str | None) -> str:
    """A key above `low` and below `high`; None stands for the ends.

    `ValueError` where `low` is not below `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"no key between {low} and {high}")
    if low is None:
        return _FIRST if high is None else _below(high)
    if high is None:
        return _above(low)
    whole, fraction = _split(low)
    upper, upper_fraction = _split(high)
    if whole == upper:
        return whole + _middle(fraction, upper_fraction)
    raised = _raised(whole)
    if raised is not None and raised < high:
        return raised
    return whole + _middle(fraction, None)


def spread(low: str | None, high: str | None, count: int) -> list[str]:
    """`count` rising keys above `low` and below `high`, as short as can be."""
    if count <= 0:
        return []
    if high is None or low is None:
        return _run(low, high, count)
    # halves, so that the keys of many cards put between two stay short
    at = count // 2
    middle = between(low, high)
    return [*spread(low, middle, at), middle, *spread(middle, high, count - at - 1)]


def _run(low: str | None, high: str | None, count: int) -> list[str]:
    keys: list[str] = []
    if high is None:
        for _n in range(count):
            low = between(low, None)
            keys.append(low)
        return keys
    for _n in range(count):
        high = between(None, high)
        keys.append(high)
    return keys[::-1]


def _split(key: str) -> tuple[str, str]:
    length = _length(key[0])
    return key[:length], key[length:]


def _length(head: str) -> int:
    """How many characters the whole part has."""
    if "a" <= head <= "z":
        return ord(head) - ord("a") + 2
    return ord("Z") - ord(head) + 2


def _below(high: str) -> str:
    whole, fraction = _split(high)
    if fraction:
        return whole
    lowered = _lowered(whole)
    if lowered is None:
        return whole + _middle("", fraction or None)
    return lowered


def _above(low: str) -> str:
    whole, fraction = _split(low)
    raised = _raised(whole)
    return whole + _middle(fraction, None) if raised is None else raised


def _raised(whole: str) -> str | None:
    """The next whole part; None above the greatest."""
    head, figures = whole[0], list(whole[1:])
    for place in range(len(figures) - 1, -1, -1):
        value = _VALUE[figures[place]] + 1
        if value < _BASE:
            figures[place] = _FIGURES[value]
            return head + "".join(figures)
        figures[place] = _FIGURES[0]
    if head == "z":
        return None
    if head == "Z":
        return "a0"
    following = chr(ord(head) + 1)
    return following + _FIGURES[0] * (_length(following) - 1)


def _lowered(whole: str) -> str | None:
    """The whole part before; None below the least."""
    head, figures = whole[0], list(whole[1:])
    for place in range(len(figures) - 1, -1, -1):
        value = _VALUE[figures[place]] - 1
        if value >= 0:
            figures[place] = _FIGURES[value]
            return head + "".join(figures)
        figures[place] = _FIGURES[-1]
    if head == "A":
        return None
    if head == "a":
        return "Z" + _FIGURES[-1]
    before = chr(ord(head) - 1)
    return before + _FIGURES[-1] * (_length(before) - 1)


def _middle(low: str, high: str | None) -> str:
    """A fraction above `low` and below `high` that does not end in nought."""
    if high is not None:
        same = 0
        while same < len(high) and (low[same] if same < len(low) else _FIGURES[0]) == high[same]:
            same += 1
        if same:
            return high[:same] + _middle(low[same:], high[same:])
    under = _VALUE[low[0]] if low else 0
    over = _VALUE[high[0]] if high else _BASE
    if over - under > 1:
        return _FIGURES[(under + over) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return _FIGURES[under] + _middle(low[1:], None)
