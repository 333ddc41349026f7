"""An attached file that is not here is said to be where it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.budget.test_deciding import acting

from ecofolio.budget import actions, approvals, papers
from ecofolio.store import files

if TYPE_CHECKING:
    from tests.budget.conftest import Bank


def test_a_file_that_lies_with_somebody_else_is_said_to(funded: Bank, tmp_path: Path) -> None:
    paper = tmp_path / "offer.pdf"
    paper.write_bytes(b"%PDF-1.7 three offers")
    place = funded.workspace.place
    kept = files.keep(place, paper)
    attached = {"attachment_name": kept.name, "attachment_hash": kept.hash}
    funded.do(approvals.set_limit, None, 100_00, None)
    spent = funded.do(actions.spend, 5_00, initiative_id=funded.campus, **attached)
    asked = funded.do(actions.spend, 150_00, initiative_id=funded.campus, **attached)

    def lacking(**which: int) -> str:
        with funded.workspace.read() as connection:
            return papers.lacking(connection, place, kept.name, kept.hash, **which)

    who = funded.workspace.actor
    posted = acting(funded, "Wang Fang").do(approvals.approve, asked.request_id)
    assert lacking(transaction_id=spent.transaction_id) == ""
    files.path_of(place, kept.hash).unlink()
    for which in (
        {"transaction_id": spent.transaction_id},
        {"transaction_id": posted},  # who approved it never had the file
        {"request_id": asked.request_id},
    ):
        said = lacking(**which)
        if place.is_server:
            assert f"is not on this computer: it lies with {who}, who attached it on" in said
        else:
            assert said.startswith(
                f"The attached file offer.pdf is not in {files.folder_of(place)}"
            )


def test_a_damaged_record_of_a_file_is_said(funded: Bank) -> None:
    with funded.workspace.read() as connection:
        said = papers.lacking(connection, funded.workspace.place, "a", "../x", transaction_id=1)
    assert said == "This attachment's record is damaged."
