"""What a document states about itself: issuer, number, date and rank.

Layout after GB/T 9704-2012 (发文机关标志, 发文字号, 发文机关署名, 成文日期); a field that the
text does not state is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyqa.body import Body
from policyqa.document import Metadata
from policyqa.layout import is_signature
from policyqa.lines import DATE
from policyqa.numerals import parse_numeral
from policyqa.wording import BODY_NAME, NUMBER


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


def _issuer(title: str | None, body: Body) -> str | None:
    for number in range(len(body.lines) - 1, -1, -1):
        text = body.lines[number].text
        if is_signature(body.lines, number) and not DATE.fullmatch(text.strip("（）() ")):
            return text.strip()
    match = re.match(rf"({BODY_NAME})(?:关于|印发|转发|批转)", title or "")
    return match[1] if match else None


def _date(header: Sequence[str], body: Body) -> str | None:
    """成文日期: the signature's, else the last one of the header."""
    for number in range(len(body.lines) - 1, -1, -1):
        if is_signature(body.lines, number) and (found := DATE.search(body.lines[number].text)):
            return _iso(found)
    dates = [_iso(found) for text in header if "施行" not in text for found in DATE.finditer(text)]
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
