"""Plain text is no board by accident, and its lines are cards where somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.boards.conftest import Bench
from tests.boards.test_importing import written

from ecofolio.boards.exchange.importing import Overrules, open_source, run_import
from ecofolio.errors import InputError

MAIL = "Dear all,\n\nas discussed, we meet on Monday, 3 pm.\nBring plans, and Bo.\n\nYours,\nAnn\n"
LINES = "Sign the contract\nBuy pens, paper, and ink\nTrain the tellers\n"
CODE = "import os\n\n\ndef run(one, two):\n    return one\n\n\nprint(run(1, 2))\nx = 1\ny = 2\n"


@pytest.mark.parametrize(
    "text", [MAIL, LINES, CODE, "各位好：\n请于周一开会，带上方案。\n谢谢。\n"]
)
@pytest.mark.parametrize("name", ["notes.txt", "notes.csv"])
def test_text_without_a_table_ends_in_one_sentence(tmp_path: Path, text: str, name: str) -> None:
    source = open_source(written(tmp_path, name, text), Overrules())
    with pytest.raises(InputError) as caught:
        source.read(Overrules())
    assert str(caught.value) == (
        f"{name} is plain text without a table: say that it is a list if each of its lines is a "
        "card."
    )


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_where_it_is_said_to_be_a_list_each_line_is_a_card_as_it_stands(
    bench: Bench, tmp_path: Path
) -> None:
    said = Overrules(format="list")
    report = run_import(
        bench.workspace, written(tmp_path, "l.txt", LINES), squad="S01", overrules=said
    )
    assert [card.title for card in report.incoming.cards] == LINES.splitlines()


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Title\nSign\nBuy\n", ["Sign", "Buy"]),
        ("Foo,Bar\n1,Sign it\n2,Buy it\n", ["Sign it", "Buy it"]),
        ("Summary,Wish,Due\nSign,,\nBuy,,\n", ["Sign", "Buy"]),
    ],
)
@pytest.mark.parametrize("wanted", [None, "list"])
def test_a_table_stays_a_table_though_it_has_one_column_or_few_cells(
    tmp_path: Path, text: str, titles: list[str], wanted: str | None
) -> None:
    said = Overrules(format=wanted)
    found = open_source(written(tmp_path, "t.csv", text), said).read(said)
    assert [card.title for card in found.cards] == titles


def test_a_column_without_a_header_is_not_taken_for_the_boards_columns(tmp_path: Path) -> None:
    text = "Title,,Status\nSign,red,To do\nBuy,green,Done\n"
    found = open_source(written(tmp_path, "t.csv", text), Overrules()).read(Overrules())
    assert [one.name for one in found.columns] == ["To do", "Done"]
    text = "Title,,Wish\nSign,red,gold\nBuy,green,tin\n"
    found = open_source(written(tmp_path, "t.csv", text), Overrules()).read(Overrules())
    assert {one.name for one in found.columns}.isdisjoint({"red", "green"})
