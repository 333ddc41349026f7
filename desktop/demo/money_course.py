"""How the demonstration's money went: every movement of two fiscal years, worked out in advance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ecofolio.budget.operations import Operation, initiative, unit
from ecofolio.budget.rules import months_from, period_of, periods, shifted
from ecofolio.demo.dice import dice
from ecofolio.demo.foundation import FEN_PER_WAN, Ids, Subject
from ecofolio.demo.plan import workday
from ecofolio.vocabulary import CATEGORIES, Move, Stage

_RICH = frozenset({"HO", "GD", "ZJ", "JS", "BJ"})
_POOREST = frozenset({"GS", "XJ", "YN"})
_UNSPENT = "SD"  # its pool is far larger than what its initiatives take
_OVERRUN = ("GD-011", "HB-003")
_SHARE_OF_BUDGET = 0.8


@dataclass
class Course:
    """All that was planned and moved. Asks are (initiative, fen, score and input–output in
    thousandths)."""

    year: int
    round_day: date
    operations: list[Operation] = field(default_factory=list)
    plan: dict[tuple[int, str, str], int] = field(default_factory=dict)
    revised: dict[tuple[int, str, str], int] = field(default_factory=dict)
    asks_before: list[tuple[int, int, int, int]] = field(default_factory=list)
    asks_now: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class _Purse:
    """One initiative's money on its way."""

    subject: Subject
    identity: int
    payer: int
    payer_code: str
    months: list[str]
    monthly: int
    random: Random
    available: int = 0
    contract: str | None = None
    bound: int = 0  # what is left of the contract

    @property
    def overruns(self) -> bool:
        return self.subject.code in _OVERRUN


def course(
    subjects: Sequence[Subject], ids: Ids, words: Mapping[str, str], today: date, seed: int
) -> Course:
    """Two fiscal years of money for the cases that get any."""
    found = Course(today.year, date(today.year - 1, 10, 20))
    first = f"{today.year - 1}-02"
    purses = [
        purse for one in subjects if (purse := _purse(one, ids, first, today, seed)) is not None
    ]
    for purse in purses:
        _plan(found, purse, today)
    for year in (today.year - 1, today.year):
        _open_year(found, purses, ids, words, year, today)
        for purse in purses:
            _spend_year(found, purse, words, year, today)
        if year < today.year:
            _close_year(found, purses, ids, words, year)
    found.operations.sort(key=lambda one: one.on or today)  # stable: as they were told
    _ask(found, purses)
    return found


def _purse(subject: Subject, ids: Ids, first: str, today: date, seed: int) -> _Purse | None:
    case, plan = subject.plan.case, subject.plan
    if case.stage == Stage.PROPOSAL or plan.start > today - timedelta(days=130):
        return None
    begin, end = max(first, period_of(plan.start)), period_of(max(plan.due, plan.start))
    last = min(end, period_of(today)) if case.stage == Stage.CLOSED else end
    if last < begin:
        return None
    code = case.unit.split("-")[0]
    factor = 1.0 if code in _RICH else 0.3 if code in _POOREST else 0.55
    life = max(6, months_from(period_of(plan.start), end) + 1)
    monthly = int(case.budget_wan * FEN_PER_WAN * _SHARE_OF_BUDGET * factor / life)
    return _Purse(
        subject,
        ids.initiatives[subject.code],
        ids.units[code],
        code,
        periods(begin, last),
        max(100_000, monthly // 100_000 * 100_000),
        dice(seed, subject.code, "money"),
    )


def _plan(found: Course, purse: _Purse, today: date) -> None:
    chosen = sorted(purse.random.sample(sorted(CATEGORIES), 2))
    for month in purse.months:
        if month > f"{today.year}-12":
            continue
        most = purse.monthly * 7 // 10
        found.plan[purse.identity, chosen[0], month] = most
        found.plan[purse.identity, chosen[1], month] = purse.monthly - most
        if purse.overruns and month >= period_of(today):
            found.revised[purse.identity, chosen[0], month] = most * 2


def _needs(purse: _Purse, year: int) -> int:
    months = sum(month.startswith(str(year)) for month in purse.months)
    whole = purse.monthly * months * 11 // 10
    if purse.overruns:
        whole = whole * 17 // 10
    return -(-whole // FEN_PER_WAN) * FEN_PER_WAN if months else 0


def _open_year(
    found: Course,
    purses: Sequence[_Purse],
    ids: Ids,
    words: Mapping[str, str],
    year: int,
    today: date,
) -> None:
    """The grant, the base allocations to the branches, and what they give their initiatives."""
    needs: dict[tuple[int, str], int] = {}
    for purse in purses:
        key = (purse.payer, purse.payer_code)
        needs[key] = needs.get(key, 0) + _needs(purse, year)
    allocated = 0
    for (payer, code), whole in sorted(needs.items()):
        slack = 160 if code == _UNSPENT else 118 if code in _RICH else 104
        fen = -(-whole * slack // 100 // FEN_PER_WAN) * FEN_PER_WAN
        allocated += fen
        if fen and payer != ids.units["HO"]:
            found.operations.append(
                Operation(
                    Move.BASE,
                    fen,
                    unit(ids.units["HO"]),
                    unit(payer),
                    _day(year, 1, 10),
                    memo=words["base"].format(year=year),
                    number=f"BA-{year}-{code}",
                )
            )
    grant = -(-allocated // (100 * FEN_PER_WAN)) * 100 * FEN_PER_WAN + 1_600 * FEN_PER_WAN
    found.operations.insert(
        0,
        Operation(
            Move.GRANT,
            grant,
            None,
            unit(ids.units["HO"]),
            _day(year, 1, 6),
            memo=words["grant"].format(year=year),
            number=f"GR-{year}-01",
        ),
    )
    for purse in purses:
        fen = _needs(purse, year)
        if not fen:
            continue
        begins = next(month for month in purse.months if month.startswith(str(year)))
        on = max(_day(year, 1, 15), _day(year, int(begins[5:]), 3))
        if on >= today:
            continue
        purse.available += fen
        found.operations.append(
            Operation(Move.TRANSFER, fen, unit(purse.payer), initiative(purse.identity), on)
        )


def _spend_year(
    found: Course, purse: _Purse, words: Mapping[str, str], year: int, today: date
) -> None:
    chosen = sorted({code for one, code, _month in found.plan if one == purse.identity})
    for n, month in enumerate(one for one in purse.months if one.startswith(str(year))):
        number = int(month[5:])
        if n == 0 and purse.random.random() < 0.7:
            _commit(found, purse, words, year, number, today)
        on = _day(year, number, 19 + purse.random.randint(0, 8))
        if on >= today - timedelta(days=3):
            return
        pace = purse.random.uniform(0.65, 1.15)
        if purse.payer_code == _UNSPENT:
            pace *= 0.55
        if purse.overruns:
            pace = purse.random.uniform(1.45, 1.75)
        fen = int(purse.monthly * pace) // 10_000 * 10_000
        contract = purse.contract if purse.random.random() < 0.45 else None
        fen = min(fen, purse.bound if contract else purse.available)
        if fen <= 0:
            continue
        if contract:
            purse.bound -= fen
        else:
            purse.available -= fen
        category = chosen[0] if purse.random.random() < 0.7 or len(chosen) < 2 else chosen[1]
        found.operations.append(
            Operation(
                Move.SPEND,
                fen,
                initiative(purse.identity),
                None,
                on,
                category=category,
                memo=words[category],
                number=f"V-{month.replace('-', '')}-{purse.subject.code}",
                partner=_partner(purse.subject),
                contract=contract,
            )
        )


def _commit(
    found: Course, purse: _Purse, words: Mapping[str, str], year: int, month: int, today: date
) -> None:
    """A contract is signed early in the year for a third of its money."""
    fen = purse.available // 3 // 100_000 * 100_000
    on = _day(year, month, 15)
    if fen <= 0 or on >= today:
        return
    purse.available -= fen
    purse.contract, purse.bound = f"HT-{year}-{purse.subject.code}", fen
    found.operations.append(
        Operation(
            Move.COMMIT,
            fen,
            initiative(purse.identity),
            None,
            on,
            category="system_build",
            memo=words["contract"],
            partner=_partner(purse.subject) or words["supplier"],
            contract=purse.contract,
        )
    )


def _partner(subject: Subject) -> str | None:
    return subject.partners.replace("；", ";").split(";")[0].strip() or None


def _close_year(
    found: Course, purses: Sequence[_Purse], ids: Ids, words: Mapping[str, str], year: int
) -> None:
    """What is left of an initiative that ends goes back; most branches give back what is idle."""
    for purse in purses:
        if purse.bound and purse.contract:
            found.operations.append(
                Operation(
                    Move.RELEASE,
                    purse.bound,
                    initiative(purse.identity),
                    None,
                    _day(year, 12, 24),
                    contract=purse.contract,
                    memo=words["year_end"].format(year=year),
                )
            )
        purse.available, purse.bound, purse.contract = purse.available + purse.bound, 0, None
        ends = purse.months[-1] <= f"{year}-12"
        fen = purse.available if ends else purse.available // 2
        fen = fen // 10_000 * 10_000
        if fen <= 0:
            continue
        purse.available -= fen
        memo = words["year_end"].format(year=year)
        found.operations.append(
            Operation(
                Move.GIVE_BACK,
                fen,
                initiative(purse.identity),
                unit(purse.payer),
                _day(year, 12, 28),
                memo=memo,
            )
        )
        if purse.payer_code not in (_UNSPENT, "HO"):
            found.operations.append(
                Operation(
                    Move.GIVE_BACK, fen, unit(purse.payer), None, _day(year, 12, 30), memo=memo
                )
            )


def _ask(found: Course, purses: Sequence[_Purse]) -> None:
    """Who asks in the two rounds, with score and input–output until scorecards give them."""
    running = [one for one in purses if one.subject.plan.case.stage != Stage.CLOSED]
    for n, purse in enumerate(running):
        if n % 3 == 2:
            continue
        score = purse.random.randint(55, 98) * 1000 + purse.random.choice((0, 250, 500))
        ratio = purse.random.randint(300, 4_200)
        fen = purse.random.randint(15, 90) * FEN_PER_WAN
        ask = (purse.identity, fen, score, ratio)
        found.asks_now.append(ask)
        if n % 2:
            found.asks_before.append(ask)


def _day(year: int, month: int, day: int) -> date:
    """A working day near a day of the month."""
    last = date.fromisoformat(f"{shifted(f'{year}-{month:02d}', 1)}-01") - timedelta(days=1)
    return workday(date(year, month, min(day, last.day)))
