"""Playbooks on the command line: packed, listed and set as targets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.scorecards.conftest import Measured
from tests.scorecards.test_command_line import ran

from ecofolio.cli.main import main
from ecofolio.initiatives import actions as initiative_actions
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import queries


@pytest.fixture
def place(filed: Measured, tmp_path: Path) -> str:
    """A programme whose A is proven and whose B starts long after today, which is the real one."""
    for code, start in (("A", date(2026, 9, 1)), ("B", date(2099, 12, 15))):
        filed.do(initiative_actions.set_fields, [filed.ids[code]], {"start_date": start})
    return str(tmp_path / "p.ecofolio")


def test_a_playbook_is_packed_listed_and_set(
    place: str, filed: Measured, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = ("pack-playbook", "--into", place, "--from-initiative", "A", "--months", "1")
    code, said = ran(capsys, *packed, "--name", "Proven", "--json")
    assert (code, said) == (0, {"playbook": "PB-001", "figures": 2})
    code, said = ran(capsys, *packed, "--promised", "--code", "P2", "--json")
    assert (code, said["playbook"]) == (0, "P2")
    code, rows = ran(capsys, "list", "playbooks", "--from", place, "--json")
    assert [(row["code"], row["name"], row["made_from"]) for row in rows] == [
        ("P2", "A", "A"), ("PB-001", "Proven", "A"),
    ]  # fmt: skip
    code, rows = ran(capsys, "list", "playbook-targets", "--from", place, "--json")
    assert rows[-1] == {
        "playbook": "PB-001", "metric": "deposits_kept", "month": 1, "floor": 30, "target": 50,
        "stretch": None,
    }  # fmt: skip
    wanted = ("targets", "--into", place, "--from-playbook", "PB-001", "--initiatives", "B")
    code, said = ran(capsys, *wanted, "--percent", "50", "--dry-run", "--json")
    told = {
        "initiative": "B", "month_1": "2099-12", "set": 2, "replaced": 0, "left": 0,
        "unchanged": 0, "settled": 0,
    }  # fmt: skip
    assert (code, said) == (0, {"written": False, "initiatives": [told]})
    assert filed.read(queries.targets, months=["2099-12"]) == []
    code, said = ran(capsys, *wanted, "--percent", "50", "--json")
    assert (code, said["written"]) == (0, True)
    assert [one.target for one in filed.read(queries.targets, months=["2099-12"])] == [25_000] * 2
    code, said = ran(capsys, *wanted, "--start", "2099-12")
    assert code == 1 and "left as they are" in said
    code, said = ran(capsys, *wanted, "--replace", "--json")
    assert (code, said["initiatives"][0]["replaced"]) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("targets", "--from-playbook", "Z", "--initiatives", "B"), "There is no playbook Z."),
        (("pack-playbook", "--from-initiative", "Z"), "There is no initiative Z."),
        (
            ("targets", "--from-playbook", "PB", "--initiatives", " ,"),
            "Say which initiatives get targets, by their codes.",
        ),
    ],
)
def test_what_is_not_there_is_named(
    place: str, arguments: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ran(capsys, *arguments, "--into", place)
    assert code == 1 and said.strip() == reason


def test_an_odd_month_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ("targets", "--into", "p", "--from-playbook", "A", "--initiatives", "B")
    code, said = ran(capsys, *wanted, "--start", "2026-13")
    assert code == 2 and "is not a month" in said


def test_what_would_be_packed_is_told(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ("pack-playbook", "--into", place, "--from-initiative", "A", "--dry-run")
    assert ran(capsys, *wanted, "--json") == (0, {"playbook": None, "figures": 4})
    assert main([*wanted]) == 0
    assert capsys.readouterr().out == "4 figures would be packed. Nothing was written.\n"
    assert ran(capsys, "list", "playbooks", "--from", place, "--json") == (0, [])


def test_a_trial_refuses_what_could_not_be_set(
    place: str, filed: Measured, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(capsys, "pack-playbook", "--into", place, "--from-initiative", "A", "--code", "P")
    wanted = ("targets", "--into", place, "--from-playbook", "P", "--initiatives", "B", "--dry-run")
    code, said = ran(capsys, *wanted, "--start", "2199-12")
    assert code == 1 and "“2200-01” is not a month" in said
    filed.do(registers.set_playbook, 1, {"retired": True})
    assert ran(capsys, *wanted) == (1, "The playbook P is retired.\n")


def test_the_command_says_how_many_targets_stand(
    place: str, filed: Measured, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(capsys, "pack-playbook", "--into", place, "--from-initiative", "A", "--code", "P")
    filed.workspace.clock = lambda: datetime(2020, 1, 1, tzinfo=UTC)
    filed.promise("B", "deposits_kept", 1, 2, "2020-02")
    wanted = ("targets", "--into", place, "--from-playbook", "P", "--initiatives", "B")
    assert main([*wanted, "--start", "2020-02", "--rates", "--dry-run"]) == 0
    said = "2 targets are left as they are: the scores of their months are settled."
    assert said in capsys.readouterr().out
