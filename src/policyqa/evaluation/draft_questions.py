"""Sentences of clauses to questions, by the rules of `draft_rules`.

Here is what makes a question of a sentence that holds an answer: which part of the sentence is
asked, and whether it can be understood by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from policyqa.evaluation.draft_rules import RULES, Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a sentence answers.

    Attributes:
        rule: the rule's name.
        kind: what is asked for.
        text: the question's words, without the document's name and the question mark.
        start: first character of the answer, an offset into the sentence.
        end: one past its last.
    """

    rule: str
    kind: str
    text: str
    start: int
    end: int


SELF = re.compile(
    "本(?:法|条例|规定|办法|细则|规则|解释|决定|制度|意见|方案|通知|规程|准则|章程|守则|标准)"
)
"""How a document calls itself."""
_DEFINITION = re.compile(
    rf"^(?P<head>{SELF.pattern}所称的?)(?P<term>[^，。；：、]{{2,20}}?)，?(?:是指|系指|指)"
    r"(?P<answer>[^。；：]{6,120})$"
)
_CONDITION = re.compile(
    r"^(?P<answer>[^，。；：]{6,36})的，(?P<rest>(?:应当|可以|不得|视为|须|应)[^，。；：]{6,40})$"
)
_VAGUE = re.compile(
    r"有关|相关|相应|上级|同级|^[本原各]|(?:行政|政务|纪律|党纪)$|本行政|管理单位$|^(?:主管部门|负责人)$"
)
"""Answers that tell nobody anything."""
_PUNISHING = re.compile("处分|处罚|责任|罚款|改正|批评|追究|警告|赔偿|依法")

# What leans on another sentence cannot be asked by itself.
_LEANING = re.compile(
    r"该|其(?!他|余|它)|此|上述|前款|前条|前项|前两|前述|上款|本条(?!例)|本款|本项|本章|本节|下列|如下|有关规定执行|"
    r"第[零〇一二三四五六七八九十百千0-9]+[条款项]|同上|后者|前者|所列|他们?|附件|附表|第[（(]|你[局委们]|我[局委部省市县区]|贵"
)
_LEANING_START = re.compile(
    r"但|其中|同时|此外|另外|并|且|而|或|情节|造成|致|数额|后果|逾期|拒不|有下列|特别|前|对[^，]{0,4}的，|"
    r"违反规定的|属于|有违法所得|违法所得|没有违法|货值|违法经营|数量|发生|对直接|对单位|不构成|构成犯罪|尚不|再次|警告后|不及时|情况|在规定期限|在期限|需要延长|"
    r"期满|届满|因特殊|特殊情况|确需|确因|符合条件|经批准|未经|到期|于每|不足|超过|以上|以下|每[年月季周日天届学半两二三四五]"
)
_SUBJECT = re.compile(
    r"^[^，]{2,24}?(?=应当|应|须|可以|可|不得|每|由|要|负责|需|必须|自|在|向|对|按|实行|为|是|不|至少|原则上)"
)
_SUBJECT_END = re.compile(
    r"(?:会|委|部门|单位|机关|政府|党组|支部|人员?|者|学校|企业|公司|机构|委员|党员|学生|职工|教师|"
    r"组织|法院|中心|局|办|组|员|费|费用|标准|金|期限?|时间|用车|证|书|制度|会议)$"
)
_MODAL = re.compile("应当?|可以?|不|须|必须|禁止|由|经|为|给予|处|是|有|要|同意|完成")
_UNFINISHED = re.compile(
    r"(?:的|时|后|前|内|中|起|间|下|者|外|以上|以下|根据[^，]{0,8}(?:情况|需要|规定|要求|结果|实际)|按照?[^，]{2,30}的(?:标准|要求|比例|原则|方式))$"
)
_ADVERBIAL = re.compile(r"^(?:自|经|在|对|按照?|根据|依照|依据|除|因|凡|如|为|从|于)")
_BRACKETED = re.compile(r"[（(〔\[][^（）()〔〕\[\]]*[）)〕\]]")
_COMMA = re.compile(r"，|,(?![0-9]{3})")
_HOLE = "\0"
_SHORTEST, _LONGEST = 10, 62


def propose(sentence: str) -> Iterator[Proposal]:
    """The questions that a sentence answers, without its end mark and numbering mark.

    Answers are given where they stand in the sentence; no two share a character.
    """
    if _LEANING_START.match(sentence):
        return
    taken: list[tuple[int, int]] = []
    for one in (*_whole(sentence), *_in_place(sentence)):
        if all(one.end <= start or end <= one.start for start, end in taken):
            taken.append((one.start, one.end))
            yield one


def _in_place(sentence: str) -> Iterator[Proposal]:
    for rule in RULES:
        for match in rule.pattern.finditer(sentence):
            start, end = match.span("answer")
            left, right = _stretch(sentence, start, end)
            body = sentence[left:start] + _HOLE + sentence[max(end, match.end()) : right]
            if _LEANING.search(body):
                continue  # looked for here, because the numbers it goes by may be in brackets
            body = _BRACKETED.sub("", body).strip(" ，、：　")
            answer = match["answer"]
            vague = answer in body or _VAGUE.search(answer) or _trivial(rule, match, sentence)
            if not vague and _reads(body, rule.name == "in-charge"):
                text = body.replace(_HOLE, rule.asking(match))
                yield Proposal(rule.name, rule.kind, text, start, end)


def _whole(sentence: str) -> Iterator[Proposal]:
    """Questions that are not asked in place: what a word means, when something is to be done."""
    found = _DEFINITION.match(sentence)
    if found and not re.search("下列|以下", found["answer"]):
        term = _BRACKETED.sub("", found["term"])
        text = f"{found['head']}{term}是指什么"
        yield Proposal("definition", "definition", text, *found.span("answer"))
    found = _CONDITION.match(sentence)
    if (
        found
        and not _LEANING.search(sentence)
        and not _PUNISHING.search(found["rest"])
        and not _repeats(found["answer"], found["rest"])
        and not _BRACKETED.search(sentence)
    ):
        yield Proposal(
            "condition", "condition", f"什么情况下{found['rest']}", *found.span("answer")
        )


def _repeats(one: str, other: str, length: int = 4) -> bool:
    """Whether the two share a run of so many characters."""
    return any(one[at : at + length] in other for at in range(len(one) - length + 1))


def _stretch(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence that says what the answer is about.

    It begins with the stretch between commas that holds the answer where that has a subject of
    its own, with its conditions, else with the sentence; it ends where the statement does.
    """
    commas = [-1, *(mark.start() for mark in _COMMA.finditer(sentence)), len(sentence)]
    stretches = [(left + 1, right) for left, right in pairwise(commas)]
    first = next(number for number, (left, right) in enumerate(stretches) if start < right)
    last = next(number for number, (left, right) in enumerate(stretches) if end <= right)
    subject = _SUBJECT.match(sentence[stretches[first][0] : start])
    if first and not (subject and _SUBJECT_END.search(subject[0])):
        first = 0
    while first:
        left, right = stretches[first - 1]
        before = sentence[left:right]
        if not (_UNFINISHED.search(before) or _ADVERBIAL.match(before)):
            break
        first -= 1
    while last + 1 < len(stretches):
        left, right = stretches[last]
        here = sentence[left:right]
        said = _MODAL.search(sentence[stretches[first][0] : right])
        if (
            said
            and not _UNFINISHED.search(here)
            and not (_ADVERBIAL.match(here) and len(here) < 12)
        ):
            break
        last += 1
    return stretches[first][0], stretches[last][1]


def _trivial(rule: Rule, match: re.Match[str], sentence: str) -> bool:
    """Whether the answer says too little: one of a thing, or a threshold of a fine among many."""
    if rule.name == "amount":
        return "罚款" in sentence
    if rule.name == "age":  # else a mere description of somebody
        return not re.search("应当|不得|可以|禁止|有权", sentence)
    before = sentence[max(0, match.start() - 4) : match.start()]
    one = match["answer"][0] in "一1１" and len(match["answer"]) == 2
    return rule.name == "count" and one and not re.search("至少|少于|配备", before)


def _reads(body: str, may_open: bool) -> bool:
    """Whether a question with a hole where the answer was can be asked by itself.

    Args:
        body: the question's words.
        may_open: the asking word may stand first.
    """
    before, hole, after = body.partition(_HOLE)
    without = before + after
    # A title takes the place of 本法, so such a question is longer than it looks.
    length = len(without) + (_SHORTEST - 6 if SELF.match(without) else 0)
    noun_only = re.fullmatch(r"[^，]*的[^，的]{1,10}", after) and not _MODAL.search(before)
    return (
        bool(hole)
        and (may_open or bool(before))
        and (may_open or not noun_only)
        and not re.match(r"以[上下内]，", after)
        and length >= _SHORTEST
        and len(without) <= _LONGEST
        and not _LEANING_START.match(without)
        and not _UNFINISHED.search(body)
        and not re.search(r"[：:；“”\"《》\n\t|｜]|^[的，、0-9０-９]|^百分", without)
        and all(without.count(left) == without.count(right) for left, right in ("（）", "()"))
    )
