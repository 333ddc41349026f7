"""A field for money: what is typed is read at once, in words below it, or refused in a sentence."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ecofolio.budget.plans import fen_of
from ecofolio.errors import InputError
from ecofolio.format import in_unit, money
from ecofolio.text import _
from ecofolio.widgets.parts import column, label, set_property


def told(fen: int, unit: str, currency: str) -> str:
    """A sum as it was read: in yuan, and in the display unit where that is another."""
    said = in_unit(fen, "yuan", currency)
    return said if unit == "yuan" else f"{said} = {in_unit(fen, unit, currency)}"


class AmountField(QWidget):
    """Takes 1.2万, 1,234.50 or １２３４ in yuan and says how it was read; `changed` follows.

    What papers say is in yuan, so it is here whatever unit tables are shown in; large sums are
    told in that unit as well.
    """

    changed = Signal()

    def __init__(self, name: str, currency: str, unit: str = "yuan") -> None:
        super().__init__()
        self._currency, self._unit = currency, unit
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(_("such as 1,234.50 or 1.2万"))
        self.said = label("", "caption", wrap=True)
        self.setLayout(column(self.line, self.said, spacing=2))
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._read)

    def text(self) -> str:
        """What was typed."""
        return self.line.text().strip()

    def set_fen(self, fen: int | None) -> None:
        """Show a sum; empty for none."""
        self.line.setText("" if fen is None else money(fen))

    def fen(self) -> int:
        """The amount; `InputError` says what is wrong, and stands below the field."""
        try:
            if not self.text():
                raise InputError(_("Say how much."))
            return fen_of(self.text(), self._currency)
        except InputError as error:
            self.refuse(str(error))
            raise

    def read(self) -> int | None:
        """The amount; None where it can not be read, which is said below the field already."""
        try:
            return fen_of(self.text(), self._currency) if self.text() else None
        except InputError:
            return None

    def fen_or_none(self) -> int | None:
        """The amount; None where nothing was typed."""
        return self.fen() if self.text() else None

    def refuse(self, sentence: str) -> None:
        """Say below the field what is wrong with it."""
        self._say(sentence, wrong=True)
        self.line.setFocus()

    def _read(self, text: str) -> None:
        self.changed.emit()
        if not text.strip():
            self._say("", wrong=False)
            return
        try:
            fen = fen_of(text.strip(), self._currency)
        except InputError as error:
            self._say(str(error), wrong=True)
            return
        self._say(told(fen, self._unit, self._currency), wrong=False)

    def _say(self, sentence: str, *, wrong: bool) -> None:
        set_property(self.line, "state", "wrong" if wrong else "")
        set_property(self.said, "role", "" if wrong else "caption")
        self.said.setText(sentence)
        self.line.setAccessibleDescription(sentence)
