"""What a line of an official document reads like by itself: a title, an issuer, a number, an
addressee, something about the document, or the furniture of a web page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyqa.document import PartName
from policyqa.lines import DATE, Line
from policyqa.marks import read_mark

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
_YEAR_AND_SERIAL = r"[〔\[［（(【]\s?(?:19|20)\d\d\s?[〕\]］）)】]\s?(?:第\s?)?\d{1,5}\s?号"
OFFICIAL_NUMBER = re.compile(rf"[\u4e00-\u9fa5]{{1,14}}{_YEAR_AND_SERIAL}")
"""发文字号, its issuer's sign in front (国发〔2019〕5号)."""
NUMBER = re.compile(rf"[\u4e00-\u9fa5]{{0,14}}{_YEAR_AND_SERIAL}|(?:第\s?\d{{1,5}}\s?号令?)")
"""发文字号, its sign left out or not, or the number of a decree (第706号)."""
_NUMBER_LINE = re.compile(rf"(?:(?:发文字号|文号|编号)\s?[:：]\s?)?(?:{NUMBER.pattern})")
_HEADER = re.compile(
    r"(?:19|20)\d\d年\s*\d{1,2}月\s*\d{1,2}日|通过|公布|发布|施行|印发|修订|修正|起草|主席令|国务院令|令第"
)
_ADDRESSEE = re.compile(r"^[^。；：:]{2,200}[:：]$")
_ANNOUNCES = re.compile(
    r"[《“]|如下|下列|以下|情形|修改|增加|(?:通知|决定|强调|要求|指出|规定|意见|包括|为)[:：]$"
)
BODY_ENDING = (
    r"(?:院|厅|局|委|委员会|会|部|府|处|办公室|办|室|[银分支商]行|署|校|[大中小]学|公司|中心|"
    r"支部|总队|集团|协会|联合会|组|指挥部|法院|检察院)"
)
"""What the name of an issuing body ends with."""
BODY_NAME = rf"[\u4e00-\u9fa5、（）() ]{{2,40}}{BODY_ENDING}"
"""How the name of an issuing body reads."""
ISSUER_LINE = re.compile(rf"(?=.{{2,60}}$){BODY_NAME}(?:\s+{BODY_NAME})*(?:文件)?")
"""发文机关标志: issuers' names alone on their line."""
PERSON = re.compile(
    r"(?:总理|主席|委员长|省长|市长|州长|县长|区长|镇长|部长|局长|主任|院长|行长|署长|检察长|秘书长)"
    r"[\s：:]+[\u4e00-\u9fa5·\s]{2,8}"
)
"""Who signs a decree: 总理　李克强."""

# What a page prints around a document: each ends or begins site furniture, never a clause.
_FURNITURE = re.compile(
    r"^(?:[-•·*►▪>»]\s|(?:最新|热点|热门|相关|推荐|猜你|更多|延伸|站内)\S{0,6}$|当前位置|您?(?:现)?在的位置|首页\b|首页[ >»|]"
    r"|上一[篇条页]|下一[篇条页]|分享(?:到|至|\s?[:：])|(?:文档|相关)附件\s?[:：]?$|附件下载|【?打印|【?关闭|收藏|字[体号]\s?[:：]|【字[体号]|责任编辑|编辑\s?[:：]|来源\s?[:：]|作者\s?[:：]|投稿\s?[:：]"
    r"|发布(?:时间|日期|者)\s?[:：]|阅读(?:次数|量|数)|浏览(?:次数|量)?\s?[:：]|点击(?:数|量|率)?\s?[:：]|扫一扫|扫码|关注(?:我们|微信|公众号)|版权|Copyright|©"
    r"|主办\s?[:：]|承办\s?[:：]|主办单位|网站地图|网站标识码|ICP|[\u4e00-\u9fa5]?ICP备|京公网安备|联系我们|返回(?:顶部|首页|列表)|登录|注册|相关(?:文章|阅读|链接|新闻|文件|报道|推荐)"
    r"|(?:以上|剩余|以下).{0,12}(?:免费|付费|阅读|登[录陆])|.{0,12}(?:请先|需要?先?|免费)登[录陆].{0,12}$|下载(?:全文|文档|本文)|全文\d+字)",
    re.IGNORECASE,
)
PROSE = 30
"""Characters from which on a line is more than a heading or caption."""
_PARAGRAPH = 40
"""Characters from which on a sentence is no caption that only looks like furniture."""
_LONGEST = 400
"""Characters beyond which a line is no title, however it is spread out."""
_BULLET = re.compile(r"[-•·*►▪>»]\s")
_CATALOGUE = re.compile(r"^[A-Z]\d{3,5}\s?\S")


def header_name(text: str) -> PartName:
    """What a line of the header is: the document's number or issuer, or something about it."""
    if is_number(text):
        return "number"
    return "issuer" if ISSUER_LINE.fullmatch(text) else "header"


def is_title(text: str) -> bool:
    """Whether a line reads like the title of a document (…的通知, …办法（试行）)."""
    text = spaced_out(text)
    return len(text) <= 60 and bool(_TITLE.match(text)) and not re.search(r"[,，]", text)


def is_addressee(text: str) -> bool:
    """Whether a line names whom the document is addressed to (各区人民政府：)."""
    return (
        _ADDRESSEE.match(text) is not None
        and not _ANNOUNCES.search(text)
        and read_mark(text) is None
    )


def is_header(text: str) -> bool:
    """Whether a line above a text tells its number, adoption, or date."""
    if is_addressee(text) or read_mark(text) is not None:
        return False
    if (
        is_number(text)
        or (len(text) < 40 and NUMBER.search(text))
        or re.match(rf"[（(]?\s?{DATE.pattern}", text)
    ):
        return not text.endswith(("。", "；", "：", ":")) and len(text) <= 300
    bracketed = text.startswith(("（", "(")) and text.endswith(("）", ")"))
    return (
        len(text) <= 120
        and bool(_HEADER.search(text) or (bracketed and DATE.search(text)))
        and (bracketed or not text.endswith(("。", "；", "，", "：", ":")))
        and (bracketed or len(text) <= 60)
    )


def header_lines(lines: Sequence[Line], number: int) -> int:
    """How many lines from this one on are one header; a bracketed one may run over two."""
    text = lines[number].text
    if text.startswith(("（", "(")) and not text.endswith(("）", ")")) and number + 1 < len(lines):
        both = text + lines[number + 1].text
        if (
            both.endswith(("）", ")"))
            and len(both) <= 120
            and (is_header(both) or DATE.search(both))
        ):
            return 2
    return int(is_header(text))


def is_number(text: str) -> bool:
    """Whether a line prints the document's number (发文字号)."""
    return len(text) < 40 and _NUMBER_LINE.fullmatch(text) is not None


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page around a document, not to the document."""
    if is_prose(text) and len(text) >= _PARAGRAPH:
        return False
    return bool(len(text) < 100 and _FURNITURE.search(text))


def is_bulleted(text: str) -> bool:
    """Whether a line is an entry of a list with bullets: a site's, or the document's own."""
    return _BULLET.match(text) is not None


def is_prose(text: str) -> bool:
    """Whether a line is a paragraph of sentences."""
    return len(text) >= PROSE and text.endswith(("。", "；", "”"))


def spaced_out(text: str) -> str:
    """A title without the spaces that only spread it over the line: 决　　定."""
    if len(text) > _LONGEST:
        return text
    if len(re.findall(r"[\u4e00-\u9fa5]\s", text)) * 2 < len(re.sub(r"\s", "", text)):
        return text
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)


def is_catalogued(text: str) -> bool:
    """Whether a line is an entry of a site's list of documents (C4301关于…)."""
    return _CATALOGUE.match(text) is not None
