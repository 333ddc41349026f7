"""The table: which rows, in what order, and what a cell says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from ecofolio.initiatives.arrangement import Arrangement, Condition, Sort
from ecofolio.initiatives.columns import Setting, columns, words_order
from ecofolio.initiatives.queries import FieldRow, InitiativeRow
from ecofolio.initiatives.table_model import ID_ROLE, InitiativeTableModel
from ecofolio.text import set_language
from ecofolio.vocabulary import Light, Stage

TODAY = date(2026, 11, 21)
POINTS = FieldRow(1, 1, "Points", "number", [], 0)
COLUMNS = columns([POINTS], Setting(TODAY, "wan"))
BLANK = InitiativeRow(**{**dict.fromkeys(InitiativeRow._fields), "custom": {}})


def initiative(identity: int, name: str = "N", **values) -> InitiativeRow:
    given_ = {"id": identity, "version": 1, "code": f"IN-{identity:03}", "name": name}
    usual = {"stage": "pilot", "light": Light.GREEN}
    return BLANK._replace(**{**usual, **given_, **values})


def arranged(*rows: InitiativeRow) -> Arrangement:
    made = Arrangement(COLUMNS)
    made.fill(list(rows))
    return made


def shown(arrangement: Arrangement) -> list[int]:
    return [arrangement.rows[line].id for line in arrangement.lines if line >= 0]


THREE = (
    initiative(1, "Market 10", budget_fen=300, stage="rollout"),
    initiative(2, "market 9", budget_fen=None, stage="pilot", lead="Wang Fang"),
    initiative(3, "Campus", budget_fen=100, stage="pilot", tags="County,rural"),
)


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ([], [1, 2, 3]),
        ([Sort("name")], [3, 2, 1]),  # figures by value, capitals aside
        ([Sort("budget_fen")], [3, 1, 2]),
        ([Sort("budget_fen", True)], [1, 3, 2]),  # a blank stands last either way
        ([Sort("stage"), Sort("name")], [3, 2, 1]),
        ([Sort("stage", True), Sort("budget_fen", True)], [1, 3, 2]),
        ([Sort("nothing")], [1, 2, 3]),
    ],
)
def test_rows_are_sorted_by_several_columns(sorts, expected):
    table = arranged(*THREE)
    table.set_sorts(sorts)
    assert shown(table) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", [1, 2, 3]), ("MARKET", [1, 2]), ("market wang", [2]), ("rural", [3]), ("zz", [])],
)
def test_every_word_has_to_be_found(text, expected):
    table = arranged(*THREE)
    table.set_text(text)
    assert shown(table) == expected


@pytest.mark.parametrize(
    ("key", "condition", "expected"),
    [
        ("stage", Condition(frozenset(["pilot"])), [2, 3]),
        ("name", Condition(contains="MARK"), [1, 2]),
        ("budget_fen", Condition(low=200), [1]),
        ("budget_fen", Condition(high=200), [3]),
        ("budget_fen", Condition(frozenset([None])), [2]),
        ("budget_fen", Condition(), [1, 2, 3]),
        ("nothing", Condition(contains="x"), [1, 2, 3]),
    ],
)
def test_a_column_filters(key, condition, expected):
    table = arranged(*THREE)
    table.set_conditions({key: condition})
    assert shown(table) == expected
    column = table.columns.get(key)
    if column is not None:
        assert Condition.from_plain(column, condition.as_plain()) == condition


def test_a_damaged_condition_lets_everything_through():
    column = next(column for column in COLUMNS if column.key == "due_date")
    for plain in (None, [], {"low": "soon"}, {"values": 3}, {"contains": 3}):
        assert Condition.from_plain(column, plain) == Condition()
    day = Condition(low=TODAY)
    assert Condition.from_plain(column, day.as_plain()) == day


def test_values_to_choose_from_are_counted_under_the_other_filters():
    table = arranged(*THREE)
    table.set_conditions(
        {"name": Condition(contains="market"), "stage": Condition(frozenset(["pilot"]))}
    )
    assert [(one.text, one.n) for one in table.counts("stage")] == [("Pilot", 1), ("Rollout", 1)]


def test_groups_stand_in_the_order_of_their_column_and_fold():
    table = arranged(*THREE)
    table.set_group("stage")
    assert [(group.text, len(group.members)) for group in table.groups] == [
        ("Pilot", 2),
        ("Rollout", 1),
    ]
    assert table.lines == [~0, 1, 2, ~1, 0]
    table.toggle(0)
    assert table.lines == [~0, ~1, 0]
    table.fold(True)
    assert table.lines == [~0, ~1]


names = st.sampled_from(["a", "b", "市场 2", "市场 10", "é"])
rows = st.builds(
    lambda identity, name, stage, budget, code: initiative(
        identity, name, stage=stage, budget_fen=budget, code=f"IN-{code}"
    ),
    st.integers(1, 8),
    names,
    st.sampled_from([stage.value for stage in Stage]),
    st.none() | st.integers(0, 3),
    st.integers(0, 99),
)


@given(
    st.lists(rows, max_size=6, unique_by=(lambda row: row.id, lambda row: row.code)),
    st.lists(st.tuples(st.booleans(), rows), max_size=6),
    st.lists(st.sampled_from(["name", "stage", "budget_fen"]), max_size=2, unique=True),
    st.booleans(),
    st.sampled_from(["", "stage"]),
)
def test_taking_in_changes_ends_where_starting_anew_would(first, changes, keys, down, group):
    sorts = [Sort(key, down) for key in keys]
    conditions = {"stage": Condition(frozenset(["pilot", "rollout", "closed"]))}
    table = arranged(*sorted(first, key=lambda row: row.code))
    table.set_all(sorts, conditions, group)
    table.set_text("i")
    present = {row.id: row for row in first}
    for gone, row in changes:
        if gone:
            present.pop(row.id, None)
            table.apply({row.id: None})
        elif row.code not in [other.code for other in present.values() if other.id != row.id]:
            present[row.id] = row
            table.apply({row.id: row})
    fresh = arranged(*sorted(present.values(), key=lambda row: row.code))
    fresh.set_all(sorts, conditions, group)
    fresh.set_text("i")
    assert shown(table) == shown(fresh)
    assert (table.total, table.shown) == (fresh.total, fresh.shown)


def test_chinese_stands_by_sound_or_by_strokes():
    towns = ["重庆", "北京", "上海", "安徽"]
    set_language("zh_CN")
    assert sorted(towns, key=words_order)[:2] == ["安徽", "北京"]
    set_language("zh_TW")
    assert sorted(["廣東", "上海", "北京"], key=words_order) == ["上海", "北京", "廣東"]


@pytest.fixture
def model(qapp) -> InitiativeTableModel:
    made = InitiativeTableModel(COLUMNS, TODAY)
    made.arrangement.fill(list(THREE))
    return made


def test_a_cell_is_read_out_with_its_column(model):
    light = model.index(0, model.column_of("light"))
    assert light.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Health: Not reported: no")
    stage = model.index(0, model.column_of("stage"))
    assert stage.data(Qt.ItemDataRole.AccessibleTextRole) == "Stage: Rollout"
    assert stage.data(ID_ROLE) == 1


def test_money_stands_at_the_right_with_its_unit_in_the_head(model):
    number = model.column_of("budget_fen")
    assert model.headerData(number, Qt.Orientation.Horizontal) == "Budget (CNY 10k)"
    alignment = model.index(0, number).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_worked_out_columns_and_headings_can_not_be_edited(model):
    model.rearrange(lambda arrangement: arrangement.set_group("stage"))
    assert not model.index(0, 0).flags() & Qt.ItemFlag.ItemIsSelectable
    assert model.index(0, 0).data() == "Pilot: 2 initiatives"
    assert not model.index(1, model.column_of("milestone")).flags() & Qt.ItemFlag.ItemIsEditable
    assert model.index(1, model.column_of("name")).flags() & Qt.ItemFlag.ItemIsEditable


def test_an_edit_that_moves_nothing_repaints_one_line(model, qtbot):
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged) as heard:
        model.apply({2: THREE[1]._replace(name="Bus")})
    assert heard.args[0].row() == 1
    assert model.row_at(1).name == "Bus"


def test_an_edit_of_what_sorts_moves_the_row(model, qtbot):
    model.rearrange(lambda arrangement: arrangement.set_sorts([Sort("name")]))
    with qtbot.waitSignal(model.rearranged):
        model.apply({3: THREE[2]._replace(name="Zoo")})
    assert [model.row_at(line).id for line in range(3)] == [2, 1, 3]


def test_columns_are_chosen_and_ordered(model):
    model.show_columns(["name", "custom:1", "nothing", "name"])
    assert [column.key for column in model.shown] == ["name", "custom:1"]
    model.show_columns([])
    assert [column.key for column in model.shown] == ["code", "name"]
