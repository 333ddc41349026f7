"""What a list of operations would post, told before it is: the ledger forgets nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from ecofolio.budget.importing import Report
from ecofolio.budget.list_reading_view import ListReadingView
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.format import in_unit
from ecofolio.text import _, ngettext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class PostListDialog(QDialog):
    """Tells how a list was read and which lines are refused, and asks whether to post the rest.

    It ends with `AGAIN` where the list is to be read in another way, which `reading` says.
    """

    AGAIN = 2

    def __init__(
        self,
        report: Report,
        unit: str,
        currency: str,
        parent: QWidget | None = None,
        saved: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Post a list"))
        posted, asked, refused = len(report.posted), len(report.asked), len(report.refused)
        self.said = label(
            _(
                "{file}: {posted} would be posted, {asked} would wait for approval, {refused} are "
                "refused; {sum} in all."
            ).format(
                file=report.file,
                posted=posted,
                asked=asked,
                refused=refused,
                sum=in_unit(report.fen, unit, currency),
            ),
            "heading",
            wrap=True,
        )
        said = _("Reading {file}: {what}.")
        notes = [said.format(file=report.file, what=what) for what in report.faults]
        if report.reversed:
            n = len(report.reversed)
            notes.append(
                ngettext(
                    "{n} line takes back what was spent.", "{n} lines take back what was spent.", n
                ).format(n=n)
            )
        if report.skipped:
            n = len(report.skipped)
            notes.append(
                ngettext(
                    "{n} total or remark is passed over.",
                    "{n} totals or remarks are passed over.",
                    n,
                ).format(n=n)
            )
        self.reading = ListReadingView(report, list(saved))
        self.reading.changed.connect(self._doubt)
        self.again = button(_("Read again"), lambda: self.done(self.AGAIN))
        self.again.hide()
        self.refused = RowsView(
            _("Refused lines"),
            [
                Column(_("Row"), lambda one: str(one.row), figure=True, width=70),
                Column(_("Reason"), lambda one: one.reason, width=0),
            ],
        )
        self.refused.fill(report.refused)
        self.refused.setVisible(bool(refused))
        n = posted + asked
        self.post = button(
            ngettext("Post {n} operation", "Post {n} operations", n).format(n=n),
            self.accept,
            primary=True,
        )
        self.post.setEnabled(n > 0)
        self.post.setDefault(True)
        layout = column(self.said, spacing=Space.M)
        if notes:
            layout.addWidget(label("\n".join(notes), "muted", wrap=True))
        layout.addWidget(self.reading, 1)
        layout.addWidget(self.refused, 1)
        layout.addWidget(label(_("What is posted stays; undoing it posts reversals."), "caption"))
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.again, self.post))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(760, 600 if refused else 400)

    def _doubt(self) -> None:
        """What was told is of another reading: the list is read again before it is posted."""
        self.post.setEnabled(False)
        self.again.show()
        self.again.setDefault(True)
