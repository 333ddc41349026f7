"""The linkage table: which department pulls with which, per scene: wanted against what is there."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import select

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.model import Scene
from ecofolio.organisation.model import Department
from ecofolio.squads import actions, queries
from ecofolio.squads.grid_view import GridCell, GridView
from ecofolio.store.base import table_of
from ecofolio.text import _, ngettext, pgettext
from ecofolio.vocabulary import SCENES, scene_label
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import label
from ecofolio.widgets.theme import Space


class LinkageView(QWidget):
    """Scenes by departments; a click on a cell wants a department there, or no longer."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._scenes: list[int] = []
        self._departments: list[int] = []
        self.links: dict[tuple[int, int], queries.LinkRow] = {}
        self.grid = GridView(_("Linkage: scenes by departments"), cell_width=88)
        self.grid.opened.connect(self._switch)
        self.sentence = label("", "heading")
        self.gaps = label("", "muted", wrap=True)
        self.key = label(
            _(
                "✓ wanted and there · ✕ wanted, nobody there · a figure: people who are there "
                "unasked. Click a cell to want a department in a scene, or no longer."
            ),
            "caption",
            wrap=True,
        )
        self.message = InlineMessage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(
            EmptyState(
                "network",
                _("No departments yet"),
                explanation=_("Add departments and scenes on the page of the organisation."),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        for part in (self.sentence, self.gaps, self.message):
            layout.addWidget(part)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.key)

    def refresh(self) -> None:
        """Read the table again."""
        workspace = self._context.workspace
        today = workspace.clock().astimezone().date()
        scene, department = table_of(Scene), table_of(Department)
        with workspace.read() as connection:
            rows = queries.linkage(connection, today)
            scenes = {
                row.id: (row.code, scene_label(row.code, row.name))
                for row in connection.execute(select(scene))
            }
            query = select(department.c.id, department.c.name).order_by(department.c.name)
            departments = dict(connection.execute(query).all())
        order = {code: n for n, code in enumerate(SCENES)}
        self._scenes = sorted(scenes, key=lambda one: (order.get(scenes[one][0], 99), one))
        self._departments = list(departments)
        self.links = {(one.scene_id, one.department_id): one for one in rows}
        cells = [[self._cell(one, two) for two in self._departments] for one in self._scenes]
        heads = [(scenes[one][1], "") for one in self._scenes]
        self.grid.fill(heads, list(departments.values()), cells)
        self._stack.setCurrentIndex(0 if departments and scenes else 1)
        self._tell([one for one in rows if one.is_gap])

    def _tell(self, gaps: list[queries.LinkRow]) -> None:
        text = ngettext("{n} gap", "{n} gaps", len(gaps)).format(n=len(gaps))
        self.sentence.setText(text if gaps else _("No gaps: every wanted department is there."))
        named = [f"{one.scene} – {one.department}" for one in gaps[:8]]
        if len(gaps) > 8:
            named.append(_("{n} more").format(n=len(gaps) - 8))
        self.gaps.setText(pgettext("list", "; ").join(named))
        self.gaps.setVisible(bool(gaps))

    def _cell(self, scene: int, department: int) -> GridCell:
        link = self.links.get((scene, department))
        if link is None:
            return GridCell("", "faint", 0, _("not wanted, nobody there"))
        people = pgettext("list", ", ").join(link.people)
        where = f"{link.scene}, {link.department}: "
        if link.is_gap:
            return GridCell("✕", "red", 0, where + _("wanted, nobody there"))
        if link.wanted:
            text = _("wanted, there: {people}").format(people=people)
            return GridCell(f"✓ {len(link.people)}", "green", 0, where + text)
        text = _("not asked for, there: {people}").format(people=people)
        return GridCell(str(len(link.people)), "plain", 0.15, where + text)

    def _switch(self, line: int, column: int) -> None:
        pair = self._scenes[line], self._departments[column]
        link = self.links.get(pair)
        try:
            wanted = not (link is not None and link.wanted)
            self._context.workspace.do(actions.set_linkage, [pair], wanted)
        except EcofolioError as error:
            self.message.say(str(error), "amber")
            return
        self.message.hide()
        self.refresh()
