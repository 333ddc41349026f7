"""What people do with initiatives, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import actions, queries
from ecofolio.initiatives.queries import InitiativeRow

TODAY = date(2026, 11, 21)


def rows(programme) -> dict[str, InitiativeRow]:
    with programme.workspace.read() as connection:
        return {row.code: row for row in queries.rows(connection, today=TODAY)}


def milestones(programme, code):
    with programme.workspace.read() as connection:
        return queries.milestones(connection, ids=[programme.ids[code]])


def test_a_new_initiative_gets_the_next_code_of_its_unit_and_is_a_proposal(programme):
    for _n in range(2):
        programme.add(name="One", unit_id=programme.ids["HB"])
    programme.add(name="Homeless")
    found = rows(programme)
    assert list(found) == ["HB-001", "HB-002", "IN-001"]
    assert found["HB-001"].stage == "proposal"


def test_an_initiative_needs_a_name_and_a_code_of_its_own(three):
    with pytest.raises(InputError, match="“Name”"):
        three.add(name=" ")
    with pytest.raises(InputError, match="already an initiative HB-001"):
        three.add(name="Twin", code="HB-001")
    with pytest.raises(InputError, match="already an initiative HB-001"):
        three.do(actions.set_fields, [three.ids["GD-001"]], {"code": "HB-001"})


def test_two_initiatives_can_swap_their_codes(three):
    one, other = three.ids["GD-001"], three.ids["GD-002"]
    three.do(actions.set_each, {one: {"code": "GD-002"}, other: {"code": "GD-001"}})
    assert rows(three)["GD-001"].name == "Bus codes"


def test_many_initiatives_are_given_one_value_in_one_change(three):
    ids = [three.ids["GD-001"], three.ids["GD-002"]]
    assert three.do(actions.set_fields, ids, {"stage": "rollout"}) == [three.ids["GD-002"]]
    entry = three.workspace.undo()
    assert entry.label == "Set Stage of 2 initiatives"
    assert rows(three)["GD-002"].stage == "proposal"


def test_what_somebody_else_changed_is_not_overwritten(three):
    identity = three.ids["GD-001"]
    three.do(actions.set_fields, [identity], {"stage": "pilot"}, {identity: 1})
    with pytest.raises(StaleError):
        three.do(actions.set_fields, [identity], {"batch": "incubation"}, {identity: 1})
    assert rows(three)["GD-001"].batch == "full_rollout"


def test_an_override_needs_a_light_a_reason_and_a_day_to_come(three):
    ids = [three.ids["GD-001"]]
    for light, reason, expires in (
        ("not_reported", "why", TODAY),
        ("red", " ", TODAY),
        ("red", "why", None),
        ("red", "why", date(2026, 11, 20)),
    ):
        with pytest.raises(InputError):
            three.do(actions.override_health, ids, light, reason, expires)
    three.do(actions.override_health, ids, "red", "why", TODAY)
    assert rows(three)["GD-001"].light == "red"
    three.do(actions.clear_override, ids)
    assert rows(three)["GD-001"].health_reason is None


def test_a_deleted_initiative_comes_back_whole(three):
    identity = three.ids["HB-001"]
    three.do(actions.set_note, identity, "Risks", "late")
    three.do(actions.set_custom, [identity], three.ids["Points"], "7")
    before = rows(three)["HB-001"], milestones(three, "HB-001")
    three.do(actions.delete, [identity])
    assert "HB-001" not in rows(three)
    three.workspace.undo()
    after = rows(three)["HB-001"], milestones(three, "HB-001")
    assert after[0]._replace(version=0) == before[0]._replace(version=0)
    assert [one.name for one in after[1]] == [one.name for one in before[1]]
    with pytest.raises(InputError, match="no longer exists"):
        three.do(actions.delete, [99_999])


def test_a_milestone_without_a_forecast_is_forecast_for_its_baseline(three):
    identity = three.ids["GD-001"]
    three.do(actions.add_milestone, identity, {"name": "Launch", "baseline": date(2027, 1, 5)})
    three.do(actions.add_milestone, identity, {"name": "Second"})
    first, second = milestones(three, "GD-001")
    assert (first.forecast, first.slip) == (date(2027, 1, 5), 0)
    assert (second.position, second.slip) == (1, None)


def test_a_milestone_is_named_and_not_reached_in_the_future(three):
    identity = three.ids["go-live"]
    with pytest.raises(InputError, match="needs a name"):
        three.do(actions.set_milestone, identity, {"name": ""})
    with pytest.raises(InputError, match="still to come"):
        three.do(actions.set_milestone, identity, {"actual": date(2026, 11, 22)})
    with pytest.raises(StaleError):
        three.do(actions.set_milestone, identity, {"actual": TODAY}, 5)
    assert three.do(actions.set_milestone, identity, {"actual": TODAY}, 1)
    assert milestones(three, "HB-001")[0].slip == 11
    three.do(actions.delete_milestone, identity)
    assert milestones(three, "HB-001") == []


def test_an_empty_text_takes_a_note_away(three):
    identity = three.ids["HB-001"]
    three.do(actions.set_note, identity, " Risks ", "late")
    three.do(actions.set_note, identity, "Risks", "very late")
    three.do(actions.set_note, identity, "Help", "people")
    three.do(actions.set_note, identity, "Help", " ")
    with three.workspace.read() as connection:
        found = queries.notes(connection, identity)
    assert [(note.section, note.body) for note in found] == [("Risks", "very late")]
    with pytest.raises(InputError, match="needs a section"):
        three.do(actions.set_note, identity, " ", "text")


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("Points", " 12.50 ", "12.50"),
        ("Points", "12 points", None),
        ("Carrier", "API", "API"),
        ("Carrier", "Fax", None),
        ("Signed", "2026-03-05", "2026-03-05"),
        ("Signed", "5 March", None),
    ],
)
def test_a_custom_value_fits_its_field(three, field, value, stored):
    ids, field_id = [three.ids["HB-001"]], three.ids[field]
    if stored is None:
        with pytest.raises(InputError, match="does not fit"):
            three.do(actions.set_custom, ids, field_id, value)
        return
    three.do(actions.set_custom, ids, field_id, value)
    assert rows(three)["HB-001"].custom == {field_id: stored}
    three.do(actions.set_custom, ids, field_id, None)
    assert rows(three)["HB-001"].custom == {}


def test_a_pasted_block_is_one_change(three):
    one, other, points = three.ids["HB-001"], three.ids["GD-001"], three.ids["Points"]
    before = rows(three)
    three.do(
        actions.paste,
        {one: {"stage": "rollout", "tags": None}, other: {"batch": None}},
        {one: {points: "3"}, other: {points: "4"}},
        {one: 1, other: 1},
    )
    found = rows(three)
    assert (found["HB-001"].stage, found["HB-001"].custom) == ("rollout", {points: "3"})
    assert found["GD-001"].batch is None
    three.workspace.undo()
    assert [row.stage for row in rows(three).values()] == [row.stage for row in before.values()]
    assert rows(three)["GD-001"].custom == {}


def test_a_stale_paste_writes_nothing(three):
    one, other = three.ids["HB-001"], three.ids["GD-001"]
    three.do(actions.set_fields, [other], {"tags": "new"})
    with pytest.raises(StaleError):
        three.do(actions.paste, {one: {"tags": "a"}, other: {"tags": "b"}}, {}, {one: 1, other: 1})
    assert rows(three)["HB-001"].tags == "county"


def test_a_copy_has_the_plan_but_not_what_happened(three):
    identity, points = three.ids["HB-001"], three.ids["Points"]
    three.do(actions.set_custom, [identity], points, "7")
    three.do(actions.override_health, [identity], "red", "why", TODAY)
    three.do(actions.set_milestone, three.ids["go-live"], {"actual": TODAY})
    (made,) = three.do(actions.duplicate, [identity])
    copy = next(row for row in rows(three).values() if row.id == made)
    assert (copy.name, copy.code, copy.stage) == ("Co-op circle (copy)", "HB1-001", "proposal")
    assert (copy.health_override, copy.custom) == (None, {points: "7"})
    assert (copy.milestone, copy.baseline) == ("Go-live", date(2026, 11, 10))
    three.workspace.undo()
    assert made not in [row.id for row in rows(three).values()]


def test_a_saved_view_is_written_over_by_its_name(three):
    first = three.do(actions.save_view, " Red ", "{}")
    assert three.do(actions.save_view, "Red", '{"a": 1}') == first
    with three.workspace.read() as connection:
        assert [(view.name, view.spec) for view in queries.views(connection)] == [
            ("Red", '{"a": 1}')
        ]
    three.do(actions.delete_view, first)
    with pytest.raises(InputError, match="needs a name"):
        three.do(actions.save_view, " ", "{}")
