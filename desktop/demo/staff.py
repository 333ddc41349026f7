"""Who works on the demonstration programme: a person for each place of a unit or department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ecofolio.demo.dice import dice
from ecofolio.demo.source import Case, Source, words
from ecofolio.vocabulary import UnitLevel

_BRANCH_TITLES = ("branch_head", "squad_lead", "operations", "data")
_FRONT = ("PB", "CB", "EB", "SB", "IB", "CC")


@dataclass(frozen=True)
class Post:
    """One person's place; `name` is in the programme's language, `address` never."""

    code: str
    name: str
    title: str  # a key of the words
    address: str
    unit: str
    department: str | None


class Staff:
    """Everybody, and who does what."""

    def __init__(self, source: Source, text: dict[str, Any], seed: int) -> None:
        self.posts: list[Post] = []
        self._text, self._seed = text, seed
        self._latin = words("en")
        for code, _office in source.departments:
            self._hire("manager", "HO", code)
            self._hire("product", "HO", code)
        for title in ("pmo", "deputy", "data"):
            self._hire(title, "HO", "FI")
        for n, unit in enumerate(source.units):
            if unit.level == UnitLevel.TIER1:
                for k, title in enumerate(_BRANCH_TITLES):
                    department = None if title == "branch_head" else _FRONT[(n + k) % len(_FRONT)]
                    self._hire(title, unit.code, department)
            elif unit.level != UnitLevel.HEAD_OFFICE:
                title = "tier2_head" if unit.level == UnitLevel.TIER2 else "scene"
                self._hire(title, unit.code, _FRONT[n % len(_FRONT)])

    def _hire(self, title: str, unit: str, department: str | None) -> None:
        n = len(self.posts)
        # 40 surnames and 40 given names, so combined that no two people are called alike
        surname, given = n % 40, (7 * (n % 40) + n // 40) % 40
        text, latin = self._text, self._latin
        family, own = text["surnames"][surname], text["given_names"][given]
        name = f"{family} {own}" if text is latin else f"{family}{own}"
        address = f"{latin['given_names'][given]}.{latin['surnames'][surname]}@bank.example"
        self.posts.append(Post(f"P{n + 1:03d}", name, title, address.lower(), unit, department))

    def at(self, unit: str, *titles: str, department: str | None = None) -> list[Post]:
        """The people of a unit with one of the titles."""
        return [
            post
            for post in self.posts
            if post.unit == unit
            and post.title in titles
            and (department is None or post.department == department)
        ]

    def lead(self, case: Case) -> Post:
        """Who leads an initiative."""
        if case.unit == "HO":
            return self.at("HO", "product", department=case.department)[0]
        own = self.at(case.unit, "squad_lead", "operations", "data", "tier2_head", "scene")
        return dice(self._seed, case.code, "lead").choice(own)

    def sponsor(self, case: Case) -> Post:
        """Who answers for it."""
        branch = case.unit.split("-")[0]
        if branch == "HO":
            return self.at("HO", "manager", department=case.department)[0]
        return self.at(branch, "branch_head")[0]
