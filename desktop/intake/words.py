"""The words by which lists name the terms of the vocabularies, in English and Chinese.

Labels of the program's own catalogue are matched as well; these are the other usual ones.
"""

from __future__ import annotations

from functools import cache

from ecofolio import vocabulary as v
from ecofolio.intake.names import normal
from ecofolio.text import LANGUAGES, using

_WORDS: dict[type[v.Term], dict[str, str]] = {
    v.Segment: {
        "G": "government|public sector|gov|政府|政务|政務|机构|機構|G端|政府客群|政府客户",
        "B": "business|corporate|enterprise|company|企业|企業|对公|對公|公司|B端|企业客群|商户",
        "C": "consumer|retail|personal|individual|个人|個人|零售|对私|C端|个人客群|居民|消费者",
    },
    v.Batch: {
        "full_rollout": "full rollout|full roll out|全面推进|全面推進|全面推广|全面推廣",
        "breakthrough": "breakthrough|重点突破|重點突破|regional speciality",
        "incubation": "incubation|incubating|创新孵化|創新孵化|孵化",
    },
    v.Circle: {"big": "big circle|large|大圈", "small": "small circle|小圈"},
    v.Origin: {
        "top_down": "top down|head office|自上而下|总行发起|總行發起",
        "bottom_up": "bottom up|branch|自下而上|分行发起|分行發起",
    },
    v.BuildMode: {
        "service_integration": "service integration|服务整合|服務整合|引进来|走进来",
        "open_embedding": "open embedding|embedded|开放融入|開放融入|走出去",
        "scene_building": (
            "scene building|scene creation|场景打造|場景打造|自建场景|自建|平台共建"
        ),
    },
    v.Lever: {
        "gbc_integration": "gbc integration|gbc|GBC一体化|GBC联动|GBC 一體化|客群一体化",
        "regional_grid": (
            "regional grid|head office branch regional grid|总分区域网格化|区域网格|区域网格化|"
            "网格化|網格化|總分區域網格化"
        ),
        "agile_organisation": (
            "agile organisation|agile organization|agile|组织敏捷化|敏捷组织|前中后台敏捷化|"
            "敏捷化|組織敏捷化|敏捷組織"
        ),
        "customer_operation": (
            "customer operation|internet style operation|客户运营互联网化|用户运营互联网化|"
            "互联网化运营|运营互联网化|互联网化|客戶營運互聯網化|網際網路化"
        ),
        "platform_capabilities": "platform capabilities|platform|能力平台化|平台化|平台能力",
        "open_technology": (
            "open technology|open platform|技术开放化|科技开放化|开放技术|开放化|技術開放化"
        ),
    },
    v.LoopPhase: {
        "user_operation": "user operation|user operations|用户经营|用戶經營|用户运营|客户经营",
        "service_innovation": "service innovation|服务创新|服務創新",
        "value_conversion": (
            "value conversion|monetisation|monetization|价值转化|價值轉化|价值变现"
        ),
    },
    v.Stage: {
        "proposal": (
            "appraisal|feasibility|scoping|idéfasen|analysefasen|"
            "proposal|proposed|idea|new|backlog|concept|initiation|pre approval|立项建议|"
            "立項建議|建议|提案|"
            "构思|申请中|申請中|待立项|筹备|拟立项|储备"
        ),
        "approved": (
            "procurement|in procurement|tendering|geplant|planung|anskaffelsesfasen|en préparation|"
            "approved|planning|planned|plan|authorised|authorized|design|not started|to do|立项|"
            "立項|已立项|已立項|已批准|规划|規劃|未开始|未開始|待启动"
        ),
        "pilot": (
            "pilot|piloting|pilot phase|trial|proof of concept|试点|試點|试点中|試點中|试运行|"
            "試運行|试行"
        ),
        "rollout": (
            "construction|under construction|in construction|in umsetzung|laufend|en cours|"
            "in uitvoering|gennemførelsesfasen|"
            "rollout|roll out|scaling|implementation|execution|delivery|in delivery|in progress|"
            "active|ongoing|on going|under way|underway|推广|推廣|进行中|進行中|在建|在办|在研|"
            "推进中|"
            "推广中|推廣中|实施|实施中|實施|建设中|建設中"
        ),
        "operating": (
            "operating|operation|operational|in operation|live|run|running|运营|營運|运营中|"
            "營運中|已上线|已上線|上线|运行|運行|投产|已投产"
        ),
        "closed": (
            "abgeschlossen|terminé|terminée|afgerond|afsluttet|gestopt|finalizado|"
            "closed|complete|completed|done|finished|cancelled|canceled|terminated|exited|"
            "stopped|retired|退出|已退出|关闭|關閉|已关闭|完成|已完成|结束|結束|已结束|终止|"
            "終止|已终止|取消|结项|已结项"
        ),
    },
    v.Light: {
        "green": (
            "grün|vert|groen|grøn|grønn|grön|verde|"
            "green|g|on track|on plan|on schedule|on target|good|ok|healthy|no issues|🟢|绿|綠|"
            "如期|按期|绿灯|綠燈|绿色|綠色|正常|良好|按计划|正常推进|顺利"
        ),
        "amber": (
            "gelb|jaune|geel|oranje|gul|amarillo|"
            "amber|a|yellow|y|orange|at risk|some risk|caution|warning|needs attention|"
            "minor issues|🟡|🟠|黄|黃|黄灯|黃燈|黄色|黃色|橙|橙色|预警|預警|关注|關注|有风险|"
            "有風險|轻微滞后"
        ),
        "red": (
            "rot|rouge|rood|rød|röd|rojo|"
            "red|r|off track|off plan|critical|late|overdue|behind schedule|major issues|"
            "in trouble|high risk|🔴|红|紅|红灯|紅燈|红色|紅色|严重|嚴重|滞后|滯後|延误|延誤|"
            "逾期|严重滞后|高风险|异常"
        ),
        "not_reported": (
            "not assessed|not for publication|n a|tbc|"
            "not reported|not rated|no rating|grey|gray|⚪|未填报|未填報|未报|未報|未评价|灰|灰色"
        ),
    },
    v.Office: {
        "front": "front|front office|前台",
        "middle": "middle|middle office|中台",
        "back": "back|back office|后台|後台",
    },
    v.UnitLevel: {
        "head_office": "head office|headquarters|hq|总行|總行",
        "tier1": "tier 1|tier 1 branch|一级分行|一級分行|省分行",
        "tier2": "tier 2|tier 2 branch|二级分行|二級分行|市分行",
        "sub_branch": "sub branch|支行",
    },
}

_SCENES: dict[str, str] = {
    "social_security": "社保|社会保障|社會保障|人社",
    "campus": "school|university|education|校园|校園|学校|學校|教育|智慧校园|智慧校園",
    "healthcare": "hospital|health|medical|医疗|醫療|医院|醫院|健康|医疗健康|智慧医疗",
    "learner_drivers": "learn to drive|driving school|学车|學車|驾校|駕校|驾培",
    "car_owners": "car owner|car life|车主|車主|汽车|汽車|车生活|爱车生活",
    "public_transport": (
        "transport|transit|bus|metro|出行|公交|公交出行|公共交通|交通|交通出行|地铁"
    ),
    "tourism": "travel|旅游|旅遊|文旅|景区|文化旅游",
    "smart_market": "wet market|智慧市场|智慧市場|菜市场|农贸市场|智慧农贸",
    "specialised_market": (
        "wholesale market|specialized market|专业市场|專業市場|批发市场|批發市場"
    ),
    "payroll": "salary|代发|代發|代发工资|薪资|薪資|工资|代發薪資",
    "rural": "village|agriculture|三农|三農|乡村|鄉村|农村|農村|县域|乡村振兴|涉农",
    "community": "residential community|estate|社区|社區|智慧社区|小区|物业|物業|社区生活",
    "parking": "car park|停车|停車|智慧停车|停车场",
    "cross_border": "cross border finance|跨境|跨境金融|跨境电商|跨境電商|外贸",
    "small_business": "sme|small and micro|小微|小微企业|小微企業|普惠|中小企业|小微商户",
    "supply_chain": "供应链|供應鏈|供应链金融|产业链|供應鏈金融",
    "internet_finance": "online finance|互联网金融|互聯網金融|网络金融|網際網路金融",
    "mobile": "mobile banking|app|移动|移動|移动金融|手机银行|手機銀行|行動",
}


@cache
def terms(vocabulary: type[v.Term]) -> dict[str, str]:
    """Every normalised word for a term of the vocabulary, with the term's code."""
    found: dict[str, str] = {}
    for code, words in _WORDS.get(vocabulary, {}).items():
        for word in words.split("|"):
            found[_key(word)] = code
    for term in vocabulary:
        found[_key(term.value)] = term.value
        found[_key(term.english)] = term.value
        for language in LANGUAGES:
            with using(language):
                found.setdefault(_key(term.label), term.value)
    return found


@cache
def scenes() -> dict[str, str]:
    """Every normalised word for a scene that comes with the program, with its code."""
    found: dict[str, str] = {}
    for code in v.SCENES:
        for word in (code, v.SCENES[code], *_SCENES.get(code, "").split("|")):
            found[normal(word)] = code
        for language in LANGUAGES:
            with using(language):
                found.setdefault(normal(v.scene_label(code, None)), code)
    found.pop("", None)
    return found


def _key(word: str) -> str:
    return normal(word) or word.strip()


def code_of(vocabulary: type[v.Term], word: str) -> str | None:
    """The code of the term that a word names, or nothing."""
    return terms(vocabulary).get(_key(word))
