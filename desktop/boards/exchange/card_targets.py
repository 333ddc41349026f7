"""What the columns of foreign lists can become: a card's parts, or those of an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ecofolio.boards.exchange.linking import direction
from ecofolio.boards.exchange.moments import has_clock
from ecofolio.intake.headers import is_blank
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping, Target
from ecofolio.intake.names import normal
from ecofolio.intake.proposing import name_score, propose
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Table, letters
from ecofolio.intake.values import Reason, read_number
from ecofolio.text import N_, _
from ecofolio.vocabulary import FieldType, ServiceClass

MOMENTS = ("created", "started", "finished", "resolved", "entered")
_STAGES = 3  # so many columns of dates and no status: a column for each stage of the work
SURE = 91.0  # of 100: a header that names a target in so many words


def _target(key: str, title: str, kind: Kind, names: str, avoid: str = "", **more: Any) -> Target:
    return Target(key, title, kind, tuple(names.split("|")), tuple(avoid.split()), **more)


# the most telling names first; a bar between two
TARGETS: tuple[Target, ...] = (
    _target(
        "key",
        N_("Key"),
        Kind.CODE,
        "issue key|key|id|work item id|card id|ticket|task id|number|编号|卡片编号|任务编号|單號|"
        "问题关键字|问题键值|事务编号|事务key|关键字|密钥|任务id|工单号|需求编号|需求id|缺陷编号|"
        "議題鍵值|議題編號|任務編號|vorgangsschlüssel|schlüssel|vorgangs id|clé|clave|キー|"
        "課題キー",
        "parent project name title event assignee user sprint 项目 父",
        longest=80,
    ),
    _target(
        "title",
        N_("Title"),
        Kind.NAME,
        "summary|title|card name|task name|name|subject|card|task|标题|名称|任务名称|主题|標題|"
        "概要|摘要|任务标题|需求名称|事务标题|任務名稱|zusammenfassung|titel|résumé|titre|resumen|"
        "título|要約",
        "project assignee status date id key type list bucket board plan user 项目",
    ),
    _target(
        "status",
        N_("Column"),
        Kind.TEXT,
        "status|state|current state|schedule state|workflow state|column|"
        "list name|list|board column|bucket name|bucket|section column|状态|"
        "列|阶段|所属列表|任务列表|看板列|列表|狀態|階段|état|estado|ステータス",
        "category date changed change time done task blocker",
        longest=80,
    ),
    _target(
        "progress",
        N_("Progress"),
        Kind.TEXT,
        "progress|completion|percent complete|complete|任务状态|完成状态|完成情况|进度|進度|完成度",
        "date by items time",
        longest=80,
    ),
    _target(
        "created",
        N_("Created"),
        Kind.DATE,
        "created|created date|creation date|created at|date created|opened|reported|创建时间|"
        "创建日期|新建时间|提出时间|建立日期|建立時間|erstellt|date de création|création|creada|"
        "fecha de creación|作成日",
        "by",
    ),
    _target(
        "started",
        N_("Started"),
        Kind.DATE,
        "activated date|started|start date|start|in progress date|begin|commitment date|"
        "actual start|开始时间|开始日期|启动日期|实际开始时间|實際開始|開始日期|startdatum|"
        "date de début",
        "by planned 计划 預計 预计",
    ),
    _target(
        "finished",
        N_("Finished"),
        Kind.DATE,
        "closed date|finished date|done date|completed date|date closed|date done|date completed|"
        "completed at|closed at|completion date|accepted date|accepted at|completed|"
        "finished|closed|end date|actual end|完成时间|完成日期|"
        "关闭时间|结束日期|关闭日期|实际完成时间|完成時間|abgeschlossen",
        "by planned items checklist 计划 预计",
    ),
    _target(
        "resolved",
        N_("Resolved"),
        Kind.DATE,
        "resolved|resolved date|resolution date|date resolved|已解决|解决时间|解决日期|已解決|"
        "erledigt|résolue|resuelta|解決日",
        "by",
    ),
    _target(
        "entered",
        N_("In its column since"),
        Kind.DATE,
        "state change date|status changed|status change date|date of status change|"
        "status category changed|状态变更时间|状态更新时间",
        "by",
    ),
    _target("stage", N_("Came into a column of this name"), Kind.DATE, "stage date"),
    _target(
        "due",
        N_("Due date"),
        Kind.DATE,
        "due date|due|deadline|target date|截止日期|截止时间|到期日|到期时间|限期|計畫完成日|"
        "计划完成时间|截止時間|fälligkeitsdatum|fällig|date d'échéance|échéance|"
        "fecha de vencimiento|期限",
    ),
    _target(
        "assignee",
        N_("Assignee"),
        Kind.REFERENCE,
        "assignee|assignees|assigned to|assign|owned by|owner|responsible|members|"
        "负责人|经办人|执行人|执行者|指派给|"
        "處理人|处理人|負責人|經辦人|bearbeiter|zugewiesene person|responsable|attribué à|"
        "persona asignada|担当者",
        "id",
    ),
    _target(
        "labels",
        N_("Labels"),
        Kind.TAGS,
        "labels|tags|label|tag|标签|標籤|stichwörter|étiquettes|etiquetas|ラベル",
        longest=1_000,
    ),
    _target(
        "size",
        N_("Size"),
        Kind.TEXT,
        "story points|custom field story points|size|points|estimate|effort|story point estimate|"
        "故事点|规模|工作量|估算|故事點",
        "date remaining original time",
        longest=40,
    ),
    _target(
        "service",
        N_("Class of service"),
        Kind.CHOICE,
        "class of service|service class|服务类别|服务等级",
        vocabulary=ServiceClass,
    ),
    _target(
        "checklist",
        N_("Checklist"),
        Kind.LONG_TEXT,
        "checklist items|checklist|subtasks|检查项|检查清单|子任务|清单",
        "completed count",
        longest=100_000,
    ),
    _target(
        "blocks",
        N_("Blocks"),
        Kind.TEXT,
        "blocks|blocking|is blocking|successor|successors|阻塞|阻碍|后置任务|后续任务|後續任務",
        longest=1_000,
    ),
    _target(
        "blocked_by",
        N_("Blocked by"),
        Kind.TEXT,
        "blocked by|is blocked by|depends on|predecessor|predecessors|被阻塞|被阻碍|依赖|依赖于|"
        "前置任务|前置任務",
        longest=1_000,
    ),
    _target(
        "comment",
        N_("Comment"),
        Kind.LONG_TEXT,
        "comment|comments|评论|備註留言|kommentar|commentaire|コメント",
        "count number",
        longest=100_000,
    ),
    _target(
        "description",
        N_("Description"),
        Kind.LONG_TEXT,
        "description|card description|notes|details|描述|说明|备注|内容|描述信息|說明|備註|"
        "beschreibung|descripción|説明",
        "project",
        longest=100_000,
    ),
)

EVENTS: tuple[Target, ...] = (
    _target(
        "case",
        N_("Card"),
        Kind.CODE,
        "case:concept:name|case id|caseid|case|trace|issue key|key|work item id|card id|card|"
        "ticket id|ticket|item id|案件|案例|工单号|卡片|单号|编号|issue|id|流水号|业务编号|"
        "案件編號|vorgang|fall id|问题关键字",
        "parent project event user person sprint plan org",
    ),
    _target(
        "activity",
        N_("Column"),
        Kind.TEXT,
        "concept:name|activity|event|to status|new status|status to|to|to state|new state|"
        "new value|to string|column|list|state|status|stage|环节|活动|新状态|状态|節點|节点|步骤|"
        "环节名称|活動|狀態|aktivität|schritt|activité|actividad",
        "id time date timestamp resource from old instance type",
    ),
    _target(
        "time",
        N_("Time"),
        Kind.DATE,
        "time:timestamp|timestamp|time|completed timestamp|complete timestamp|start timestamp|"
        "changed|change date|date of change|transition date|created|date|when|at|时间|发生时间|"
        "日期|時間|处理时间|操作时间|entered|进入|進入|zeitpunkt|zeit|horodatage",
        "by end spent duration",
    ),
    _target(
        "resource",
        N_("Person"),
        Kind.REFERENCE,
        "org:resource|resource|author|changed by|user|by|actor|who|操作人|处理人|人员|經辦人|"
        "处理人员|bearbeiter",
        "country id cost",
    ),
    _target(
        "title", N_("Title"), Kind.NAME, "case:title|title|summary|subject|标题|名称|標題|概要"
    ),
    _target(
        "before",
        N_("Column before"),
        Kind.TEXT,
        "from status|old status|status from|from|from state|old state|old value|from string|原状态",
    ),
    _target("field", N_("What changed"), Kind.TEXT, "field|changed field|field name|变更字段|字段"),
    _target(
        "created",
        N_("Created"),
        Kind.DATE,
        "case created|issue created|created|created date|创建时间",
        "by",
    ),
)
LINKS = ("blocks", "blocked_by")
BY_KEY = {target.key: target for target in TARGETS}
EVENT_BY_KEY = {target.key: target for target in EVENTS}


def proposed(table: Table) -> Mapping:
    """What becomes of each column of a list of cards, to be corrected by a person."""
    mapping = propose(table, [target for target in TARGETS if target.key not in LINKS])
    filled = {choice.target for choice in mapping.choices}
    choices = []
    for place, choice in enumerate(mapping.choices):
        if choice.target == "progress" and "status" not in filled and _has_words(table, place):
            choice = replace(choice, target="status")
        if choice.target == "status" and _is_unnamed(table, place):
            choice = replace(choice, becomes=Becomes.CUSTOM, target=None, type=FieldType.TEXT)
        link = None if choice.becomes is Becomes.LEAVE_OUT else _link(choice.header)
        if link is not None:
            choice = replace(choice, becomes=Becomes.FIELD, target=link, type=None)
        elif choice.becomes is Becomes.CUSTOM and _comes_again(mapping, choice):
            choice = replace(choice, title=choice.header, type=FieldType.TEXT)
        elif choice.type is FieldType.DATE and any(map(has_clock, table.values(place))):
            choice = replace(choice, type=FieldType.TEXT)  # a day alone would drop the time
        choices.append(choice)
    _measure(table, choices)
    if len(choices) == 1 and choices[0].target not in ("title", "key"):  # a list of lines
        choices = [replace(choices[0], becomes=Becomes.FIELD, target="title", type=None)]
    stages = [one for one in choices if one.type is FieldType.DATE]
    if len(stages) >= _STAGES and not {"status", *MOMENTS} & filled:
        choices = [
            replace(one, becomes=Becomes.FIELD, target="stage", type=None) if one in stages else one
            for one in choices
        ]
    return replace(mapping, choices=tuple(choices))


def _measure(table: Table, choices: list[Choice]) -> None:
    """Take the size from numbers: sizes in words, S, M and L, are a field of their own."""
    for place, choice in enumerate(choices):
        if choice.target != "size" or any(map(is_number, _filled(table, place))):
            continue
        choices[place] = replace(
            choice, becomes=Becomes.CUSTOM, target=None, type=FieldType.TEXT, title=choice.header
        )
        for other, one in enumerate(choices):
            score = name_score(one.header, BY_KEY["size"])
            if one.type is FieldType.NUMBER and score > SURE - 5 and any(_filled(table, other)):
                choices[other] = replace(one, becomes=Becomes.FIELD, target="size", type=None)
                return


def _filled(table: Table, place: int) -> list[Cell]:
    return [cell for cell in table.values(place) if not is_blank(cell)]


def _is_unnamed(table: Table, place: int) -> bool:
    """Whether a column has no header of its own: `Column B` is none that speaks of columns."""
    column = table.columns[place]
    return column.header == _("Column {place}").format(place=letters(column.source))


def _link(header: str) -> str | None:
    """What kind of links a column holds by its very name: one that is only like it may be
    another kind, as Jira's `Outward issue link (Cloners)`."""
    named = (key for key in LINKS if normal(header) in map(normal, BY_KEY[key].synonyms))
    return direction(header) or next(named, None)


def _comes_again(mapping: Mapping, choice: Choice) -> bool:
    """Whether several columns have this header: together they are one field, as Jira's sprints."""
    return sum(one.header == choice.header for one in mapping.choices) > 1


def _has_words(table: Table, place: int) -> bool:
    return any(isinstance(cell, str) and not is_number(cell) for cell in table.values(place))


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number or a percentage rather than a word."""
    return not isinstance(read_number(cell), Reason)


def why(header: str, target: Target) -> str:
    """What makes a column a target's, in a word or two."""
    score = SURE if _link(header) == target.key else name_score(header, target)
    if score >= SURE:
        return _("by its name")
    return _("its name is like it") if score else _("by what is in it")
