"""What screens and reports read of initiatives, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from ecofolio.initiatives import actions, queries
from ecofolio.initiatives.chosen import chosen
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Person

TODAY = date(2026, 11, 21)


def codes(programme, scope=None, **more):
    with programme.workspace.read() as connection:
        return [row.code for row in queries.rows(connection, scope, today=TODAY, **more)]


def test_a_row_tells_names_region_light_and_next_milestone(three):
    with three.workspace.read() as connection:
        row = queries.rows(connection, today=TODAY, ids=[three.ids["HB-001"]])[0]
    assert (row.unit, row.scene, row.lead) == ("Wuchang sub-branch", "Rural", "Wang Fang")
    assert row.region == "Central"  # of the branch above
    assert (row.milestone, row.forecast, row.light) == ("Go-live", date(2026, 11, 22), "amber")
    assert (row.budget_fen, row.due_date) == (980_000_000, date(2027, 6, 30))
    assert (
        queries.health(row, TODAY).reason == "milestone “Go-live” is 12 days late against baseline"
    )


def test_two_people_of_one_name_are_told_apart_by_their_codes(three):
    def namesake(work):
        work.label("A namesake")
        return work.insert(Person, [{"code": "P9", "name": "Wang Fang"}])[0]

    other = three.workspace.do(namesake)
    with three.workspace.read() as connection:
        known = queries.names(connection)
        row = queries.rows(connection, today=TODAY, ids=[three.ids["HB-001"]])[0]
    assert known.people[other] == "Wang Fang (P9)"
    assert row.lead == known.people[three.ids["Wang"]] != "Wang Fang"
    assert known.people[three.ids["Li"]].count("(") == 0


def test_the_next_milestone_is_the_earliest_that_is_open(three):
    identity = three.ids["GD-001"]
    for name, baseline, actual in (
        ("Done", date(2026, 9, 1), date(2026, 9, 1)),
        ("Later", date(2027, 5, 1), None),
        ("Next", date(2027, 2, 1), None),
        ("Undated", None, None),
    ):
        values = {"name": name, "baseline": baseline, "actual": actual}
        three.do(actions.add_milestone, identity, values)
    with three.workspace.read() as connection:
        row = queries.rows(connection, today=TODAY, ids=[identity])[0]
    assert row.milestone == "Next"


def test_a_closed_initiative_has_no_light_unless_a_person_says_so(three):
    identity = three.ids["HB-001"]
    three.do(actions.set_fields, [identity], {"stage": "closed"})
    with three.workspace.read() as connection:
        row = queries.rows(connection, today=TODAY, ids=[identity])[0]
        assert (row.light, queries.health(row, TODAY).reason) == ("not_reported", "closed")
    three.do(actions.override_health, [identity], "green", "kept on", TODAY)
    with three.workspace.read() as connection:
        row = queries.rows(connection, today=TODAY, ids=[identity])[0]
    health = queries.health(row, TODAY)
    assert (health.light, health.reason, health.overridden) == ("green", "kept on", True)


SCOPES = [
    (lambda ids: Scope(), ["GD-001", "GD-002", "HB-001"]),
    (lambda ids: Scope(unit_id=ids["HB"]), ["HB-001"]),
    (lambda ids: Scope(unit_id=ids["HO"]), ["GD-001", "GD-002", "HB-001"]),
    (lambda ids: Scope(unit_id=ids["HB"], unit_alone=True), []),
    (lambda ids: Scope(segments=frozenset("G")), ["HB-001"]),
    (lambda ids: Scope(segments=frozenset("B")), ["GD-001", "HB-001"]),
    (lambda ids: Scope(lead_segments=frozenset("B")), ["GD-001"]),
    (lambda ids: Scope(batches=frozenset(["incubation"])), ["HB-001"]),
    (lambda ids: Scope(stages=frozenset(["pilot", "rollout"])), ["GD-001", "HB-001"]),
    (lambda ids: Scope(scene_ids=frozenset([ids["campus"]])), ["GD-001"]),
    (lambda ids: Scope(lights=frozenset(["amber"])), ["HB-001"]),
    (lambda ids: Scope(regions=frozenset(["South"])), ["GD-001", "GD-002"]),
    (lambda ids: Scope(missing=frozenset(["batch"])), ["GD-002"]),
    (lambda ids: Scope(text="WANG rural"), ["HB-001"]),
    (lambda ids: Scope(text="nobody"), []),
]


@pytest.mark.parametrize(("scope", "expected"), SCOPES)
def test_a_scope_leaves_the_same_rows_in_the_database_and_in_memory(three, scope, expected):
    wanted = scope(three.ids)
    assert codes(three, wanted) == expected
    with three.workspace.read() as connection:
        known = queries.names(connection)
        everything = queries.rows(connection, today=TODAY, known=known)
        found = chosen(connection, wanted, today=TODAY)
    assert found == {row.id for row in everything if row.code in expected}
    within = queries.within(wanted, known)
    assert [row.code for row in everything if within is None or within(row)] == expected


def test_a_unit_that_is_its_own_ancestor_does_not_hang_the_reader(programme):
    from ecofolio.organisation.model import Unit

    def knot(work):
        work.label("Knot")
        work.update(Unit, programme.ids["HO"], {"parent_id": programme.ids["HB1"]})

    programme.do(knot)
    with programme.workspace.read() as connection:
        known = queries.names(connection)
    assert known.regions[programme.ids["HO"]] == "Central"
    assert queries.below(programme.ids["HB"], known.parents) >= {programme.ids["HB1"]}
