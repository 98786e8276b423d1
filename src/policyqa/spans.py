"""The words in a clause that could answer: numbers, times, periods, bodies, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policyqa.question import Question, Wanted
from policyqa.tokenizer import word_edges

_N = r"[0-9０-９零〇一二两三四五六七八九十百千万亿半]+(?:[.．][0-9]+)?"
_RANGE = rf"{_N}(?:\s?[-－—–~～至到、]\s?{_N})?"
_BOUND = r"(?:不(?:少|多|低|高|超)(?:于|过)|至少|最多|最少|最高|最低|不超过|超过|达到?|约|每次)?"
_AFTER = r"(?:以上|以下|以内|之内|左右)?"

_DAY = r"[0-9０-９一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    rf"(?:自)?(?:(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{{3}})年(?:{_DAY}月(?:{_DAY}[日号])?)?(?:年?[底初末])?(?:以?[前后]|之[前后]|起)?"
    rf"|(?:每年|每月|每季度|每周|次年|当年|翌年|次月|当月|本年度?|上半年|下半年)?(?:的)?{_DAY}月(?:{_DAY}[日号]|[上中下]旬|[底初末])?(?:以?前|之前|起|至{_DAY}月(?:{_DAY}[日号]|[底初末])?)?"
    rf"|(?:每年|每月|每季度|每周|每届|次月|当月|每学期|每半年)?(?:的)?(?:{_DAY}[日号]|[上下]半年|年[底末初中]|年度?终|月[底末初]|季度?末|第[一二三四]季度|学期[初末]|周[一二三四五六日天]|星期[一二三四五六日天])(?:以?前|之前|起)?"
    rf"|自?(?:发布|印发|公布|签发|通过|批准|收到[^，。；]{{0,12}})之日(?:起(?:施行|实施|执行|生效)?)?"
    rf"|[上下]午\s?\d{{1,2}}[:：时点]\d{{0,2}}分?|\d{{1,2}}[:：]\d{{2}}"
)
_DURATION = re.compile(
    rf"{_BOUND}(?<![月0-9０-９])(?:[0-9０-９]{{1,3}}|[一两二三四五六七八九十半百]{{1,4}})(?:\s?[-－—–~～至到]\s?{_N})?\s?"
    r"(?:个?工作日|个?教学日|个?自然日|日历天|个?学时|个?课时|个?小时|分钟|个月|周年|周岁|周(?![岁一二三四五六日])|天|日(?!常|报)|年(?![0-9底度级])|个?学期|届)"
    r"(?:以?内|之内|以上|以下|前|后)?"
)
_FREQUENCY = re.compile(
    rf"(?:每(?:年|半年|季度?|月|周|日|天|届|学期|学年|个?[两二三四五]?\s?(?:年|个?月|周)|{_N}个?(?:年|月|周|天|日))[^，。；：]{{0,14}}?)(?:至少|不少于|组织|召开|开展|进行)*[^，。；：]{{0,10}}?{_RANGE}\s?[次轮回]"
    r"|(?:每(?:年|半年|季度?|月|周|日|天|学期|两年|[二两三四五]个?月))|按(?:年|季度?|月|周)|半年一次|一年[一两]次|逐[年月]"
)
_AMOUNT = re.compile(
    rf"{_BOUND}(?:人民币)?{_N}(?:[,，]\d{{3}})*(?:\s?[-－—–~～至到]\s?{_N})?\s?(?:万|亿|千|百)?元(?:[/／每](?:人|天|日|次|月|年|户|平方米|亩|个|件|[·/])*)*{_AFTER}"
    rf"|[^，。；、]{{0,8}}{_N}倍{_AFTER}"
)
_RATIO = re.compile(
    rf"{_BOUND}(?:百分之{_N}|千分之{_N}|[0-9.．]+\s?[%％‰](?:\s?[-－—–~～至到]\s?[0-9.．]+\s?[%％‰])?|[一二三四五六七八九]成|{_N}分之{_N}|\d{{1,3}}\s?[:：]\s?\d{{1,3}}){_AFTER}"
)
_COUNT_UNIT = (
    r"人次|人|名|次|个|位|份|家|项|种|倍|岁|级|轮|期|届|米|票|页|件|处|批|本|册|间|辆|台|类|档|分|户|所|支|场|篇|字|吨|亩|"
    r"平方米|公里|小时|学时|课时|天|日|年|月|周|元|万元|学分|条|餐|顿|楼|层|遍|节|门"
)
_PEOPLE_AND_THINGS = ("人", "名", "位", "个", "家", "户")
"""Measures that stand for one another: 几个孩子 is answered by 5人."""
_CUE = re.compile(
    r"(?:原则上)?(?:不得|应当|必须|可以|不准|严禁|禁止|决不允许|不允许|给予|按照|取得|吸收|包括|用于|设在|发挥|实行|采取|予以)"
    r"|[以为是由向把将要应须可]"
)
_VERBS = (
    "负责|牵头|承担|组织|审核|审批|审定|审议|批准|决定|制定|制订|实施|统筹|会同|统一|办理|主持|召集|担任|提出|确定|"
    "签发|签署|签字|解释|监督|检查|考核|管理|指导|协调|受理|汇总|报送|编制|保管|验收|兼任|核定|核实|登记|备案|发布|保障|落实|配合|履行|"
    "应当|应|要|须|必须|可以|可|按照|按|根据|对"
)
_BODY_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"由(?P<body>[^，。；：由]{{2,30}}?)(?={_VERBS}|组成|进行|[，。；])",
        rf"(?:^|[，。；：\n])\s*(?:[（(]?[一二三四五六七八九十\d]{{1,3}}[）)、.．]\s*)?(?P<body>[^，。；：由经报向为自按以在对从]{{2,24}}?)(?:统一)?(?={_VERBS})",
        r"(?:经|报|报请|提请|向|商|交|送|提交)(?P<body>[^，。；：经报向]{2,24}?)(?=批准|备案|审批|审核|审定|同意|审查|研究|决定|审议|报告|提出|申请|报送|提交|反映|备查|讨论|汇报|说明|核准|登记|[，。；])",
        r"(?P<body>[^，。；：由为]{2,20}?)(?:为|是)(?:[^，。；：]{0,16}(?:部门|单位|机构|责任人|主体|负责人))",
        r"(?:责任人|负责人|部门|单位|机构|主任|组长|召集人|主体)(?:为|是|由)(?P<body>[^，。；：]{2,24})(?=[，。；]|$)",
        r"(?:责任|牵头|主管|承办|主办)(?:部门|单位|人)[：:]\s*(?P<body>[^，。；）)\n]{2,40})",
    )
)
_ANY_COUNT = re.compile(rf"{_BOUND}{_RANGE}\s?[余多]?(?:{_COUNT_UNIT}){_AFTER}")
_PLACE = re.compile(
    r"(?:在|到|至|向|于|设在|位于)(?P<body>[^，。；：]{2,25}?(?:室|厅|楼|中心|大厅|窗口|网站|平台|区|处|馆|所|场|层|号|站|系统|地|院|公司|县|市))"
)
_DEFINITION = re.compile(r"(?:是指|系指|指的是|即为|，指|,指|包括|为：)(?P<body>[^。\n]+)")
_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")


@dataclass(frozen=True, slots=True)
class Span:
    """Words that could answer.

    Attributes:
        start: first character, an offset into the clause's text.
        end: one past the last.
        typed: they are of the kind that the question asks for, not merely a sentence.
    """

    start: int
    end: int
    typed: bool


def sentences(text: str, begin: int = 0) -> Iterator[tuple[int, int]]:
    """The sentences of `text` from offset `begin`, as offsets."""
    for match in _SENTENCE.finditer(text, begin):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if end > start:
            yield start, end


def segment(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch between commas or full stops that holds ``text[start:end]``."""
    left = max((text.rfind(mark, 0, start) for mark in "，,。；;：:\n"), default=-1) + 1
    rights = [place for mark in "，,。；;\n" if (place := text.find(mark, end)) >= 0]
    return left, min(rights, default=len(text))


def candidates(question: Question, text: str, mark: str = "") -> list[Span]:
    """All spans of a clause that could answer the question, in order, without repeats.

    Phrases and bodies begin and end where jieba's words do.

    Args:
        question: what is asked.
        text: the clause's text.
        mark: its own numbering mark, which is never part of an answer.
    """
    begin = len(mark) if text.startswith(mark) else 0
    found: dict[tuple[int, int], Span] = {}
    edges = word_edges(text)

    def keep(places: Iterator[tuple[int, int]], *, typed: bool, words: bool = False) -> None:
        for start, end in places:
            start, end = trimmed(text, start, end)
            if words and not (start in edges and end in edges):
                continue
            if start >= begin and end > start and text[start:end] not in question.text:
                found.setdefault((start, end), Span(start, end, typed))

    patterns = _patterns(question.wanted, question.measure)
    keep(_matches(patterns, text, begin), typed=True, words=question.wanted in ("body", "place"))
    if question.wanted == "count":
        keep(_matches((_ANY_COUNT,), text, begin), typed=question.measure is None)
    keep(_phrases(text, begin), typed=question.wanted == "words", words=True)
    return [found[key] for key in sorted(found)]


def _matches(
    patterns: tuple[re.Pattern[str], ...], text: str, begin: int
) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for match in pattern.finditer(text, begin):
            yield match.span("body") if "body" in pattern.groupindex else match.span()


def _phrases(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Sentences, the stretches between commas, and what follows a cue (应当…, 给予…)."""
    for start, end in sentences(text, begin):
        yield start, end
        for stretch in re.finditer(r"[^，,：:。；;]+", text[start:end]):
            left, right = start + stretch.start(), start + stretch.end()
            yield left, right
            for cue in _CUE.finditer(text, left, right):
                yield cue.end(), right


def _patterns(wanted: Wanted, measure: str | None) -> tuple[re.Pattern[str], ...]:
    if wanted == "count":
        if measure is None:
            return (_RATIO,)
        same = _PEOPLE_AND_THINGS if measure in _PEOPLE_AND_THINGS else (measure,)
        return (re.compile(rf"{_BOUND}{_RANGE}\s?[余多]?(?:{'|'.join(same)}){_AFTER}"),)
    return {
        "frequency": (_FREQUENCY,),
        "amount": (_AMOUNT,),
        "ratio": (_RATIO,),
        "date": (_DATE, _DURATION),
        "duration": (_DURATION,),
        "body": _BODY_PATTERNS,
        "definition": (_DEFINITION,),
        "place": (_PLACE,),
        "words": (),
    }[wanted]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and punctuation at its ends."""
    while start < end and text[start] in " \t\n　，,、。；;：:":
        start += 1
    while end > start and text[end - 1] in " \t\n　，,、。；;：:":
        end -= 1
    return start, end
