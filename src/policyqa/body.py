"""Where a document begins and ends on the page it was copied from, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policyqa.marks import ANNEX_LINE, read_mark


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something on it: `text` is ``source[start:end]``, without outer space."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A document among what surrounds it.

    Attributes:
        title: as printed, or None where no line looks like one.
        header: lines about the document above its text (number, adoption, date).
        lines: the text itself.
    """

    title: str | None
    header: tuple[Line, ...]
    lines: tuple[Line, ...]


_KINDS = (
    "意见 通知 办法 规定 条例 细则 方案 纪要 决定 决议 公告 通告 通报 报告 请示 批复 函 复函 要点 规则 "
    "章程 制度 规划 计划 规程 守则 准则 法 法典 解释 答复 命令 令 公报 议案 规范 标准 指南 措施 总结 讲话 "
    "清单 编 修正案 办法（试行） 说明 指引 工作安排 安排 若干措施 须知 公约 承诺书 协议 合同 提纲 预案 职责 "
    "口径 意见稿 汇编 宪法 案"
)
_TITLE = re.compile(
    rf"^(?!第\S{{1,5}}[条章节])[^。；！？!?;]{{2,80}}(?:{'|'.join(sorted(_KINDS.split(), key=len, reverse=True))})"
    r"(?:\s?[（(《<〔\[][^）)]{1,30}[）)》>〕\]])?$"
)
NUMBER = re.compile(
    r"[\u4e00-\u9fa5]{1,14}[〔\[［（(【]\s?(?:19|20)\d\d\s?[〕\]］）)】]\s?(?:第\s?)?\d{1,5}\s?号"
    r"|(?:第\s?\d{1,5}\s?号令?)"
)
_HEADER = re.compile(
    r"(?:19|20)\d\d年\s*\d{1,2}月\s*\d{1,2}日|通过|公布|发布|施行|印发|修订|修正|起草|主席令|国务院令|令第"
)
_ADDRESSEE = re.compile(r"^[^。；]{2,200}[:：]$")

# What a page prints around a document: each ends or begins site furniture, never a clause.
_FURNITURE = re.compile(
    r"^(?:[-•·*►▪>»]\s|(?:最新|热点|热门|相关|推荐|猜你|更多|延伸|站内)\S{0,6}$|当前位置|您?(?:现)?在的位置|首页\b|首页[ >»|]"
    r"|上一[篇条页]|下一[篇条页]|分享(?:到|至)|【?打印|【?关闭|收藏|字[体号]\s?[:：]|【字[体号]|责任编辑|编辑\s?[:：]|来源\s?[:：]|作者\s?[:：]|投稿\s?[:：]"
    r"|发布(?:时间|日期|者)\s?[:：]|阅读(?:次数|量|数)|浏览(?:次数|量)?\s?[:：]|点击(?:数|量|率)?\s?[:：]|扫一扫|扫码|关注(?:我们|微信|公众号)|版权|Copyright|©"
    r"|主办\s?[:：]|承办\s?[:：]|主办单位|网站地图|网站标识码|ICP|[\u4e00-\u9fa5]?ICP备|京公网安备|联系我们|返回(?:顶部|首页|列表)|登录|注册|相关(?:文章|阅读|链接|新闻|文件|报道|推荐)"
    r"|(?:以上|剩余|以下).{0,12}(?:免费|付费|阅读|登[录陆])|.{0,12}(?:请先|需要?先?|免费)登[录陆].{0,12}$|下载(?:全文|文档|本文)|全文\d+字)",
    re.IGNORECASE,
)
_PROSE = 30
_PAGE_NUMBER = re.compile(r"^[-—– ]*\d{1,3}[-—– ]*$")
_CATALOGUE = re.compile(r"^[A-Z]\d{3,5}\s?\S")
_CONTENTS = re.compile(r"^目\s*[录次]$")


def lines_of(source: str) -> list[Line]:
    """The lines of `source` with something on them."""
    found: list[Line] = []
    for match in re.finditer(r"[^\n]+", source):
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text[0])
            found.append(Line(start, start + len(text), text))
    return found


def find_body(source: str, named: str | None = None) -> Body:
    """Tell the document's own lines from site furniture around it.

    Args:
        source: the text of the file.
        named: the title that the file's markup names, if it names one.
    """
    lines = lines_of(source)
    first_mark = _first_mark(lines)
    title, top = _title(lines, first_mark, named)
    last = _last_line(lines, first_mark)
    header_end = top
    while header_end < min(first_mark, last) and _is_header(lines[header_end].text):
        header_end += 1
    # Between the first mark and the last everything is the document's: 注册会计师… is text there.
    body = [
        line
        for number, line in enumerate(lines[header_end:last], start=header_end)
        if number >= first_mark or not _is_furniture(line.text)
    ]
    return Body(title, tuple(lines[top:header_end]), tuple(_without_contents(body)))


def is_title(text: str) -> bool:
    """Whether a line reads like the title of a document (…的通知, …办法（试行）)."""
    return len(text) <= 60 and bool(_TITLE.match(text)) and not re.search(r"[,，]", text)


def is_addressee(text: str) -> bool:
    """Whether a line names whom the document is addressed to (各区人民政府：)."""
    return _ADDRESSEE.match(text) is not None and read_mark(text) is None


def _first_mark(lines: list[Line]) -> int:
    """The line of the first mark that the document's own numbering begins with."""
    for number, line in enumerate(lines):
        mark = read_mark(line.text)
        if mark is not None and mark.number[0] == 1 and not _CATALOGUE.match(line.text):
            return number
    return len(lines)


def _title(lines: list[Line], first_mark: int, named: str | None) -> tuple[str | None, int]:
    """The printed title and the line after it."""
    limit = min(first_mark, len(lines))
    if named is not None:
        words = named.split()
        for number, line in enumerate(lines[:limit]):
            if words and line.text.endswith(words[-1]) and line.text in named:
                return named, number + 1
    # Between the furniture above and the first mark: the first title that text follows.
    # A list of other documents' titles has none between them.
    top = limit
    while (
        top > 0
        and not _is_furniture(lines[top - 1].text)
        and not _CATALOGUE.match(lines[top - 1].text)
    ):
        top -= 1
    titles = [number for number in range(top, limit) if is_title(lines[number].text)]
    for number in titles:
        following = next((later for later in titles if later > number), limit)
        between = lines[number + 1 : following]
        if number == titles[-1] or any(
            len(line.text) >= _PROSE or _is_header(line.text) for line in between
        ):
            first = _first_title_line(lines, top, number)
            title = "".join(line.text for line in lines[first : number + 1])
            if title.endswith("令") and number != titles[-1]:
                # A decree is known by the regulation that it puts into force.
                return lines[titles[-1]].text, number + 1
            return title, number + 1
    top = 0
    while top < limit and _is_furniture(lines[top].text):
        top += 1
    if top < limit and len(lines[top].text) <= 50 and not re.search(r"[。：:；]$", lines[top].text):
        return lines[top].text, top + 1
    return None, top


def _first_title_line(lines: list[Line], top: int, last: int) -> int:
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
        if "关于" in text[1:]:
            return number
        if text.startswith("关于"):
            above = lines[number - 1].text if number > top else ""
            issued = re.fullmatch(r"[\u4e00-\u9fa5、 ]{2,40}[院厅局委会部府处办室署党组]", above)
            return number - 1 if issued else number
    return last


def _is_header(text: str) -> bool:
    if len(text) > 120 or is_addressee(text):
        return False
    return bool(
        (NUMBER.search(text) and len(text) < 40)
        or (_HEADER.search(text) and not text.endswith(("。", "；", "，")))
        or (text.startswith(("（", "(")) and text.endswith(("）", ")")) and _HEADER.search(text))
    )


def _is_furniture(text: str) -> bool:
    return bool(len(text) < 100 and _FURNITURE.search(text))


def _last_line(lines: list[Line], first_mark: int) -> int:
    """One past the last line of the document."""
    marked = [
        number
        for number, line in enumerate(lines)
        if number >= first_mark and read_mark(line.text) is not None
    ]
    bottom = (marked[-1] if marked else min(first_mark, 1)) + 1
    end = len(lines)
    for number in range(bottom, len(lines)):
        if _is_furniture(lines[number].text):
            end = number
            break
    while end > bottom and (
        _PAGE_NUMBER.match(lines[end - 1].text) or _is_furniture(lines[end - 1].text)
    ):
        end -= 1
    return end


def _without_contents(lines: list[Line]) -> list[Line]:
    """Drop a table of contents: its headings stand again in the body."""
    for number, line in enumerate(lines):
        if not _CONTENTS.match(line.text):
            continue
        end = number + 1
        seen: set[str] = set()
        while end < len(lines):
            entry = re.sub(r"[\s.…·\d]+$", "", re.sub(r"\s", "", lines[end].text))
            mark = read_mark(lines[end].text)
            if entry in seen or mark is None or len(entry) > 45 or ANNEX_LINE.match(entry):
                break
            seen.add(entry)
            end += 1
        return lines[:number] + lines[end:]
    return lines
