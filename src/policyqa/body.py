"""Where a document begins and ends on the page it was copied from, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policyqa.document import Part, PartName
from policyqa.lines import DATE, Line, lines_of
from policyqa.marks import HEADINGS, read_mark
from policyqa.titles import Title, find_title, repeats
from policyqa.wording import (
    ISSUER_LINE,
    PERSON,
    header_lines,
    header_name,
    is_bulleted,
    is_catalogued,
    is_furniture,
    is_header,
    is_number,
    is_prose,
)


@dataclass(frozen=True, slots=True)
class Body:
    """A document among what surrounds it.

    Attributes:
        title: as printed, or None where no line looks like one.
        opening: text above the title: what a decree says of the regulation that it issues.
        header: lines about the document above its text (number, adoption, date).
        lines: the text itself.
        parts: every other line, as what it is, in the document's order.
    """

    title: str | None
    opening: tuple[Line, ...]
    header: tuple[Line, ...]
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


_PAGE_NUMBER = re.compile(r"^[-—– ]*\d{1,3}[-—– ]*$")
_ENTRY = 300
"""Characters of an entry of the contents with its leader of dots."""
_CONTENTS = re.compile(r"^目\s*[录次]$")


def find_body(source: str, named: str | None = None) -> Body:
    """Tell the document's own lines from what stands around them.

    Args:
        source: the text of the file.
        named: the title that the file's markup names, if it names one.
    """
    lines = lines_of(source)
    contents = _contents(lines)
    first_mark = _first_mark(lines, contents)
    heading = find_title(source, lines, first_mark, named)
    last = _last_line(lines, first_mark)
    header_end = _header_end(lines, heading.title, heading.end, min(first_mark, last))
    names: dict[int, PartName] = {}
    opening: list[Line] = []
    for number in range(heading.first):
        name = _above_title(lines, number, heading)
        if name is None:
            opening.append(lines[number])
        else:
            names[number] = name
    names |= dict.fromkeys(range(heading.first, heading.end), "title")
    for number in range(heading.end, header_end):
        repeated = repeats(lines[number].text, heading.title)
        names[number] = "title" if repeated else header_name(lines[number].text)
    for number in range(header_end, len(lines)):
        # Between the first mark and the last everything is the document's: 注册会计师… is text.
        outside = number < first_mark or number >= last or first_mark == len(lines)
        if number in contents:
            names[number] = "contents"
        elif number >= last or (outside and _is_beside(lines[number].text)):
            names[number] = "furniture"
    return Body(
        heading.title,
        tuple(opening),
        tuple(lines[heading.end : header_end]),
        tuple(lines[number] for number in range(header_end, len(lines)) if number not in names),
        tuple(Part(name, lines[at].start, lines[at].end) for at, name in sorted(names.items())),
    )


def _is_beside(text: str) -> bool:
    """Whether a line among the document's own is furniture; its bullets are its own."""
    return is_furniture(text) and not is_bulleted(text)


def _header_end(lines: list[Line], title: str | None, top: int, limit: int) -> int:
    end = top
    while end < limit:
        if repeats(lines[end].text, title):
            # Some sites print the title again below what they say about the document.
            end += 1
            continue
        if ISSUER_LINE.fullmatch(lines[end].text) and end + 1 < limit:
            # 某某办公室 and a date in one line of the header; alone it is a subtitle or text.
            taken = 1 + header_lines(lines, end + 1) if is_header(lines[end + 1].text) else 0
        else:
            taken = header_lines(lines, end)
        if not taken:
            break
        end += taken
    return min(end, limit)


def _above_title(lines: list[Line], number: int, heading: Title) -> PartName | None:
    """What a line above the title is; None where it is text of the document."""
    text = lines[number].text
    if heading.decree is not None and number >= heading.decree:
        if number == heading.decree:
            return "issuer"
        if is_number(text):
            return "number"
        if DATE.fullmatch(text):
            return "date"
        return "signature" if PERSON.fullmatch(text) or ISSUER_LINE.fullmatch(text) else None
    if is_number(text) and not is_furniture(text):
        return "number"
    if ISSUER_LINE.fullmatch(text) and number >= heading.first - 3:
        return "issuer"
    if repeats(text, heading.title) or (
        repeats(heading.title or "", text) and not is_catalogued(text)
    ):
        return "title"
    prose = len(text) > 40 and text.endswith(("。", "；", "："))
    return None if prose and not is_furniture(text) else "furniture"


def _first_mark(lines: list[Line], contents: set[int]) -> int:
    """The line of the first mark that the document's own numbering begins with."""
    for number, line in enumerate(lines):
        if number in contents:
            continue
        mark = read_mark(line.text)
        if mark is not None and mark.number[0] == 1 and not is_catalogued(line.text):
            return number
    return len(lines)


def _last_line(lines: list[Line], first_mark: int) -> int:
    """One past the last line of the document."""
    marked = [
        number
        for number, line in enumerate(lines)
        if number >= first_mark and read_mark(line.text) is not None
    ]
    bottom = (marked[-1] if marked else min(first_mark, 1)) + 1
    end = len(lines)
    prose = max((at for at in range(bottom, end) if is_prose(lines[at].text)), default=bottom)
    signed = False
    for number in range(bottom, end):
        if is_furniture(lines[number].text) and (signed or number >= prose):
            end = number
            break
        signed = signed or DATE.fullmatch(lines[number].text) is not None
    while end > bottom and (
        _PAGE_NUMBER.match(lines[end - 1].text) or is_furniture(lines[end - 1].text)
    ):
        end -= 1
    return end


def _contents(lines: list[Line]) -> set[int]:
    """The lines of a table of contents: its headings stand again in the body.

    It begins with 目录, or is a run of headings that come back further below.
    """
    for number, line in enumerate(lines):
        titled = bool(_CONTENTS.match(line.text))
        mark = read_mark(line.text)
        if not titled and (mark is None or mark.family not in HEADINGS):
            continue
        end = number + titled
        seen: set[str] = set()
        while end < len(lines) and (entry := _entry(lines[end].text)) and entry not in seen:
            seen.add(entry)
            end += 1
        returns = any(_entry(later.text) in seen for later in lines[end:])
        if titled or (end - number >= 2 and returns):
            return set(range(number, end))
        return set()
    return set()


def _entry(text: str) -> str | None:
    """A line of the contents without its leader and page number, or None."""
    if len(text) > _ENTRY:
        return None
    entry = re.sub(r"[\s.…·\d]+$", "", re.sub(r"\s", "", text))
    return entry if read_mark(text) is not None and len(entry) <= 45 else None
