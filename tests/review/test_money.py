"""The money sheets of the review workbook tie to the ledger, figure for figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from ecofolio.excel import book
from ecofolio.review.pack import write_pack
from ecofolio.store.workspace import Workspace

TODAY = date(2026, 11, 21)
SHEETS = ["Money by branch", "Money", "Plan and actual", "Funding round", "Ledger"]


@pytest.fixture(scope="module")
def demonstration(demonstration_in: Callable[[str], Path]) -> Path:
    """The demonstration programme in English."""
    return demonstration_in("en")


def write(programme: Path, path: Path) -> Path:
    with Workspace.open(programme) as workspace, workspace.read() as connection:
        write_pack(connection, path, language="en", actor="Lin Wei", today=TODAY)
    return path


@pytest.fixture(scope="module")
def pack(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's review workbook."""
    return write(demonstration, tmp_path_factory.mktemp("pack") / "p.xlsx")


@pytest.fixture(scope="module")
def workbook(pack: Path) -> Workbook:
    """The same with the values of its formulas, read."""
    return load_workbook(pack, data_only=True)


def test_the_pack_has_money_sheets_with_a_chart(workbook: Workbook) -> None:
    assert [title for title in workbook.sheetnames if title in SHEETS] == SHEETS
    assert len(workbook["Plan and actual"]._charts) == 1


def test_the_sums_below_the_tables_come_to_the_grant_and_to_the_pot(
    demonstration: Path, workbook: Workbook
) -> None:
    from ecofolio.budget import queries, rounds

    def below(title: str, name: str) -> list[object]:
        lines = (row for row in workbook[title].values if row[0] == name)
        return [value for value in next(lines)[1:] if value is not None]

    with Workspace.open(demonstration) as workspace, workspace.read() as connection:
        total = queries.balances(connection).total
        newest = rounds.rounds(connection)[0]
    granted = total.granted / 100
    assert below("Money by branch", "Total")[1] == granted
    assert below("Money by branch", "Grant account in the ledger") == [-granted]
    assert below("Money by branch", "Both together: 0 where they tie") == [0]
    assert below("Money", "Total")[0] == total.allocated / 100
    assert below("Plan and actual", "Total")[1] == total.spent / 100
    debit, credit = below("Ledger", "Total")
    assert debit == credit
    assert below("Funding round", "Pot") == [newest.pot_fen / 100]
    for title in ("Money by branch", "Plan and actual"):  # charts are on paper as well
        sheet = workbook[title]
        anchor = sheet._charts[0].anchor._from
        area = sheet.print_area.split("!")[1].replace("$", "").split(":")[1]
        assert anchor.row + 15 < int(area.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


@pytest.fixture
def awkward(file_programme: Workspace) -> Path:
    """Branches and initiatives whose names are formulas, wildcards and twins, with money."""
    from sqlalchemy import select

    from ecofolio.budget import actions
    from ecofolio.budget.operations import initiative, unit
    from ecofolio.budget.queries import INITIATIVE, UNIT

    with file_programme.read() as connection:
        units = dict(connection.execute(select(UNIT.c.code, UNIT.c.id)).all())
        own = dict(connection.execute(select(INITIATIVE.c.code, INITIATIVE.c.id)).all())
    file_programme.do(actions.grant, 10**9)
    for n, code in enumerate(("A", "B", "C", "D"), 1):
        file_programme.do(actions.allocate_base, n * 1_000_01, unit(units[code]))
    for n, code in enumerate(("I1", "I2", "I3", "I4"), 1):
        file_programme.do(actions.allocate_base, n * 2_000_03, initiative(own[code]))
        file_programme.do(actions.spend, n * 7, initiative_id=own[code], memo="=1+1")
    return file_programme.place.file


@pytest.mark.parametrize("which", ["demonstration", "awkward"])
def test_every_sum_of_money_is_a_formula_that_ties_to_the_ledger(
    request: pytest.FixtureRequest,
    which: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    recalculated: Callable[..., Path],
) -> None:
    programme: Path = request.getfixturevalue(which)
    if which == "demonstration":
        ours = cells(request.getfixturevalue("pack"), data_only=True)
    else:
        ours = cells(write(programme, tmp_path / "with.xlsx"), data_only=True)
    # without the stored values LibreOffice has to work each of them out
    monkeypatch.setattr(book, "_store_values", lambda draft, values: None)
    bare = write(programme, tmp_path / "bare.xlsx")
    theirs, compared = cells(recalculated(bare) / "bare.xlsx", data_only=True), 0
    for where, cell in cells(bare).items():
        if cell.data_type == "f":
            told, found = (one[where].value if where in one else None for one in (ours, theirs))
            if isinstance(told, int | float):
                assert found == pytest.approx(told, abs=1e-6), (where, cell.value)
            else:
                assert (found or "") == (told or ""), (where, cell.value)
            compared += 1
    assert compared > (400 if which == "demonstration" else 40)


def cells(path: Path, **how: bool) -> dict[tuple[str, str], Any]:
    """The cells of the money sheets that hold anything."""
    found = load_workbook(path, read_only=True, **how)
    whole = {
        (sheet.title, cell.coordinate): cell
        for sheet in found
        if sheet.title in SHEETS
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    found.close()
    return whole
