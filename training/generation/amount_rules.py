"""Questions for money, fines, shares and counts: 处五千元以上五万元以下罚款 → 罚多少钱."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from generation.drafts import Draft
from generation.numbers import BOUND, N_CHARS, NOT_DATE, N
from generation.sentences import POINTING_BRIEF, Sentence, conditions, lead, rest

AMOUNT = rf"{N}(?:余|多)?(?:万|亿)?元"

_AMOUNTS = rf"(?:人民币)?{AMOUNT}(?:以上)?(?:(?:、|至|到|-|~|－|—|以上)?{AMOUNT})?(?:以下)?"

_TIMES = (
    rf"(?:百分之{N}以上)?(?:{N}倍?(?:以上|至|到|－|-|—)+)?(?:百分之{N}|{N}倍)(?:以上)?(?:以下)?"
)

_COUNTED = "人|名|次|个|位|份|家|种|倍|米|平方米|公里|海里|千米|厘米|吨|亩|公顷|小时|学时|课时|分|层|辆|台|张|株|只|头|条|间|幅|学分|岁|周岁|度|分贝|千克|公斤|克|毫升|升"

_FINES = (
    "罚多少钱",
    "罚款多少",
    "处多少罚款",
    "要罚多少",
    "会被罚多少钱",
    "罚多少",
    "罚款金额是多少",
)


def _fine(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """逾期不改正的，处五千元以上五万元以下罚款."""
    pattern = re.compile(
        rf"(?P<t>对[^，。；对]{{2,20}}?)?(?:并|可以|可|应当|单处|或者)*处(?:以)?(?P<a>(?P<base>[^，。；处]{{2,14}}?)?(?P<m>{_TIMES})|{_AMOUNTS})的?罚款"
    )
    matches = list(pattern.finditer(sentence.text))
    if not matches or (len(matches) > 1 and not all(match["t"] for match in matches[1:])):
        return
    for number, match in enumerate(matches):
        found = conditions(sentence.text[: match.start()])
        if number and match["t"] is None:
            return
        head = sentence.head
        said = [*([head] if head and found and found[0] != head else []), *found]
        if not said or len(found) > 2 or not found:
            continue
        if not sentence.opens and not head and _weak(found[0]):
            continue
        if not head and _weak(said[0]):
            continue
        condition = "，".join(one.removesuffix("的") for one in said)
        target = match["t"] or ""
        if POINTING_BRIEF.search(condition + target) or not 5 <= len(condition) <= 44:
            continue
        base = match["base"] or ""
        if match["m"] and (
            rng.random() < 0.5 or re.search(r"[一二三四五六七八九十0-9]|下列", base)
        ):
            if not base or re.search(r"[0-9一二三四五六七八九十]|以", base):
                continue
            ask = rng.choice((f"处{base}几倍的罚款", f"罚{base}的几倍", f"罚款是{base}的多少倍"))
            if "百分" in match["m"]:
                ask = f"罚{base}的百分之几"
            start, end = match.span("m")
        else:
            ask = rng.choice(_FINES)
            start, end = match.span("a")
        text = f"{condition}，{target}{ask}" if target or len(condition) > 16 else condition + ask
        span = sentence.place(start, end)
        yield Draft("fine", "amount", text, span)


def _weak(condition: str) -> bool:
    """Whether a condition alone does not say what was done (情节严重的)."""
    return bool(
        re.match(
            r"情节|逾期|拒不|造成|构成|没有违法|并|同时|仍|再次|有|后果|未[^，]{0,4}的$|违法所得|货值|无|属|尚|数额|经|屡|发生|导致|期|两|二|致|其中|对|不改|未改|以|引|影响|明知|涉",
            condition,
        )
    )


def _amount(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """注册资本不低于五百万元; 奖励五千元."""
    pattern = re.compile(
        rf"(?P<b>不得?低于|不得?少于|超过|不得?超过|不得?高于|达到|为)?(?<![{N_CHARS}])(?P<a>{_AMOUNTS})(?!的?罚款)"
    )
    for match in pattern.finditer(sentence.text):
        if "罚" in sentence.text:
            continue
        before, after = lead(sentence, match.start("a"), longest=40), rest(sentence, match.end())
        if (
            before is None
            or after is None
            or after.startswith(("、", "以", "和", "至", "计", "人民币", "或者"))
        ):
            continue
        if sentence.text[match.end() :].startswith(("的", "、")) and not after:
            continue
        if (
            len(before) < 7
            or re.search(rf"{N}(?:万|亿)?元", before + after)
            or _bare(before, after)
        ):
            continue
        text = before + rng.choice(("多少钱", "多少元", "多少", "多少钱")) + after
        yield Draft("amount", "amount", text, sentence.place(*match.span("a")))


def _share(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """不得低于百分之三十; 三分之二以上的业主."""
    pattern = re.compile(
        rf"(?P<a>(?:百分之{N}|千分之{N}|{N}分之{N}|{N}[%％])(?P<z>(?:以上|以下)?))(?!至|-|～|到)"
    )
    for match in pattern.finditer(sentence.text):
        before, after = lead(sentence, match.start(), longest=40), rest(sentence, match.end())
        if (
            before is None
            or after is None
            or len(before) < 5
            or before.endswith(("、", "或者", "和", "至", "以上"))
        ):
            continue
        if sentence.text[match.end() :].startswith(("、", "的，", "至")) or "罚" in before + after:
            continue
        if re.search(r"百分之|分之|%|％|[-—－]$|[0-9]$", before + "|" + after) or _bare(
            before, after
        ):
            continue
        ask = rng.choice(("百分之几", "多少", "百分之多少"))
        if "千分" in match["a"]:
            ask = "千分之几"
        elif "比例" not in before[-12:] + after[:3] and rng.random() < 0.3:
            ask = "多大比例"
        if "分之" in match["a"] and "百分" not in match["a"] and "千分" not in match["a"]:
            ask = rng.choice(("多大比例", "几分之几", "多少比例"))
        if match["z"] and rng.random() < 0.4:
            start, end = match.start("a"), match.start("z")
            text = before + ask + match["z"] + after
            yield Draft("share", "ratio", text, sentence.place(start, end))
            continue
        yield Draft("share", "ratio", before + ask + after, sentence.place(*match.span("a")))


def _count(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """由三名以上单数仲裁员组成; 人数不得少于五人."""
    pattern = re.compile(
        rf"(?P<b>{BOUND}|由|有|设|距离?|每[人户家]|[超])?{NOT_DATE}(?P<a>(?:{N})(?:(?:至|到|-|～)(?:{N}))?(?P<u>个工作人员|{_COUNTED})(?P<z>以上|以下|以内|之内)?)(?!{_COUNTED}|月|工作日|百|[罪税案民员份类性般律类部])"
    )
    for match in pattern.finditer(sentence.text):
        number, unit = match["a"], match["u"]
        if re.match(r"一(?![百千万十])", number) and not (
            match["b"] and re.search(r"少|多|至", match["b"])
        ):
            continue
        if unit in ("个", "种", "条", "分", "度") and not match["b"]:
            continue
        if unit == "小时" and (
            not match["b"] or re.match(r"以?之?内", sentence.text[match.end("u") :])
        ):
            continue
        if _at_end(sentence.text, match.end()) and not match["b"]:
            continue
        if re.match(rf"{N}(?:万|亿)$", number) or (
            unit == "分" and "之" in sentence.text[match.end() :][:1]
        ):
            continue
        before, after = lead(sentence, match.start("a"), longest=40), rest(sentence, match.end())
        if before is None or after is None or len(before) < 4:
            continue
        if before.endswith(
            ("、", "和", "第", "者", "甲", "百分之", "每", "同", "任何", "这", "零下")
        ) or after.startswith(("、", "的，")):
            continue
        if sentence.text[match.end() :].startswith(("的，", "、")) or "罚" in before + after:
            continue
        if sentence.text[match.end() :].strip() == "的":
            continue
        if (
            len(before + after) < 9
            or re.search(rf"{N}{unit}", before + after)
            or _bare(before, after)
        ):
            continue
        asked = "岁" if unit == "周岁" else unit
        if asked in (
            "米",
            "平方米",
            "公里",
            "海里",
            "千米",
            "厘米",
            "吨",
            "亩",
            "公顷",
            "千克",
            "公斤",
            "克",
            "毫升",
            "升",
            "分贝",
            "度",
            "岁",
        ):
            ask = "多少" + asked
        else:
            ask = rng.choice(("几", "多少", "几")) + asked
        if match["b"] and unit in ("名", "人") and not match["z"] and not after:
            ask = rng.choice(("多少人", "几个人", "几人"))
        yield Draft("count", "count", before + ask + after, sentence.place(*match.span("a")))


def _at_end(text: str, end: int) -> bool:
    """Whether a segment ends at this offset."""
    return end == len(text) or text[end] in "，、"


def _bare(before: str, after: str) -> bool:
    """Whether the question would be a noun without anything said of it (几人以上的单位)."""
    if re.match(r"(?:以[上下])?的", after) and not re.search(
        r"应当|可以|不得|必须|须|禁止|由|经|有|享受|通过",
        re.sub(r"^(?:以[上下])?的", "", after) + before,
    ):
        return True
    return not (
        re.search(
            r"应当|可以|不得|必须|禁止|严禁|低于|高于|少于|不超过|达到|不足|至少|给予|享受|收取|缴纳|有权|负责|须",
            before + after,
        )
        or re.search(r"(?:[^因作行]为|是|占|由|发给|奖励|补助|补贴|处以)$", before)
    )


RULES = (_fine, _amount, _share, _count)
"""Each makes the questions of one sort that a sentence answers."""
