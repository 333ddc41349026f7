"""What money is for: the categories, their names, and which are still in use."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLineEdit, QWidget

from ecofolio.budget import actions, queries
from ecofolio.budget.queries import CategoryRow
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.errors import EcofolioError
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import CATEGORIES, category_label
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class CategoriesDialog(QDialog):
    """The categories, and one of them to be added, renamed or taken off the lists."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setWindowTitle(_("Categories"))
        self.table = RowsView(
            _("Categories"),
            [
                Column(_("Code"), lambda one: one.code, width=150),
                Column(_("Name"), lambda one: one.label, width=0),
                Column(_("State"), _state, width=120, token=_state_token),
            ],
        )
        self.code, self.name = QLineEdit(), QLineEdit()
        self.in_use = QCheckBox(_("On the lists"))
        self.message = InlineMessage()
        form = QFormLayout()
        form.setSpacing(Space.S)
        for said, field in ((_("Code"), self.code), (_("Name"), self.name), ("", self.in_use)):
            field.setAccessibleName(said or _("On the lists"))
            form.addRow(label(said, "muted"), field)
        self.add = button(_("Add another"), self._begin, icon="plus")
        self.save = button(_("Save category"), self._save, primary=True)
        self.save.setDefault(True)
        self.save.setEnabled(not workspace.read_only)
        layout = column(self.table, form, self.message, spacing=Space.M)
        layout.addLayout(row(self.add, None, button(_("Close"), self.reject), self.save))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(540, 480)
        self.table.selectionModel().currentChanged.connect(self._show)
        self._read()
        self.table.selectRow(0)

    def _read(self) -> None:
        with self._workspace.read() as connection:
            self.table.fill(queries.categories(connection))

    def _show(self, *_places: object) -> None:
        one: CategoryRow | None = self.table.current()
        if one is None:
            return
        self.code.setText(one.code)
        self.code.setReadOnly(True)  # lists and workbooks know a category by its code
        self.name.setText(one.label)
        self.in_use.setChecked(not one.retired)
        self.message.hide()

    def _begin(self) -> None:
        """Empty the fields for a category that is not there yet."""
        self.table.clearSelection()
        self.table.setCurrentIndex(self.table.rootIndex())
        self.code.setReadOnly(False)
        self.code.clear()
        self.name.clear()
        self.in_use.setChecked(True)
        self.code.setFocus()

    def _save(self) -> None:
        code, name = self.code.text().strip(), self.name.text().strip()
        if code in CATEGORIES and name == category_label(code, None):
            name = ""  # so that it is named in every language
        try:
            self._workspace.do(
                actions.save_category, code, name, retired=not self.in_use.isChecked()
            )
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self._read()
        codes = [one.code for one in self.table.shown.rows]
        self.table.selectRow(codes.index(code))
        self.message.say(_("Category {code} is saved.").format(code=code), "green")


def edit_categories(parent: QWidget, context: PageContext) -> None:
    """Let a person change the categories; the page hears of each change by itself."""
    dialog = CategoriesDialog(context.workspace, parent)
    dialog.exec()
    dialog.deleteLater()


def _state(one: CategoryRow) -> str:
    return _("off the lists") if one.retired else _("in use")


def _state_token(one: CategoryRow) -> str:
    return "muted" if one.retired else ""
