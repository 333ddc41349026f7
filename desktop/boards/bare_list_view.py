"""A list in name only: what Qt tells screen readers of lists, and nothing that lays one out."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QListView


class BareListView(QListView):
    """A list's own way with changes is to lay out every row again, and to paint all of it."""

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        QAbstractItemView.updateGeometries(self)

    def dataChanged(self, first, last, roles=()) -> None:
        QAbstractItemView.dataChanged(self, first, last, roles)

    def rowsInserted(self, parent, first, last) -> None:
        QAbstractItemView.rowsInserted(self, parent, first, last)

    def rowsAboutToBeRemoved(self, parent, first, last) -> None:
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, first, last)
