"""The lines of a list that could not be posted, with reasons."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from ecofolio.budget.plan_lists import PlanList
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.text import _, ngettext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class RefusedDialog(QDialog):
    """Says line by line what was refused."""

    def __init__(self, report: PlanList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Refused lines"))
        n = len(report.refused)
        said = ngettext(
            "{n} line of {file} was not taken.", "{n} lines of {file} were not taken.", n
        )
        table = RowsView(
            _("Refused lines"),
            [
                Column(_("Row"), lambda one: str(one.row), figure=True, width=70),
                Column(_("Reason"), lambda one: one.reason, width=0),
            ],
        )
        table.fill(report.refused)
        layout = column(label(said.format(n=n, file=report.file), "heading"), spacing=Space.M)
        layout.addWidget(table, 1)
        layout.addLayout(row(None, button(_("Close"), self.accept, primary=True)))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(720, 420)
