"""Ranks: between any two there is another, and keys stay short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.boards.ranks import between, spread


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=60))
def test_cards_put_anywhere_keep_a_total_order(places: list[int]) -> None:
    keys: list[str] = []
    for place in places:
        at = place % (len(keys) + 1)
        low = keys[at - 1] if at else None
        high = keys[at] if at < len(keys) else None
        keys.insert(at, between(low, high))
    assert keys == sorted(set(keys))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 120))
def test_many_cards_are_spread_between_two(first: int, gap: int, count: int) -> None:
    keys = spread(None, None, 90)
    low, high = keys[first], keys[first + gap + 1]
    found = spread(low, high, count)
    assert len(found) == count
    assert [low, *found, high] == sorted({low, *found, high})


def test_adding_at_an_end_lengthens_keys_by_the_logarithm_only() -> None:
    keys = spread(None, None, 100_000)
    assert keys == sorted(keys)
    assert max(map(len, keys)) <= 4
    top = spread(None, keys[0], 10_000)
    assert top == sorted(top) and top[-1] < keys[0]
    assert max(map(len, top)) <= 4


def test_a_thousand_cards_put_at_one_place_keep_keys_below_two_hundred_characters() -> None:
    low, high = spread(None, None, 2)
    for n in range(1000):
        middle = between(low, high)
        assert low < middle < high
        low, high = (middle, high) if n % 2 else (low, middle)
    assert len(low) < 200


def test_no_key_lies_between_equal_ones() -> None:
    with pytest.raises(ValueError, match="no key"):
        between("a0", "a0")
