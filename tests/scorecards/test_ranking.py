"""A ranking makes its lines when they are looked at, and follows what changes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ecofolio.scorecards.ranking import Place, Ranking, ranked
from ecofolio.scorecards.rules import Grade, ranks
from ecofolio.scorecards.scoring import Scored

IDS = range(8)
WHO = {n: Place(f"I{9 - n}", f"Name {n}", n, None, ("tier1", "tier2", None)[n % 3]) for n in IDS}
ONE = st.tuples(
    st.sampled_from(["incubation", "breakthrough"]),
    st.none() | st.integers(0, 3),
    st.integers(0, 1),
)
SIDE = st.dictionaries(st.sampled_from(IDS), ONE).map(
    lambda found: {
        one: Scored(one, batch, score, None if score is None else Grade.D, 2, missing, 0, 0)
        for one, (batch, score, missing) in found.items()
    }
)
SHOWN = st.none() | st.sets(st.sampled_from(IDS))


@settings(max_examples=40)
@given(SIDE, SIDE, SHOWN)
def test_ranks_are_among_all_peers_whoever_is_shown(
    now: dict[int, Scored], before: dict[int, Scored], ids: set[int] | None
) -> None:
    lines = ranked(now, WHO, before, ids)
    assert {line.id for line in lines} == now.keys() & (now if ids is None else ids)
    keys = [(line.score is None, -(line.score or 0), line.code) for line in lines]
    assert keys == sorted(keys)
    places = {}
    for side, scores in (("now", now), ("before", before)):
        for group in {(WHO[one.id].level, one.batch) for one in scores.values()}:
            peers = {
                one.id: one.score
                for one in scores.values()
                if (WHO[one.id].level, one.batch) == group
            }
            places.update({(side, one): rank for one, rank in ranks(peers).items()})
            if side == "now":
                assert {line.peers for line in lines if (line.level, line.batch) == group} <= {
                    sum(score is not None for score in peers.values())
                }
    for row, line in enumerate(lines):
        assert line.rank == places.get(("now", line.id)) and lines.row_of(line.id) == row
        was = before.get(line.id)
        if line.rank and ("before", line.id) in places and was and was.batch == line.batch:
            assert line.climbed == places["before", line.id] - line.rank
        else:
            assert line.climbed is None


@settings(max_examples=40)
@given(SIDE, SIDE, SIDE, SIDE, SHOWN, st.booleans())
def test_a_ranking_that_follows_is_one_that_is_made_anew(
    now: dict[int, Scored],
    before: dict[int, Scored],
    more: dict[int, Scored],
    more_before: dict[int, Scored],
    ids: set[int] | None,
    looked_at: bool,
) -> None:
    lines = ranked(now, WHO, before, ids)
    if looked_at:
        list(lines)  # what was made is kept only where it still holds
    changed = more.keys() | more_before.keys() | {0}
    sides = [
        {one: row for one, row in old.items() if one not in changed} | new
        for old, new in ((now, more), (before, more_before))
    ]
    found: Ranking = lines.with_changes(changed, *sides, ids)
    assert found == ranked(sides[0], WHO, sides[1], ids)
    assert lines == ranked(now, WHO, before, ids)


def test_who_does_not_stand_in_a_ranking_has_no_row() -> None:
    one = Scored(1, "incubation", 5, Grade.D, 2, 0, 0, 0)
    lines = ranked({1: one, 2: one._replace(id=2)}, WHO, ids=[1])
    assert [lines.row_of(n) for n in (1, 2, 3)] == [0, -1, -1]
    assert lines.scores() == [5] and lines.peers_of(("tier2", "incubation")) == [1]
    assert [line.code for line in lines[:1]] == ["I8"]
