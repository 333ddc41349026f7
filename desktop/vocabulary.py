"""The closed vocabularies of the domain: codes that are stored, and the words that people read.

Order matters where it means something (stages, lights from best to worst); screens and
workbooks show the words of `label`, never the codes.
"""

from __future__ import annotations

from enum import StrEnum

from ecofolio.text import N_, _, pgettext


class Term(StrEnum):
    """A member of a closed vocabulary: its value is the code that is stored."""

    @property
    def label(self) -> str:
        """The word for this term in the language in force."""
        return _(_LABELS[type(self)][self.value])

    @property
    def english(self) -> str:
        """The untranslated word, for matching lists in English whatever the language."""
        return _LABELS[type(self)][self.value]


class Segment(Term):
    """The customer side that an initiative serves."""

    GOVERNMENT = "G"
    BUSINESS = "B"
    CONSUMER = "C"


class Batch(Term):
    FULL_ROLLOUT = "full_rollout"
    BREAKTHROUGH = "breakthrough"
    INCUBATION = "incubation"


class Circle(Term):
    BIG = "big"
    SMALL = "small"


class Origin(Term):
    TOP_DOWN = "top_down"
    BOTTOM_UP = "bottom_up"


class BuildMode(Term):
    SERVICE_INTEGRATION = "service_integration"
    OPEN_EMBEDDING = "open_embedding"
    SCENE_BUILDING = "scene_building"


class Lever(Term):
    """The six modernisations."""

    GBC_INTEGRATION = "gbc_integration"
    REGIONAL_GRID = "regional_grid"
    AGILE_ORGANISATION = "agile_organisation"
    CUSTOMER_OPERATION = "customer_operation"
    PLATFORM_CAPABILITIES = "platform_capabilities"
    OPEN_TECHNOLOGY = "open_technology"


class LoopPhase(Term):
    USER_OPERATION = "user_operation"
    SERVICE_INNOVATION = "service_innovation"
    VALUE_CONVERSION = "value_conversion"


class Stage(Term):
    """From an idea to its end; everything but `closed` is an open stage."""

    PROPOSAL = "proposal"
    APPROVED = "approved"
    PILOT = "pilot"
    ROLLOUT = "rollout"
    OPERATING = "operating"
    CLOSED = "closed"


OPEN_STAGES = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


class Light(Term):
    """Health, from best to worst; `not_reported` is a value of its own and stands last."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_REPORTED = "not_reported"


class UnitLevel(Term):
    HEAD_OFFICE = "head_office"
    TIER1 = "tier1"
    TIER2 = "tier2"
    SUB_BRANCH = "sub_branch"


class Office(Term):
    """Where a department stands."""

    FRONT = "front"
    MIDDLE = "middle"
    BACK = "back"


class FieldType(Term):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class SquadKind(Term):
    """`steering` is a leading group: bank leaders who own an area."""

    DELIVERY = "delivery"
    STEERING = "steering"


class ColumnKind(Term):
    """What being in a column means for a card."""

    BACKLOG = "backlog"
    QUEUE = "queue"
    ACTIVE = "active"
    DONE = "done"


class ServiceClass(Term):
    """How urgently a card is served, the most urgent first."""

    EXPEDITE = "expedite"
    FIXED_DATE = "fixed_date"
    STANDARD = "standard"
    INTANGIBLE = "intangible"


class LaneBy(Term):
    """What makes the lanes of a board."""

    NONE = "none"
    INITIATIVE = "initiative"
    SERVICE = "service"
    ASSIGNEE = "assignee"
    LOOP_PHASE = "loop_phase"
    FIELD = "field"


class AccountKind(Term):
    """Where money can be. Only the grant account may be below zero."""

    GRANT = "grant"
    POOL = "pool"
    AVAILABLE = "available"
    COMMITTED = "committed"
    SPENT = "spent"


class Move(Term):
    """What a transaction of the ledger does."""

    GRANT = "grant"
    BASE = "base"
    SUPPLEMENT = "supplement"
    TRANSFER = "transfer"
    COMMIT = "commit"
    SPEND = "spend"
    RELEASE = "release"
    GIVE_BACK = "give_back"
    ROUND = "round"
    REVERSAL = "reversal"


class PlanState(Term):
    """One version of the plan is approved at a time; those it replaced are kept."""

    DRAFT = "draft"
    APPROVED = "approved"
    REPLACED = "replaced"


class RequestState(Term):
    """What became of a request for approval."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


class ApprovalLevel(Term):
    """Who has to agree to an amount."""

    LEADER = "leader"
    HEAD_OFFICE = "head_office"


class RoundState(Term):
    """A funding round on its way to the ledger; a reversed one stays on record."""

    DRAFT = "draft"
    APPROVED = "approved"
    POSTED = "posted"


class ForecastBasis(Term):
    """What a forecast at completion was worked out from."""

    PLAN = "plan"
    RUN_RATE = "run_rate"
    COMMITMENT = "commitment"


class MetricKind(Term):
    """`process` is what is done, `outcome` what comes of it, `guardrail` what must not happen."""

    PROCESS = "process"
    OUTCOME = "outcome"
    GUARDRAIL = "guardrail"


class Direction(Term):
    """Which figures of a metric are the better ones."""

    HIGHER = "higher"
    LOWER = "lower"


class Step(Term):
    """Where a metric stands on a customer's way."""

    ACQUIRE = "acquire"
    ACTIVATE = "activate"
    RETAIN = "retain"
    REFER = "refer"
    CONVERT = "convert"


class OverMonths(Term):
    """How a metric's months make quarters and years."""

    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"
    HIGHEST = "highest"


class OverInitiatives(Term):
    """How a metric's initiatives make units."""

    SUM = "sum"
    WEIGHTED = "weighted"
    NONE = "none"


class ObservationState(Term):
    """Whether a figure may still be corrected without a word."""

    PROVISIONAL = "provisional"
    FINAL = "final"


class HealthLight(Term):
    """The five lights that make the health of an initiative."""

    SCHEDULE = "schedule"
    BUDGET = "budget"
    DELIVERY = "delivery"
    METRICS = "metrics"
    COMPLIANCE = "compliance"


_LABELS: dict[type[Term], dict[str, str]] = {
    Segment: {"G": N_("Government"), "B": N_("Business"), "C": N_("Consumer")},
    Batch: {
        "full_rollout": N_("Full rollout"),
        "breakthrough": N_("Breakthrough"),
        "incubation": N_("Incubation"),
    },
    Circle: {"big": N_("Big circle"), "small": N_("Small circle")},
    Origin: {"top_down": N_("Top-down"), "bottom_up": N_("Bottom-up")},
    BuildMode: {
        "service_integration": N_("Service integration"),
        "open_embedding": N_("Open embedding"),
        "scene_building": N_("Scene building"),
    },
    Lever: {
        "gbc_integration": N_("GBC integration"),
        "regional_grid": N_("Head-office–branch regional grid"),
        "agile_organisation": N_("Agile front-middle-back organisation"),
        "customer_operation": N_("Internet-style customer operation"),
        "platform_capabilities": N_("Platform capabilities"),
        "open_technology": N_("Open technology"),
    },
    LoopPhase: {
        "user_operation": N_("User operation"),
        "service_innovation": N_("Service innovation"),
        "value_conversion": N_("Value conversion"),
    },
    Stage: {
        "proposal": N_("Proposal"),
        "approved": N_("Approved"),
        "pilot": N_("Pilot"),
        "rollout": N_("Rollout"),
        "operating": N_("Operating"),
        "closed": N_("Closed"),
    },
    Light: {
        "green": N_("Green"),
        "amber": N_("Amber"),
        "red": N_("Red"),
        "not_reported": N_("Not reported"),
    },
    UnitLevel: {
        "head_office": N_("Head office"),
        "tier1": N_("Tier-1 branch"),
        "tier2": N_("Tier-2 branch"),
        "sub_branch": N_("Sub-branch"),
    },
    Office: {
        "front": N_("Front office"),
        "middle": N_("Middle office"),
        "back": N_("Back office"),
    },
    FieldType: {
        "text": N_("Text"),
        "number": N_("Number"),
        "date": N_("Date"),
        "choice": N_("Choice"),
    },
    SquadKind: {"delivery": N_("Delivery squad"), "steering": N_("Leading group")},
    ColumnKind: {
        "backlog": N_("Backlog"),
        "queue": N_("Queue"),
        "active": N_("Active"),
        "done": N_("Done"),
    },
    ServiceClass: {
        "expedite": N_("Expedite"),
        "fixed_date": N_("Fixed date"),
        "standard": N_("Standard"),
        "intangible": N_("Intangible"),
    },
    LaneBy: {
        "none": N_("No lanes"),
        "initiative": N_("Initiative"),
        "service": N_("Class of service"),
        "assignee": N_("Assignee"),
        "loop_phase": N_("Loop phase"),
        "field": N_("Field of the cards"),
    },
    AccountKind: {
        "grant": N_("Grant"),
        "pool": N_("Pool"),
        "available": N_("Available"),
        "committed": N_("Committed"),
        "spent": N_("Spent"),
    },
    Move: {
        "grant": N_("Grant"),
        "base": N_("Base allocation"),
        "supplement": N_("Supplement"),
        "transfer": N_("Transfer"),
        "commit": N_("Commitment"),
        "spend": N_("Spend"),
        "release": N_("Release"),
        "give_back": N_("Give-back"),
        "round": N_("Funding round"),
        "reversal": N_("Reversal"),
    },
    PlanState: {
        "draft": N_("Draft"),
        "approved": N_("Approved plan"),
        "replaced": N_("Replaced"),
    },
    RequestState: {
        "waiting": N_("Waiting"),
        "approved": N_("Approved request"),
        "returned": N_("Returned"),
    },
    ApprovalLevel: {
        "leader": N_("Unit's leader"),
        "head_office": N_("Head office"),
    },
    RoundState: {
        "draft": N_("Draft"),
        "approved": N_("Approved round"),
        "posted": N_("Posted"),
    },
    ForecastBasis: {
        "plan": N_("Plan to go"),
        "run_rate": N_("Run rate"),
        "commitment": N_("Commitments"),
    },
    MetricKind: {
        "process": N_("Process"),
        "outcome": N_("Outcome"),
        "guardrail": N_("Guardrail"),
    },
    Direction: {"higher": N_("Higher is better"), "lower": N_("Lower is better")},
    Step: {
        "acquire": N_("Acquire"),
        "activate": N_("Activate"),
        "retain": N_("Retain"),
        "refer": N_("Refer"),
        "convert": N_("Convert"),
    },
    OverMonths: {
        "sum": N_("Sum of the months"),
        "last": N_("Last month"),
        "average": N_("Average of the months"),
        "highest": N_("Highest month"),
    },
    OverInitiatives: {
        "sum": N_("Sum"),
        "weighted": N_("Weighted average"),
        "none": N_("Not added up"),
    },
    ObservationState: {"provisional": N_("Provisional"), "final": N_("Final")},
    HealthLight: {
        "schedule": N_("Schedule"),
        "budget": N_("Budget"),
        "delivery": N_("Delivery"),
        "metrics": N_("Metrics"),
        "compliance": N_("Compliance"),
    },
}

SCENES: dict[str, str] = {
    "social_security": N_("Social security"),
    "campus": N_("Campus"),
    "healthcare": N_("Healthcare"),
    "learner_drivers": N_("Learner drivers"),
    "car_owners": N_("Car owners"),
    "public_transport": N_("Public transport"),
    "tourism": N_("Tourism"),
    "smart_market": N_("Smart market"),
    "specialised_market": N_("Specialised market"),
    "payroll": N_("Payroll"),
    "rural": N_("Rural"),
    "community": N_("Community"),
    "parking": N_("Parking"),
    "cross_border": N_("Cross-border"),
    "small_business": N_("Small business"),
    "supply_chain": N_("Supply chain"),
    "internet_finance": N_("Internet finance"),
    "mobile": N_("Mobile"),
}

CATEGORIES: dict[str, str] = {
    "system_build": N_("System build"),
    "equipment": N_("Equipment"),
    "marketing": N_("Marketing"),
    "subsidy": N_("Subsidy"),
    "operation": N_("Operation"),
    "training": N_("Training"),
    "other": N_("Other costs"),
}


def category_label(code: str, name: str | None) -> str:
    """The category's own name, or the program's word for a category that comes with it."""
    return name or (_(CATEGORIES[code]) if code in CATEGORIES else code)


def scene_label(code: str, name: str | None) -> str:
    """The scene's own name, or the program's word for a scene that comes with it."""
    return name or (_(SCENES[code]) if code in SCENES else code)


def segment_letters(segments: str) -> str:
    """`C,G` as `G·C`: the segments in their fixed order."""
    chosen = set(segments.split(","))
    return "·".join(segment.value for segment in Segment if segment.value in chosen)


def yes_no(value: bool) -> str:
    """A truth value in words."""
    return pgettext("answer", "Yes") if value else pgettext("answer", "No")
