"""The fields of an initiative, named once for table, inspector, import, history and workbook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ecofolio import vocabulary as words
from ecofolio.text import N_, _


class Kind(Enum):
    """How a field is read, edited and shown."""

    TEXT = auto()
    LONG_TEXT = auto()
    CHOICE = auto()  # one code of a vocabulary
    CHOICES = auto()  # several codes, joined by commas
    TAGS = auto()  # free words, joined by commas
    DATE = auto()
    MONEY = auto()  # whole fen
    NUMBER = auto()
    UNIT = auto()  # identities of other records
    DEPARTMENT = auto()
    SCENE = auto()
    PERSON = auto()


REFERENCES = (Kind.UNIT, Kind.DEPARTMENT, Kind.SCENE, Kind.PERSON)


@dataclass(frozen=True)
class Field:
    """One attribute: `key` is the column of `Initiative`, `title` its English name."""

    key: str
    title: str
    kind: Kind
    vocabulary: type[words.Term] | None = None
    required: bool = False

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return _(self.title)


FIELDS: tuple[Field, ...] = (
    Field("code", N_("Code"), Kind.TEXT, required=True),
    Field("name", N_("Name"), Kind.TEXT, required=True),
    Field("description", N_("Description"), Kind.LONG_TEXT),
    Field("unit_id", N_("Unit"), Kind.UNIT),
    Field("department_id", N_("Department"), Kind.DEPARTMENT),
    Field("scene_id", N_("Scene"), Kind.SCENE),
    Field("lead_segment", N_("Lead segment"), Kind.CHOICE, words.Segment),
    Field("other_segments", N_("Other segments"), Kind.CHOICES, words.Segment),
    Field("batch", N_("Batch"), Kind.CHOICE, words.Batch),
    Field("circle", N_("Circle"), Kind.CHOICE, words.Circle),
    Field("origin", N_("Origin"), Kind.CHOICE, words.Origin),
    Field("build_mode", N_("Build mode"), Kind.CHOICE, words.BuildMode),
    Field("levers", N_("Levers"), Kind.CHOICES, words.Lever),
    Field("stage", N_("Stage"), Kind.CHOICE, words.Stage, required=True),
    Field("loop_phase", N_("Loop phase"), Kind.CHOICE, words.LoopPhase),
    Field("lead_id", N_("Lead"), Kind.PERSON),
    Field("sponsor_id", N_("Sponsor"), Kind.PERSON),
    Field("partner_names", N_("Partners"), Kind.TEXT),
    Field("start_date", N_("Start date"), Kind.DATE),
    Field("due_date", N_("Due date"), Kind.DATE),
    Field("budget_fen", N_("Budget"), Kind.MONEY),
    Field("health_override", N_("Health override"), Kind.CHOICE, words.Light),
    Field("health_reason", N_("Reason for the override"), Kind.TEXT),
    Field("health_expires", N_("Override expires"), Kind.DATE),
    Field("tags", N_("Tags"), Kind.TAGS),
)
BY_KEY = {field.key: field for field in FIELDS}
