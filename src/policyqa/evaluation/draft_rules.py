"""What answers in a sentence are found by, and the words that ask for them.

Chinese asks in place (每年听取1-2次汇报 → 每年听取几次汇报), so a rule is a pattern that finds an
answer and the word that takes its place. `draft_questions` applies them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from policyqa.numerals import parse_numeral

_N = r"(?:[0-9０-９]+(?:,[0-9]{3})*(?:[.．][0-9０-９]+)?万?|[零〇一二两三四五六七八九十百千万]+)"
_RANGE = rf"{_N}(?:\s?[-－—–~～至到]\s?{_N})?"
_EVERY = r"每(?:半年|年度?|个?季度?|个?月|周|学期|学年|届|[两二三四五]年|[两二三四六]个月|日|天)"
_BODY = (
    r"[^，。；：、（）由经报向为的其该于]{0,22}?[^，。；：、（）由经报向为的其该于]"
    r"(?:部门|机关|机构|单位|政府|委员会|局|厅|办公室|法院|检察院|处|科|领导小组|会议|党组|党委|支部|大学|学院|"
    r"中心|公司|主任|书记|院长|校长|局长|处长|组长|行长|主席|负责人|辅导员|班主任|国务院|秘书长|站|委|办)"
)
_ACTS = (
    "负责|批准|审批|审核|审定|解释|组织|制定|规定|决定|承担|统筹|牵头|主持|签发|确定|受理|认定|"
    "召集|担任|兼任|公布|颁发|核发|管理|监督"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of answer is found and asked for.

    Attributes:
        name: kept with each question that it drafts.
        kind: what such a question asks for.
        pattern: finds the answer, its group `answer`, within a sentence.
        asking: the words that stand in the answer's place.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    asking: Callable[[re.Match[str]], str]


def _few(number: str) -> str:
    """几 for up to ten, 多少 beyond, as people ask."""
    value = parse_numeral(re.split(r"[-－—–~～至到.．\s]", number)[-1])
    return "几" if value is not None and value <= 10 else "多少"


def _how_many(match: re.Match[str]) -> str:
    return f"{_few(match['number'])}{match['unit']}"


def _which_body(match: re.Match[str]) -> str:
    """The word that asks for a body of this sort."""
    body = match["answer"]
    for word, endings in {
        "哪个部门": ("部门", "局", "厅", "处", "科", "办公室", "办"),
        "哪个机关": ("机关", "法院", "检察院"),
        "哪级政府": ("政府",),
        "哪个机构": ("机构", "中心"),
        "哪个单位": ("单位", "公司"),
    }.items():
        if body.endswith(endings) and not re.search("和|或者?|以及|会同", body):
            return word
    return "谁"


def _always(word: str) -> Callable[[re.Match[str]], str]:
    return lambda match: word


def _rule(name: str, kind: str, pattern: str, asking: str | Callable[..., str]) -> Rule:
    return Rule(name, kind, re.compile(pattern), asking if callable(asking) else _always(asking))


RULES = (
    _rule(
        "times",
        "frequency",
        rf"{_EVERY}(?:[^，。；：]{{0,20}}?(?:至少|不少于)[^，。；：]{{0,10}}?|[^，。；：]{{0,20}}?(?![一1１]次))"
        rf"(?P<answer>(?P<number>{_RANGE})(?P<unit>次))(?!性|会议|全体)",
        _how_many,
    ),
    _rule(
        "period-of-repetition",
        "frequency",
        rf"(?<!至少)(?P<answer>{_EVERY})(?![年月第0-9０-９])"
        r"(?=(?:(?!至少|不少于|不得|不超过|，|。|；|：).){0,24}?[一1１]次(?!性|以上))",
        "多久",
    ),
    _rule(
        "fine",
        "amount",
        rf"(?<=处)(?P<answer>(?:{_N}万?元以上)?{_N}万?元以[上下])的?(?=罚款)",
        "多少",
    ),
    _rule(
        "fine-multiple",
        "amount",
        rf"(?P<answer>(?:{_N}倍以上)?{_N}倍以下)(?=的?罚款)",
        "几倍",
    ),
    _rule(
        "amount",
        "amount",
        rf"(?<![0-9０-９.．,至])(?P<answer>{_RANGE}(?:万|亿|千|百)?元(?:至{_N}万?元)?)(?![旦素件])",
        "多少元",
    ),
    _rule(
        "percentage",
        "ratio",
        rf"(?P<answer>百分之{_N}(?:(?:至|以上)百分之{_N}(?:以下)?)?(?!以上{_N}倍)|[0-9.．]+\s?[%％](?:\s?[-－—–~～至到]\s?[0-9.．]+\s?[%％])?)",
        "百分之多少",
    ),
    _rule(
        "fraction",
        "ratio",
        r"(?P<answer>[一二三四五六七八九十]分之[一二三四五六七八九])",
        "几分之几",
    ),
    _rule(
        "deadline",
        "deadline",
        rf"(?<![0-9年月第近])(?P<answer>(?P<number>{_RANGE})(?P<unit>个?(?:工作日|月)|日|天|年|小时))(?=[之以]?内|前(?!款|项|条))",
        _how_many,
    ),
    _rule(
        "duration",
        "duration",
        r"(?:期限?|时间|任期|有效期|周期)[^，。；：]{0,6}?(?:为|是|不得?[少低]于|不得?超过|至少|最长)"
        rf"(?P<answer>(?P<number>{_RANGE})(?P<unit>个?(?:工作日|月)|日|天|年|小时|周|学时))(?![0-9月零])",
        _how_many,
    ),
    _rule(
        "prison-term",
        "duration",
        rf"(?<=处)(?P<answer>(?:{_N}年以上)?{_N}年以[上下])(?=有期徒刑)",
        "几年",
    ),
    _rule(
        "effective-date",
        "date",
        rf"(?<=自)(?P<answer>{_N}年{_N}月{_N}日)(?=起(?:正式)?(?:施行|实施|执行|生效|试行))",
        "什么时候",
    ),
    _rule(
        "day-of-year",
        "date",
        rf"(?<=每年)的?(?P<answer>{_N}月{_N}日)(?=[之以]?前)",
        "几月几日",
    ),
    _rule(
        "date",
        "date",
        rf"(?P<answer>[0-9]{{4}}年(?:{_N}月(?:{_N}日|底|[上中下]旬)?|底))(?=[之以]?前)",
        "什么时候",
    ),
    _rule(
        "age",
        "count",
        rf"(?P<answer>(?<=满)(?P<number>{_N})(?P<unit>周岁|岁))",
        lambda match: f"多少{match['unit']}",
    ),
    _rule(
        "count",
        "count",
        rf"(?<![第上下前0-9０-９.．,])(?P<answer>(?P<number>{_RANGE})(?P<unit>名|人(?![民大员才工均])|位|份|"
        r"学时|课时|学分|平方米|公里|辆))",
        _how_many,
    ),
    _rule(
        "classes",
        "count",
        rf"(?<=分为)(?P<answer>(?P<number>{_N})(?P<unit>类|级|种|个等[级次]|个档次|个阶段)(?=，|$))",
        _how_many,
    ),
    _rule(
        "by-whom",
        "body",
        rf"(?<=由)(?<![理事自缘案]由)(?P<answer>{_BODY})(?=(?:统一|具体)?(?:{_ACTS}))",
        _which_body,
    ),
    _rule(
        "reported-to",
        "body",
        rf"(?<=报|请|经)(?<!未经)(?<!不经)(?<!不提请)(?![营济费过常])(?P<answer>{_BODY})(?=批准|备案|审批|审核|审定|同意|审查|决定|审议|核准)",
        _which_body,
    ),
    _rule(
        "addressed-to",
        "body",
        rf"(?<=向)(?P<answer>{_BODY})(?=申请|报告|备案|提出|报送|提交|申报|举报|投诉)",
        _which_body,
    ),
    _rule(
        "in-charge",
        "body",
        rf"^(?P<answer>{_BODY})(?=(?:具体)?(?:负责(?!人|[^，。；]{{0,20}}的(?:机构|部门|单位|人员))|主管|牵头))",
        _which_body,
    ),
    _rule(
        "sanction",
        "consequence",
        r"(?<=给予)(?P<answer>[^，。；：]{2,16}?)(?=的?处分(?!的))",
        "什么",
    ),
)
"""In order of preference: of two that would ask for the same words, the first asks."""
