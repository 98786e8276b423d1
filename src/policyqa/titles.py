"""The title that a document prints: where it stands and what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policyqa.lines import Line
from policyqa.wording import (
    BODY_NAME,
    ISSUER_LINE,
    NUMBER,
    PROSE,
    is_catalogued,
    is_furniture,
    is_header,
    is_title,
    spaced_out,
)


@dataclass(frozen=True, slots=True)
class Title:
    """The printed title, its first line and the line after it; `decree` is the first line of
    the decree that issues it."""

    title: str | None
    first: int
    end: int
    decree: int | None = None


def find_title(source: str, lines: Sequence[Line], first_mark: int, named: str | None) -> Title:
    """Find the printed title.

    Args:
        source: the page's text.
        lines: its lines.
        first_mark: the line of the first mark of the document's own numbering; a title
            stands above it.
        named: the title that the file's markup names, if it names one.
    """
    limit = min(first_mark, len(lines))
    if named is not None:
        words = named.split()
        for number, line in enumerate(lines[:limit]):
            if words and line.text.endswith(words[-1]) and line.text in named:
                return Title(named, number, number + 1)
    # Between the furniture above and the first mark: the first title that text follows.
    # A list of other documents' titles has none between them.
    top = limit
    while (
        top > 0 and not is_furniture(lines[top - 1].text) and not is_catalogued(lines[top - 1].text)
    ):
        top -= 1
    titles = [number for number in range(top, limit) if is_title(lines[number].text)]
    for number in titles:
        following = next((later for later in titles if later > number), limit)
        between = lines[number + 1 : following]
        if number == titles[-1] or any(
            len(line.text) >= PROSE or is_header(line.text) for line in between
        ):
            first = _first_title_line(lines, top, number)
            first -= first > top and _is_joint(source, lines[first - 1], lines[first])
            title = "".join(spaced_out(line.text) for line in lines[first : number + 1])
            if title.endswith("令") and number != titles[-1]:
                # A decree is known by the regulation that it puts into force.
                issued = _first_title_line(lines, number + 1, titles[-1])
                title = "".join(spaced_out(line.text) for line in lines[issued : titles[-1] + 1])
                return Title(title, issued, titles[-1] + 1, first)
            return Title(title, first, number + 1)
    top = 0
    while top < limit and is_furniture(lines[top].text):
        top += 1
    if top < limit and len(lines[top].text) <= 60 and not re.search(r"[。：:；]$", lines[top].text):
        return Title(spaced_out(lines[top].text), top, top + 1)
    return Title(None, top, top)


def _first_title_line(lines: Sequence[Line], top: int, last: int) -> int:
    """A title may be broken over several lines: 国务院办公厅关于开展 / …工作的通知."""
    if "关于" in lines[last].text[1:]:
        return last
    for number in range(last, max(top, last - 5) - 1, -1):
        text = lines[number].text
        broken = number != last and (
            len(text) > 40 or NUMBER.search(text) or re.search(r"[。：:；，]$", text)
        )
        if broken:
            break
        if re.search(r"关于|(?<=[院厅局委会府部室])(?:对|给|致)", text[1:]):
            return number
        if text.startswith("关于"):
            above = lines[number - 1].text if number > top else ""
            issued = re.fullmatch(r"[\u4e00-\u9fa5、 ]{2,40}[院厅局委会部府处办室署党组]", above)
            return number - 1 if issued else number
    return last


def _is_joint(source: str, above: Line, title: Line) -> bool:
    """Whether an issuer's name was printed before the title of several issuers, in one line with
    it: 财政部 税务总局关于…, unlike the name of the issuer and then its title."""
    return (
        "\n" not in source[above.end : title.start]
        and ISSUER_LINE.fullmatch(above.text) is not None
        and re.match(rf"{BODY_NAME}关于", title.text) is not None
        and not title.text.startswith(above.text)
    )


def repeats(text: str, title: str | None) -> bool:
    """Whether a line prints the title, or a part of it, once more."""
    text, whole = ("".join(part.split()) for part in (text, title or ""))
    return len(text) >= 4 and text in whole
