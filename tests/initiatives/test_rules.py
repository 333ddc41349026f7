"""The rules of an initiative, on tables of cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.initiatives import rules
from ecofolio.vocabulary import Lever, Light, Segment

TODAY = date(2026, 11, 21)
USUAL = rules.Thresholds(amber_days=8, red_days=22)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("given_", "stored"),
    [
        ({"name": "  Car life "}, {"name": "Car life"}),
        ({"description": "   "}, {"description": None}),
        ({"tags": "rural，county、rural"}, {"tags": "rural,county"}),
        ({"other_segments": "C; G"}, {"other_segments": "G,C"}),
        (
            {"levers": "open_technology,gbc_integration"},
            {"levers": "gbc_integration,open_technology"},
        ),
        ({"budget_fen": 0}, {"budget_fen": 0}),
        ({"start_date": TODAY}, {"start_date": TODAY}),
    ],
)
def test_values_are_stored_in_one_form(given_, stored):
    assert rules.clean(given_) == stored


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " "}, "needs a value in “Name”"),
        ({"stage": None}, "needs a value in “Stage”"),
        ({"stage": "sleeping"}, "“sleeping” is not one of the values of “Stage”"),
        ({"other_segments": "G,X"}, "“X” is not one"),
        ({"budget_fen": -1}, "0 or more"),
        ({"budget_fen": 2**63}, "0 or more"),
        ({"budget_fen": "12"}, "0 or more"),
        ({"due_date": "2026-01-01"}, "has to be a date"),
        ({"name": "x" * 501}, "up to 500 characters"),
    ],
)
def test_a_broken_rule_is_named(values, words):
    with pytest.raises(InputError, match=words):
        rules.clean(values)


def test_the_lead_segment_leaves_the_other_segments():
    row = {"lead_segment": "G", "other_segments": "B,C"}
    assert rules.settle(row, {"lead_segment": "B"}) == {
        "lead_segment": "B",
        "other_segments": "C",
    }


@pytest.mark.parametrize(
    ("row", "changes", "broken"),
    [
        ({"start_date": TODAY}, {"due_date": ago(1)}, True),
        ({"start_date": TODAY}, {"due_date": TODAY}, False),
        ({"due_date": TODAY}, {"start_date": ago(-1)}, True),
        ({"start_date": TODAY, "due_date": ago(1)}, {"name": "old trouble"}, False),
        ({}, {"health_override": "green"}, True),
        ({}, {"health_override": "green", "health_reason": "agreed"}, False),
        ({"health_override": "red", "health_reason": "x"}, {"health_reason": None}, True),
    ],
)
def test_fields_are_checked_against_one_another(row, changes, broken):
    if broken:
        with pytest.raises(InputError):
            rules.settle(row, changes)
    else:
        assert rules.settle(row, changes) == changes


def test_an_override_that_is_taken_away_takes_its_reason_and_expiry_along():
    row = {"health_override": "red", "health_reason": "x", "health_expires": TODAY}
    assert rules.settle(row, {"health_override": None}) == {
        "health_override": None,
        "health_reason": None,
        "health_expires": None,
    }


@pytest.mark.parametrize(
    ("baseline", "forecast", "due", "light"),
    [
        (None, None, None, Light.NOT_REPORTED),
        (ago(-5), ago(-5), None, Light.GREEN),
        (ago(-5), None, None, Light.GREEN),
        (ago(-30), ago(-37), None, Light.GREEN),  # 7 days of slip
        (ago(-30), ago(-38), None, Light.AMBER),
        (ago(-30), ago(-51), None, Light.AMBER),
        (ago(-30), ago(-52), None, Light.RED),
        (ago(8), ago(8), None, Light.AMBER),  # passed: it slips a day each day
        (ago(8), ago(20), None, Light.AMBER),
        (ago(22), None, None, Light.RED),
        (ago(-5), None, ago(1), Light.RED),
        (None, None, ago(0), Light.NOT_REPORTED),
    ],
)
def test_the_schedule_is_as_late_as_its_next_milestone(baseline, forecast, due, light):
    assert rules.schedule_light(baseline, forecast, due, TODAY, USUAL) is light
    name = "Go-live" if baseline else None
    told, reason = rules.schedule(name, baseline, forecast, due, TODAY, USUAL)
    assert told is light
    assert reason


days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(days, st.none() | days, st.none() | days, days)
def test_the_light_in_tables_is_the_light_that_is_explained(baseline, forecast, due, today):
    light = rules.schedule_light(baseline, forecast, due, today, USUAL)
    assert rules.schedule("m", baseline, forecast, due, today, USUAL)[0] is light


@pytest.mark.parametrize(
    ("light", "expires", "holds"),
    [
        (None, None, False),
        ("red", None, True),
        ("red", TODAY, True),
        ("red", ago(1), False),
    ],
)
def test_an_override_holds_up_to_its_last_day(light, expires, holds):
    assert rules.override_holds(light, expires, TODAY) is holds


@given(st.lists(st.sampled_from([term.value for term in Lever])))
def test_codes_are_joined_in_their_order_and_split_again(codes):
    joined = rules.join_codes(codes, Lever)
    assert rules.split_list(joined) == [term.value for term in Lever if term.value in codes]


@given(st.lists(st.sampled_from("GBC")), st.sampled_from("GBC"))
def test_a_lead_segment_is_never_among_the_others(others, lead):
    settled = rules.settle({}, {"lead_segment": lead, "other_segments": ",".join(others)})
    assert lead not in rules.split_list(settled["other_segments"])
    assert set(rules.split_list(settled["other_segments"])) == set(others) - {lead}
    assert settled["lead_segment"] in [segment.value for segment in Segment]
