"""Attached files are kept by what they hold, and are missed where they are not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecofolio.errors import InputError
from ecofolio.store import files

if TYPE_CHECKING:
    from ecofolio.store.workspace import Workspace


def attach(workspace: Workspace, content_hash: str) -> None:
    from ecofolio.budget import actions

    details = {"attachment_name": "发票.pdf", "attachment_hash": content_hash}
    workspace.do(actions.grant, 100, head_office(workspace), **details)


def head_office(workspace: Workspace) -> int:
    from ecofolio.organisation.model import Unit
    from ecofolio.store.work import Work

    def found(work: Work) -> int:
        work.label("Found")
        return work.insert(Unit, [{"code": "HO", "name": "HO", "level": "head_office"}])[0]

    return workspace.do(found)


def test_a_missing_or_altered_file_is_told(workspace: Workspace, tmp_path: Path) -> None:
    source = tmp_path / "发票.pdf"
    source.write_bytes(b"paid")
    kept = files.keep(workspace.place, source)
    attach(workspace, kept.hash)
    assert workspace.verify() == []
    path = files.path_of(workspace.place, kept.hash)
    path.write_bytes(b"not paid")
    told = "The file 发票.pdf of record 1 of “ledger_transaction” is missing or altered."
    assert workspace.verify() == [told]
    path.unlink()
    assert workspace.verify() == [told]


def test_what_is_no_hash_is_no_path(workspace: Workspace, tmp_path: Path) -> None:
    attach(workspace, "../../etc/passwd")
    assert len(workspace.verify()) == 1
    with pytest.raises(InputError, match="no file"):
        files.keep(workspace.place, tmp_path / "nothing")
