"""The board's history is read when the hands are still, and gives way to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from tests.boards.conftest import Bench
from tests.boards.page_trials import Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions
from ecofolio.boards.desk import BoardDesk, Outlook
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


@pytest.mark.parametrize("how", ["a change", "a grab"])
def test_what_the_hands_do_calls_off_the_reading_and_it_is_made_up_for_later(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    card = trial.card("Here", column=1)
    trial.card("There", column=2)
    trial.open()
    read, under_way, go = BoardDesk.read_outlook, threading.Event(), threading.Event()
    ended: list[str] = []

    def slowly(desk: BoardDesk, step: Callable[[], object]) -> Outlook | None:
        under_way.set()
        assert go.wait(30)
        try:
            step()
        except BaseException:
            ended.append("called off")
            raise
        ended.append("read")
        return read(desk)

    monkeypatch.setattr(BoardDesk, "read_outlook", slowly)
    trial.page._looking.stop()
    trial.page._read_outlook()
    assert under_way.wait(30)
    if how == "a change":
        trial.workspace.do(actions.set_fields, [card], {"title": "Now"})
        trial.page.refresh()
    else:
        trial.wall.carrier.grab([trial.wall.cards.row_of[card]])
    assert trial.page._looking.isActive()
    go.set()
    trial.settle()
    assert ended == ["called off"]
    trial.page._looking.stop()
    trial.page._looking.timeout.emit()
    trial.settle()
    assert ended == ["called off", "read"]


def test_a_history_can_be_left_at_any_step(bench: Bench) -> None:
    for n in range(12):
        bench.days_ago(90 - 7 * n)
        card = bench.card(f"Card {n}", column_id=bench.columns[2])
        bench.days_ago(88 - 7 * n).move(card, -1)
    bench.at(NOW + timedelta(0)).card("Left")
    desk = BoardDesk(bench.workspace)
    desk.open(bench.board)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    found = desk.read_outlook(count)
    assert found is not None and found.when is not None and found == desk.read_outlook()
    assert steps > 500  # also between the draws of the forecast

    class Left(Exception):
        pass

    def leave() -> None:
        nonlocal steps
        steps -= 1
        if not steps:
            raise Left

    with pytest.raises(Left):
        desk.read_outlook(leave)
    desk.stop()
