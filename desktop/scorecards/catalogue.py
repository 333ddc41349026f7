"""The metrics and scorecards that come with the program; all of them can be edited."""

from __future__ import annotations

from typing import NamedTuple

from ecofolio.text import N_, _

YUAN, PIECES, PEOPLE, PERCENT = N_("yuan"), N_("pieces"), N_("people"), N_("per cent")
FIRST_MONTH = "2000-01"  # from when what comes with the program holds


class Built(NamedTuple):
    """One metric of the catalogue; `worth` is in millionths of a fen per unit, 0 for none.

    An average over initiatives is weighed by the figures of `weighed_by`.
    """

    code: str
    name: str
    unit: str
    kind: str
    step: str
    segment: str | None = None
    loop_phase: str | None = None
    direction: str = "higher"
    over_months: str = "sum"
    over_initiatives: str = "sum"
    worth: int = 0
    veto: bool = False
    weighed_by: str | None = None

    @property
    def most(self) -> int | None:
        """What is believable at most, in thousandths: a share has an end, a count has none."""
        return 100_000 if self.unit == PERCENT else None


_USER, _SERVICE, _VALUE = "user_operation", "service_innovation", "value_conversion"
_FEN = 10**6  # one fen in millionths

METRICS: tuple[Built, ...] = (
    Built("cards_issued", N_("Cards issued"), PIECES, "process", "acquire", "C", _USER),
    Built(
        "effective_cards",
        N_("Effective cards issued"),
        PIECES,
        "process",
        "acquire",
        "C",
        _USER,
        worth=6000 * _FEN,
    ),
    Built("new_consumers", N_("New consumer customers"), PEOPLE, "process", "acquire", "C", _USER),
    Built("new_businesses", N_("New business customers"), PIECES, "process", "acquire", "B", _USER),
    Built("new_bodies", N_("New government bodies"), PIECES, "process", "acquire", "G", _USER),
    Built("merchants", N_("Merchants onboarded"), PIECES, "process", "acquire", "B", _USER),
    Built("entry_visits", N_("Visits by entry"), PIECES, "process", "acquire", None, _USER),
    Built(
        "entry_conversion",
        N_("Conversion by entry"),
        PERCENT,
        "process",
        "acquire",
        None,
        _USER,
        over_months="average",
        over_initiatives="weighted",
        weighed_by="entry_visits",
    ),
    Built("outlets_live", N_("Outlets live"), PIECES, "process", "acquire", None, _USER),
    Built("partners_live", N_("Partners live"), PIECES, "process", "acquire", None, _SERVICE),
    Built("activated", N_("Customers activated"), PEOPLE, "process", "activate", None, _USER),
    Built(
        "activation",
        N_("Activation"),
        PERCENT,
        "process",
        "activate",
        None,
        _USER,
        over_months="average",
        over_initiatives="weighted",
        weighed_by="new_consumers",
    ),
    Built(
        "active_users",
        N_("Monthly active users"),
        PEOPLE,
        "outcome",
        "activate",
        "C",
        _USER,
        over_months="average",
    ),
    Built(
        "active_merchants",
        N_("Active merchants"),
        PIECES,
        "outcome",
        "activate",
        "B",
        _USER,
        over_months="last",
    ),
    Built("payments", N_("Payments"), PIECES, "process", "activate", None, _SERVICE),
    Built(
        "turnover", N_("Payment turnover"), YUAN, "outcome", "activate", None, _VALUE, worth=1000
    ),
    Built("api_calls", N_("API calls"), PIECES, "process", "activate", None, _SERVICE),
    Built("interfaces", N_("Interfaces used"), PIECES, "process", "activate", None, _SERVICE),
    Built("services", N_("Services shipped"), PIECES, "process", "activate", None, _SERVICE),
    Built("app_bindings", N_("Cards bound in the app"), PIECES, "process", "activate", "C", _USER),
    Built(
        "availability",
        N_("Availability of the service"),
        PERCENT,
        "guardrail",
        "activate",
        over_months="average",
        over_initiatives="weighted",
        weighed_by="payments",
    ),
    Built(
        "base_customers",
        N_("Base customers"),
        PEOPLE,
        "outcome",
        "retain",
        "C",
        _VALUE,
        over_months="last",
    ),
    Built(
        "deposits_kept",
        N_("Deposits kept"),
        YUAN,
        "outcome",
        "retain",
        None,
        _VALUE,
        over_months="last",
        worth=150_000,  # a margin of 1.8 per cent a year ÷ 12, in fen per yuan
    ),
    Built(
        "business_deposits",
        N_("Business deposits kept"),
        YUAN,
        "outcome",
        "retain",
        "B",
        _VALUE,
        over_months="last",
        worth=100_000,
    ),
    Built(
        "public_deposits",
        N_("Public deposits kept"),
        YUAN,
        "outcome",
        "retain",
        "G",
        _VALUE,
        over_months="last",
        worth=80_000,
    ),
    Built(
        "retention",
        N_("Retention"),
        PERCENT,
        "outcome",
        "retain",
        None,
        _USER,
        over_months="average",
        over_initiatives="weighted",
        weighed_by="base_customers",
    ),
    Built(
        "assets",
        N_("Assets under management"),
        YUAN,
        "outcome",
        "retain",
        "C",
        _VALUE,
        over_months="last",
    ),
    Built(
        "payroll_staff",
        N_("Staff paid through us"),
        PEOPLE,
        "outcome",
        "retain",
        "B",
        _VALUE,
        over_months="last",
    ),
    Built("complaints", N_("Complaints"), PIECES, "guardrail", "retain", direction="lower"),
    Built(
        "data_incidents",
        N_("Data incidents"),
        PIECES,
        "guardrail",
        "retain",
        direction="lower",
        veto=True,
    ),
    Built(
        "satisfaction",
        N_("Satisfaction"),
        PERCENT,
        "guardrail",
        "retain",
        over_months="average",
        over_initiatives="weighted",
        weighed_by="active_users",
    ),
    Built("referrals", N_("Referrals"), PEOPLE, "process", "refer", None, _USER),
    Built(
        "referral",
        N_("Referral"),
        PERCENT,
        "process",
        "refer",
        None,
        _USER,
        over_months="average",
        over_initiatives="weighted",
        weighed_by="active_users",
    ),
    Built(
        "brought_consumers",
        N_("Consumers brought by businesses"),
        PEOPLE,
        "outcome",
        "refer",
        "C",
        _VALUE,
    ),
    Built(
        "brought_merchants",
        N_("Merchants brought by government bodies"),
        PIECES,
        "outcome",
        "refer",
        "B",
        _VALUE,
    ),
    Built(
        "fee_income", N_("Fee income"), YUAN, "outcome", "convert", None, _VALUE, worth=100 * _FEN
    ),
    Built("loans_granted", N_("Loans granted"), YUAN, "outcome", "convert", None, _VALUE),
    Built(
        "loan_income",
        N_("Net interest on loans"),
        YUAN,
        "outcome",
        "convert",
        None,
        _VALUE,
        worth=100 * _FEN,
    ),
    Built("instalments", N_("Instalment turnover"), YUAN, "outcome", "convert", "C", _VALUE),
    Built(
        "cross_sales",
        N_("Products sold beyond the first"),
        PIECES,
        "outcome",
        "convert",
        None,
        _VALUE,
    ),
    Built("fraud_losses", N_("Fraud losses"), YUAN, "guardrail", "convert", direction="lower"),
)
BUILT = {metric.code: metric for metric in METRICS}

# Weights in per cent by batch: what a mature, a regional and a new initiative are judged by.
SCORECARDS: dict[str, dict[str, int]] = {
    "full_rollout": {
        "effective_cards": 20,
        "active_users": 20,
        "deposits_kept": 30,
        "fee_income": 15,
        "retention": 15,
        "complaints": 0,
        "data_incidents": 0,
    },
    "breakthrough": {
        "effective_cards": 20,
        "merchants": 20,
        "active_users": 20,
        "deposits_kept": 25,
        "turnover": 15,
        "complaints": 0,
        "data_incidents": 0,
    },
    "incubation": {
        "partners_live": 25,
        "services": 25,
        "active_users": 30,
        "activation": 20,
        "complaints": 0,
        "data_incidents": 0,
    },
}


def metric_label(code: str, name: str | None) -> str:
    """The metric's own name, or the program's word for one that comes with it."""
    return name or (_(BUILT[code].name) if code in BUILT else code)


def unit_label(code: str, unit: str | None) -> str:
    """The metric's own unit, or the program's word for one that comes with it."""
    return unit or (_(BUILT[code].unit) if code in BUILT else "")


_PERCENTS = frozenset({"%", "％", "per cent", "percent", "百分比", "百分点", "百分點"})
_YUANS = frozenset({"yuan", "元", "rmb", "cny", "人民币", "人民幣"})


def counted_in(code: str, unit: str | None) -> str:
    """What figures of a metric are read as: `PERCENT`, `YUAN`, or the unit as it is called."""
    if unit is None:
        return BUILT[code].unit if code in BUILT else ""
    word = unit.strip().casefold()
    return PERCENT if word in _PERCENTS else YUAN if word in _YUANS else unit
