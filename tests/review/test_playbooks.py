"""The workbook tells what playbooks promise, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook
from tests.conftest import ACTOR
from tests.review.test_pack import TODAY

from ecofolio.initiatives import playbooks as registers
from ecofolio.review.pack import write_pack
from ecofolio.scorecards import founding, playbooks
from ecofolio.scorecards.playbooks import Packed
from ecofolio.store.workspace import Workspace


def sheets(programme: Workspace, path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every sheet below its title."""
    since = datetime(2026, 11, 1, tzinfo=UTC)
    with programme.read() as connection:
        write_pack(connection, path, since=since, language="en", actor=ACTOR, today=TODAY)
    return {
        sheet.title: list(sheet.iter_rows(min_row=2, values_only=True))
        for sheet in load_workbook(path)
    }


def test_playbooks_are_a_sheet_of_their_own(programme: Workspace, tmp_path: Path) -> None:
    metrics = programme.do(founding.add_catalogue)
    assert "Playbooks" not in sheets(programme, tmp_path / "p.xlsx")
    cards, calls = metrics["effective_cards"], metrics["api_calls"]
    packed = [
        Packed(cards, 1, 1500, 2000, 2500),
        Packed(cards, 3, 3000, 4000),
        Packed(calls, 1, 0, 1),
    ]
    values = {"name": "=Proven", "made_from": "I1", "batch": "full_rollout"}
    made = programme.do(playbooks.pack, values, packed)
    retired = programme.do(playbooks.pack, {"name": "Old"}, [Packed(cards, 9, 0, 1)])
    programme.do(registers.set_playbook, retired, {"retired": True})
    found = sheets(programme, tmp_path / "p.xlsx")["Playbooks"]
    assert found[0][0] == "1 playbook in use · months are counted from the start of an initiative"
    assert found[2][7:] == ("Line", "Month 1", "Month 2", "Month 3")
    head = ("PB-001", "=Proven", None, "Full rollout", "I1", "Effective cards issued", "pieces")
    assert found[3:6] == [
        (*head, "Floor", 1.5, None, 3), (*head, "Target", 2, None, 4),
        (*head, "Stretch", 2.5, None, None),
    ]  # fmt: skip
    assert [row[5:8] for row in found[6:]] == [
        ("API calls", "pieces", line) for line in ("Floor", "Target")
    ]
    assert made != retired


def test_of_many_months_a_year_goes_on_paper(programme: Workspace, tmp_path: Path) -> None:
    cards = programme.do(founding.add_catalogue)["effective_cards"]
    programme.do(playbooks.pack, {"name": "Long"}, [Packed(cards, n, 0, n) for n in range(1, 61)])
    path = tmp_path / "p.xlsx"
    assert len(sheets(programme, path)["Playbooks"][2]) == 68
    assert load_workbook(path)["Playbooks"].print_area == "'Playbooks'!$A$1:$T$6"


def test_what_became_of_a_playbook_is_told_in_words(programme: Workspace, tmp_path: Path) -> None:
    made = programme.do(registers.add_playbook, {"name": "One", "batch": "incubation"})
    programme.do(registers.set_playbook, made, {"batch": "full_rollout", "retired": True})
    programme.do(registers.delete_playbook, made)
    told = [row[2:9] for row in sheets(programme, tmp_path / "p.xlsx")["Changes"][3:]]
    assert told == [
        ("PB-001", "One", "Playbook", "Deleted", None, "One", None),
        ("PB-001", "One", "Playbook", "Changed", "Batch", "Incubation", "Full rollout"),
        ("PB-001", "One", "Playbook", "Changed", "Retired", "No", "Yes"),
        ("PB-001", "One", "Playbook", "Added", None, None, "One"),
    ]
