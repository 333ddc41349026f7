"""The foot of the window: where the data is, what undo would do, long work, who is acting."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from ecofolio.text import _, tip
from ecofolio.widgets.background import Job
from ecofolio.widgets.messages import JobStrip
from ecofolio.widgets.parts import ElidedLabel, button, row
from ecofolio.widgets.theme import Space


class StatusBar(QFrame):
    """One line of captions."""

    def __init__(self, on_actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self._place = ElidedLabel("", "caption")
        self._undo = ElidedLabel("", "caption")
        self._actor = button("", on_actor, link=True)
        self._actor.setObjectName("actor")
        self._jobs = row(spacing=Space.M)
        layout = row(self._place, self._undo, None, self._jobs, self._actor, spacing=Space.L)
        layout.setContentsMargins(Space.L, 2, Space.M, 2)
        self.setLayout(layout)
        self.setFixedHeight(28)

    def show_place(self, name: str, shown: str, read_only: str | None) -> None:
        """Say where the data is; everything done is saved, unless it is read-only."""
        if not name:
            self._place.setText(_("No programme is open"))
            self._place.setToolTip("")
            return
        state = _("read-only") if read_only else _("saved")
        self._place.setText(f"{name} · {state}")
        self._place.setToolTip(tip(f"{shown}\n{read_only}" if read_only else shown))

    def show_undo(self, what: str, *, reverses: bool = False) -> None:
        """Say what undo would take back; what is posted it reverses, on record."""
        words = _("Undo: {label} (Ctrl+Z)")
        if reverses:
            words = _("Undo by a reversal: {label} (Ctrl+Z)")
        self._undo.setText(words.format(label=what) if what else "")

    def show_actor(self, name: str) -> None:
        """Say in whose name things are done."""
        said = _("Acting as {name}").format(name=name)
        self._actor.setText(said.replace("&", "&&"))
        self._actor.setAccessibleName(said)
        self._actor.setToolTip(_("Change who is acting"))

    def show_job(self, job: Job) -> None:
        """Show long work until it has ended."""
        strip = JobStrip(job)
        self._jobs.addWidget(strip)
        job.ended.connect(strip.hide)
        job.ended.connect(strip.deleteLater)

    @property
    def texts(self) -> tuple[str, str, str]:
        """What the line says, for tests and diagnostics."""
        return self._place.text(), self._undo.text(), self._actor.text()
