"""What may be written into the organisation, and where units may stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.organisation import rules
from ecofolio.vocabulary import UnitLevel

LEVELS = st.sampled_from(list(UnitLevel))
ORDER = list(UnitLevel)


def test_text_is_stored_without_blanks_at_its_ends() -> None:
    assert rules.clean({"name": "  Hubei branch ", "region": " "}) == {
        "name": "Hubei branch",
        "region": None,
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": " "}, "“Name” can not be empty"),
        ({"code": None}, "“Code” can not be empty"),
        ({"name": "x" * 201}, "up to 200 characters"),
        ({"level": "village"}, "“village” is not one of the values of “Level”"),
        ({"office": "side"}, "“side” is not one of the values of “Office”"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"email": "a b@c"}, "not an e-mail address"),
    ],
)
def test_a_broken_rule_is_said_in_words(values: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        rules.clean(values)


@given(level=LEVELS, above=LEVELS)
def test_a_unit_stands_below_higher_levels_only(level: UnitLevel, above: UnitLevel) -> None:
    if ORDER.index(above) < ORDER.index(level):
        rules.check_place(level, above, ())
        rules.check_place(above, None, [level])
        assert level in rules.levels_below(above)
    else:
        assert level not in rules.levels_below(above)
        with pytest.raises(InputError):
            rules.check_place(level, above, ())
        with pytest.raises(InputError):
            rules.check_place(above, None, [level])


@given(parents=st.dictionaries(st.integers(1, 8), st.none() | st.integers(1, 8)), data=st.data())
def test_a_move_that_is_let_through_makes_no_circle(
    parents: dict[int, int | None], data: st.DataObject
) -> None:
    unit, parent = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    try:
        rules.check_circle(unit, parent, parents)
    except InputError:
        return
    moved = {**parents, unit: parent}
    at: int | None = parent
    for _step in range(9):
        assert at != unit
        at = moved.get(at) if at is not None else None


def test_what_is_in_use_says_by_what() -> None:
    error = rules.in_use("Hubei branch", {"unit": 3, "person": 1, "initiative": 0})
    assert str(error) == (
        "“Hubei branch” can not be deleted: 3 units, 1 person still belong to it. Move them first."
    )
