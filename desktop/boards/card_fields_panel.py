"""The fields of a card, or of several at once, and its description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QPushButton, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from ecofolio.boards import actions, rules
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.details import CardDetail
from ecofolio.boards.queries import FieldRow
from ecofolio.squads.field_editors import (
    ChoiceField,
    DateField,
    LongField,
    NumberField,
    TextField,
    TreeField,
)
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import FieldType, LoopPhase, ServiceClass
from ecofolio.widgets import icons
from ecofolio.widgets.choosers import Node
from ecofolio.widgets.parts import SectionHead, button, label, row
from ecofolio.widgets.theme import Space

_NAME_WIDTH = 104
_MOST_CELLS = 400  # of tables, which are laid out anew with every change of the width


class WrittenText(QTextBrowser):
    """What others wrote: no picture is read for it, neither from this computer nor from another,
    and its links do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)

    def loadResource(self, _kind: int, _name: QUrl) -> object:
        # without anything, Qt would try the name as a file, which may be another computer's
        return icons.pixmap("file-text", "muted", 14)

    def show_markdown(self, text: str) -> None:
        """Show Markdown without HTML; as it was written where its tables are very large."""
        if text.count("|") > _MOST_CELLS:
            self.setPlainText(text)
            return
        document = self.document()
        features = document.MarkdownFeature
        document.setMarkdown(text, features.MarkdownDialectGitHub | features.MarkdownNoHTML)


class CardFieldsPanel(QWidget):
    """Shows and writes the fields of `ids`; `detail` is there where it is one card."""

    def __init__(self, desk: BoardDesk, editor: CardEditor) -> None:
        super().__init__()
        self._desk, self._editor = desk, editor
        self.ids: list[int] = []
        self.fields: dict[str, Any] = {}
        self.custom: dict[int, Any] = {}
        self._known: list[FieldRow] = []
        self._form = QVBoxLayout()
        self._form.setSpacing(Space.XS)
        self._custom_form = QVBoxLayout()
        self._custom_form.setSpacing(Space.XS)
        self._build()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, Space.S, 0, Space.S)
        layout.setSpacing(Space.XS)
        layout.addLayout(self._form)
        layout.addLayout(self._custom_form)
        layout.addWidget(self._description())

    # --- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        names = {key: _(name) for key, name in rules.CARD_FIELDS.items()}
        self.column = ChoiceField(_("Column"))
        self.column.kept.connect(self._move)
        self._line(self._form, _("Column"), self.column)
        self.people = QPushButton()
        self.people.setProperty("chip", True)
        self.people.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.people.clicked.connect(lambda: self._editor.assign(self.ids))
        self._line(self._form, _("People"), self.people)
        self.blocked = QPushButton()
        self.blocked.setProperty("chip", True)
        self.blocked.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.blocked.clicked.connect(lambda: self._editor.block(self.ids))
        self._line(self._form, _("Blocked"), self.blocked)
        none = (None, _("none"))
        makers: dict[str, Callable[[], Any]] = {
            "due_date": lambda: DateField(names["due_date"]),
            "service": lambda: ChoiceField(
                names["service"], [(one.value, one.label) for one in ServiceClass]
            ),
            "size": lambda: NumberField(names["size"]),
            "labels": lambda: TextField(names["labels"], _("Labels, joined by commas")),
            "initiative_id": lambda: TreeField(
                names["initiative_id"], self._initiatives, _("none")
            ),
            "milestone_id": lambda: ChoiceField(names["milestone_id"]),
            "loop_phase": lambda: ChoiceField(
                names["loop_phase"], [none, *((one.value, one.label) for one in LoopPhase)]
            ),
            "journey": lambda: TextField(names["journey"]),
            "key": lambda: TextField(names["key"]),
        }
        for key, make in makers.items():
            field = make()
            field.kept.connect(lambda value, key=key: self._keep(key, value))
            self.fields[key] = field
            self._line(self._form, names[key], field)

    def _line(self, form: QVBoxLayout, name: str, field: QWidget) -> None:
        said = label(name, "muted", wrap=True)
        said.setFixedWidth(_NAME_WIDTH)
        line = row(said, field)
        line.setStretch(1, 1)
        form.addLayout(line)

    def _description(self) -> QWidget:
        made = QWidget()
        self.edit_button = button(_("Edit"), self._edit_text, link=True)
        self.edit_button.setAccessibleName(_("Edit the description"))
        self.text = WrittenText()
        self.text.setObjectName("written")
        self.text.setAccessibleName(_("Description"))
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.document().setDocumentMargin(0)
        self.text.document().documentLayout().documentSizeChanged.connect(self._fit_text)
        self.long = LongField(_("Description"), _("What is to be done, in Markdown"))
        self.long.setMinimumHeight(140)
        self.long.kept.connect(lambda value: self._keep("description", value))
        self.long.left.connect(self._show_text)
        self.keep_button = button(_("Keep"), self.long.keep, primary=True, tip="Ctrl+Enter")
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, Space.S, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addWidget(SectionHead(_("Description"), action=self.edit_button))
        layout.addWidget(self.text)
        layout.addWidget(self.long)
        layout.addLayout(row(None, self.keep_button))
        self._text_part = made
        self._show_text()
        return made

    def _fit_text(self) -> None:
        self.text.setFixedHeight(int(self.text.document().size().height()) + 10)

    def _edit_text(self) -> None:
        self.text.hide()
        self.edit_button.hide()
        self.long.show()
        self.keep_button.show()
        self.long.setFocus()

    def _show_text(self) -> None:
        self.long.hide()
        self.keep_button.hide()
        self.edit_button.show()
        self.text.show()

    # --- showing -----------------------------------------------------------------------------

    def show_cards(self, ids: list[int], detail: CardDetail | None) -> None:
        """Show one card with its `detail`, or what several have in common."""
        other = ids != self.ids
        self.ids = ids
        cards = [self._desk.by_id[one] for one in ids if one in self._desk.by_id]
        view = self._desk.view
        if view is None or not cards:
            return
        if other:
            self._show_text()
        self.column.fill([(one.id, one.name) for one in view.columns])
        self.column.show_value(_common([card.column_id for card in cards]))
        self._show_people()
        self._show_blocked()
        for key in ("due_date", "service", "size", "labels", "loop_phase", "journey", "key"):
            shown = _common([getattr(card, key) for card in cards])
            if key == "labels" and shown:
                shown = pgettext("list", ", ").join(rules.split_labels(shown))
            self.fields[key].show_value(shown)
        initiative = _common([card.initiative_id for card in cards])
        self.fields["initiative_id"].show_value(
            initiative, view.initiatives.get(initiative, "") if initiative is not None else ""
        )
        self._show_milestones(initiative, _common([card.milestone_id for card in cards]))
        self._show_custom()
        self._text_part.setVisible(detail is not None)
        if detail is not None:
            self._show_description(detail)

    def _show_people(self) -> None:
        view = self._desk.view
        assert view is not None
        names: dict[str, None] = {}
        for one in self.ids:
            for who in view.assignees.get(one, ()):
                names[view.people.get(who, "?")] = None
        text = pgettext("list", ", ").join(names) or _("nobody")
        self.people.setText(text.replace("&", "&&"))
        self.people.setAccessibleName(_("People: {names}").format(names=text))

    def _show_blocked(self) -> None:
        view = self._desk.view
        assert view is not None
        found = [view.blocked[one] for one in self.ids if one in view.blocked]
        text = _("no")
        if found and len(found) == len(self.ids):
            reasons = dict.fromkeys(one.reason for one in found)
            text = pgettext("list", ", ").join(reasons)
        elif found:
            text = _("{n} of {all}").format(n=len(found), all=len(self.ids))
        self.blocked.setText(text.replace("&", "&&"))
        self.blocked.setAccessibleName(_("Blocked: {why}").format(why=text))
        self.blocked.setToolTip(_("B blocks or unblocks"))

    def _show_milestones(self, initiative: int | None, milestone: int | None) -> None:
        choices: list[tuple[int | None, str]] = [(None, _("none"))]
        if initiative is not None:
            from ecofolio.initiatives.queries import milestones

            with self._desk.workspace.read() as connection:
                found = milestones(connection, ids=[initiative])
            choices += [(one.id, one.name) for one in found]
        field = self.fields["milestone_id"]
        field.fill(choices)
        field.show_value(milestone)
        field.setEnabled(initiative is not None)

    def _show_custom(self) -> None:
        view = self._desk.view
        assert view is not None
        if view.fields != self._known:
            self._known = list(view.fields)
            self._rebuild_custom()
        for one in view.fields:
            values = [view.values.get(card, {}).get(one.id) for card in self.ids]
            shown: Any = _common(values)
            self.custom[one.id].show_value(shown)

    def _rebuild_custom(self) -> None:
        from ecofolio.widgets.parts import clear

        clear(self._custom_form)
        self.custom = {}
        for one in self._known:
            field: Any = TextField(one.name)
            if one.type == FieldType.CHOICE:
                field = ChoiceField(
                    one.name, [(None, _("none")), *((each, each) for each in one.choices)]
                )
            elif one.type == FieldType.DATE:
                field = DateField(one.name)
            elif one.type == FieldType.NUMBER:
                field = NumberField(one.name)
            field.kept.connect(lambda value, own=one.id: self._keep_custom(own, value))
            self.custom[one.id] = field
            self._line(self._custom_form, one.name, field)

    def _show_description(self, detail: CardDetail) -> None:
        found = detail.row["description"]
        if found:
            self.text.show_markdown(found)
        else:
            self.text.setPlainText(_("Nothing written yet."))
        if not self.long.isVisible():
            self.long.show_value(found)

    # --- writing -----------------------------------------------------------------------------

    def _keep(self, key: str, value: Any) -> None:
        expect = None
        if len(self.ids) == 1 and self.ids[0] in self._desk.by_id:
            expect = {self.ids[0]: self._desk.by_id[self.ids[0]].version}
        values = {key: value}
        if key == "initiative_id":
            values["milestone_id"] = None
        if key == "service" and value is None:
            return
        self._editor.do(actions.set_fields, self.ids, values, expect)

    def _keep_custom(self, field_id: int, value: Any) -> None:
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, float):
            value = f"{value:g}"
        self._editor.do(actions.set_custom, self.ids, field_id, value)

    def _move(self, column_id: int) -> None:
        self._editor.move_to(self.ids, column_id)

    def _initiatives(self) -> list[Node]:
        view = self._desk.view
        found = view.initiatives if view is not None else {}
        return [Node(one, name) for one, name in sorted(found.items(), key=lambda each: each[1])]

    def has_open_work(self) -> bool:
        """Whether something is being written that was not kept yet."""
        fields = (*self.fields.values(), *self.custom.values())
        return any(one.is_open for one in fields) or (self.long.isVisible() and self.long.is_open)


def _common(values: list[Any]) -> Any:
    """The value that all have; None where they differ."""
    return values[0] if all(value == values[0] for value in values) else None
