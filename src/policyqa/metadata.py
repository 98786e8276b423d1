"""What a document states about itself: issuer, number, dates, rank, region and history.

Layout after GB/T 9704-2012 (密级, 发文机关标志, 发文字号, 发文机关署名, 成文日期), notes of adoption
as statutes print them (题注), and the table that government sites print above a document. A
field that the text does not state is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from policyqa.authority import adopter, decree, level_of, region_of
from policyqa.body import Body
from policyqa.dates import PRINTED_DATE, iso_date
from policyqa.document import Event, Metadata
from policyqa.enactment import read_effective, read_history, read_repeals
from policyqa.layout import is_signature
from policyqa.lines import lines_of
from policyqa.marks import read_mark
from policyqa.wording import BODY_ENDING, OFFICIAL_NUMBER

_DATE = re.compile(PRINTED_DATE)
_ONE_NAME = rf"[\u4e00-\u9fa5、（）()]{{2,40}}{BODY_ENDING}"
_NAMES = rf"[\u4e00-\u9fa5、（）() \u3000]{{2,40}}{BODY_ENDING}"
_FIRST_NAMES = rf"[\u4e00-\u9fa5、（）() \u3000]{{2,40}}?{BODY_ENDING}"
_ISSUES = re.compile(r"印发|转发|批转")
_OFFICE_HOLDER = re.compile(
    r"^(?:总理|主席|委员长|[省市县区州]长|主任|部长|局长|署长|行长)[\s\u3000]"
)
_NAMED = re.compile(r"《[^《》]*》")
_SECRECY = re.compile(r"(?:^|[\s\u3000])(绝密|机密|秘密)\s?(?:★\s?\S{0,6})?(?:$|[\s\u3000])")
_NOTE_LINE = re.compile(
    rf"^[（(]?(?:自|根据)?\s?{PRINTED_DATE}.*(?:通过|批准|公布|发布|修订|修正|施行)"
)
_SIGNED_LINE = re.compile(
    rf"(?:^|[。！；，：\s\u3000])\s*(?P<issuer>{_ONE_NAME})"
    rf"[\s\u3000]+(?P<date>{PRINTED_DATE})$"
)
_KIND = re.compile(
    r"(法典|法|条例|办法|规定|细则|规则|章程|解释|制度|规程|规范|准则|决定|决议|通知|意见|方案|公告|通告|批复|"
    r"修正案|守则|标准|预案|措施|公约)(?:[（(][^（）()]*[）)])?$"
)
_TOP = 15
"""Lines of a file among which a letterhead stands."""
_LEAD = 12
"""Lines after the title among which a decree or further notes of adoption stand."""
_END = 40
"""Lines at the end among which the final provisions stand."""


def read_metadata(
    title: str | None, body: Body, source: str = "", stated: Mapping[str, str] | None = None
) -> Metadata:
    """What the head, the text and the signature state.

    Args:
        title: the printed title, or None.
        body: the document's lines.
        source: the whole text, for what stands above the title.
        stated: what the page's own table says, by its labels (发文机关, 成文日期).
    """
    table = stated or {}
    header = [line.text for line in body.header]
    lead = _lead(body)
    top = _above(source, title, body)
    notes = [*header, *(text for text in lead if _NOTE_LINE.match(text))]
    history = read_history(notes)
    signed, signed_on = _signature(title, body)
    heading = _heading_issuer(title, top)
    by_title = heading if _ISSUES.search(title or "") else None
    issuer = table.get("发文机关") or by_title or signed or heading or adopter(history)
    if issuer is None and (issued := _decree(top, header)):
        issuer = issued[0]
    number = table.get("发文字号") or _number(top, header, lead, history)
    kind = _KIND.search(title or "")
    final = [line.text for line in body.lines[-_END:]]
    return Metadata(
        issuer=issuer,
        number=number,
        date=_table_date(table, "成文日期")
        or signed_on
        or _decreed_on(source, body)
        or _header_date(header, history),
        level=level_of(title, issuer, number, history),
        effective=_table_date(table, "施行日期", "生效日期", "实施日期")
        or read_effective(kind[1] if kind else None, header, [*lead, *final], history),
        secrecy=table.get("密级") or _secrecy([*top, *header]),
        region=region_of(issuer, title),
        history=history,
        repeals=read_repeals([line.text for line in body.lines]),
    )


def _lead(body: Body) -> list[str]:
    """The first lines of the text, up to its numbering."""
    lead = []
    for line in body.lines[:_LEAD]:
        if read_mark(line.text) is not None:
            break
        lead.append(line.text)
    return lead


def _above(source: str, title: str | None, body: Body) -> list[str]:
    """The lines of the file above the title, where a letterhead stands."""
    first = next((line.start for line in (*body.header, *body.lines)), 0)
    above = [line.text for line in lines_of(source[:first])]
    while title and above and above[-1] in title:
        above.pop()
    return above[-_TOP:]


def _signature(title: str | None, body: Body) -> tuple[str | None, str | None]:
    """发文机关署名 and 成文日期: below the text, or below the notice that issues a text."""
    lines = body.lines
    order = range(len(lines)) if _ISSUES.search(title or "") else range(len(lines) - 1, -1, -1)
    for number in order:
        found = _DATE.fullmatch(lines[number].text.strip("（）() "))
        if found is None or number == 0:
            continue
        above = lines[number - 1].text
        if is_signature(lines, number - 1) and not _DATE.search(above):
            return _spaced(above), iso_date(found[0])
        if is_signature(lines, number) or _OFFICE_HOLDER.match(above):
            return None, iso_date(found[0])
    header = [line.text for line in body.header]
    joined = [f"{above} {below}" for above, below in pairwise(header)]
    for text in (*(line.text for line in (*lines[-2:], *body.header, *lines[:2])), *joined):
        if found := _SIGNED_LINE.search(text):
            return _spaced(found["issuer"]), iso_date(found["date"])
    return None, None


def _decreed_on(source: str, body: Body) -> str | None:
    """The date under the signature of a decree, which stands above the title of what it issues."""
    printed = [source[part.start : part.end] for part in body.parts if part.name == "date"]
    return next((iso_date(found[0]) for text in printed if (found := _DATE.search(text))), None)


def _spaced(name: str) -> str:
    name = re.sub(r"第[一二三四五六七八九十百]+届(?=人民代表大会)", "", name.strip())
    return re.sub(r"[\s\u3000]+", " ", name.removeprefix("中华人民共和国"))


def _heading_issuer(title: str | None, top: Sequence[str]) -> str | None:
    """The title's 某某关于, else the letterhead (云溪市人民政府文件)."""
    match = re.match(rf"({_FIRST_NAMES})(?:关于|印发|转发|批转|对)", title or "")
    if match:
        return _spaced(match[1])
    if title and title.startswith("关于") and top and re.fullmatch(_NAMES, top[-1]):
        return _spaced(top[-1])
    for text in top:
        if found := re.fullmatch(rf"({_NAMES})文件", text):
            return _spaced(found[1])
    return None


def _decree(top: Sequence[str], header: Sequence[str]) -> tuple[str, str] | None:
    """中华人民共和国国务院令 above 第706号, on one line or two."""
    head = [text for text in (*top, *header) if len(text) <= 30 and not _DATE.search(text)]
    for above, below in zip(head, [*head[1:], ""], strict=False):
        found = decree(above) or decree(above + below)
        if found:
            return found
    return None


def _number(
    top: Sequence[str], header: Sequence[str], lead: Sequence[str], history: Sequence[Event]
) -> str | None:
    """发文字号 of the head, else the number of the decree, else the last in the history."""
    for text in (*header, *(line for line in (*reversed(top), *lead[:2]) if _is_number(line))):
        if found := OFFICIAL_NUMBER.search(_NAMED.sub("", text)):
            return re.sub(r"^[年月日]|\s", "", found[0])
    issued = [_decree(top, header), *(decree(event.text) for event in reversed(history))]
    return next((number for _, number in filter(None, issued)), None)


def _is_number(text: str) -> bool:
    """Whether a line is a 发文字号 and little else."""
    found = OFFICIAL_NUMBER.search(text)
    return found is not None and len(text) - len(found[0]) <= 15 and "《" not in text


def _header_date(header: Sequence[str], history: Sequence[Event]) -> str | None:
    """The last adoption or amendment, else the last date below the title."""
    adopted = [event.date for event in history if event.event not in ("施行", "废止")]
    if adopted or history:
        return adopted[-1] if adopted else None
    dates = [iso_date(found[0]) for text in header for found in _DATE.finditer(text)]
    return dates[-1] if dates else None


def _table_date(table: Mapping[str, str], *labels: str) -> str | None:
    for label in labels:
        value = table.get(label, "")
        if found := _DATE.search(value):
            return iso_date(found[0])
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return value
    return None


def _secrecy(head: Sequence[str]) -> str | None:
    """密级, as 机密★1年 in the top corner of the first page."""
    found = (_SECRECY.search(text) for text in head if len(text) <= 30)
    return next((match[1] for match in found if match), None)
