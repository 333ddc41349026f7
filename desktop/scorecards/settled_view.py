"""What the ranking says of settled months: whether a score is still what was shown then."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from ecofolio.format import day
from ecofolio.scorecards import words
from ecofolio.scorecards.standing import Standing
from ecofolio.text import _, ngettext


class SettledBox(QCheckBox):
    """Switches a ranking to the scores as they stood when its month was settled."""

    def __init__(self) -> None:
        super().__init__(_("As settled"))
        self.setToolTip(_("Show the scores as they stood when the month was settled"))

    def follow(self, found: Standing) -> None:
        """Only what is settled can be shown so."""
        self.setEnabled(found.settled_on is not None)


def sentence(found: Standing) -> str:
    """What a ranking is of: how many scores, and whether they are what was once shown."""
    told = found.lines.scores()
    middle = words.points(round(sum(told) / len(told))) if told else "–"
    text = ngettext(
        "{n} initiative scored for {month} · mean {mean}",
        "{n} initiatives scored for {month} · mean {mean}",
        len(told),
    )
    said = [text.format(n=len(told), month=found.month, mean=middle)]
    on = found.settled_on
    if on is not None and found.as_settled:
        said.append(_("as settled on {date}").format(date=day(on)))
    elif on is not None and (n := len(found.since)):
        text = ngettext(
            "{n} score (•) has moved since it was settled on {date}",
            "{n} scores (•) have moved since they were settled on {date}",
            n,
        )
        said.append(text.format(n=n, date=day(on)))
    return " · ".join(said)
