"""Lists as governments and banks publish them are read without a mapping."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ecofolio.initiatives.importing import run_import
from ecofolio.initiatives.model import CustomValue, Initiative
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Workspace

Expected = dict[str, Any]

SHAPES: dict[str, tuple[list[str], list[str], Expected]] = {
    "australia": (
        ["Agency", "Project Title", "Delivery Confidence", "Total Budget ($M)", "Start Date",
         "Planned Completion Date"],
        ["Taxation Office", "Payments", "Medium-Low", "123.4", "1/07/2022", "30/06/2026"],
        {"name": "Payments", "health_override": "red", "budget_fen": 12_340_000_000,
         "start_date": date(2022, 7, 1), "due_date": date(2026, 6, 30)},
    ),
    "canada": (
        ["Department / Ministère", "Project Title / Titre du projet",
         "Total Estimated Cost / Coût total estimé", "Status / Statut"],
        ["Transport / Transports", "Bridge / Pont", "$12,500,000.50", "At risk / À risque"],
        {"name": "Bridge / Pont", "budget_fen": 1_250_000_050, "health_override": "amber"},
    ),
    "united_states": (
        ["Agency", "Project Name", "Project ID", "Project Status", "Start Date",
         "Planned Project Completion Date", "Project Lifecycle Cost ($ M)", "CIO Rating"],
        ["Agriculture", "Portal", "1001", "In Progress", "10/01/2021", "09/30/2026", "45.5",
         "2 - Moderately High Risk"],
        {"code": "1001", "name": "Portal", "stage": "rollout", "budget_fen": 4_550_000_000,
         "start_date": date(2021, 10, 1), "due_date": date(2026, 9, 30),
         "health_override": "red"},
    ),
    "united_kingdom": (
        ["GMPP ID Number", "Project Name", "IPA Delivery Confidence Assessment",
         "Whole Life Cost (TOTAL Baseline £m)"],
        ["DFE_1", "Schools", "Amber/Red", "7,000.25"],
        {"code": "DFE_1", "health_override": "red", "budget_fen": 700_025_000_000},
    ),
    "united_kingdom_2013": (
        ["Project name", "Department", "MPA RAG rating at September 2013", "Project: Start date",
         "2013-2014 budget (£million)",
         "Total budgeted whole life costs (including Non Government Costs) (£million)"],
        ["Broadband", "DCMS", "Amber/Red", "08-Feb-11", "£188.00", "£1,234.50"],
        {"health_override": "red", "start_date": date(2011, 2, 8),
         "budget_fen": 123_450_000_000},
    ),
    "denmark": (
        ["Projektnavn", "Ministerium", "Projektfase", "Projektstart", "Forventet afslutning",
         "Samlede projektudgifter (mio. kr.)", "Trafiklys"],
        ["Fælles system", "Skatteministeriet", "Gennemførelsesfasen", "13-03-2019", "14-11-2022",
         "11,5", "Gul"],
        {"name": "Fælles system", "stage": "rollout", "start_date": date(2019, 3, 13),
         "due_date": date(2022, 11, 14), "budget_fen": 1_150_000_000, "health_override": "amber"},
    ),
    "netherlands": (
        ["Projectnaam", "Ministerie", "Startdatum", "Oorspronkelijke einddatum",
         "Actuele einddatum", "Actuele geschatte kosten (x € 1.000.000)", "Projectstatus"],
        ["Keten", "Financiën", "3-1-2018", "31-12-2021", "31-12-2023", "€ 2,75", "Afgerond"],
        {"start_date": date(2018, 1, 3), "due_date": date(2023, 12, 31),
         "budget_fen": 275_000_000, "stage": "closed"},
    ),
    "germany": (
        ["Projekt", "Verantwortlich", "Budget (T€)", "Beginn", "Ende", "Ampel"],
        ["Neubau der Schule", "Jörg Müller", "1.250,5", "01.02.2024", "31.12.2025", "rot"],
        {"name": "Neubau der Schule", "start_date": date(2024, 2, 1), "health_override": "red",
         "budget_fen": 125_050_000},
    ),
    "united_states_2016": (
        ["UII", "Agency Name", "Investment Title", "Evaluation (by Agency CIO)", "CIO Rating"],
        ["018-000000001", "Education", "Aid", "5 - Low Risk", "5"],
        {"code": "018-000000001", "name": "Aid", "health_override": "green"},
    ),
    "ireland": (
        ["Project", "Estimated Cost (€)", "Status", "Commencement", "Completion"],
        ["Road", "€45m", "Under construction", "Q2 2021", "2028/29"],
        {"budget_fen": 4_500_000_000, "stage": "rollout", "start_date": date(2021, 4, 1),
         "due_date": date(2029, 3, 31)},
    ),
    "california": (
        ["Project #", "Project Title", "Approved Total Cost", "Current Finish", "PM"],
        ["CA-2740-188", "Platform", "$408,901,215", "6/30/2027", "Lee"],
        {"code": "CA-2740-188", "budget_fen": 40_890_121_500, "due_date": date(2027, 6, 30)},
    ),
    "new_south_wales": (
        ["Project Name", "Agency", "Estimated Total Cost $'000",
         "Expected Expenditure to 30-06-24 $'000", "Start"],
        ["Metro West", "Transport", "25,320,000", "9,000,000", "2019"],
        {"budget_fen": 2_532_000_000_000, "start_date": date(2019, 1, 1), "due_date": None},
    ),
    "hong_kong": (
        ["項目編號", "工程項目名稱", "核准預算（百萬港元）", "動工日期", "預計完工日期",
         "進度狀況"],
        ["H01", "啟德體育園", "31,898", "04/2019", "12/2024", "延誤"],
        {"budget_fen": 3_189_800_000_000, "start_date": date(2019, 4, 1),
         "due_date": date(2024, 12, 31), "health_override": "red"},
    ),
    "world_bank": (
        ["Project Id", "Project Name", "Project Closing Date", "Total Project Cost $US"],
        ["P1", "Digital", "12/31/2028 12:00:00 AM", "390000000"],
        {"code": "P1", "due_date": date(2028, 12, 31), "budget_fen": 39_000_000_000},
    ),
    "india": (
        ["Sl. No.", "Name of Project", "Original Cost (Rs. Crore)", "Revised Cost (Rs. Crore)"],
        ["1", "Metro", "23,136.00", "33,405.82"],
        {"name": "Metro", "budget_fen": 33_405_820_000_000},
    ),
    "taiwan": (
        ["專案編號", "專案名稱", "預算(新臺幣千元)", "開始日期", "結束日期", "燈號"],
        ["P01", "智慧校園", "12,000", "113年1月1日", "114/12/31", "綠燈"],
        {"budget_fen": 1_200_000_000, "start_date": date(2024, 1, 1),
         "due_date": date(2025, 12, 31), "health_override": "green"},
    ),
    "china": (
        ["项目名称", "主办行", "预算（万元）", "起止时间", "风险等级"],
        ["智慧停车", "湖北分行", "620", "2026年3月-2027年6月", "低"],
        {"name": "智慧停车", "budget_fen": 620_000_000, "start_date": date(2026, 3, 1),
         "due_date": date(2027, 6, 30), "health_override": "green"},
    ),
}  # fmt: skip


def write(path: Path, header: list[str], row: list[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, row])
    return path


def only(workspace: Workspace) -> Any:
    with workspace.read() as connection:
        return connection.execute(select(table_of(Initiative))).one()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_of_this_shape_is_read_whole(
    workspace: Workspace, tmp_path: Path, shape: str
) -> None:
    header, row, expected = SHAPES[shape]
    path = write(tmp_path / "list.csv", header, row)
    report = run_import(workspace, path).as_json()
    assert report["unreadable"] == []
    found = only(workspace)
    assert {key: getattr(found, key) for key in expected} == expected
    again = run_import(workspace, path).as_json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_an_end_of_its_own_goes_before_that_of_a_span(workspace: Workspace, tmp_path: Path) -> None:
    header = ["项目名称", "起止时间", "完成日期"]
    path = write(tmp_path / "list.csv", header, ["校园", "2026年1月-2026年6月", "2026-09-30"])
    report = run_import(workspace, path).as_json()
    found = only(workspace)
    assert (found.start_date, found.due_date) == (date(2026, 1, 1), date(2026, 9, 30))
    assert [one["text"] for one in report["unreadable"]] == ["2026年1月-2026年6月"]


def test_two_columns_of_tags_are_one_list(workspace: Workspace, tmp_path: Path) -> None:
    header = ["Summary", "Labels", "Labels"]
    path = write(tmp_path / "list.csv", header, ["Parking", "city", "pilot"])
    assert run_import(workspace, path).as_json()["unreadable"] == []
    assert only(workspace).tags == "city,pilot"


def test_dates_of_every_column_are_read_in_the_order_of_the_list(
    workspace: Workspace, tmp_path: Path
) -> None:
    header = ["Project name", "Current finish", "Baseline review"]
    path = write(tmp_path / "list.csv", header, ["Portal", "6/30/2027", "7/1/2021"])
    report = run_import(workspace, path).as_json()
    assert report["new_fields"] == {"Baseline review": "date"}
    with workspace.read() as connection:
        assert connection.scalar(select(table_of(CustomValue).c.value)) == "2021-07-01"
