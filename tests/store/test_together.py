"""Several windows and processes on one programme."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tests.faults.children import in_child
from tests.store import verbs

from ecofolio.errors import EcofolioError, StaleError, StoreError
from ecofolio.store.work import Work
from ecofolio.store.workspace import Changed, Workspace


def test_another_windows_change_is_heard_of_at_the_next_poll(place: str) -> None:
    heard: list[Changed] = []
    with Workspace.create(place) as ours, Workspace.open(place) as theirs:
        ours.subscribe(heard.append)
        assert ours.poll() is None
        [identity] = theirs.do(verbs.add, ["A"])
        theirs.do(verbs.add_milestones, identity, ["Start"])
        changed = ours.poll()
        assert changed is not None and heard == [changed]
        assert changed.records == {"initiative": {identity}, "milestone": {1}}
        assert not changed.ours
        assert ours.poll() is None
        ours.do(verbs.edit, identity, {"name": "x"})
        assert ours.poll() is None  # its own is told at once, and once


def test_ones_own_change_does_not_hide_anothers(place: str) -> None:
    with Workspace.create(place) as ours, Workspace.open(place) as theirs:
        [mine] = ours.do(verbs.add, ["A"])
        [other] = theirs.do(verbs.add, ["B"])
        ours.do(verbs.edit, mine, {"name": "x"})
        changed = ours.poll()
        assert changed is not None and other in changed.records["initiative"]


def test_an_edit_of_what_another_window_changed_is_stale(place: str) -> None:
    with Workspace.create(place) as ours, Workspace.open(place) as theirs:
        [identity] = ours.do(verbs.add, ["A"])
        theirs.do(verbs.edit, identity, {"name": "theirs"}, expect=1)
        with pytest.raises(StaleError):
            ours.do(verbs.edit, identity, {"name": "ours"}, expect=1)


def test_what_one_reads_stands_still_while_another_writes(place: str) -> None:
    with Workspace.create(place) as ours, Workspace.open(place) as theirs:
        ours.do(verbs.add, ["A"])
        with ours.read() as connection:
            names = "SELECT count(*) FROM initiative"
            assert connection.exec_driver_sql(names).scalar() == 1
            theirs.do(verbs.add, ["B"])
            assert connection.exec_driver_sql(names).scalar() == 1


def test_two_processes_that_write_at_once_both_succeed(place: str) -> None:
    Workspace.create(place).close()

    def write(who: str) -> Callable[[], int]:
        def work() -> int:
            done = 0
            with Workspace.open(place, actor=who) as workspace:
                for n in range(15):
                    workspace.do(verbs.add, [f"{who}{n}"])
                    done += 1
            return done

        return work

    results: dict[str, int] = {}
    threads = [
        threading.Thread(target=lambda who=who: results.update({who: in_child(write(who))}))  # type: ignore[misc]
        for who in ("Li", "Wang")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"Li": 15, "Wang": 15}
    with Workspace.open(place) as workspace:
        assert verbs.count(workspace) == 30
        assert workspace.verify() == []


def test_who_waits_too_long_is_told_in_a_sentence(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecofolio.store.database._BUSY_SECONDS", 0.3)
    with Workspace.create(place) as ours, Workspace.open(place) as theirs:

        def hold(work: Work) -> None:
            verbs.add(work, ["A"])
            with pytest.raises(StoreError, match="being written by somebody else"):
                theirs.do(verbs.add, ["B"])

        ours.do(hold)
        theirs.do(verbs.add, ["B"])
        assert ours.verify() == []


def test_threads_of_one_window_write_one_after_another(workspace: Workspace) -> None:
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for n in range(5):
                workspace.do(verbs.add, [f"{name}{n}"])
        except EcofolioError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ABC"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert verbs.count(workspace) == 15
    assert workspace.verify() == []


def test_two_who_make_one_programme_at_once_leave_one(new_database: Callable[[], str]) -> None:
    url = new_database()
    made: list[str] = []

    def make() -> str:
        try:
            Workspace.create(url).close()
        except EcofolioError:
            return "told"
        return "made"

    threads = [threading.Thread(target=lambda: made.append(in_child(make))) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "made" in made
    with Workspace.open(url) as workspace:
        assert workspace.verify() == []
