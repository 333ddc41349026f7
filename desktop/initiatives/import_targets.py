"""What the columns of a list can become, and what lists usually call it."""

from __future__ import annotations

from ecofolio.initiatives.fields import BY_KEY, Field
from ecofolio.initiatives.fields import Kind as FieldKind
from ecofolio.intake.dates import Role
from ecofolio.intake.mapping import Kind, Target

_KINDS = {
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.LONG_TEXT: Kind.LONG_TEXT,
    FieldKind.CHOICE: Kind.CHOICE,
    FieldKind.CHOICES: Kind.CHOICES,
    FieldKind.TAGS: Kind.TAGS,
    FieldKind.DATE: Kind.DATE,
    FieldKind.MONEY: Kind.MONEY,
    FieldKind.UNIT: Kind.REFERENCE,
    FieldKind.DEPARTMENT: Kind.REFERENCE,
    FieldKind.SCENE: Kind.REFERENCE,
    FieldKind.PERSON: Kind.REFERENCE,
}
_SPECIAL = {"code": Kind.CODE, "name": Kind.NAME, "health_override": Kind.RATING}
_ROLES: dict[str, Role] = {"start_date": "start", "due_date": "end", "health_expires": "end"}
_LONGEST = {Kind.LONG_TEXT: 100_000, Kind.TAGS: 1_000, Kind.CODE: 80}

# Most telling first; a bar between two names.
_NAMES: dict[str, str] = {
    "code": (
        "project number|project code|project id|initiative code|initiative id|programme id|"
        "program id|project no|project ref|unique id|identifier|id|reference|ref|key|issue key|"
        "work item id|number|项目编号|项目代码|项目编码|项目号|编号|编码|代码|项目ID|项目序号|"
        "專案編號|專案代碼|項目編號|編號|編碼|代碼|计划编号|立项编号|investment id|"
        "unique investment identifier|uii|project reference|business id|no|"
        "projektnr|projektnummer|projekt id|numéro du projet|code projet|projectnummer"
    ),
    "name": (
        "project name|initiative name|programme name|program name|project title|initiative|"
        "title|investment title|investment name|project|programme|program|name of project|"
        "summary|项目名称|生态项目|生态项目名称|项目|名称|项目名|场景项目|合作项目名称|"
        "專案名稱|項目名稱|名稱|專案|项目标题|标题|標題|任务名称|工程名称|"
        "project or programme name|task name|task|epic|name of initiative|investment|"
        "activity name|activity|"
        "projektname|projekttitel|projektbezeichnung|projekt|vorhaben|nom du projet|"
        "titre du projet|projet|projectnaam|projektnavn|prosjektnavn|projektnamn|"
        "nombre del proyecto|proyecto|nazwa projektu"
    ),
    "description": (
        "description|summary|description aims|aims|objective|objectives|project description|scope|"
        "purpose|overview|summary description|brief description|goals|about|项目描述|项目简介|"
        "简介|描述|项目说明|建设内容|主要内容|项目内容|项目概况|内容|目标|说明|項目描述|"
        "專案描述|專案說明|簡介|建設內容|說明|項目簡介|description of project|"
        "investment description|project summary|"
        "beschreibung|projektbeschreibung|beskrivelse|omschrijving|projectdoel|descripción"
    ),
    "unit_id": (
        "unit|owning unit|branch|organisation unit|business unit|owning branch|organisation|"
        "organization|entity|agency|agency name|delivery agency|sponsoring agency|机构|"
        "所属机构|分行|主办行|责任单位|主责单位|牵头单位|单位|经办行|牵头机构|实施单位|"
        "建设单位|承办单位|申报单位|機構|所屬機構|責任單位|牽頭單位|單位|主辦行|承辦單位|"
        "分支机构|所属分行|institution|"
        "implementing agency|executing agency|主办机构|牵头分行|所在机构|管理机构|一级分行|"
        "归属机构|behörde|myndighed|uitvoeringsorganisatie|organisatie|organisme|bureau"
    ),
    "department_id": (
        "department|dept|ministry|division|lead department|department name|"
        "sponsoring department|owning department|directorate|portfolio department|"
        "responsible department|department or agency|部门|牵头部门|主管部门|责任部门|条线|"
        "业务条线|主办部门|负责部门|归口部门|部門|牽頭部門|主管部門|責任部門|條線|負責部門|"
        "sponsoring ministry|lead ministry|parent department|"
        "ministerium|ressort|ministère|ministerie|ministerio|ministerstwo"
    ),
    "scene_id": (
        "scene|scenario|ecosystem|ecosystem scene|生态场景|场景|场景类型|场景类别|场景名称|"
        "場景|生態場景|場景類型|所属场景|sector scene"
    ),
    "lead_segment": (
        "lead segment|segment|customer segment|customer group|primary segment|gbc|客群|"
        "主要客群|服务客群|客户类型|客群分类|G/B/C|主客群|目标客群|客群類型|主要客戶群|牵头客群"
    ),
    "other_segments": (
        "other segments|secondary segments|additional segments|其他客群|其它客群|联动客群|"
        "其他客户群|次要客群"
    ),
    "batch": "batch|wave|tranche|三个一批|批次|所属批次|三個一批|类别批次|推进批次",
    "circle": "circle|ecosystem circle|圈层|大小圈|大圈小圈|圈層|生态圈类型",
    "origin": "origin|direction|initiated by|发起方式|来源方式|发起方|發起方式|推动方式|项目来源",
    "build_mode": (
        "build mode|mode|construction mode|建设方式|建设模式|建設方式|建設模式|合作模式"
    ),
    "levers": "levers|lever|modernisations|six modernisations|六化|六化方向|六化举措",
    "stage": (
        "stage|project stage|phase|project phase|lifecycle stage|life cycle stage|"
        "current stage|project status|status|state|gate|阶段|项目阶段|当前阶段|进度阶段|"
        "项目状态|状态|階段|專案階段|項目階段|狀態|专案状态|current phase|delivery stage|"
        "investment stage|"
        "lifecycle phase|delivery phase|progress status|项目进展|进展|进度|進度|"
        "projektphase|phase du projet|projektfase|projectfase|projektstatus|projectstatus|statut"
    ),
    "loop_phase": "loop phase|loop|闭环|闭环阶段|閉環|閉環階段",
    "lead_id": (
        "lead|project lead|squad lead|project manager|manager|owner|responsible|assignee|"
        "assigned to|programme manager|program manager|pm|project leader|contact|"
        "person responsible|负责人|项目负责人|项目经理|牵头人|责任人|联系人|经办人|負責人|"
        "專案負責人|專案經理|項目經理|項目負責人|聯絡人|senior responsible owner|sro|"
        "project director|"
        "projektleiter|projektleitung|verantwortlich|responsable|chef de projet|"
        "projectleider|projektleder"
    ),
    "sponsor_id": (
        "sponsor|executive sponsor|project sponsor|business owner|accountable|minister|发起人|"
        "分管领导|项目发起人|分管行领导|主管领导|發起人|分管領導|responsible minister"
    ),
    "partner_names": (
        "partners|partner|partner names|supplier|vendor|contractor|main supplier|"
        "prime contractor|合作方|合作伙伴|合作单位|合作机构|供应商|承包商|合作夥伴|合作單位|"
        "供應商"
    ),
    "start_date": (
        "start date|start|project start|planned start|planned start date|project start date|"
        "begin|begin date|commencement|commencement date|actual start date|start of project|"
        "launch date|kick off|from|activated date|created date|开始日期|开始时间|启动日期|"
        "启动时间|开工日期|计划开始|计划开始日期|计划开始时间|起始日期|立项时间|立项日期|"
        "開始日期|開始時間|啟動日期|計劃開始|开始|approved start date|date started|"
        "award date|award|approval date|board approval date|立项|起始时间|开工时间|计划启动时间|"
        "起始|"
        "起止时间|起止日期|起止年限|建设周期|建设期限|建设起止年限|项目周期|实施周期|实施期限|"
        "起訖日期|"
        "動工日期|动工日期|动工时间|timeline|project period|implementation period|project dates|"
        "startdatum|projektstart|projektbeginn|beginn|date de début|fecha de inicio|startdato|"
        "data rozpoczęcia"
    ),
    "due_date": (
        "due date|end date|end|finish|finish date|project end|project end date|planned end|"
        "planned end date|planned finish|completion date|planned completion date|target date|"
        "target completion date|expected completion date|estimated completion date|completion|"
        "due|deadline|project completion date|scheduled completion date|"
        "forecast completion date|current completion date|to|closed date|finished date|"
        "approved end date|结束日期|结束时间|完成日期|完成时间|计划完成|计划完成日期|"
        "计划完成时间|预计完成时间|计划结束日期|计划结束时间|到期日|截止日期|竣工日期|结束|"
        "上线时间|計劃完成|預計完成日期|結束日期|結束時間|完成時間|expected end date|"
        "anticipated completion date|revised completion date|"
        "in service date|expected completion|go live|go live date|target go live|planned go live|"
        "closing date|project closing date|"
        "end of project|到期|到期时间|到期日期|完工|完工日期|完工时间|竣工时间|竣工|预计完成|"
        "预计上线|"
        "预计上线时间|计划上线时间|上线日期|投产日期|投产时间|截止时间|截止|结项日期|结项时间|"
        "到期時間|完工日期|上線日期|預計上線|"
        "enddatum|einddatum|projektende|ende|date de fin|date d'achèvement|fecha de fin|slutdato|"
        "forventet afslutning|data zakończenia"
    ),
    "budget_fen": (
        "whole life cost|whole life costs|whole of life cost|whole life cost baseline|wlc baseline|"
        "wlc baseline incl ncg|wlc|"
        "total budget|approved budget|project budget|budget|budget total|total cost|"
        "total project cost|lifecycle cost|life cycle cost|total estimated cost|"
        "estimated total cost|whole of life cost|estimated cost|project cost|"
        "total approved budget|planned cost|total planned cost|current total cost|"
        "total investment|investment amount|funding|total funding|approved funding|cost|amount|"
        "value|project value|预算|总预算|项目预算|预算金额|预算总额|投资总额|总投资|投资金额|"
        "项目金额|金额|费用|总费用|批复预算|全周期预算|預算|總預算|專案預算|預算金額|投資總額|"
        "總投資|金額|費用|计划投资|投入|"
        "contract value|approved cost|current budget|revised budget|whole of life cost wolc|wolc|"
        "项目总投资|项目总预算|投资额|投资规模|总金额|合同金额|預算總額|專案預算總額|投資金額|"
        "gesamtkosten|gesamtbudget|kosten|coût total|coût estimé|coût|samlede projektudgifter|"
        "geschatte kosten|totale kosten|presupuesto|budżet"
    ),
    "health_override": (
        "health|rag|rag status|rag rating|overall rag|overall rating|colour rating|"
        "color rating|rating|delivery confidence|delivery confidence assessment|dca|ipa rating|"
        "overall health|overall status|health status|project health|traffic light|status|"
        "performance|project performance|confidence|status colour|current rating|健康度|"
        "健康状态|灯|红绿灯|亮灯|项目状态|状态|预警|预警等级|进展状态|健康狀態|紅綠燈|燈號|"
        "狀態|風險燈號|评级|評級|亮灯情况|"
        "cio rating|risk rating|overall risk rating|confidence level|进度状况|進度狀況|进度情况|"
        "推进情况|风险等级|风险评级|风险状态|"
        "信心|"
        "evaluation by agency cio|cio evaluation|ampel|ampelstatus|trafiklys|stoplicht|météo|"
        "semáforo"
    ),
    "health_reason": (
        "rating comment|reason for the override|health reason|rag comment|rag reason|"
        "status reason|reason for rating|rating reason|亮灯原因|预警原因|评级说明|亮灯说明|"
        "預警原因|燈號原因"
    ),
    "health_expires": "override expires|rating valid until|评级有效期",
    "tags": "tags|tag|labels|keywords|标签|标签词|关键词|標籤|關鍵字",
}
_AVOID: dict[str, str] = {
    "code": "name title phone postcode parent 父 上级",
    "name": (
        "manager owner number id code lead sponsor department status date cost budget agency "
        "file 负责人 经理 编号 日期 预算 金额 负责 编码 状态 阶段 来源 类型 部门 单位 人 進度 "
        "进度 分类"
    ),
    "description": "status schedule budget rating variance 状态 进度 进展 變更 变更",
    "unit_id": "price cost number amount",
    "department_id": "comment",
    "stage": "comment date rag 说明 日期 time health",
    "lead_id": (
        "comment time segment department agency ministry 部门 单位 机构 客群 email phone 电话"
    ),
    "sponsor_id": "department agency ministry 部门 单位",
    "start_date": (
        "comment commentary narrative variance end finish actual month baseline original "
        "initial cost expenditure budget spend amount 说明 备注 实际 投资 金额"
    ),
    "due_date": (
        "comment commentary narrative variance start began actual baseline original initial "
        "oorspronkelijke "
        "cost expenditure budget spend amount 说明 备注 实际 开始 投资 金额"
    ),
    "budget_fen": (
        "initiële comment commentary narrative explanation yearly annual year variance spend spent "
        "actual remaining forecast paid quarter monthly expenditure 年度 本年 当年 说明 备注 "
        "已支出 支出 剩余 执行率 偏差 已用 完成 累计"
    ),
    "health_override": (
        "comment commentary narrative reason previous last prior explanation date 原因 说明 "
        "上期 日期"
    ),
    "health_reason": "date",
}


def _target(key: str) -> Target:
    field: Field = BY_KEY[key]
    kind = _SPECIAL.get(key) or _KINDS[field.kind]
    return Target(
        key,
        field.title,
        kind,
        tuple(_NAMES.get(key, "").split("|")) if key in _NAMES else (),
        tuple(_AVOID.get(key, "").split()),
        field.vocabulary,
        _ROLES.get(key),
        _LONGEST.get(kind, 500),
    )


TARGETS: tuple[Target, ...] = tuple(
    _target(key) for key, field in BY_KEY.items() if field.kind in _KINDS
)
TARGET_BY_KEY = {target.key: target for target in TARGETS}
