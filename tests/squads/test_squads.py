"""Squads: who is in them, whether they are fit, and what a change does before it is saved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.initiatives.founding import add_scenes
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Department, Person
from ecofolio.squads import actions, queries, rules
from ecofolio.squads.rules import Allocation
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace

MONDAY = date(2026, 11, 16)
TODAY = date(2026, 11, 21)


def days(first: int, last: int) -> tuple[date, date]:
    return MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)


def test_who_changes_squads_within_a_week_is_not_counted_twice() -> None:
    rows = [Allocation(1, 1, 100, None, days(0, 1)[1]), Allocation(1, 2, 100, days(2, 2)[0], None)]
    assert rules.by_week(rows, rules.weeks(MONDAY, 2)) == {1: [100, 100]}
    assert rules.over(rows, rules.weeks(MONDAY, 2)) == []


def test_weeks_above_all_of_somebodys_time_are_joined() -> None:
    rows = [Allocation(1, 1, 60, None, None), Allocation(1, 2, 50, *days(7, 20))]
    found = rules.over(rows, rules.weeks(MONDAY, 5))
    second, third = MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)
    assert found == [rules.Over(1, 110, second, third)]
    assert rules.over_words(found[0], "Ann") == (
        "Ann has up to 110 % from the week of 23 Nov 2026 to that of 30 Nov 2026."
    )


SPANS = st.tuples(
    st.integers(0, 100),
    st.one_of(st.none(), st.integers(-5, 40)),
    st.one_of(st.none(), st.integers(0, 20)),
)


@given(st.lists(SPANS, max_size=6))
def test_a_weeks_load_is_that_of_its_busiest_day(
    spans: list[tuple[int, int | None, int | None]],
) -> None:
    rows = [
        Allocation(
            1,
            n,
            percent,
            None if first is None else MONDAY + timedelta(days=first),
            None if length is None else MONDAY + timedelta(days=(first or 0) + length),
        )
        for n, (percent, first, length) in enumerate(spans)
    ]
    mondays = rules.weeks(MONDAY, 6)
    found = rules.by_week(rows, mondays).get(1, [0] * 6)
    for monday, load in zip(mondays, found, strict=True):
        week = [monday + timedelta(days=n) for n in range(7)]
        assert load == max(sum(r.percent for r in rows if rules.holds(r, day)) for day in week)


def test_every_failing_is_said_in_words() -> None:
    people = [rules.Member(1, "Ann", 1, "front"), rules.Member(2, "Bo", 1, "front")]
    overs = [rules.Over(2, 120, MONDAY, MONDAY), rules.Over(9, 120, MONDAY, MONDAY)]
    found = rules.fitness(None, people, overs, {2: "Bo"})
    assert found.failings == (
        "It has no lead.",
        "Its people come from 1 department; 3 are needed.",
        "Nobody is from: Middle office, Back office.",
        "Bo has 120 % in the week of 16 Nov 2026.",
    )
    fit = [rules.Member(n, "x", n, office) for n, office in enumerate(("front", "middle", "back"))]
    assert rules.fitness(1, fit, [], {}).is_fit


def _founded(work: Work) -> None:
    work.label("Organisation")
    made = work.insert(
        Department,
        [
            {"code": code, "name": code, "office": office}
            for code, office in (("CB", "front"), ("RM", "middle"), ("IT", "back"))
        ],
    )
    work.insert(
        Person,
        [
            {"code": f"P{n}", "name": name, "department_id": made[n]}
            for n, name in enumerate(("Ann", "Bo", "Cy"))
        ],
    )
    scene = work.connection.exec_driver_sql("SELECT id FROM scene WHERE code = 'payroll'").scalar()
    assert scene is not None
    work.insert(
        Initiative, [{"code": "A-1", "name": "Payroll", "stage": "pilot", "scene_id": scene}]
    )


@pytest.fixture
def programme(workspace: Workspace) -> Workspace:
    workspace.do(add_scenes)
    workspace.do(_founded)
    return workspace


def test_capacity_shows_the_effect_of_a_move_before_it_is_saved(programme: Workspace) -> None:
    first = programme.do(actions.create_squad, {"name": "Payroll", "lead_id": 1}, [1])
    second = programme.do(actions.create_squad, {"name": "Campus"})
    place = programme.do(actions.add_member, first, 1, percent=60, role="lead")
    programme.do(actions.add_member, second, 1, percent=50, from_date=TODAY)
    day = MONDAY + timedelta(days=14)
    with programme.read() as connection:
        effect = queries.effect_of_move(connection, place, second, day, percent=20, count=3)
        found = queries.capacity(connection, TODAY, 4)
        behind = queries.why(connection, 1, MONDAY)
    assert found.rows[0].percents == (110, 110, 110, 110)
    assert [(one.week, one.before, one.after, one.is_over) for one in effect] == [
        (day + timedelta(days=7 * n), 110, 70, False) for n in range(3)
    ]
    assert [(one.squad, one.percent) for one in behind] == [("Payroll", 60), ("Campus", 50)]
    programme.do(actions.move_member, place, second, day, percent=20)
    with programme.read() as connection:
        assert queries.capacity(connection, TODAY, 4).rows[0].percents == (110, 110, 70, 70)
        squad = queries.squads(connection, TODAY)[0]
    assert "Ann has up to 110 % from the week of 16 Nov 2026" in squad.fitness.failings[-1]
    programme.undo()
    with programme.read() as connection:
        assert queries.capacity(connection, TODAY, 4).rows[0].percents == (110,) * 4


def test_linkage_tells_gaps_from_who_is_really_there(programme: Workspace) -> None:
    squad = programme.do(actions.create_squad, {"name": "Payroll"}, [1])
    programme.do(actions.add_member, squad, 2, percent=50)
    with programme.read() as connection:
        scene = connection.exec_driver_sql("SELECT scene_id FROM initiative").scalar()
    assert isinstance(scene, int)
    programme.do(actions.set_linkage, [(scene, 1), (scene, 2)], True)
    with programme.read() as connection:
        found = queries.linkage(connection, TODAY)
    assert [(one.scene, one.department, one.people, one.is_gap) for one in found] == [
        ("Payroll", "CB", (), True),
        ("Payroll", "RM", ("Bo",), False),
    ]
    programme.do(actions.set_linkage, [(scene, 1)], False)
    with programme.read() as connection:
        assert len(queries.linkage(connection, TODAY)) == 1


def test_a_leading_group_owns_units_scenes_and_batches(programme: Workspace) -> None:
    group = programme.do(actions.create_squad, {"name": "Leaders", "kind": "steering"})
    programme.do(actions.set_areas, group, scenes=[1], batches=["incubation"])
    with programme.read() as connection:
        assert [one.name for one in queries.areas(connection, group)][1] == "Incubation"
    squad = programme.do(actions.create_squad, {"name": "Payroll"})
    with pytest.raises(InputError, match="Only a leading group"):
        programme.do(actions.set_areas, squad, scenes=[1])


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_what_breaks_a_rule_is_refused(programme: Workspace) -> None:
    squad = programme.do(actions.create_squad, {"name": "Payroll", "code": "PAY"})
    with pytest.raises(InputError, match="from 0 to 100"):
        programme.do(actions.add_member, squad, 1, percent=120)
    with pytest.raises(InputError, match="before the first day"):
        programme.do(actions.add_member, squad, 1, from_date=TODAY, until_date=MONDAY)
    with pytest.raises(InputError, match="already a squad PAY"):
        programme.do(actions.create_squad, {"name": "Other", "code": "PAY"})
    with pytest.raises(InputError, match="needs a name"):
        programme.do(actions.create_squad, {"name": " "})
