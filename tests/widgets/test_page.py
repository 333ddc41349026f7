"""A page reads much in a thread, one reading after the other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ecofolio.widgets.background import Runner
from ecofolio.widgets.page import Page, PageReading


class Reader(Page):
    def __init__(self, errors: list) -> None:
        super().__init__(SimpleNamespace(runner=Runner(errors.append), report=errors.append))
        self.reading, self.found, self.refreshed = PageReading(self), [], 0

    def refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
def errors() -> list:
    return []


@pytest.fixture
def page(qtbot, errors) -> Reader:
    made = Reader(errors)
    qtbot.addWidget(made)
    return made


def test_who_asks_while_a_page_reads_has_it_refreshed_once_afterwards(page, qtbot):
    assert not page.reading.put_off()
    page.reading.start(lambda: 7, page.found.append)
    assert page.reading.put_off()
    assert page.reading.put_off()
    qtbot.waitUntil(lambda: not page.reading.is_under_way)
    assert (page.found, page.refreshed) == ([7], 1)
    page.reading.start(lambda: 8, page.found.append)
    qtbot.waitUntil(lambda: not page.reading.is_under_way)
    assert (page.found, page.refreshed) == ([7, 8], 1)


def test_a_reading_that_fails_is_reported_and_another_may_follow(page, qtbot, errors):
    def fail() -> int:
        raise ValueError("lost")

    page.reading.start(fail, page.found.append)
    qtbot.waitUntil(lambda: not page.reading.is_under_way)
    assert [str(error) for error in errors] == ["lost"]
    assert not page.reading.put_off()
    assert page.found == []
