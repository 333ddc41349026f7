"""The scope: a plain value that survives being written down."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.initiatives.scope import Scope

words = st.frozensets(st.text(max_size=5), max_size=3)
scopes = st.builds(
    Scope,
    unit_id=st.none() | st.integers(1, 99),
    segments=words,
    batches=words,
    scene_ids=st.frozensets(st.integers(1, 99), max_size=3),
    stages=words,
    lights=words,
    regions=words,
    text=st.text(max_size=9),
)


@given(scopes)
def test_what_is_written_is_read_again(scope):
    assert Scope.from_json(scope.as_json()) == scope


def test_everything_is_written_as_nothing():
    assert Scope().is_everything
    assert Scope().as_json() == "{}"
    assert not Scope(text="x").is_everything


def test_any_iterable_can_replace_a_set():
    assert Scope().replace(stages=["pilot"], text="x") == Scope(
        stages=frozenset({"pilot"}), text="x"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*Scope.__dataclass_fields__, "new"]), json_values))
def test_what_can_not_be_understood_is_left_out(found):
    read = Scope.from_json(json.dumps(found))
    assert Scope.from_json(read.as_json()) == read


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "3", '{"unit_id": true}'])
def test_nonsense_is_everything(text):
    assert Scope.from_json(text) == Scope()
