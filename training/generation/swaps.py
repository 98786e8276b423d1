"""Questions that a clause seems to answer: one number, period or body in them is another."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from policyqa.numerals import NUMERAL, parse_numeral, to_chinese

_PERIODS = ("每年", "每半年", "每季度", "每月", "每周", "每两年", "每三年")
_DEADLINES = ("年底前", "月底前", "季度末前")
_LEVELS = ("省级", "市级", "县级", "乡级")
_NUMBER = re.compile(
    rf"(?P<n>[{NUMERAL}]+)(?P<u>个?工作日|日|天|个月|年(?!度|代|级|底)|小时|分钟|万元|亿元|元|人(?!民|大|员|力|事)|名|次|米|平方米|公里|周岁|岁|倍|吨|亩|公顷|届)(?P<z>以上|以下|以内|内|前|后)?"
)
_NEAR = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 100, 200, 300, 500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Swap:
    """`old` of a question replaced by `new`; `changed` is number, period or body."""

    text: str
    old: str
    new: str
    changed: str


def swapped(text: str, clause: str, bodies: Iterable[str], rng: random.Random) -> Swap | None:
    """The question with one thing changed so that the clause does not answer it, or None.

    Nothing is changed to what the clause names as well, nor to what it implies: three months
    or more imply six, a department of the county and above implies one of the province.

    Args:
        text: a question that the clause answers.
        clause: all that is read with it.
        bodies: other bodies of the same document.
        rng: chooses.
    """
    changes = [*_numbers(text, clause, rng), *_periods(text, clause, rng)]
    changes += _bodies(text, clause, bodies, rng)
    if not changes:
        return None
    start, end, new, changed = rng.choice(changes)
    return Swap(text[:start] + new + text[end:], text[start:end], new, changed)


Change = tuple[int, int, str, str]


def _numbers(text: str, clause: str, rng: random.Random) -> list[Change]:
    found: list[Change] = []
    for match in _NUMBER.finditer(text):
        value = parse_numeral(match["n"])
        if (
            value is None
            or not 1 <= value <= 9999
            or text[: match.start()].endswith(("第", "月", "年"))
        ):
            continue
        bound = match["z"] or ""
        if re.search(
            r"超过|满|不少于|不低于|不足", text[max(0, match.start() - 3) : match.start()]
        ):
            bound = "以下" if "不足" in text[max(0, match.start() - 3) : match.start()] else "以上"
        # Only towards what the bound leaves out: below 以上, above 以下 and 内.
        others = [n for n in _NEAR if n != value and n <= 4 * value and 4 * n >= value]
        if bound == "以上":
            others = [n for n in others if n < value]
        elif bound in ("以下", "以内", "内"):
            others = [n for n in others if n > value]
        compared = re.search(
            r"少于|超过|低于|高于|多于|晚于|早于", text[max(0, match.start() - 3) : match.start()]
        )
        if (match["u"] == "次" and value == 1) or (
            compared and re.search(r"吗|能不能|可不可以|是否|是不是|要不要", text)
        ):
            continue
        rng.shuffle(others)
        for number in others:
            printed = str(number) if match["n"].isascii() else to_chinese(number)
            new = printed + match[0][len(match["n"]) :]
            if printed + match["u"] not in clause:
                kind = (
                    "number"
                    if match["u"]
                    not in ("日", "天", "个月", "年", "工作日", "个工作日", "小时", "分钟")
                    else "period"
                )
                found.append((match.start(), match.end(), new, kind))
                break
    return found


def _periods(text: str, clause: str, rng: random.Random) -> list[Change]:
    found: list[Change] = []
    for names in (_PERIODS, _DEADLINES):
        for old in names:
            at = text.find(old)
            if at < 0 or (
                old == "每年"
                and re.match(r"每年[^，]{0,2}[0-9一二三四五六七八九十]{1,3}月", text[at:])
            ):
                continue
            new = rng.choice([name for name in names if name != old])
            if new not in clause:
                found.append((at, at + len(old), new, "period"))
    return found


def _bodies(text: str, clause: str, bodies: Iterable[str], rng: random.Random) -> list[Change]:
    found: list[Change] = []
    for level in _LEVELS:
        at = text.find(level)
        others = [name for name in _LEVELS if name != level and name not in clause]
        # 县级以上 takes in all that is above: nothing there is left out.
        if at >= 0 and others and "以上" not in clause:
            found.append((at, at + len(level), rng.choice(others), "body"))
    known = sorted(set(bodies), key=lambda body: (-len(body), body))
    old = next((body for body in known if body in text), None)
    if old is None or _RELATIVE.search(old):
        return found
    at = text.index(old)
    if _PART_BEFORE.search(text[:at]) or _PART_AFTER.match(text[at + len(old) :]):
        return found
    others = [
        new
        for new in known
        if new not in clause
        and _rank(new) == _rank(old)
        and not _RELATIVE.search(new)
        and not _implied(new, old)
    ]
    if others:
        found.append((at, at + len(old), rng.choice(others), "body"))
    return found


_PART_BEFORE = re.compile(r"(?:[级方区省市县、和同的或者关旗大]|以上|哪个|什么)$")
_PART_AFTER = re.compile(r"[和、及办或主行的委与会所负组成]")
"""Around a name that is only part of a longer one."""
_RELATIVE = re.compile(
    r"有关|相关|及其|上一?级|本级|同级|所在地|当地|等(?:部门|单位)|原|其他|各部门|各级|任免机关|^(?:登记|审批|发证|受理|主管|执法|行政|批准|决定|复议|组织|监督|检查)(?:机关|部门|机构)$"
)
"""Names that may mean one of the other bodies."""


def _rank(body: str) -> str:
    """Bodies are exchanged for others of the same sort."""
    if re.search(r"(?:大会|会议|庭|团|董事会|监事会|股东会|理事会|协会|联合会|工会)$", body):
        return "assembly"
    return "authority" if re.search(r"(?:部门|机关|政府|委员会|局|院|海关)$", body) else "other"


_COMMON = re.compile(
    r"行政|主管|管理|监督|有关|人民政府|部门|机关|机构|地方|国家|国务院|以上|[省市县区]级?|级|、|自治|设|的"
)
"""What names of bodies have in common; the rest says which one it is."""


def _implied(new: str, old: str) -> bool:
    """Whether the two may be one body under two names (县级以上卫生部门, 省卫生部门)."""
    mine, other = _COMMON.sub("", new), _COMMON.sub("", old)
    return not mine or not other or mine in other or other in mine
