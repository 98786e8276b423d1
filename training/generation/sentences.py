"""Sentences of law clauses, and what can be said before and after a place in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

POINTING = re.compile(
    r"前[款条项述两三]|前\S{0,3}款|上述|上款|下列|如下|以下(?:情形|行为|条件|材料|规定)|本条(?!例)|本款|本项|本章|本节|本编|该[^当]|"
    r"(?<![尤极与])其(?!他|它|余|中|次)|此|第[一二三四五六七八九十百0-9]+[条款项章节]|另有|另行|附[件表录]|左列|各[自该]|"
    r"[（(][一二三四五六七八九十]+[）)]|[《》“”：]|同等|相应|前者|后者|这|那|依照本|按照本[^级]|是指"
)
"""Words that point to another place: a question that holds one is not understood alone."""
POINTING_BRIEF = re.compile(
    r"[》”：]|是指|前[款条项述]|上述|下列|如下|本[条款项]|该|其(?!他|它|余|中)|此|第\S{1,6}[条款项]|规定之一|行为之一|情形之一|[《“]|这|那|^对?有|所列|之一"
)
"""The same for a short stretch (a condition, what follows the subject), where more is understood."""
_RULE_NAMED = re.compile(
    r"(?:(?:^|(?<=，))违反|依照|按照|根据|依据)[^，。；]{0,60}?(?:规定|法律、(?:行政)?法规|有关法律)(?:的?[，,]|的?$|(?=应当|可以|责令|给予|由|对|向|予以))"
)
_LEADING = re.compile(
    r"^(?:[甲乙丙丁戊己庚辛]、|但是?|同时|并且?|而且|对于|凡是?|因此|其中|此外|另外)[，,]?"
)
_NO_SUBJECT = re.compile(
    r"(?:应当?|可以|可|须|必须|需要?|并|或者?|和|处|由|责令|自|于|在|从|经|不得|不予|不|给予|予以|按照?|以|对|其|该|也|还|"
    r"且|将|向|至少|每|通过|采取|会同|报|没收|吊销|超过|为|是|有|的|逾期|期[限满]|届满|有效期|申请|拒|情节|符合|审|决定|受理|批准|"
    r"同意|查|认为|认定|确认|确需|需|未|提出|提交|无|因|延长|最|达到|满|已|经营的|如|若|当|当场|除|除外|又|则|仍|依法|同一|作出|收到|接到|情况|发现|属于|造成|构成|及时|一般|具体)"
)
_SPLIT = re.compile(r"[^。\n！？]+")
CONDITION = re.compile(r"的$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch between full stops or semicolons.

    Attributes:
        text: without the closing mark.
        start: its offset in the clause's text.
        head: for what follows a semicolon, the condition that opened the whole sentence.
        opens: it is the first of its paragraph, so that no subject is carried over to it.
    """

    text: str
    start: int
    head: str
    opens: bool

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of this sentence as offsets of the clause's text."""
        return self.start + start, self.start + end


def law_sentences(text: str, mark: str) -> Iterator[Sentence]:
    """The sentences of a clause, without its numbering mark."""
    begin = len(mark) if text.startswith(mark) else 0
    for whole in _SPLIT.finditer(text, begin):
        opens = not text[begin : whole.start()].strip() or text[whole.start() - 1] == "\n"
        head, place = "", whole.start()
        for part in whole[0].split("；"):
            stripped = part.strip()
            if stripped and not stripped.endswith(("：", ":")):
                at = place + len(part) - len(part.lstrip())
                yield Sentence(stripped, at, head, opens and place == whole.start())
            if place == whole.start():
                first = stripped.split("，的")[0]
                found = [s for s in conditions(first) if len(s) > 4]
                head = found[0] if found else ""
            place += len(part) + 1


def plain(text: str) -> str:
    """Without the rules it refers to (违反本条例规定，), brackets and linking words."""
    text = re.sub(r"（[^（）]*）|\([^()]*\)", "", text)
    text = _RULE_NAMED.sub("", text)
    return _LEADING.sub("", text.strip("，, 　、"))


def conditions(text: str) -> list[str]:
    """The segments that state a condition (未经批准的), with those that lead up to each."""
    found: list[str] = []
    held: list[str] = []
    for segment in plain(text).split("，"):
        held.append(segment)
        if CONDITION.search(segment):
            found.append("，".join(held))
            held = []
        elif re.match(r"由|责令|处|没收|应当|可以|给予", segment):
            held = []
    return found


def lead(sentence: Sentence, end: int, *, longest: int = 34) -> str | None:
    """What the question says before offset `end` of the sentence; None where that would not
    be understood: no subject, a word that points elsewhere, or too long.
    """
    before = plain(sentence.text[:end])
    last = _LEADING.sub("", before.rsplit("，", 1)[-1])
    complete = sentence.opens and not sentence.head
    if not (complete and len(before) <= longest and before):
        if not last or _NO_SUBJECT.match(last) or last.endswith("的"):
            return None
        before = last
    if len(before) > longest or POINTING.search(before):
        return None
    if _NO_SUBJECT.match(before) and not re.match(
        r"未|申请|因|对|在|经|向|从事|符合|同一|无", before
    ):
        return None
    return before


_UNFINISHED = re.compile(
    r"(?:的|、|和|或者|后|前|时|外|中|内|联名|提名|附议|期间|区域|范围|情况下|基础上|条件下|行为|以[上下]|方式|原则|同意|要求|提议)$"
)
"""Ends of a segment that does not close a sentence."""


def rest(sentence: Sentence, start: int, *, longest: int = 30, across: bool = False) -> str | None:
    """What follows offset `start` up to the next comma; None where that is no end, too long, or
    points elsewhere.

    Args:
        sentence: it is part of.
        start: where the asking words end.
        longest: characters at most.
        across: a comma right at `start` is passed over (三十日内，向法院起诉).
    """
    after = sentence.text[start:]
    if not across and after.startswith("，"):
        return ""
    segments = re.split(r"[，,]", plain(after))
    said = segments[0]
    if said.endswith("的"):
        return None
    if said and _UNFINISHED.search(said):
        said = "，".join(segments[:2])
        if len(segments) < 2 and not re.search(r"(?:同意|要求|行为|方式|原则|范围|区域)$", said):
            return None
    if (
        len(said) > longest
        or POINTING.search(said)
        or said.endswith(("的", "、", "和", "或者", "时", "前", "后"))
    ):
        return None
    return said
