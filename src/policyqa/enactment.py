"""What a document says about its own life: adopted, amended, in force from, what it repeals.

Wording after the legislative drafting rules (立法技术规范（试行）（一）, 2009, 三: 题注, 施行日期
and 废止的表述).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyqa.dates import PRINTED_DATE, iso_date
from policyqa.document import Event

_EVENTS = "通过|批准|公布|发布|颁布|修订|修正|修改|施行|废止"
_EVENT = re.compile(_EVENTS)
_NEXT_NOTE = re.compile(
    rf"(?<=通过|批准|公布|发布|颁布|修订|修正|修改|施行|废止)[\s，；。]*(?=(?:自|根据)?{PRINTED_DATE})"
)
_DATED = re.compile(rf"^[（(\s]*(?:自|根据)?({PRINTED_DATE})")
_NAMED = re.compile(r"《[^《》]*》|〈[^〈〉]*〉|<[^<>]*>")
_OWN = (
    r"本(?:法典|法|条例|办法|规定|细则|规则|章程|解释|制度|规程|规范|准则|决定|决议|通知|意见|方案|公告|通告|"
    r"批复|修正案|守则|标准|预案|措施|公约)"
)
_EFFECT = (
    rf"(?:自|从)\s?(?:(?P<date>{PRINTED_DATE})|(?P<event>公布|发布|颁布|印发)之日)\s?(?:起|开始)"
    r"\s?(?:正式)?(?:施行|实施|执行|生效)"
)
_OWN_EFFECT = re.compile(rf"(?P<own>{_OWN})(?:经[^。；]{{2,40}}[，,])?{_EFFECT}")
_HEADER_EFFECT = re.compile(_EFFECT)
_HEADER_DATE = re.compile(rf"({PRINTED_DATE})\s*(?:起)?\s*施行")
_TITLE = r"《(?:[^《》]|《[^《》]*》)+》"
_NOTE = r"(?:[（(][^（）()]{1,80}[）)])?"
_ORIGIN = r"[^《》。；]{0,150}?(?:公布|发布|颁布|通过|批准|修正|修订|印发|施行|实施|下发)的"
_REPEALED = re.compile(
    rf"《(?P<title>(?:[^《》]|《[^《》]*》)+)》{_NOTE}"
    # Further titles must be joined by 、 or 和: 根据《甲法》发布的《乙办法》同时废止 names one.
    rf"(?=(?:\s?(?:[、，,和及与]|以及)\s?(?:{_ORIGIN})?\s?{_TITLE}{_NOTE})*"
    r"\s?[，,]?(?:也|均)?(?:(?:同时|即行|一并)废止|予以废止|宣布废止"
    r"|自本\S{1,4}(?:施行|实施|公布|发布|印发)之日起(?:同时)?废止))"
)


def read_history(lines: Sequence[str]) -> tuple[Event, ...]:
    """The notes of adoption, amendment and repeal below a title, in the order printed.

    Args:
        lines: the header; a line may hold several notes.
    """
    found = []
    for line in lines:
        for note in _NEXT_NOTE.split(line):
            text = re.sub(r"[\s，。]*根据$", "", note.strip("（）() 　，；。"))
            dated = _DATED.match(text)
            events = _EVENT.findall(_NAMED.sub("", text))
            day = iso_date(dated[1]) if dated else None
            if day is None or not events:
                continue
            # 修订发布: the amendment is what matters, not that it was made known.
            amending = [event for event in events if event in ("修订", "修正")]
            found.append(Event(day, (amending or events)[-1], text))
    return tuple(found)


def read_effective(
    kind: str | None, header: Sequence[str], body: Sequence[str], history: Sequence[Event]
) -> str | None:
    """施行日期, as the header or the document's own last provisions state it.

    自公布之日起 counts where the history tells the day of 公布; it is None otherwise, as it is
    for a date that depends on anything else.

    Args:
        kind: what the title calls the document (条例, 办法); its own statement goes first
            where a notice and the rule that it issues both have one.
        header: the lines between title and text.
        body: the document's lines.
        history: as `read_history` found it.
    """
    in_force = [event.date for event in history if event.event == "施行"]
    if in_force:
        return in_force[-1]
    for line in header:
        if found := (_HEADER_EFFECT.search(line) or _HEADER_DATE.search(line)):
            return _effective(found, history)
    stated = [match for line in body for match in _OWN_EFFECT.finditer(line)]
    own = [match for match in stated if kind and kind.endswith(match["own"][1:])]
    if own or stated:
        return _effective((own or stated)[-1], history)
    # A decree: 现予公布，自2019年1月1日起施行。
    for line in body:
        if re.search(r"公布|发布|印发", line) and (found := _HEADER_EFFECT.search(line)):
            return _effective(found, history)
    return None


def _effective(match: re.Match[str], history: Sequence[Event]) -> str | None:
    groups = match.groupdict()
    printed = groups.get("date") or (match[1] if not groups else None)
    if printed:
        return iso_date(printed)
    made_known = [one.date for one in history if one.event in ("公布", "发布", "颁布")]
    return made_known[-1] if made_known else None


def read_repeals(lines: Sequence[str]) -> tuple[str, ...]:
    """Titles of the documents that a text says it puts out of force.

    Only whole documents that are named: of 《…条例》中关于…的规定同时废止 the 条例 lives on.
    """
    found: dict[str, None] = {}
    for line in lines:
        if "废止" in line:
            for sentence in re.split(r"[。；]", line):
                found.update(dict.fromkeys(_repealed(sentence)))
    return tuple(found)


def _repealed(sentence: str) -> Iterator[str]:
    for match in _REPEALED.finditer(sentence):
        yield match["title"]
