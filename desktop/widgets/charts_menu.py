"""What can be done with a chart: copied, saved, looked at more closely."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMenu

from ecofolio.text import _
from ecofolio.widgets.messages import ErrorDialog

if TYPE_CHECKING:
    from ecofolio.widgets.charts import Chart

CLOSER = 0.8  # the share of what is in view that a step of zooming leaves
_DOCUMENTS = QStandardPaths.StandardLocation.DocumentsLocation
_PICTURES = {"PNG (*.png)": ".png", "SVG (*.svg)": ".svg"}


def menu(chart: Chart) -> QMenu:
    """The menu of a chart; it goes when it is hidden."""
    made = QMenu(chart)
    for action in (
        made.addAction(_("Copy as picture"), chart.copy_picture),
        made.addAction(_("Save picture…"), lambda: save_picture(chart)),
    ):
        action.setEnabled(not chart.figure.empty)
    made.addAction(_("Copy as data"), chart.copy_data).setEnabled(bool(chart.figure.data))
    if chart.figure.can_zoom:
        made.addSeparator()
        made.addAction(_("Zoom in"), lambda: chart.zoom(CLOSER))
        made.addAction(_("Zoom out"), lambda: chart.zoom(1 / CLOSER))
        made.addAction(_("Fit"), chart.fit)
    made.aboutToHide.connect(made.deleteLater)
    return made


def save_picture(chart: Chart) -> None:
    """Ask where to, and write the picture there."""
    folder = QStandardPaths.writableLocation(_DOCUMENTS)
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", chart.accessibleName()).strip(" .") or "chart"
    chosen, kind = QFileDialog.getSaveFileName(
        chart, _("Save picture"), str(Path(folder) / f"{name}.png"), ";;".join(_PICTURES)
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() not in _PICTURES.values():
        path = path.with_name(path.name + _PICTURES.get(kind, ".png"))
    try:
        path.write_bytes(picture(chart, path.suffix.lower()))
    except OSError:
        text = _("The picture {place} can not be written: choose another folder.")
        ErrorDialog(text.format(place=path), parent=chart).exec()


def picture(chart: Chart, suffix: str) -> bytes:
    """The chart as a file: an SVG, or a PNG twice as fine as a usual screen."""
    paper = QBuffer()
    paper.open(QBuffer.OpenModeFlag.WriteOnly)
    if suffix == ".svg":
        from PySide6.QtSvg import QSvgGenerator

        drawn = QSvgGenerator()
        drawn.setOutputDevice(paper)
        drawn.setSize(chart.size())
        drawn.setViewBox(chart.rect())
        chart.draw_on(drawn, 1.0)
    else:
        chart.picture(2.0).save(paper, "PNG")
    return bytes(paper.data().data())
