"""A new board: whose, from which template, or as another board."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ecofolio.boards import layout as boards
from ecofolio.boards import queries
from ecofolio.boards.templates import TEMPLATES, BoardTemplate
from ecofolio.errors import EcofolioError
from ecofolio.squads.field_editors import ChoiceField, TextField
from ecofolio.squads.queries import squads
from ecofolio.text import _, pgettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space


class NewBoardDialog(QDialog):
    """Asks and adds; `made` names the board."""

    made = Signal(int)

    def __init__(
        self, context: PageContext, like: queries.BoardRow | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(_("New board"))
        self.setMinimumWidth(460)
        today = context.workspace.clock().astimezone().date()
        with context.workspace.read() as connection:
            teams = [(one.id, one.name) for one in squads(connection, today)]
            known = queries.boards(connection)
        self.name = TextField(_("Name"))
        self.squad = ChoiceField(_("Squad"), teams)
        self.squad.show_value(like.squad_id if like is not None else None)
        if self.squad.currentIndex() < 0:
            self.squad.setCurrentIndex(0)
        templates = [(one.value, one.label) for one in BoardTemplate]
        others = [(row.id, _("As “{board}”").format(board=row.name)) for row in known]
        self.template = ChoiceField(_("Start from"), [*templates, *others])
        self.template.show_value(BoardTemplate.DELIVERY.value)
        self.template.currentIndexChanged.connect(self._describe)
        self.columns = label("", "caption", wrap=True)
        self.message = InlineMessage()
        form = QVBoxLayout(self)
        form.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        form.setSpacing(Space.S)
        form.addWidget(label(_("New board"), "title"))
        for title, field in (
            (_("Name"), self.name),
            (_("Squad"), self.squad),
            (_("Start from"), self.template),
        ):
            said = label(title, "muted")
            said.setFixedWidth(90)
            line = row(said, field)
            line.setStretch(1, 1)
            form.addLayout(line)
        form.addWidget(self.columns)
        form.addWidget(self.message)
        self.keep_button = button(_("Add board"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        form.addLayout(row(None, button(_("Cancel"), self.reject), self.keep_button))
        self._describe()
        self.name.setFocus()

    def _describe(self) -> None:
        chosen = self.template.currentData()
        if isinstance(chosen, str):
            names = [_(one.name) for one in TEMPLATES[BoardTemplate(chosen)].columns]
        else:
            with self._context.workspace.read() as connection:
                names = [one.name for one in queries.columns(connection, chosen, counts=False)]
        self.columns.setText(_("Columns: {names}").format(names=pgettext("list", ", ").join(names)))

    def keep(self) -> None:
        """Add the board, or say why it can not be."""
        chosen = self.template.currentData()
        given = {"template": chosen} if isinstance(chosen, str) else {"like": chosen}
        try:
            made = self._context.workspace.do(
                boards.create_board, self.squad.currentData(), self.name.text(), **given
            )
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.accept()
        self.made.emit(made)
