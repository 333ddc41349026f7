"""The table, or in its place why there is nothing in it and what can be done about that."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from ecofolio.initiatives.arrangement import Arrangement
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _
from ecofolio.widgets.page import PageContext, PageId
from ecofolio.widgets.panels import EmptyState


class FilledView(QStackedWidget):
    """Shows `table` where it has lines; `clear` takes the filters away."""

    def __init__(self, table: QWidget, context: PageContext, clear: Callable[[], object]) -> None:
        super().__init__()
        self._table, self._context, self._clear = table, context, clear
        self._empty: EmptyState | None = None
        self.addWidget(table)

    def tell(self, arrangement: Arrangement) -> None:
        """Show the table, or why it is empty."""
        if self._empty is not None:
            self.removeWidget(self._empty)
            self._empty.deleteLater()
        self._empty = self._why(arrangement) if arrangement.shown == 0 else None
        if self._empty is not None:
            self.addWidget(self._empty)
        self.setCurrentWidget(self._empty or self._table)

    def _why(self, arrangement: Arrangement) -> EmptyState:
        if arrangement.total == 0:
            return EmptyState(
                "file-spreadsheet",
                _("No initiatives yet"),
                _("Import a list"),
                lambda: self._context.go(PageId.IMPORT),
                explanation=_(
                    "Bring in the spreadsheet that the programme is kept in, or add the first "
                    "initiative with “New initiative”."
                ),
            )
        if arrangement.in_scope() == 0:
            return EmptyState(
                "list-filter",
                _("Nothing is within this scope"),
                _("Show everything"),
                lambda: self._context.scope.set(Scope()),
                explanation=_("The scope bar above leaves all initiatives out."),
            )
        return EmptyState(
            "search",
            _("Nothing matches the filters"),
            _("Take the filters away"),
            self._clear,
        )
