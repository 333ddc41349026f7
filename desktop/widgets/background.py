"""Long work off the GUI thread: one runner that owns threads, progress, cancelling and errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

_BETWEEN = 1 / 30  # seconds between two reports of progress: more often than one can see is waste


class Cancelled(Exception):  # noqa: N818  nothing went wrong
    """The person does not want the work any more."""


class Progress(Protocol):
    """How a task says how far it is; raises `Cancelled` once the person has cancelled."""

    def __call__(self, done: float, total: float, text: str = "") -> None: ...


Task = Callable[[Progress, Callable[[], bool]], Any]


class Job(QObject):
    """One piece of long work. Its signals are heard in the GUI thread."""

    progressed = Signal(float, float, str)
    ended = Signal()
    _came_home = Signal(object, object)

    def __init__(
        self,
        task: Task,
        title: str,
        on_done: Callable[[Any], object] | None,
        on_error: Callable[[BaseException], object],
        cancellable: bool,
    ) -> None:
        super().__init__()
        self.title = title
        self.cancellable = cancellable
        self._task, self._on_done, self._on_error = task, on_done, on_error
        self._cancel = threading.Event()
        self._reported = 0.0
        self._came_home.connect(self._end, Qt.ConnectionType.QueuedConnection)
        # Not a daemon: the process must not end while a file is half written.
        self._thread = threading.Thread(target=self._run, name=f"job: {title}")

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_set()

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Ask the task to stop; it ends at its next report or look at `cancelled`."""
        self._cancel.set()

    def abandon(self) -> None:
        """Wait for the thread, and let nobody hear of its end any more."""
        self._came_home.disconnect(self._end)
        self._thread.join()

    def _progress(self, done: float, total: float, text: str = "") -> None:
        if self._cancel.is_set():
            raise Cancelled
        now = time.monotonic()
        if now - self._reported >= _BETWEEN or done >= total:
            self._reported = now
            self.progressed.emit(done, total, text)

    def _run(self) -> None:
        result, error = None, None
        try:
            result = self._task(self._progress, self._cancel.is_set)
        except BaseException as caught:  # carried home to the GUI thread, where it is shown
            error = caught
        self._came_home.emit(result, error)

    @Slot(object, object)
    def _end(self, result: Any, error: BaseException | None) -> None:
        self._thread.join()
        self.ended.emit()
        if error is None and self._on_done is not None:
            self._on_done(result)
        elif error is not None and not isinstance(error, Cancelled):
            self._on_error(error)


class Runner(QObject):
    """Starts long work. `started` lets the window show progress and a way to cancel."""

    started = Signal(Job)

    def __init__(
        self, report: Callable[[BaseException], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._jobs: set[Job] = set()

    @property
    def jobs(self) -> frozenset[Job]:
        """The work under way."""
        return frozenset(self._jobs)

    def start(
        self,
        task: Task,
        *,
        title: str,
        on_done: Callable[[Any], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
        cancellable: bool = True,
    ) -> Job:
        """Run `task(progress, cancelled)` in a thread and `on_done(result)` in the GUI thread.

        Without `on_error` what the task raised is shown by the window. After `Cancelled`
        neither is called; work that was done before it noticed the cancel is done all the same.
        The job's `ended` is heard in every case, before either.
        """
        job = Job(task, title, on_done, on_error or self._report, cancellable)
        self._jobs.add(job)
        job.ended.connect(self._ended)
        self.started.emit(job)
        job.start()
        return job

    @Slot()
    def _ended(self) -> None:
        self._jobs.discard(self.sender())

    def shut_down(self) -> None:
        """Cancel what can be cancelled and wait for all of it; for the end of the program."""
        for job in self._jobs:
            if job.cancellable:
                job.cancel()
        for job in self._jobs:
            job.abandon()
        self._jobs.clear()
