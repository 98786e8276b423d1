"""The lines of a document that stand outside its numbering: whom it addresses, who signed it
when, what it encloses, where an annex begins.

Names and places after GB/T 9704-2012, 7.3 (主送机关, 附件说明, 发文机关署名, 成文日期, 附注).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from policyqa.document import PartName
from policyqa.lines import DATE, Line
from policyqa.marks import ANNEX, ANNEX_LIMIT, HEADINGS, is_annex, read_mark
from policyqa.wording import (
    BODY_NAME,
    PERSON,
    header_lines,
    header_name,
    is_addressee,
    is_title,
    spaced_out,
)

Role = PartName | Literal["annex", "heading"]
"""What a line is: a part, the first line of an annex, or one more line of an annex's title."""

_LISTED = re.compile(r"[0-9０-９]{1,2}\s?[.．、]")
_NOTE = re.compile(
    r"[（(](?:此件|本文有|此文|信息公开|公开属性)[^）)]{0,30}[）)]|[（(]联系(?:人|电话).{2,100}[）)]|抄\s?[送报]\s?[:：].*|主题词\s?[:：].*"
    rf"|.{{2,30}}\s{DATE.pattern}\s?印发|信息公开(?:选项|属性)\s?[:：].*"
)
_FORMULA = re.compile(
    r"(?:特此|此复|专此|此致|此布|此令|当否|妥否)\S{0,20}|(?:请|望)\S{0,25}(?:执行|遵照|落实|办理|批示)。"
    r"|以上\S{0,12}(?:如无不[妥当]|妥否|当否|意见|请示|报告)\S{0,30}"
    r"|(?:出席|列席|请假|缺席|主持|记录)(?:人员?)?\s?[:：].*"
    r"|(?:本|以上|上述)[\u4e00-\u9fa5]{2,8}自\S{2,30}起(?:施行|执行|实施|生效)\S*"
)
"""What closes a document after its last numbered clause, as a paragraph of its own."""
_MOST_LISTED = 100
"""Annexes that a document lists at most."""
_PLAIN_END = re.compile(r"[^。；，：、！？.;,:]$")
_SIGNER = 60
"""Characters of a line of signers."""
_TITLE_LINES = 4
_LINE_OF_TITLE = 45


def is_signature(lines: Sequence[Line], number: int) -> bool:
    """Whether the line signs the document: issuers' names above a date, or that date."""
    if number >= len(lines):
        return False
    if _is_date(lines[number].text):
        above = lines[number - 1].text if number > 0 else ""
        return number > 0 and (number >= len(lines) // 2 or _is_signer(above))
    if not _is_signer(lines[number].text):
        return False
    end = number
    while end < min(len(lines), number + 6) and _is_signer(lines[end].text):
        end += 1
    if end == len(lines):
        # Without a date only the document's very last line can be told from a heading.
        return end - number == 1 and number > 1 and len(lines[number].text) >= 4
    return _is_date(lines[end].text)


def roles(lines: Sequence[Line], titled: bool = True) -> list[Role | None]:
    """What each line is; None for a numbered clause or text.

    Args:
        lines: the lines of a document below its title and header.
        titled: whether a title stands above them, so that an addressee may come first.
    """
    found: list[Role | None] = [None] * len(lines)
    number = 0
    signed = False
    begins = True
    while number < len(lines):
        text = lines[number].text
        taken = 1
        role: Role | None = None
        if begins and is_addressee(text):
            role = "addressee"
        elif begins and number and (taken := header_lines(lines, number)):
            role = header_name(text) if taken == 1 else "header"
        elif is_annex(text):
            if _lists_annexes(lines, number):
                taken, role = _length_of_list(lines, number), "annexes"
            else:
                titles = 0 if text[_printed(text) :] else _title_lines(lines, number + 1)
                found[number] = "annex"
                found[number + 1 : number + 1 + titles] = _repeated("heading", titles)
                number += 1 + titles
                begins = signed = True
                continue
        elif is_signature(lines, number):
            signed = True
            role = "date" if _is_date(text) else "signature"
            if role == "signature" and number and found[number - 1] is None:
                found[number - 1] = "signature" if _is_half_name(lines, number) else None
        elif _NOTE.fullmatch(text) and number:
            role = "note"
        elif signed and (titles := _issued(lines, number)):
            # A notice prints the document that it issues after its own signature.
            found[number] = "annex"
            found[number + 1 : number + titles] = _repeated("heading", titles - 1)
            number += titles
            begins = True
            continue
        taken = max(taken, 1)
        found[number : number + taken] = _repeated(role, taken)
        begins = begins and role in ("header", "number", "issuer", "date")
        number += taken
    return found


def _repeated(role: Role | None, times: int) -> list[Role | None]:
    return [role] * times


def is_closing(text: str) -> bool:
    """Whether a paragraph closes the document instead of continuing its last clause."""
    return _FORMULA.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return DATE.fullmatch(text.strip("（）() ")) is not None


def _is_signer(text: str) -> bool:
    """Issuers' names, also several in a line, or an office and a name."""
    if len(text) > 2 * _SIGNER:
        return False
    text = re.sub(r"\s*[（(][^（）()]{1,8}[）)]$|\s*&\w+;", "", text)
    if len(text) > _SIGNER or read_mark(text) is not None:
        return False
    return PERSON.fullmatch(text) is not None or all(
        re.fullmatch(BODY_NAME, name) for name in re.split(r"\s{1,}", spaced_out(text))
    )


def _is_half_name(lines: Sequence[Line], number: int) -> bool:
    """Whether the line above holds the first half of a name that is broken over two lines."""
    above = lines[number - 1].text
    return (
        number > 1
        and len(above) <= _LINE_OF_TITLE
        and read_mark(above) is None
        and not is_annex(above)
        and re.fullmatch(BODY_NAME, above + lines[number].text) is not None
    )


def _lists_annexes(lines: Sequence[Line], number: int) -> bool:
    """附件：1.… 2.… names the annexes, above the signature or at the end; the annex itself
    begins with its own line."""
    end = number + _length_of_list(lines, number)
    following = [line.text for line in lines[end : end + 3]]
    if not following:
        return bool(lines[number].text[_printed(lines[number].text) :]) or end - number > 1
    return any(is_signature(lines, end + step) for step in range(len(following))) and not any(
        len(text) > ANNEX_LIMIT for text in following[:1]
    )


def _length_of_list(lines: Sequence[Line], number: int) -> int:
    """Lines of 附件：1.… / 2.… / …, each with its number or a second 附件."""
    end = number + 1
    numbered = _LISTED.match(lines[number].text[_printed(lines[number].text) :]) is not None
    bare = not lines[number].text[_printed(lines[number].text) :]
    while end < min(len(lines), number + _MOST_LISTED):
        text = lines[end].text
        entry = len(text) <= ANNEX_LIMIT and (
            ((numbered or bare) and _LISTED.match(text)) or is_annex(text)
        )
        if not entry:
            break
        numbered = numbered or _LISTED.match(text) is not None
        end += 1
    return end - number


def _printed(text: str) -> int:
    match = ANNEX.match(text)
    return match.end() if match else 0


def _title_lines(lines: Sequence[Line], number: int) -> int:
    """Lines from this one on that name the annex above: short ones before its text."""
    end = number
    while end < len(lines) and end - number <= _TITLE_LINES and _may_be_title(lines[end].text):
        end += 1
        if is_title(spaced_out(lines[end - 1].text)):
            return end - number
    return end - number if end - number <= 2 else 1


def _issued(lines: Sequence[Line], number: int) -> int:
    """Lines from this one on that are together the title of an issued document, or 0."""
    joined = ""
    for end in range(number, min(len(lines), number + _TITLE_LINES)):
        text = lines[end].text
        if not _may_be_title(text):
            return 0
        joined += spaced_out(text)
        if is_title(joined) and end + 1 < len(lines):
            then = lines[end + 1].text
            mark = read_mark(then)
            begins = mark is not None and (mark.number == (1, 0) or mark.family in HEADINGS)
            if begins or header_lines(lines, end + 1) or is_addressee(then) or _is_text(then):
                return end + 1 - number
    return 0


def _is_text(text: str) -> bool:
    return len(text) > ANNEX_LIMIT or text.endswith(("。", "："))


def _may_be_title(text: str) -> bool:
    return (
        len(text) <= _LINE_OF_TITLE
        and read_mark(text) is None
        and not is_annex(text)
        and not text.startswith(("（", "("))
        and not is_addressee(text)
        and "：" not in text
        and _PLAIN_END.search(text) is not None
    )
