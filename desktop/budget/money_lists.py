"""Reading lists of money: which columns there are, and what each of their lines says.

A bank's own expense export will do: without a kind, every line is a spend.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.budget.operations import Holder
from ecofolio.budget.queries import CATEGORY, INITIATIVE, UNIT
from ecofolio.intake.dates import date_reader
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping, Target, fitted
from ecofolio.intake.money import Unit, money_reader, number_reader
from ecofolio.intake.names import normal
from ecofolio.intake.proposing import known_headers, propose
from ecofolio.intake.reading import Book, Cell
from ecofolio.intake.table import Skipped, Table, choose_table
from ecofolio.intake.values import Reader, Reason, cell_text, read_line
from ecofolio.text import N_, _
from ecofolio.vocabulary import CATEGORIES, Move, category_label

_INITIATIVE = (
    "initiative|initiative code|initiative id|project|project code|project number|project id|"
    "project name|initiative name|cost object|项目|项目编号|项目代码|项目名称|生态项目|"
    "生态项目编号|立项编号|核算项目|專案|專案編號|項目編號|項目名稱"
)
_NAMES: dict[str, str] = {
    "date": (
        "date|posting date|document date|voucher date|booking date|transaction date|payment date|"
        "日期|记账日期|凭证日期|报销日期|付款日期|交易日期|发生日期|記帳日期|憑證日期|付款日期"
    ),
    "kind": "kind|type|operation|movement|transaction type|业务类型|操作|类型|資金操作|業務類型",
    "amount": (
        "amount|sum|value|amount yuan|payment|paid|expense|expenditure|net amount|金额|支出金额|"
        "报销金额|付款金额|发生额|费用金额|支出|金額|付款金額|费用|發生額|debit|debit amount|"
        "withdrawal|借方|借方金额|借方发生额|借方金額|借方發生額"
    ),
    "back": (
        "credit|credit amount|refund|refunded|money back|deposit|income|received|贷方|贷方金额|"
        "贷方发生额|退款|退款金额|冲销金额|收入|收入金额|貸方|貸方金額|貸方發生額|沖銷金額"
    ),
    "direction": (
        "direction|debit credit|debit or credit|dr cr|d c|方向|借贷方向|借贷标志|收支方向|收支|"
        "借貸方向|借貸標誌"
    ),
    "reverses": (
        "reverses|reversal of|reversed document|original document|original voucher|冲销凭证|"
        "冲销凭证号|原凭证号|原单号|沖銷憑證|原憑證號|原單號"
    ),
    "file": (
        "attachment|attached file|file|file name|scan|附件|附件名|附件文件|影像文件|文件名|檔案"
    ),
    "unit": (
        "unit|branch|cost centre|cost center|paying unit|机构|分行|成本中心|经办机构|付款单位|機構"
    ),
    "source": "from|source|paid from|giver|来源|付出方|调出方|来源方|來源|調出方",
    "target": "to|target|receiver|recipient|去向|收入方|调入方|收款项目|去向方|調入方",
    "number": (
        "document number|voucher number|voucher|document|document no|voucher no|reference|ref|"
        "invoice|invoice number|凭证号|单据号|凭证编号|单号|报销单号|发票号|憑證號|單據號|單號"
    ),
    "memo": (
        "memo|description|text|purpose|note|remark|summary|details|摘要|说明|用途|备注|事由|說明|備註"
    ),
    "category": (
        "category|cost category|expense category|cost type|expense type|费用类别|费用类型|科目|"
        "类别|支出类别|費用類別|類別|预算科目|科目名称"
    ),
    "partner": (
        "partner|supplier|vendor|payee|contractor|合作方|供应商|收款方|收款单位|合作單位|供應商"
    ),
    "contract": (
        "contract|contract number|contract no|agreement|合同号|合同编号|合同|合約編號|合同號"
    ),
    "commitment": "commitment|commitment number|commitment id|承诺编号|承诺|承諾|承諾編號",
}
_ASKS: dict[str, str] = {
    "ask": (
        "ask|asks|request|requested|amount asked|amount requested|申请金额|申请|申請金額|需求金额"
    ),
    "score": "score|total score|points|得分|评分|分数|評分|得分合计",
    "grade": "grade|rating|class|等级|评级|等級|評級",
    "input_output": (
        "input output|input–output|output per yuan|ratio|投入产出|投入产出比|投入產出比"
    ),
}
_PLAN: dict[str, str] = {
    "category": _NAMES["category"],
    "month": "month|period|planned month|月份|月|计划月份|期间|計劃月份|期間",
    "amount": _NAMES["amount"] + "|plan|planned|budget|planned amount|计划金额|预算|計劃金額|預算",
}
_TITLES: dict[str, str] = {
    "date": N_("Date"),
    "kind": N_("What"),
    "amount": N_("Amount"),
    "back": N_("Money back"),
    "direction": N_("Debit or credit"),
    "reverses": N_("Reversed document"),
    "file": N_("Attachment"),
    "unit": N_("Unit"),
    "source": N_("From"),
    "target": N_("To"),
    "number": N_("Document number"),
    "memo": N_("Memo"),
    "category": N_("Category"),
    "partner": N_("Partner"),
    "contract": N_("Contract"),
    "commitment": N_("Commitment"),
    "ask": N_("Ask"),
    "score": N_("Score"),
    "grade": N_("Grade"),
    "input_output": N_("Input–output"),
    "month": N_("Month"),
}
_MONEY = ("amount", "back", "ask")
_KINDS = {"date": Kind.DATE, **dict.fromkeys(_MONEY, Kind.MONEY)}
_MOVES: dict[str, Move] = {
    word: move
    for move, words in {
        Move.GRANT: "grant|拨款|撥款|总拨款",
        Move.BASE: "base|base allocation|allocation|基础配置|基礎配置",
        Move.SUPPLEMENT: "supplement|追加补助|追加補助|补助|追加",
        Move.TRANSFER: "transfer|调剂|調劑|划转|調撥|调拨",
        Move.COMMIT: "commit|commitment|committed|承诺|已承诺|签约|承諾|簽約",
        Move.SPEND: "spend|spent|expense|payment|支出|已支出|付款|报销|報銷",
        Move.RELEASE: "release|released|释放|解除|釋放",
        Move.GIVE_BACK: "give back|give-back|return|returned|退回|交回|上缴|上繳",
        Move.REVERSAL: "reversal|reversed|reverse|refund|冲销|红冲|冲账|退款|沖銷|紅沖|沖帳",
    }.items()
    for word in words.split("|")
}
_OUTWARD = {
    **dict.fromkeys(("debit", "dr", "d", "out", "paid", "借", "借方", "付", "支", "支出"), True),
    **dict.fromkeys(("credit", "cr", "c", "in", "received", "贷", "贷方", "貸", "貸方"), False),
    **dict.fromkeys(("收", "收入", "退款", "refund"), False),
}
_CATEGORIES: dict[str, str] = {
    word: code
    for code, words in {
        "system_build": "系统建设|系統建設|系统开发|it|software|development|软件开发",
        "equipment": "设备|設備|设备采购|hardware|硬件",
        "marketing": "营销|營銷|市场营销|行銷|advertising|promotion|宣传|推广",
        "subsidy": "补贴|補貼|补助|subsidies|客户补贴",
        "operation": "运营|營運|运维|operations|运营费用",
        "training": "培训|培訓",
        "other": "其他|其它|其他费用|misc|miscellaneous",
    }.items()
    for word in words.split("|")
}


def _targets(names: Dict[str, str]) -> tuple[Target, ...]:
    first = Target("initiative", N_("Initiative"), Kind.NAME, tuple(_INITIATIVE.split("|")))
    rest = (
        Target(key, _TITLES[key], _KINDS.get(key, Kind.TEXT), tuple(words.split("|")))
        for key, words in names.items()
    )
    return (first, *rest)


OPERATIONS = _targets(_NAMES)
ASKS = _targets(_ASKS)
PLANS = _targets(_PLAN)


@dataclass(frozen=True)
class Line:
    """One line of a list: what was read, by target; `wrong` says what could not be."""

    row: int
    values: dict[str, Any]
    wrong: str | None = None


@dataclass(frozen=True)
class Read:
    """A list: its lines, what its columns were taken for, and the rows that are none of it."""

    lines: list[Line]
    columns: dict[str, str]  # the column's name by target
    skipped: list[Skipped]
    sheet: str
    mapping: Mapping  # what each column was taken for


def read_list(
    book: Book,
    targets: Sequence[Target],
    currency: str,
    *,
    mapping: Mapping | None = None,
    sheet: str | None = None,
) -> Read:
    """A book's list; `InputError` where there is none. A saved mapping goes before a guess."""
    table = choose_table(book, known_headers(targets), sheet=sheet)
    proposed = propose(table, targets)
    chosen = fitted(mapping, proposed, table) if mapping else proposed
    signed = any(target.key == "back" for target in targets)
    readers = _readers(table, chosen, currency, signed=signed)
    lines = [
        _line(number, row, readers)
        for number, row in zip(table.row_numbers, table.rows, strict=True)
        if any(cell is not None and cell_text(cell) for cell in row)
    ]
    columns = {target: name for target, (_place, name, _read) in readers.items()}
    return Read(lines, columns, table.skipped, table.sheet, chosen)


def read_lines(book: Book, targets: Sequence[Target], currency: str) -> list[Line]:
    """Every line of a book's list; `InputError` where there is no list."""
    return read_list(book, targets, currency).lines


def _readers(
    table: Table, chosen: Mapping, currency: str, *, signed: bool
) -> dict[str, tuple[int, str, Reader]]:
    """By target: the place of its column, the column's name, and how its cells are read."""
    found: dict[str, tuple[int, str, Reader]] = {}
    for place, column in enumerate(table.columns):
        choice = chosen.of(column)
        if choice is None or choice.becomes is not Becomes.FIELD or choice.target in found:
            continue
        assert choice.target is not None
        reader = _reader(choice.target, choice, currency, signed)
        found[choice.target] = (place, column.name, reader)
    return found


def _reader(target: str, choice: Choice, currency: str, signed: bool) -> Reader:
    if target == "date":
        return date_reader(choice.date_order)
    if target in _MONEY:
        unit = Unit(choice.scale, choice.currency)
        return money_reader(currency, unit, choice.decimal, exact=True, signed=signed)
    if target == "direction":
        return _read_direction
    if target in ("score", "input_output"):
        return number_reader(choice.decimal)
    if target == "month":
        return lambda cell: cell  # a date, or a word for a month: the reader of plans knows both
    return read_move if target == "kind" else read_line


def _read_direction(cell: Cell) -> object:
    """Whether money went out: True, False, or why it is not known."""
    word = normal(cell_text(cell))
    return _OUTWARD[word] if word in _OUTWARD else Reason(_("is neither debit nor credit"))


def _line(number: int, row: Sequence[Cell], readers: Dict[str, tuple[int, str, Reader]]) -> Line:
    values: dict[str, Any] = {}
    for target, (place, name, reader) in readers.items():
        cell = row[place]
        if cell is None or not cell_text(cell):
            continue
        value = reader(cell)
        if isinstance(value, Reason):
            wrong = _("{column}: “{text}” {reason}.").format(
                column=name, text=cell_text(cell)[:60], reason=value.text
            )
            return Line(number, values, wrong)
        values[target] = value
    return Line(number, values)


def read_move(cell: Cell) -> object:
    """What a line does, by the words that lists use for it."""
    word = normal(cell_text(cell))
    for move in Move:
        if word in (normal(move.value), normal(move.label), normal(move.english)):
            return move
    found = _MOVES.get(word) or _MOVES.get(word.replace(" ", ""))
    return found or Reason(_("is no kind of posting"))


# --- who is meant ----------------------------------------------------------------------------


class Directory:
    """Units, initiatives and categories by every name that a list may use."""

    def __init__(self, connection: Connection) -> None:
        self._units = _by_name(connection, UNIT)
        self._initiatives = _by_name(connection, INITIATIVE)
        self._categories = {**_CATEGORIES, **{normal(code): code for code in CATEGORIES}}
        self._categories |= {normal(category_label(code, None)): code for code in CATEGORIES}
        self._categories |= {normal(title): code for code, title in CATEGORIES.items()}
        for row in connection.execute(select(CATEGORY.c.code, CATEGORY.c.name)).all():
            self._categories[normal(row.code)] = row.code
            self._categories[normal(category_label(row.code, row.name))] = row.code

    def initiative(self, name: str) -> int | str:
        """The initiative that is meant, or why it is not known, in a sentence."""
        return self._one(
            self._initiatives.get(normal(name), set()),
            _("There is no initiative “{name}”.").format(name=name),
            _("Several initiatives are called “{name}”: use the code.").format(name=name),
        )

    def unit(self, name: str) -> int | str:
        """The unit that is meant, or why it is not known, in a sentence."""
        return self._one(
            self._units.get(normal(name), set()),
            _("There is no unit “{name}”.").format(name=name),
            _("Several units are called “{name}”: use the code.").format(name=name),
        )

    def holder(self, name: str) -> Holder | str:
        """The unit or initiative that is meant, or why it is not known, in a sentence."""
        key = normal(name)
        own, units = self._initiatives.get(key, set()), self._units.get(key, set())
        if own and units:
            return _("Both a unit and an initiative are called “{name}”: use the code.").format(
                name=name
            )
        if own:
            found = self.initiative(name)
            return found if isinstance(found, str) else Holder("initiative", found)
        if units:
            found = self.unit(name)
            return found if isinstance(found, str) else Holder("unit", found)
        return _("There is no unit or initiative “{name}”.").format(name=name)

    def category(self, name: str) -> str | None:
        """The code of the category that is meant."""
        return self._categories.get(normal(name))

    @staticmethod
    def _one(found: set[int], none: str, several: str) -> int | str:
        if not found:
            return none
        return next(iter(found)) if len(found) == 1 else several


def _by_name(connection: Connection, table: Any) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    codes: dict[str, int] = {}
    query = select(table.c.id, table.c.code, table.c.name)
    for row in connection.execute(query).all():
        codes[normal(row.code)] = row.id
        found.setdefault(normal(row.name), set()).add(row.id)
    # a code is one record's only, whatever others are called
    return found | {code: {identity} for code, identity in codes.items()}
