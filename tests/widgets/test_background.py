"""Long work: done off the GUI thread, shown, cancelled, and never left behind."""

from __future__ import annotations

import threading

import pytest

from ecofolio.errors import InputError
from ecofolio.widgets.background import Runner


@pytest.fixture
def reported() -> list[BaseException]:
    return []


@pytest.fixture
def runner(qapp, reported):
    made = Runner(reported.append)
    yield made
    made.shut_down()


def test_work_is_done_in_another_thread_and_its_result_comes_home(runner, qtbot):
    here, found = threading.current_thread(), []

    def done(where):
        found.append((where, threading.current_thread()))

    job = runner.start(
        lambda progress, cancelled: threading.current_thread(), title="x", on_done=done
    )
    qtbot.waitUntil(lambda: bool(found))
    worked, came_home = found[0]
    assert worked is not here
    assert came_home is here
    assert job not in runner.jobs


def test_progress_is_told(runner, qtbot):
    go = threading.Event()

    def task(progress, cancelled):
        go.wait(5)
        progress(3, 3, "rows")

    job, heard = runner.start(task, title="x"), []
    job.progressed.connect(lambda *told: heard.append((*told, threading.current_thread())))
    with qtbot.waitSignal(job.ended):
        go.set()
    assert heard == [(3.0, 3.0, "rows", threading.current_thread())]


def test_cancelled_work_stops_at_its_next_report_and_calls_nothing(runner, reported, qtbot):
    going, done = threading.Event(), []

    def task(progress, cancelled):
        while True:
            going.set()
            progress(0, 1)

    job = runner.start(task, title="x", on_done=done.append)
    assert going.wait(5)
    with qtbot.waitSignal(job.ended):
        job.cancel()
    assert not done
    assert not reported


def test_work_that_was_done_before_it_noticed_the_cancel_counts(runner, qtbot):
    go, done = threading.Event(), []
    job = runner.start(lambda p, c: go.wait(5), title="x", on_done=done.append)
    job.cancel()
    with qtbot.waitSignal(job.ended):
        go.set()
    assert done == [True]


def test_an_error_is_reported_in_the_gui_thread(runner, reported, qtbot):
    def task(progress, cancelled):
        raise InputError("The list has no rows.")

    with qtbot.waitSignal(runner.start(task, title="x").ended):
        pass
    assert [str(error) for error in reported] == ["The list has no rows."]


def test_at_the_end_of_the_program_all_threads_are_joined(runner, qtbot):
    def task(progress, cancelled):
        while not cancelled():
            pass

    runner.start(task, title="x")
    runner.shut_down()
    assert not runner.jobs
    assert not [t for t in threading.enumerate() if t.name.startswith("job:")]


def test_what_ends_while_the_program_ends_calls_nothing(runner, qtbot, qapp):
    done = []
    runner.start(lambda progress, cancelled: 7, title="x", on_done=done.append)
    runner.shut_down()
    qapp.processEvents()
    assert not done
