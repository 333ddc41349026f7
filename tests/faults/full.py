"""A disk that is full, for a forked child: by the system's limit on a file's size, or for real."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.faults.children import in_child

R = TypeVar("R")


def with_largest_file(size: int, work: Callable[[], R]) -> R:
    """Run in a child that can write no file beyond `size` bytes."""

    def limited() -> R:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        return work()

    return in_child(limited)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[bool]:
    """A disk of that size mounted on the folder; False where this machine does not let us."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    mounted = os.name == "posix" and os.geteuid() == 0
    if mounted:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
