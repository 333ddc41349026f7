from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.initiatives import actions, queries
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.actions import add_unit
from ecofolio.portfolio.queries import Summary, summary, upcoming
from ecofolio.portfolio.rules import Mix, duty_words, home, missing_duties
from ecofolio.portfolio.words import light_words, scope_words
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Batch, Light, Segment, Stage

TODAY = date(2026, 11, 21)


def fill(work: Work) -> None:
    head = add_unit(work, {"code": "HO", "name": "Head office", "level": "head_office"})
    hubei = add_unit(work, {"code": "HB", "name": "Hubei", "level": "tier1", "parent_id": head})
    wuhan = add_unit(work, {"code": "HB1", "name": "Wuhan", "level": "tier2", "parent_id": hubei})
    add_unit(work, {"code": "GS", "name": "Gansu", "level": "tier1", "parent_id": head})
    for code, unit, segment, batch, stage, budget in (
        ("A", hubei, "G", "full_rollout", "pilot", 100),
        ("B", wuhan, "G", "breakthrough", "rollout", 250),
        ("C", head, "C", "incubation", "approved", None),
        ("D", None, None, None, "proposal", 7),
        ("E", hubei, "B", "full_rollout", "closed", 1000),
    ):
        values = {
            "code": code, "name": f"N {code}", "unit_id": unit, "lead_segment": segment,
            "other_segments": "C,B,G", "batch": batch, "stage": stage, "budget_fen": budget,
        }  # fmt: skip
        one = actions.create(work, values)
        actions.add_milestone(
            work, one, {"name": "M", "baseline": date(2026, 12, 1 + ord(code) % 9)}
        )
    work.label("Fill")


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.do(fill)
    return workspace


def read(workspace: Workspace, scope: Scope | None = None) -> Summary:
    with workspace.read() as connection:
        return summary(connection, scope, today=TODAY)


def unit(workspace: Workspace, code: str) -> int:
    with workspace.read() as connection:
        codes = queries.names(connection).unit_codes
    return next(one for one, found in codes.items() if found == code)


def test_figures_are_of_open_initiatives_and_stages_of_all(filled: Workspace) -> None:
    found = read(filled)
    assert (found.total.count, found.total.budget_fen, found.total.without_budget) == (5, 1357, 1)
    assert (found.open.count, found.open.budget_fen) == (4, 357)
    assert {stage.value: tally.count for stage, tally in found.stages.items()} == {
        "proposal": 1, "approved": 1, "pilot": 1, "rollout": 1, "operating": 0, "closed": 1,
    }  # fmt: skip
    assert found.cell("G", "full_rollout").budget_fen == 100
    assert found.cell(None, None).count == 1
    assert found.segment_keys == ["G", "B", "C", None]
    assert sum(tally.count for tally in found.lights.values()) == 4


def test_an_initiative_counts_to_its_tier_1_branch(filled: Workspace) -> None:
    found = read(filled)
    rows = {branch.name: found.by_branch.get(branch.id, Mix()).count for branch in found.branches}
    assert rows == {"Gansu": 0, "Hubei": 2, "Head office": 1, "Not said": 1}
    assert [(duty.branch.name, duty.words) for duty in found.duties] == [
        ("Gansu", "neither met"),
        ("Hubei", "both met"),
    ]


@pytest.mark.parametrize("code", ["HB", "HO"])
def test_every_cell_opens_the_rows_that_it_counts(filled: Workspace, code: str) -> None:
    found = read(filled)
    open_stages = frozenset(stage for stage in Stage if stage is not Stage.CLOSED)
    for segment in found.segment_keys:
        for batch in found.batch_keys:
            scope = Scope(
                lead_segments=frozenset({segment} if segment else ()),
                batches=frozenset({batch} if batch else ()),
                missing=frozenset(
                    key for key, held in (("lead_segment", segment), ("batch", batch)) if not held
                ),
                stages=open_stages,
            )
            assert read(filled, scope).total.count == found.cell(segment, batch).count
    branch = next(one for one in found.branches if one.code == code)
    scope = Scope(unit_id=branch.id, unit_alone=not branch.has_duties, stages=open_stages)
    assert read(filled, scope).total.count == found.by_branch[branch.id].count


def test_a_scope_shows_only_the_branches_that_it_lets_in(filled: Workspace) -> None:
    found = read(filled, Scope(unit_id=unit(filled, "HB1")))
    assert [branch.name for branch in found.branches] == ["Hubei"]
    assert scope_words(found.scope, found.names) == "Wuhan"


def test_the_red_come_first_and_then_the_dearest(filled: Workspace) -> None:
    with filled.read() as connection:
        ids = {row.code: row.id for row in queries.rows(connection, today=TODAY)}
    day = date(2026, 12, 31)
    filled.do(actions.override_health, [ids["A"], ids["B"]], "amber", "late", day)
    filled.do(actions.override_health, [ids["D"]], "red", "lost", day)
    assert [(need.row.code, need.health.reason) for need in read(filled).needs] == [
        ("D", "lost"), ("B", "late"), ("A", "late"),
    ]  # fmt: skip


def test_milestones_to_come_are_of_open_initiatives_the_soonest_first(filled: Workspace) -> None:
    with filled.read() as connection:
        found = summary(connection, today=TODAY)
        coming = upcoming(connection, found, most=3)
    assert [one.code for one in coming] == sorted(("A", "B", "C"), key=lambda code: ord(code) % 9)
    assert [one.on for one in coming] == sorted(one.on for one in coming)


def test_coverage_wants_a_full_rollout_and_a_breakthrough() -> None:
    assert missing_duties(1, 1) == []
    assert duty_words(missing_duties(1, 0)) == "no breakthrough"
    assert duty_words(missing_duties(0, 2)) == "no full rollout"
    assert missing_duties(0, 0) == [Batch.FULL_ROLLOUT, Batch.BREAKTHROUGH]


def test_a_tree_that_bites_its_tail_has_an_end() -> None:
    assert home(1, {1: "tier2", 2: "tier2"}, {1: 2, 2: 1}) == 1
    assert home(9, {1: "tier1"}, {}) is None


@given(st.lists(st.sampled_from([*Batch, None])))
def test_a_mix_counts_every_initiative_once(batches: list[Batch | None]) -> None:
    mix = Mix()
    for batch in batches:
        mix.add(batch)
    assert mix.count == len(batches)
    assert mix.of(None) == batches.count(None)


def test_lights_can_be_told_without_colour() -> None:
    assert len({light_words(light)[0] for light in Light}) == 4
    assert light_words(Light.RED) == "✕ Red"
    assert Segment.GOVERNMENT.label == "Government"
