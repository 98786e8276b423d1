"""Who issues a document, where it applies and what rank it has, by the names that it prints.

Ranks after the Legislation Law (立法法, 2023): 宪法, 法律, 行政法规, 地方性法规, 部门规章,
地方政府规章; 司法解释 and 规范性文件 beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyqa.dates import PRINTED_DATE
from policyqa.document import Event
from policyqa.numerals import parse_numeral

_LOCAL = "省|自治区|自治州|自治县|市|县|区|旗|盟|地区|经济特区"
_PROVINCES = (
    "北京市|天津市|上海市|重庆市|河北省|山西省|辽宁省|吉林省|黑龙江省|江苏省|浙江省|安徽省|福建省|江西省|"
    "山东省|河南省|湖北省|湖南省|广东省|海南省|四川省|贵州省|云南省|陕西省|甘肃省|青海省|台湾省|"
    "内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
)
_UNIT = rf"(?:(?:{_PROVINCES})|[\u4e00-\u9fa5]{{2,10}}?(?:{_LOCAL}))"
_PLACE = re.compile(rf"(?:中共|中国共产党)?({_UNIT}+)")
_FIRST_PLACE = re.compile(rf"({_UNIT})")
# 城市, 社区, 小区: words that end as a place does and are none.
_NO_PLACE = re.compile(
    r"城市|都市|超市|上市|社区|小区|学区|校区|园区|库区|灾区|地区$|辖区|牧区|林区|矿区|景区|保护区|行政区|"
    r"开发区|试验区|功能区|合作区|保税区|直辖|^(?:全国|国家|国务院|中华人民共和国|中国|企业|公共|关于|各)|部门|"
    r"^.{0,2}$"
)
_CONGRESS = re.compile(
    r"(?P<place>[\u4e00-\u9fa5]{0,16}?)(?:第?[零一二三四五六七八九十百]+届)?(?P<all>全国)?"
    r"人(?:民代表)?大(?:会)?(?P<standing>常(?:务委员|委)会)?(?=第?[零一二三四五六七八九十百]+次|《|公告)"
)
_ADOPTER = re.compile(
    r"(?:中华人民共和国)?([\u4e00-\u9fa5、]{0,20}?(?:国务院|人民政府|[部局署委会]))"
    r"(?=部长办公会|部务会|局务会|第\d+次|常务会|发布|公布|颁布|批准|修订)"
)
_DECREE_NUMBER = re.compile(
    r"(?P<body>[\u4e00-\u9fa5、]{2,40})令\s?[（(]?第?\s?(?P<serial>[\d０-９]{1,4})\s?号"
)
_INTERPRETATION = re.compile(r"(?:解释|规定|规则|批复|决定)(?:[（(][^（）()]*[）)])?$")
"""The forms of a 司法解释 (最高人民法院关于司法解释工作的规定, 2021, 第六条)."""
_COURT = re.compile(r"最高人民法院|最高人民检察院")


def adopter(history: Sequence[Event]) -> str | None:
    """Who adopted or published a statute: 全国人民代表大会常务委员会, 国务院, 公安部.

    Whoever only approved it comes last.
    """
    for event in sorted(history, key=lambda one: one.event == "批准"):
        words = re.sub(rf"^[自根据\s]*{PRINTED_DATE}\s*(?:经|由)?", "", event.text)
        if words.startswith("《"):
            continue
        if courts := _COURT.findall(words.partition("会议")[0]):
            return "、".join(dict.fromkeys(courts))
        if found := _congress(words):
            return found
        if issued := decree(words):
            return issued[0]
        if named := _ADOPTER.match(words):
            return named[1]
    return None


def _congress(words: str) -> str | None:
    """The people's congress, or its standing committee, that a note of adoption names."""
    found = _CONGRESS.match(words)
    if found is None:
        return None
    name = "人民代表大会" + ("常务委员会" if found["standing"] else "")
    place = found["place"]
    if found["all"] or place in ("", "全国"):
        return f"全国{name}"
    return f"{place}{name}" if place_of(place) else None


def decree(text: str) -> tuple[str, str] | None:
    """Who issued a decree and its number: 国务院 and 国务院令第706号; None without one."""
    found = _DECREE_NUMBER.search(re.sub(PRINTED_DATE, "", text))
    if found is None:
        return None
    body = re.split(r"批准|通过|根据|发布|公布|经(?=国务院)", found["body"])[-1].replace(
        "中华人民共和国", ""
    )
    return (body, f"{body}令第{parse_numeral(found['serial'])}号") if body else None


def place_of(name: str | None, pattern: re.Pattern[str] = _PLACE) -> str | None:
    """The place that an issuer's name begins with (北京市昌平区经济和信息化局), or None."""
    match = pattern.match(name or "")
    return match[1] if match and not _NO_PLACE.search(match[1]) else None


def region_of(issuer: str | None, title: str | None) -> str | None:
    """Where a document applies, by its issuer's name, else by its title's beginning.

    A tax or customs office of the state is known by the province that it names.
    """
    if found := place_of(issuer):
        return found
    if issuer and (named := re.search(_PROVINCES, issuer)):
        return named[0]
    return None if _is_national(issuer or "") else place_of(title, _FIRST_PLACE)


def _is_national(issuer: str) -> bool:
    return bool(re.match(r"全国|国务院|国家|最高人民|中华人民共和国|中央", issuer))


def level_of(
    title: str | None, issuer: str | None, number: str | None, history: Sequence[Event]
) -> str | None:
    """效力级别 where names decide it.

    Of other documents only 规 in the number (云政规〔2023〕7号) tells that they are 规范性文件.
    """
    title, issuer = title or "", issuer or ""
    if re.fullmatch(r"(?:中华人民共和国)?宪法(?:修正案.*)?", title):
        return "宪法"
    if _COURT.match(title) or _COURT.match(issuer):
        passed = any("审判委员会" in event.text or "检察委员会" in event.text for event in history)
        return "司法解释" if passed or _INTERPRETATION.search(title) else None
    if issuer.startswith("全国人民代表大会"):
        return "法律"
    if issuer.endswith(("人民代表大会", "人民代表大会常务委员会")):
        return "地方性法规"
    by_decree = bool(re.search(r"令第\d+号", number or "")) or any(
        decree(event.text) for event in history
    )
    enacted = by_decree or any(event.event in ("公布", "发布", "批准") for event in history)
    if re.match(r"(?:中共中央、)?国务院", issuer) and enacted and "办公厅" not in issuer:
        return "行政法规"
    if any(re.search(r"^\D*[\d年月日\s]+国务院批准", event.text) for event in history):
        return "行政法规"
    if by_decree and issuer:
        return "地方政府规章" if "人民政府" in issuer else "部门规章"
    return "规范性文件" if "规" in (number or "").partition("〔")[0] else None
