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
    said = text.format(n=len(told), month=found.month, mean=middle)
    return " · ".join(filter(None, (said, _settled(found))))


def caption(found: Standing) -> str:
    """What stands beside the ranking's name."""
    return _settled(found) or _("each among its peers: unit level and batch")


def _settled(found: Standing) -> str:
    on, n = found.settled_on, len(found.since)
    if on is None or not (n or found.as_settled):
        return ""
    if found.as_settled:
        return _("as settled on {date}").format(date=day(on))
    text = ngettext(
        "{n} score (•) has moved since it was settled on {date}",
        "{n} scores (•) have moved since they were settled on {date}",
        n,
    )
    return text.format(n=n, date=day(on))
