"""The scorecard of one initiative: every score opens into its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ecofolio.format import day
from ecofolio.scorecards import words
from ecofolio.scorecards.charts_view import TrendChart
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.rules import Line
from ecofolio.scorecards.standing import Opened
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import MetricKind
from ecofolio.widgets.painters import Badge, paint_light
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import SectionHead, button, clear, column, label, row
from ecofolio.widgets.theme import Size, Space, in_force

_WIDTH = 364


class CardView(QFrame):
    """Beside the ranking: the score of the initiative that was chosen, metric by metric."""

    def __init__(self, open_record) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(_WIDTH)
        self._open_record = open_record
        self.inner = QWidget()
        self._layout = QVBoxLayout(self.inner)
        self._layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self._layout.setSpacing(Space.S)
        area = QScrollArea()
        area.setWidget(self.inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        self.inner.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.shown: Opened | None = None

    @cached_property
    def _nothing(self) -> EmptyState:
        made = EmptyState("chart-column", _("Choose a line to open its score"))
        self._layout.addWidget(made)
        return made

    @cached_property
    def _face(self) -> _Face:
        made = _Face(self._open_record)
        self._layout.addWidget(made)
        return made

    def fill(self, found: Opened | None, metrics: dict[int, MetricRow]) -> None:
        """Show another scorecard, or that there is none."""
        self.shown = found
        wanted, other = ("_nothing", "_face") if found is None else ("_face", "_nothing")
        if other in self.__dict__:  # it was made
            getattr(self, other).hide()
        if found is not None:
            self._face.fill(found, metrics)
        getattr(self, wanted).show()


class _Face(QWidget):
    """The parts of a scorecard. They stay when another one is shown: making them takes longer."""

    def __init__(self, open_record) -> None:
        super().__init__()
        self._shown: Opened | None = None
        self._code, self._name = label("", "muted"), label("", "name", wrap=True)
        self._figure, self._grade = label("", "figure"), Badge("")
        opener = button(
            _("Open initiative"),
            lambda: self._shown and open_record("initiative", self._shown.line.id),
            link=True,
        )
        self._roles: list[str] = []
        self._texts, self._metrics = column(), column()
        self._months = SectionHead(_("Twelve months"))
        self._trend = TrendChart(_("Scores of twelve months"))
        layout = column(
            self._code, self._name, row(self._figure, self._grade, None, opener), self._texts,
            Space.S, SectionHead(_("Metrics"), _("attainment, weight, points")), self._metrics,
            Space.S, self._months, self._trend, None,
        )  # fmt: skip
        self.setLayout(layout)

    def fill(self, found: Opened, metrics: dict[int, MetricRow]) -> None:
        """Show another scorecard."""
        self._shown, line = found, found.line
        self._code.setText(f"{line.code} · {line.unit or '–'}")
        self._name.setText(line.name)
        self._figure.setText(words.points(line.score))
        self._grade.setVisible(line.grade is not None)
        if line.grade is not None:
            text = _("Grade {grade}").format(grade=line.grade)
            self._grade.set_text(text, words.TONES[line.grade])
        sentences = [(sentence, "muted") for sentence in _sentences(found, metrics)]
        self._say([*sentences, *_since(found, metrics)])
        self._fill_metrics(found, metrics)
        self._months.set_caption(_extremes(found.trend))
        spoken = ", ".join(words.points(value) for value in found.trend)
        self._trend.fill(found.trend, found.last, spoken)

    def _say(self, told: list[tuple[str, str]]) -> None:
        """Show sentences, each with its role."""
        roles = [role for _text, role in told]
        if roles != self._roles:
            clear(self._texts)
            for role in roles:
                self._texts.addWidget(label("", role, wrap=True))
            self._roles = roles
        for place, (text, _role) in enumerate(told):
            self._texts.itemAt(place).widget().setText(text)

    def _fill_metrics(self, found: Opened, metrics: dict[int, MetricRow]) -> None:
        lines = found.sheet.score.lines
        if len(lines) != self._metrics.count():
            clear(self._metrics)
            for _line in lines:
                self._metrics.addWidget(MetricLine())
        for place, one in enumerate(lines):
            metric = metrics[one.figure.metric]
            self._metrics.itemAt(place).widget().fill(one, metric, found.provisional)


def _since(found: Opened, metrics: dict[int, MetricRow]) -> list[tuple[str, str]]:
    """What has become of a score after it was settled, cause by cause, each with its role."""
    on, move = found.settled_on, found.since
    if on is None or move is None:
        return []
    said = words.when_settled(move, on)
    if found.as_settled:
        now = words.graded(move.now.score, move.now.grade) if move.now else "–"
        said = _("Settled on {date}; today it is {score}:").format(date=day(on), score=now)
    names = {one: metric.name for one, metric in metrics.items()}
    return [(said, ""), *((f"• {words.cause(cause, names)}", "muted") for cause in move.causes)]


def _sentences(found: Opened, metrics: dict[int, MetricRow]) -> list[str]:
    line, score = found.line, found.sheet.score
    told = []
    if line.rank is not None:
        told.append(
            _("Place {rank} among {group}.").format(rank=words.rank(line), group=words.peers(line))
        )
    if score.capped_by is not None:
        name = metrics[score.capped_by].name
        text = (
            _("{metric} is beyond its floor and has a veto: the grade is D.")
            if line.held == 2
            else _("{metric} is beyond its floor: the grade is C at most.")
        )
        told.append(text.format(metric=name))
    if line.missing:
        told.append(
            ngettext(
                "{n} metric has no figure.", "{n} metrics have no figure.", line.missing
            ).format(n=line.missing)
        )
    judged = [one.figure.metric for one in score.lines]
    if waiting := sum(found.provisional.get(metric, 0) for metric in judged):
        told.append(
            ngettext("{n} figure is provisional.", "{n} figures are provisional.", waiting).format(
                n=waiting
            )
        )
    if firm := words.firmness(found.stability):
        told.append(firm)
    return told


def _extremes(trend: list[int | None]) -> str:
    told = [value for value in trend if value is not None]
    if not told:
        return ""
    return _("from {low} to {high}").format(
        low=words.points(min(told)), high=words.points(max(told))
    )


class MetricLine(QWidget):
    """One metric of a scorecard: its name and points, a bar of attainment, what it is made of."""

    _line: Line
    _metric: MetricRow
    _is_provisional = False

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("")

    def fill(self, line: Line, metric: MetricRow, provisional: Mapping[int, int]) -> None:
        """Show another metric, or this one with other figures."""
        self._line, self._metric = line, metric
        self._is_provisional = bool(provisional.get(metric.id))
        self.setAccessibleName(f"{metric.name}, {self._points()}")
        self.setAccessibleDescription(f"{self._made_of()} {self._more()}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        caption = in_force().font(Size.CAPTION)
        return QSize(300, 42 + QFontMetrics(caption).height() * (2 if self._more() else 1))

    def _points(self) -> str:
        if self._line.points is None:
            return _("not due yet")
        if self._metric.kind == MetricKind.GUARDRAIL and not self._line.weight:
            return _("breached") if self._line.breached else _("holds")
        return _("{points} of {weight}").format(
            points=f"{float(self._line.points):.2f}", weight=self._line.weight
        )

    def _made_of(self) -> str:
        figure = self._line.figure
        actual = words.measured(figure.actual, self._metric.unit)
        text = _("{actual} · floor {floor} · target {target} · {share}").format(
            actual=_("not reported") if figure.actual is None else actual,
            floor=figure_text(figure.floor),
            target=figure_text(figure.target),
            share=words.percent(self._line.attainment),
        )
        if figure.share < 1:
            told = _("{share} of due months reported").format(share=words.percent(figure.share))
            return f"{text} · {told}"
        return text

    def _more(self) -> str:
        told = [_("Provisional.")] if self._is_provisional else []
        if self._line.one_more:
            told.append(self._step())
        return " ".join(told)

    def _step(self) -> str:
        step = float(self._line.one_more or 0)
        text = f"{step:.2f}" if step >= 0.01 else f"{step:.2g}"
        if self._metric.higher:
            return _("One more would bring {points} points.").format(points=text)
        return _("One fewer would bring {points} points.").format(points=text)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        theme, line = in_force(), self._line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        top = QRectF(rect.left(), 4, rect.width(), 20)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font())
        painter.setPen(theme.colour("red" if line.breached else "text"))
        painter.drawText(top, right, self._points())
        taken = painter.fontMetrics().horizontalAdvance(self._points()) + 12
        if line.breached:
            box = QRectF(top.left(), top.top(), 16, top.height())
            paint_light(painter, box, "red" if line.figure.veto else "amber")
            top.setLeft(top.left() + 20)
        painter.setFont(theme.font(strong=True))
        painter.setPen(theme.colour("text"))
        name = painter.fontMetrics().elidedText(
            self._metric.name, Qt.TextElideMode.ElideRight, int(top.width() - taken)
        )
        painter.drawText(top, left, name)
        self._bar(painter, QRectF(rect.left(), 27, rect.width(), 5))
        painter.setFont(theme.font(Size.CAPTION))
        painter.setPen(theme.colour("muted"))
        height = painter.fontMetrics().height()
        for n, text in enumerate(filter(None, (self._made_of(), self._more()))):
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, int(rect.width())
            )
            painter.drawText(
                QRectF(rect.left(), 36 + n * height, rect.width(), height), left, shown
            )

    def _bar(self, painter: QPainter, rect: QRectF) -> None:
        theme, line = in_force(), self._line
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(rect, 2.5, 2.5)
        full = rect.width() / 1.2
        if line.attainment is not None and line.figure.actual is not None:
            share = float(line.attainment)
            tone = "green" if share >= 1 else "accent" if share >= 0.6 else "amber"
            painter.setBrush(theme.colour("red" if line.breached else tone))
            width = max(min(share * full, rect.width()), 3)
            painter.drawRoundedRect(QRectF(rect.left(), rect.top(), width, rect.height()), 2.5, 2.5)
        painter.setPen(QPen(theme.colour("text"), 1.5))
        mark = rect.left() + full
        painter.drawLine(QPointF(mark, rect.top() - 2), QPointF(mark, rect.bottom() + 2))
