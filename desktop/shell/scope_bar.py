"""The bar above every page: what one is looking at, and how to look at something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from ecofolio.initiatives.fields import BY_KEY
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _, listed
from ecofolio.vocabulary import OPEN_STAGES, Batch, Light, Segment, Stage, Term
from ecofolio.widgets import icons
from ecofolio.widgets.choosers import Chip, Choice, MultiChoice, Node, Popup, TreeChoice, open_below
from ecofolio.widgets.page import ScopeStore
from ecofolio.widgets.parts import FlowLayout, SearchField, row, tool_button
from ecofolio.widgets.theme import Size, Space, in_force

if TYPE_CHECKING:
    from ecofolio.shell.queries import UnitRow

OPEN = frozenset(stage.value for stage in OPEN_STAGES)
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
USUAL = Scope(stages=OPEN)  # what one looks at until one says otherwise


@dataclass(frozen=True)
class ScopeWords:
    """The names of what a scope can choose in this programme."""

    units: list[UnitRow] = field(default_factory=list)
    scenes: list[tuple[int, str]] = field(default_factory=list)

    def unit(self, unit_id: int | None) -> str:
        """The name of a unit, or the whole bank's."""
        if unit_id is None:
            return _("Whole bank")
        return next((unit.name for unit in self.units if unit.id == unit_id), _("Unknown unit"))


def several(names: Iterable[str], everything: str) -> str:
    """A few names in words: the first, and how many more."""
    chosen = list(names)
    if not chosen:
        return everything
    if len(chosen) == 1:
        return chosen[0]
    return _("{name} +{n}").format(name=chosen[0], n=len(chosen) - 1)


def stage_words(stages: frozenset[str]) -> str:
    """The chosen stages in words: "open" for all but closed."""
    if stages == OPEN:
        return _("open")
    return several((stage.label for stage in Stage if stage in stages), _("all"))


def segment_words(segments: frozenset[str]) -> str:
    """The chosen segments as letters."""
    chosen = [segment.value for segment in Segment if segment in segments]
    return "·".join(chosen or [segment.value for segment in Segment])


class ScopeBar(QFrame):
    """Chips for each choice, the text to look for, and the way into the palette."""

    palette_wanted = Signal()
    rows_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, scope: ScopeStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scopebar")
        self._scope = scope
        self._words: Callable[[], ScopeWords] = ScopeWords
        self.unit = Chip(_("Unit"))
        self.segment = Chip(_("Segment"))
        self.batch = Chip(_("Batch"))
        self.scene = Chip(_("Scene"))
        self.stage = Chip(_("Stage"))
        self.light = Chip(_("Health"))
        self.region = Chip(_("Region"))
        self.more = Chip(_("Only"))
        for chip, opener in (
            (self.unit, self._choose_unit),
            (self.segment, lambda: self._choose_terms(self.segment, Segment, "segments")),
            (self.batch, lambda: self._choose_terms(self.batch, Batch, "batches")),
            (self.scene, self._choose_scenes),
            (self.stage, self._choose_stages),
            (self.light, lambda: self._choose_terms(self.light, Light, "lights")),
            (self.region, self._choose_regions),
            (self.more, lambda: self._set(unit_alone=False, lead_segments=(), missing=())),
        ):
            chip.clicked.connect(lambda _checked=False, opener=opener: opener())
        self.text = _FilterField(_("Filter"), _("Filter by any word"))
        self.text.setToolTip(_("Code, name, unit, scene, department, person, partner or tag"))
        self.text.setFixedWidth(160)
        self.text.left.connect(self.rows_wanted)
        self.text.textChanged.connect(lambda text: self._set(text=text.strip()))
        self.reset = tool_button("x", _("Back to all open initiatives"), self._reset)
        self.save = tool_button("bookmark", _("Save this view…"), self.save_wanted.emit)
        self.finder = FindButton(self.palette_wanted.emit)
        self.scoped: list[QWidget] = [
            self.unit, self.segment, self.batch, self.scene, self.stage, self.light,
            self.region, self.more, self.text, self.reset, self.save,
        ]  # fmt: skip
        chips = FlowLayout(spacing=6)
        for part in self.scoped:
            chips.addWidget(part)
        layout = row(spacing=Space.M)
        layout.addLayout(chips, 1)
        layout.addWidget(self.finder, 0, Qt.AlignmentFlag.AlignTop)
        layout.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        scope.changed.connect(self.show_scope)
        self.show_scope(scope.value)

    def set_words(self, words: Callable[[], ScopeWords]) -> None:
        """Where the names come from; read when they are needed."""
        self._words = words
        self.show_scope(self._scope.value)

    def set_scoped(self, wanted: bool) -> None:
        """Whether the page below looks at a scope at all."""
        for part in self.scoped:
            part.setVisible(wanted)
        if wanted:
            self.show_scope(self._scope.value)

    def show_scope(self, scope: Scope) -> None:
        """Say what is chosen."""
        words = self._words()
        everything = _("all")
        self.unit.set_value(words.unit(scope.unit_id), chosen=scope.unit_id is not None)
        self.segment.set_value(segment_words(scope.segments), chosen=bool(scope.segments))
        self.batch.set_value(
            several((b.label for b in Batch if b in scope.batches), everything),
            chosen=bool(scope.batches),
        )
        scenes = [name for scene_id, name in words.scenes if scene_id in scope.scene_ids]
        self.scene.set_value(several(scenes, everything), chosen=bool(scope.scene_ids))
        chosen_stages = bool(scope.stages) and scope.stages != OPEN
        self.stage.set_value(stage_words(scope.stages), chosen=chosen_stages)
        self.light.set_value(
            several((x.label for x in Light if x in scope.lights), everything),
            chosen=bool(scope.lights),
        )
        self.region.set_value(several(sorted(scope.regions), everything), chosen=True)
        self.region.setVisible(bool(scope.regions) and not self.unit.isHidden())
        narrower = narrower_words(scope)
        self.more.set_value(several(narrower, everything), chosen=True)
        self.more.setToolTip(_("{what}. Press to look at all again.").format(what=listed(narrower)))
        self.more.setVisible(bool(narrower) and not self.unit.isHidden())
        self.reset.setVisible(scope != USUAL and not self.unit.isHidden())
        if self.text.text().strip() != scope.text:
            self.text.setText(scope.text)

    def _set(self, **changes) -> None:
        self._scope.set(self._scope.value.replace(**changes))

    def _reset(self) -> None:
        self._scope.set(USUAL)
        self.unit.setFocus()

    def _choose_unit(self) -> Popup:
        words = self._words()
        nodes = [
            Node(unit.id, unit.name, unit.parent_id, f"{unit.code} {unit.region or ''}")
            for unit in words.units
        ]
        popup = TreeChoice(
            self, _("Unit"), nodes, self._scope.value.unit_id, everything=_("Whole bank")
        )
        return open_below(self.unit, popup, lambda key: self._set(unit_id=key, unit_alone=False))

    def _choose(self, chip: Chip, name: str, choices: list[Choice], key: str, **more) -> Popup:
        popup = MultiChoice(self, name, choices, getattr(self._scope.value, key), **more)
        return open_below(chip, popup, lambda keys: self._set(**{key: keys}))

    def _choose_terms(self, chip: Chip, terms: type[Term], key: str) -> Popup:
        choices = [Choice(term.value, term.label) for term in terms]
        return self._choose(chip, chip.accessibleName().split(":")[0], choices, key)

    def _choose_stages(self) -> Popup:
        choices = [Choice(stage.value, stage.label) for stage in Stage]
        presets = [(_("Open stages"), OPEN)]
        return self._choose(self.stage, _("Stage"), choices, "stages", presets=presets)

    def _choose_scenes(self) -> Popup:
        choices = [Choice(scene_id, name) for scene_id, name in self._words().scenes]
        return self._choose(self.scene, _("Scene"), choices, "scene_ids")

    def _choose_regions(self) -> Popup:
        regions = sorted({unit.region for unit in self._words().units if unit.region})
        choices = [Choice(region, region) for region in regions]
        return self._choose(self.region, _("Region"), choices, "regions")


class _FilterField(SearchField):
    """Down and Enter lead to what was found."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = event.matches(QKeySequence.StandardKey.MoveToNextLine)
        if down or event.matches(QKeySequence.StandardKey.InsertParagraphSeparator):
            self.left.emit()
        else:
            super().keyPressEvent(event)


def narrower_words(scope: Scope) -> list[str]:
    """What a figure that was opened leaves out and no other chip says."""
    said = [_("without units below")] if scope.unit_alone else []
    leads = "·".join(segment.value for segment in Segment if segment in scope.lead_segments)
    if leads:
        said.append(_("led by {segments}").format(segments=leads))
    names = [BY_KEY[key].label for key in sorted(scope.missing) if key in BY_KEY]
    return said + [_("no {field}").format(field=name.lower()) for name in names]


class FindButton(QPushButton):
    """Looks like a field and opens the palette; shows the keys that do the same."""

    def __init__(self, on_click: Callable[[], object]) -> None:
        super().__init__()
        self._words = _("Find or do anything")
        self._keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.setObjectName("find")
        self.setAccessibleName(self._words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked=False: on_click())

    def _key_width(self) -> int:
        return QFontMetrics(in_force().font(Size.CAPTION)).horizontalAdvance(self._keys) + 12

    def sizeHint(self) -> QSize:
        words = QFontMetrics(in_force().font()).horizontalAdvance(self._words)
        return QSize(32 + words + 12 + self._key_width() + 6, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = in_force()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = self.height() // 2
            painter.drawPixmap(9, middle - 8, icons.pixmap("search"))
            painter.setFont(theme.font())
            painter.setPen(theme.colour("muted"))
            painter.drawText(self.rect().adjusted(32, 0, 0, 0), _MIDDLE, self._words)
            key = QRectF(
                self.width() - self._key_width() - 6.5, middle - 8.5, self._key_width(), 18
            )
            painter.setFont(theme.font(Size.CAPTION))
            painter.drawText(key, Qt.AlignmentFlag.AlignCenter, self._keys)
            painter.setPen(theme.colour("line"))
            painter.drawRoundedRect(key, 4, 4)
