"""The demonstration programme is the same each time, whole, and alive."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import select

from ecofolio.demo import build
from ecofolio.demo.playbooks import FOLLOWS, PROVEN
from ecofolio.demo.source import source, words
from ecofolio.initiatives import queries, rules
from ecofolio.initiatives.health import five
from ecofolio.initiatives.model import CustomValue, Initiative, Note
from ecofolio.initiatives.playbooks import playbooks
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.scorecards import figures
from ecofolio.scorecards import queries as figure_queries
from ecofolio.scorecards.catalogue import BUILT, PERCENT
from ecofolio.scorecards.playbooks import figures as packed_figures
from ecofolio.scorecards.ranking import places
from ecofolio.store import journal
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Workspace
from ecofolio.text import LANGUAGES
from ecofolio.vocabulary import (
    SCENES,
    Batch,
    BuildMode,
    Circle,
    HealthLight,
    Lever,
    Light,
    LoopPhase,
    Office,
    Origin,
    Segment,
    Stage,
    Term,
    UnitLevel,
)

TODAY = date(2026, 11, 21)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def demonstration(demonstration_in: Callable[[str], Path]) -> Iterator[Workspace]:
    """One programme in English for the tests that only look."""
    with Workspace.open(demonstration_in("en")) as workspace:
        yield workspace


def rows_of(workspace: Workspace) -> list[queries.InitiativeRow]:
    with workspace.read() as connection:
        return queries.rows(connection, today=TODAY)


def everything(workspace: Workspace, record: type[Any]) -> list[dict[str, Any]]:
    with workspace.read() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table_of(record)))]


def test_the_same_arguments_make_the_same_programme_entry_for_entry(
    place: str, demonstration_in: Callable[[str], Path]
) -> None:
    hashes = []
    with Workspace.open(demonstration_in("zh_CN")) as first, first.read() as connection:
        hashes.append(journal.head(connection))
    with build.create(place, language="zh_CN", today=TODAY) as made, made.read() as connection:
        hashes.append(journal.head(connection))
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_it_is_the_same_in_every_time_zone(
    tmp_path: Any, demonstration: Workspace, zone: str
) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process can not be set here")
    with demonstration.read() as connection:
        wanted = journal.head(connection)
    before = os.environ["TZ"]
    try:
        os.environ["TZ"] = zone
        time.tzset()
        place = tmp_path / "d.ecofolio"
        with build.create(place, language="en", today=TODAY) as made, made.read() as connection:
            assert journal.head(connection) == wanted
    finally:
        os.environ["TZ"] = before
        time.tzset()


@pytest.mark.parametrize("days", [1, 2, 4])  # a Sunday, a Monday, a Wednesday
def test_it_can_be_made_on_any_day_of_the_week(tmp_path: Any, days: int) -> None:
    today = TODAY + timedelta(days=days)
    with build.create(tmp_path / "d.ecofolio", language="en", today=today) as made:
        wanted = {case.code: case.light for case in source().cases}
        with made.read() as connection:
            for row in queries.rows(connection, today=today):
                if row.stage != Stage.CLOSED:
                    assert five(row, today)[HealthLight.SCHEDULE].light == wanted[row.code], (
                        row.code
                    )


def test_another_seed_tells_another_story(tmp_path: Any, demonstration: Workspace) -> None:
    with build.create(tmp_path / "other.ecofolio", language="en", today=TODAY, seed=7) as other:
        assert [row.code for row in rows_of(other)] == [row.code for row in rows_of(demonstration)]
        assert rows_of(other) != rows_of(demonstration)


def test_it_has_the_bank_of_the_brief(demonstration: Workspace) -> None:
    units = everything(demonstration, Unit)
    levels = Counter(unit["level"] for unit in units)
    assert levels[UnitLevel.HEAD_OFFICE] == 1
    assert levels[UnitLevel.TIER1] == 12
    assert 28 <= levels[UnitLevel.TIER2] + levels[UnitLevel.SUB_BRANCH] <= 36
    assert all(unit["region"] for unit in units if unit["level"] == UnitLevel.TIER1)
    departments = everything(demonstration, Department)
    assert len(departments) == 16
    assert {one["office"] for one in departments} == set(Office)
    people = everything(demonstration, Person)
    assert len(people) >= 80
    assert len({person["name"] for person in people}) == len(people)
    assert len({person["email"] for person in people}) == len(people)
    assert all(person["title"] and person["unit_id"] for person in people)


@pytest.mark.parametrize(
    ("column", "vocabulary"),
    [
        ("batch", Batch),
        ("circle", Circle),
        ("origin", Origin),
        ("build_mode", BuildMode),
        ("stage", Stage),
        ("loop_phase", LoopPhase),
        ("lead_segment", Segment),
        ("light", Light),
    ],
)
def test_every_word_of_a_vocabulary_is_used(
    demonstration: Workspace, column: str, vocabulary: type[Term]
) -> None:
    assert {getattr(row, column) for row in rows_of(demonstration)} == set(vocabulary)


def test_every_scene_and_lever_is_used(demonstration: Workspace) -> None:
    rows = rows_of(demonstration)
    assert len(rows) == 64
    assert len({row.scene_id for row in rows}) == len(SCENES)
    assert {lever for row in rows for lever in rules.split_list(row.levers)} == set(Lever)


def test_milestones_come_to_the_lights_that_the_cases_ask_for(demonstration: Workspace) -> None:
    wanted = {case.code: case.light for case in source().cases}
    for row in rows_of(demonstration):
        if row.stage != Stage.CLOSED:
            assert five(row, TODAY)[HealthLight.SCHEDULE].light == wanted[row.code], row.code


def test_overrides_hold_and_have_expired(demonstration: Workspace) -> None:
    overridden = [row for row in rows_of(demonstration) if row.health_override]
    holding = [row for row in overridden if queries.health(row, TODAY).overridden]
    assert 0 < len(holding) < len(overridden)
    assert all(row.health_reason and row.health_expires for row in overridden)


def test_rates_roll_up_over_the_bank_by_what_they_weigh(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        groups = dict.fromkeys(places(connection), ("bank",))
        found = figures.rolled(connection, ["2026-Q3"], groups=groups)
    rates = {one.metric.code: one.made for one in found if one.metric.weighed_by_id}
    assert {"retention", "activation", "satisfaction"} <= rates.keys()
    for made in rates.values():
        assert made.value is not None and 40_000 < made.value < 100_000
        assert made.left_out < 10


def test_what_is_counted_is_promised_in_whole_numbers(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        rows = figure_queries.targets(connection)
    assert all(
        bound % 1000 == 0
        for row in rows
        if BUILT[row.metric].unit != PERCENT
        for bound in (row.floor, row.target, row.stretch or 0)
    )


def test_what_is_proven_is_packed_and_followed(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        packed = playbooks(connection)
        steps = {(row.code, row.metric, row.month) for row in packed_figures(connection)}
        rows = [row for row in figure_queries.targets(connection) if row.code == FOLLOWS]
    assert [row.made_from for row in packed] == list(PROVEN)
    assert {(packed[1].code, row.metric, 3) for row in rows} <= steps
    assert min(row.month for row in rows) > "2026-11"


def test_the_overview_has_gaps_to_show(demonstration: Workspace) -> None:
    found = {
        (row.code.split("-")[0], row.batch)
        for row in rows_of(demonstration)
        if row.stage != Stage.CLOSED
    }
    assert ("ZJ", Batch.BREAKTHROUGH) not in found
    assert ("JS", Batch.BREAKTHROUGH) not in found
    assert ("XJ", Batch.FULL_ROLLOUT) not in found
    assert ("HB", Batch.BREAKTHROUGH) in found


def test_no_rule_of_the_domain_is_broken(demonstration: Workspace) -> None:
    assert [
        rule for row in everything(demonstration, Initiative) for rule in rules.broken(row)
    ] == []
    assert demonstration.verify() == []
    with demonstration.read() as connection:
        for one in queries.milestones(connection):
            assert one.actual is None or one.actual < TODAY


def test_budgets_are_between_hundred_thousands_and_tens_of_millions(
    demonstration: Workspace,
) -> None:
    yuan = [(row.budget_fen or 0) // 100 for row in rows_of(demonstration)]
    assert min(yuan) >= 500_000
    assert 10_000_000 <= max(yuan) < 100_000_000


def test_the_history_is_told_by_several_people_over_four_months(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        entries = journal.entries(connection)
    done = [entry for entry in entries if entry.kind == "do"]
    assert len(done) > 120
    assert len({entry.actor for entry in done}) > 20
    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)
    assert done[0].at.date() < TODAY
    assert done[-1].at.date() > TODAY - timedelta(days=126)
    assert done[0].at - done[-1].at > timedelta(days=100)
    assert {entry.kind for entry in entries} == {"setup", "do", "undo"}
    labels = [entry.label for entry in done]
    for start in ("Import ", "Set Stage", "Set Forecast", "Set Health override", "Save view"):
        assert any(label.startswith(start) for label in labels), start


def test_the_whole_history_can_be_undone(
    tmp_path: Path, demonstration_in: Callable[[str], Path]
) -> None:
    with Workspace.open(copy(demonstration_in("en"), tmp_path)) as workspace:
        while workspace.next_undo():
            workspace.undo()
        assert workspace.verify() == []
        with workspace.read() as connection:
            assert queries.views(connection) == []


def test_saved_views_find_something(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        views = queries.views(connection)
        assert len(views) >= 5
        for view in views:
            scope = Scope.from_json(view.spec)
            assert not scope.is_everything
            assert queries.rows(connection, scope, today=TODAY), view.name


def test_notes_and_custom_values_are_there(demonstration: Workspace) -> None:
    sections = Counter(note["section"] for note in everything(demonstration, Note))
    assert {"Goal", "Progress", "Risk", "Next step", "Decision"} <= sections.keys()
    fields = Counter(value["field_id"] for value in everything(demonstration, CustomValue))
    assert len(fields) == 4


def test_the_clock_and_the_actor_are_given_back(workspace: Workspace) -> None:
    clock, actor = workspace.clock, workspace.actor
    build.build(workspace, initiatives=3, today=TODAY)
    assert (workspace.clock, workspace.actor) == (clock, actor)
    assert len(rows_of(workspace)) == 3


@pytest.mark.parametrize("language", ["zh_CN", "zh_TW"])
def test_a_chinese_programme_is_chinese_throughout(
    demonstration_in: Callable[[str], Path], language: str
) -> None:
    with Workspace.open(demonstration_in(language)) as workspace:
        for row in rows_of(workspace):
            for value in (row.name, row.unit, row.department, row.lead, row.description):
                assert CHINESE.search(value or ""), (row.code, value)
            assert CHINESE.search(row.partner_names or "中")


def test_an_english_programme_has_no_chinese(demonstration: Workspace) -> None:
    texts = [str(row) for row in rows_of(demonstration)]
    texts += [note["body"] for note in everything(demonstration, Note)]
    assert not [text for text in texts if CHINESE.search(text)]


def shape(data: Any) -> Any:
    """The keys of nested data, and the lengths of its lists."""
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    return len(data) if isinstance(data, list) else type(data).__name__


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_language_says_the_same_things(language: str) -> None:
    assert shape(words(language)) == shape(words("en"))


def test_a_big_programme_is_filled_in_every_attribute(tmp_path: Any) -> None:
    place = tmp_path / "big.ecofolio"
    with build.create(place, initiatives=600, language="en", today=TODAY) as workspace:
        rows = rows_of(workspace)
        assert (
            len(rows) == len({row.code for row in rows}) == len({row.name for row in rows}) == 600
        )
        crowd = [row for row in rows if int(row.code.split("-")[1]) > 1000]
        empty = ("other_segments", "health_override", "health_reason", "health_expires")
        for row in crowd:
            for key in queries.InitiativeRow._fields[:27]:
                assert key in empty or getattr(row, key) is not None, (row.code, key)
        assert {row.light for row in crowd} == set(Light)
