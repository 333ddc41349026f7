from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from shiboken6 import isValid

from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.page import OverviewPage
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.background import Runner
from ecofolio.widgets.page import PageContext, ScopeStore


@pytest.fixture(scope="session")
def demonstration(demonstration_in: Callable[[str], Path]) -> Path:
    """The demonstration programme in English."""
    return demonstration_in("en")


@pytest.fixture
def asked() -> SimpleNamespace:
    """What a page asked of the window."""
    return SimpleNamespace(scopes=[], records=[], pages=[], packs=0, errors=[])


@pytest.fixture
def overview(
    qapp, asked: SimpleNamespace
) -> Iterator[Callable[[Workspace, Scope | None], OverviewPage]]:
    """Shows the overview of a programme, with a window that only remembers."""
    worn = theme.in_force()
    worn.apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    made: list[OverviewPage] = []

    runner = Runner(asked.errors.append)

    def pack() -> None:
        asked.packs += 1

    def show(workspace: Workspace, scope: Scope | None = None) -> OverviewPage:
        context = PageContext(
            workspace=workspace,
            scope=ScopeStore(scope or Scope()),
            runner=runner,
            theme=worn,
            settings=lambda: None,
            open_record=lambda kind, one: asked.records.append((kind, one)),
            show_rows=asked.scopes.append,
            go=asked.pages.append,
            notify=lambda *given, **more: None,
            report=asked.errors.append,
            save_settings=lambda **changes: None,
            export_pack=pack,
        )
        page = OverviewPage(context)
        page.resize(1244, 760)
        page.refresh()
        page.show()
        made.append(page)
        return page

    yield show
    runner.shut_down()
    assert not asked.errors
    for page in filter(isValid, made):
        page.close()
        page.deleteLater()
