"""A board travels with its files in one archive, and nothing in an archive is trusted."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import actions as verbs
from ecofolio.boards import files, queries
from ecofolio.boards.exchange import bundles, own_form
from ecofolio.boards.exchange.importing import run_import
from ecofolio.boards.exchange.workbook import export_board
from ecofolio.errors import InputError
from ecofolio.squads import actions as squads
from ecofolio.store.workspace import Workspace


@pytest.fixture
def bundle(bench: Bench, tmp_path: Path) -> Path:
    """A board with two files, one of them on two cards, as an archive."""
    for n, text in enumerate(("合同", "plan", "plan")):
        source = tmp_path / f"file {n}.txt"
        source.write_text(text, "utf-8")
        kept = files.keep(bench.workspace.place, source)
        bench.workspace.do(
            verbs.link_file, bench.card(f"card {n}"), kept.name, kept.hash, kept.size
        )
    path = tmp_path / "board.zip"
    with bench.workspace.read() as connection:
        place = bench.workspace.place
        made = export_board(connection, bench.board, path, now=NOW, actor="", place=place)
    assert made == 3
    return path


def elsewhere(folder: Path) -> Workspace:
    """Another programme, which has none of the files."""
    made = Workspace.create(folder / "other.ecofolio")
    made.do(squads.create_squad, {"name": "Other", "code": "O"})
    return made


def names(workspace: Workspace) -> list[str]:
    folder = files.folder_of(workspace.place)
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_board_reads_back_with_its_files_each_by_its_hash(
    bench: Bench, bundle: Path, tmp_path: Path
) -> None:
    with elsewhere(tmp_path) as other:
        run_import(other, bundle, squad="O", dry_run=True)
        assert names(other) == []
        report = run_import(other, bundle, squad="O")
        assert isinstance(report, own_form.Report) and report.notices == []
        with other.read() as connection, bench.workspace.read() as ours:
            board = queries.by_code(connection, str(report.board))
            assert board is not None
            again, first = own_form.export(connection, board), own_form.export(ours, bench.board)
        kept = [(one["name"], one["hash"], one["size"]) for one in again["files"]]
        assert kept == [(one["name"], one["hash"], one["size"]) for one in first["files"]]
        assert names(other) == sorted({key for _name, key, _size in kept})
        assert all(files.is_whole(other.place, key) for _name, key, _size in kept)


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_json_alone_says_which_files_are_not_here(
    bench: Bench, bundle: Path, tmp_path: Path
) -> None:
    path = tmp_path / "board.json"
    with bench.workspace.read() as connection:
        export_board(connection, bench.board, path, now=NOW, actor="")
    with elsewhere(tmp_path) as other:
        report = run_import(other, path, squad="O")
    assert "2 files are not here" in report.as_json()["notices"][0]


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_board_whose_file_is_lost_is_not_written_as_if_it_were_whole(
    bench: Bench, bundle: Path, tmp_path: Path
) -> None:
    digest = hashlib.sha256("合同".encode()).hexdigest()
    files.path_of(bench.workspace.place, digest).unlink()
    bundle.unlink()
    with bench.workspace.read() as connection, pytest.raises(InputError, match=r"file 0\.txt"):
        bundles.write(connection, bench.workspace.place, bench.board, bundle)
    assert not bundle.exists()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with other contents."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _climb(parts: dict[str, bytes]) -> None:
    parts["../../evil.txt"] = b"x"


def _absolute(parts: dict[str, bytes]) -> None:
    parts["/tmp/evil.txt"] = b"x"


def _bomb(parts: dict[str, bytes]) -> None:
    parts["files/" + "a" * 64] = bytes(40_000_000)


def _swapped(parts: dict[str, bytes]) -> None:
    name = next(one for one in parts if one.startswith("files/"))
    parts[name] = b"Plan" if len(parts[name]) == 4 else b"123456"


def _longer(parts: dict[str, bytes]) -> None:
    name = next(one for one in parts if one.startswith("files/"))
    parts[name] += b"more"


def _damaged(parts: dict[str, bytes]) -> None:
    document: dict[str, Any] = json.loads(parts["board.json"])
    document["files"][0]["hash"] = "../../etc/passwd"
    parts["board.json"] = json.dumps(document).encode()


def _empty(parts: dict[str, bytes]) -> None:
    parts.clear()


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_climb, "not opened for safety"),
        (_absolute, "not opened for safety"),
        (_bomb, "far more than it is"),
        (_swapped, "is damaged: nothing was taken"),
        (_longer, "is damaged: nothing was taken"),
        (_damaged, "document is damaged"),
        (_empty, "holds no board"),
    ],
)
def test_an_archive_that_is_not_what_it_should_be_is_refused_and_leaves_nothing(
    bench: Bench, bundle: Path, tmp_path: Path, change: Any, sentence: str
) -> None:
    rewritten(bundle, change)
    with elsewhere(tmp_path) as other:
        with pytest.raises(InputError, match=sentence):
            run_import(other, bundle, squad="O")
        assert names(other) == []
        with other.read() as connection:
            assert queries.boards(connection) == []
    bundle.write_bytes(bundle.read_bytes()[:15])
    with pytest.raises(InputError, match="is not an archive"):
        bundles.document_in(bundle)
