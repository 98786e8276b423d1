"""What a document states about itself: issuer, number, date and rank.

Layout after GB/T 9704-2012 (发文机关标志, 发文字号, 发文机关署名, 成文日期); a field that the
text does not state is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyqa.body import NUMBER, Body, Line
from policyqa.document import Metadata
from policyqa.numerals import parse_numeral

_DATE = re.compile(
    r"((?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})\s?年\s?(\d{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
_BODY_NAME = (
    r"[\u4e00-\u9fa5、（）() ]{2,40}(?:院|厅|局|委|委员会|会|部|府|处|办公室|办|室|行|署|校|学|公司|中心|党组|"
    r"支部|总队|集团|协会|联合会|小组|指挥部|法院|检察院)"
)


def read_metadata(title: str | None, body: Body) -> Metadata:
    """What the header, title and signature state.

    Args:
        title: the printed title, or None.
        body: the document's lines.
    """
    header = [line.text for line in body.header]
    opening = [*header, *(line.text for line in body.lines[:2])]
    number = next(
        (match[0] for text in opening if len(text) < 60 and (match := NUMBER.search(text))), None
    )
    return Metadata(
        issuer=_issuer(title, body),
        number=number,
        date=_date(header, body),
        level=_level(title, header),
    )


def is_signature(lines: Sequence[Line], number: int) -> bool:
    """Whether the line signs the document: an issuer's name above a date, or that date."""
    if number >= len(lines):
        return False
    text = lines[number].text
    if _DATE.fullmatch(text.strip("（）() ")):
        return number > 0 and number >= len(lines) // 2
    following = lines[number + 1].text if number + 1 < len(lines) else ""
    return bool(len(text) <= 40 and re.fullmatch(_BODY_NAME, text) and _DATE.fullmatch(following))


def _issuer(title: str | None, body: Body) -> str | None:
    for number in range(len(body.lines) - 1, -1, -1):
        text = body.lines[number].text
        if is_signature(body.lines, number) and not _DATE.fullmatch(text.strip("（）() ")):
            return text.strip()
    match = re.match(rf"({_BODY_NAME})(?:关于|印发|转发|批转)", title or "")
    return match[1] if match else None


def _date(header: Sequence[str], body: Body) -> str | None:
    """成文日期: the signature's, else the last one of the header."""
    for number in range(len(body.lines) - 1, -1, -1):
        if is_signature(body.lines, number) and (found := _DATE.search(body.lines[number].text)):
            return _iso(found)
    dates = [_iso(found) for text in header if "施行" not in text for found in _DATE.finditer(text)]
    return dates[-1] if dates else None


def _iso(match: re.Match[str]) -> str:
    year, month, day = (parse_numeral(part) or 0 for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}"


def _level(title: str | None, header: Sequence[str]) -> str | None:
    printed = " ".join(header)
    if re.search(r"最高人民(?:法院|检察院)", f"{title} {printed}"):
        return "司法解释"
    if re.search(r"全国人民代表大会(?:常务委员会)?\S*?(?:第\S+次)?会议\S*通过", printed):
        return "法律"
    if re.search(r"(?:省|市|自治区|自治州|自治县)\S*人民代表大会", printed):
        return "地方性法规"
    if "国务院令" in printed or re.search(r"国务院\S*(?:公布|发布|通过|批准)", printed):
        return "行政法规"
    return None
