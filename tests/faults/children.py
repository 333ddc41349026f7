"""Children that share this process's imports: made by fork, so that each takes milliseconds."""

from __future__ import annotations

import os
import pickle
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")


def in_child(work: Callable[[], R]) -> R:
    """Run in a forked child and return what it returned; its exception fails the caller.

    Returns None where the child left without a word, by `os._exit`.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if not said:
        assert os.WIFEXITED(status), f"the child died of signal {os.WTERMSIG(status)}"
        return None  # type: ignore[return-value]
    failed, result = pickle.loads(said)
    assert not failed, result
    return result


def _answer(work: Callable[[], Any], writing: int) -> None:
    try:
        answer = (False, work())
    except BaseException:
        answer = (True, traceback.format_exc())
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(answer, pipe)
    os._exit(0)
