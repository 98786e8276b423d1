"""The table that government sites print above a document: 索引号, 发文机关, 成文日期."""

from __future__ import annotations

import re

import lxml.html

_LABELS = {
    "索引号": "索引号",
    "发文机关": "发文机关",
    "发布机构": "发文机关",
    "制发机关": "发文机关",
    "发文字号": "发文字号",
    "文号": "发文字号",
    "成文日期": "成文日期",
    "发文日期": "成文日期",
    "发布日期": "发布日期",
    "施行日期": "施行日期",
    "生效日期": "施行日期",
    "实施日期": "施行日期",
    "密级": "密级",
}
"""Labels as sites print them, to the terms of GB/T 9704-2012."""
_LONGEST = 100
_LABELLED = re.compile(rf"^({'|'.join(_LABELS)})[:：](.+)$")


def read_page_table(body: lxml.html.HtmlElement) -> dict[str, str]:
    """What stands beside the known labels, the first of each; empty values are left out.

    Reads cells side by side (索引号： | 000014349), and label and value in one element.
    """
    found: dict[str, str] = {}
    for element in body.iter("td", "th", "dt", "li", "p", "span", "div"):
        text = _text(element)
        if not text or len(text) > _LONGEST:
            continue
        label = _LABELS.get(re.sub(r"\s", "", text).rstrip(":："))
        if label:
            following = element.getnext()
            value = _text(following) if following is not None else ""
            if value and len(value) <= _LONGEST and not value.endswith(("：", ":")):
                found.setdefault(label, value)
        elif match := _LABELLED.match(text):
            found.setdefault(_LABELS[match[1]], match[2].strip())
    return found


def _text(element: lxml.html.HtmlElement) -> str:
    """An element's text in one line, "" for a long one; a label (索 引 号) has no blanks."""
    text = ""
    for part in element.itertext():
        text += part
        if len(text) > _LONGEST * 10:
            return ""
    text = re.sub(r"\s+", " ", text).strip()
    head, colon, rest = text.partition("：")
    return re.sub(r"\s", "", head) + colon + rest if colon else text
