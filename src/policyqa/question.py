"""What a question asks for: a number, a time, a body, or words that describe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Wanted = Literal[
    "count",
    "frequency",
    "amount",
    "ratio",
    "date",
    "duration",
    "body",
    "definition",
    "place",
    "words",
]

_MEASURE = (
    "个工作日|工作日|个月|小时|分钟|学时|课时|平方米|公里|万元|亿元|百分点|人次|人|名|次|个|天|日|年|月|周|"
    "位|份|家|项|种|倍|元|岁|级|轮|期|届|米|票|页|条|件|处|批|本|册|间|辆|台|类|档|分|户|所|支|场|篇|字|吨|亩|学分|餐|顿|楼|层|遍|节|门"
)
_DURATIONS = "个工作日|工作日|个月|小时|分钟|天|年|周|学时|课时"

# In order: the first pattern found decides. The group `measure` is the unit asked for.
_PATTERNS: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "frequency",
        re.compile(
            r"(?:多久|多长时间|多少时间|几个?[年月周天]|隔多久).{0,14}?[一1]\s?[次回轮]|什么频[率次]|频[率次](?:是|为|要求)?(?:多少|什么|怎)"
        ),
    ),
    ("ratio", re.compile(r"百分之几|百分之多少|几成|(?:什么|多大的?|多少)比例|比例[^，。]{0,4}$|(?:比例|比率|占比|百分比|费率|税率|利率|覆盖率|\S率)[^，。]{0,10}(?:多少|多高|几|什么)|多[少大高](?:的)?(?:比例|百分)")),
    ("amount", re.compile(r"多少(?:钱|元|万元|资金|经费|补[助贴]|奖金|罚款|费用|款|津贴|金额|额度)|几(?:块|百|千|万)?(?:元|块钱|万元)|(?:钱|费|金额|资金|经费|补[助贴]|奖励|奖金|罚款|限额|额度|津贴|价格|罚|奖|补|收费|预算|押金)[^，。]{0,8}多少|多少(?:罚|奖|补)")),
    ("date", re.compile(r"什么时[候间]|何时|几时|哪[一]?[天日年月]|几月|几号|几点|何日|截止|最[晚迟]|什么日子|(?:日期|时间|时点)(?:是|为)(?:什么|多少|哪|几)|到几点|几点|[啥]时候|生效")),
    ("duration", re.compile(rf"多久|多长时间|多长|(?:几|多少)\s?(?:个)?(?:{_DURATIONS}|日)(?!人)|期限|时限|有效期|(?:任期|周期|试用期|公示期)[^，。]{{0,6}}(?:多少|几|多)")),
    ("count", re.compile(rf"(?:几|多少)\s?(?P<measure>{_MEASURE})|(?:人数|次数|数量|总数|名额|个数|几)\S{{0,6}}(?:多少|几|$)|多少")),
    ("body", re.compile(r"谁|(?:哪|什么|何|啥)(?:一|几)?[个些家级]?(?:牵头|主管|责任|职能|具体|内设)?(?:部门|单位|机构|机关|组织|科室|处室|领导|岗位|人员|人|委员会|股室|会议|主体|级别|局|处|科|办)|由哪|归哪|找哪|向哪|报哪|哪家|哪里(?:负责|审批|管)|(?:牵头|主管|责任|负责)(?:部门|单位|人)(?:是|为)")),
    ("definition", re.compile(r"^(?:什么|啥|何)(?:是|叫|谓)|何谓|是什么意思|是啥意思|指(?:的是)?(?:什么|啥|哪些)|(?:定义|含义)(?:是|为)?|怎么(?:定义|界定|理解)|如何(?:定义|界定)|算什么$")),
    ("place", re.compile(r"(?:在|到|去)?(?:哪里|哪儿|什么地方|何处|何地)|地点(?:是|在)?")),
)  # fmt: skip

_ASKING = re.compile(
    r"请问|想?问一?下|我想(?:知道|了解)|麻烦|一共|总共|到底|究竟|大概|规定(?:是|了)?(?:什么|的)?|要求(?:是|的)?(?:什么)?|"
    r"什么时[候间]|啥时候|多长时间|多少|多久|多长|多大|多高|几[个名次天年月日号点位家项份]|几时|几成|几|何时|何谓|何|"
    r"哪[个些家级里儿年月日天一]*|谁|什么|怎么[样办]?|怎样|如何|为什么|为啥|啥|是否|能否|可否|能不能|可不可以|需不需要|要不要|有没有|是不是|"
    r"吗|呢|么|吧|呀|啊|的话|有|是|的|了|和|与|及|在|对|被|把|要|应当?|可以|能|会|需要?|得|于|为|由|向|从|到|按|这|那|其|中"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what would answer it.

    Attributes:
        text: as asked.
        wanted: the kind of words that answer it.
        measure: the unit asked for (次 in 几次), or None.
        content: the question without its asking words; runs are kept apart by spaces.
    """

    text: str
    wanted: Wanted
    measure: str | None
    content: str


def read_question(text: str) -> Question:
    """Find what a question asks for; anything unrecognised asks for `words`."""
    wanted: Wanted = "words"
    measure = None
    for kind, pattern in _PATTERNS:
        match = pattern.search(text)
        if match is not None:
            wanted, measure = kind, match.groupdict().get("measure")
            break
    content = re.sub(r"\s+", " ", _ASKING.sub(" ", re.sub(r"[？?！!。，,、；;：:]", " ", text)))
    return Question(text, wanted, measure, content.strip() or text)
