"""Questions for bodies and people: 由市场监督管理部门责令改正 → 由哪个部门处理."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from generation.drafts import Draft
from generation.sentences import POINTING_BRIEF, Sentence, conditions, lead, plain, rest

BODY_END = (
    "部门|机关|机构|政府|委员会|人民法院|人民检察院|公安局|检察院|法院|办公室|委员会主任|常务委员会|海关|街道办事处|办事处|协会|"
    "仲裁庭|合议庭|审判委员会|董事会|监事会|股东会|股东大会|理事会|银行|国务院|中央军事委员会|联合会|工会|省长|市长|院长|检察长|部长|"
    "管理局|管理处|业主大会|业主委员会|居民委员会|村民委员会|大会|主席团|中心|国务院总理|办公厅"
)

_BODY = rf"(?P<a>[^，。；：、由经报向为对被将的和《》（）“”]{{0,24}}?(?:、[^，。；：由经报向为对被将的《》（）“”]{{1,12}}?)?(?:{BODY_END}))"

_VERBS = (
    "负责|牵头|承担|组织|审核|审批|审定|审议|批准|决定|制定|制订|实施|统筹|会同|统一|办理|主持|召集|提出|确定|签发|监督|检查|考核|管理|指导|协调|"
    "受理|汇总|编制|保管|核定|核实|核发|登记|公布|发布|规定|责令|给予|处|没收|吊销|依法|依照|按照|根据|予以|撤销|任免|任命|选举|推荐|聘任|颁发|"
    "认定|调解|裁定|管辖|执行|解释|划定|拟订|拟定|另行|代为|指定|收取|征收|收回|通知|罚款|警告|取缔|扣押|强制|暂扣|注销|主管"
)


def _who(body: str, rng: random.Random) -> str:
    """An asking word for this body."""
    for ending, words in (
        (("法院",), ("哪个法院", "哪级法院", "哪个法院")),
        (("政府",), ("哪级政府", "谁", "哪一级政府")),
        (("会", "庭", "团"), ("谁", "哪个机构", "什么机构")),
        (("长", "总理"), ("谁", "谁")),
        (("部门",), ("哪个部门", "什么部门", "谁", "哪些部门")),
    ):
        if body.endswith(ending):
            chosen = rng.choice(words)
            return (
                "哪个部门"
                if chosen == "哪些部门" and not re.search(r"[、和]|有关|等", body)
                else chosen
            )
    return rng.choice(("谁", "哪个机关" if body.endswith("机关") else "哪个单位", "谁"))


def _is_body(body: str) -> bool:
    return not re.search(
        r"根据|按照|会同|委托|提请|经由|组织人员|^(?:其|设立|从事|经营|使用|申请|取得|发生|建立|举办|违反|持有|开展|参加|没有|不|已|生产|销售|对|该|有关|本级|上述|相关|原|同级|各|另|人民|其他|任何|当事|他|依法)|前款|应当|可以|不得|本[法条章]|申请|或者其$",
        body,
    )


def _by_body(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """由县级以上人民政府卫生行政部门责令改正."""
    for match in re.finditer(rf"(?<=由){_BODY}(?=(?:{_VERBS}))", sentence.text):
        body = match["a"]
        if not _is_body(body) or re.match(
            r"[^，]{0,30}?的(?:部门|机关|机构|主管|权限)", sentence.text[match.end() :]
        ):
            continue
        found = conditions(sentence.text[: match.start()])
        after = rest(sentence, match.end(), longest=24)
        if not after or len(after) < 2 or re.search(r"构成$|组成$", after):
            continue
        penal = re.match(r"责令|给予|处|没收|吊销|依法|按照|根据|依照|罚款|警告", after)
        if penal:
            if not found or len(found) > 1 or sentence.head or not sentence.opens:
                continue
            before = found[0].removesuffix("的")
            after = rng.choice(("处罚", "处理", "管", after.split("、")[0], "查处"))
            if POINTING_BRIEF.search(before + after) or not 5 <= len(before) <= 40:
                continue
            text = (
                f"{before}，由{_who(body, rng)}{after}"
                if after != "管"
                else f"{before}归{_who(body, rng)}管"
            )
        else:
            before = lead(sentence, match.start() - 1)
            if (
                before is None
                or len(before) < 3
                or "由" in before
                or before.endswith(("规定", "、", "经", "验"))
                or re.match(r"[^的，]{2,3}的", after)
            ):
                continue
            if len(before) > 8 and sentence.text[: match.start() - 1].endswith("，"):
                before += "，"
            by = (
                rng.choice(("由", "由", "是", "该由"))
                if not before.endswith(("可以", "应当", "须"))
                else "由"
            )
            text = f"{before}{by}{_who(body, rng)}{after}"
        yield Draft("by_body", "body", text, sentence.place(match.start(), match.end()))


def _asked_body(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """经国务院批准; 向登记机关申请; 报上一级人民政府备案."""
    for match in re.finditer(
        rf"(?P<p>须经|应当经|(?<![农村财])经(?![营济理办销过常费贸信历验商纪])|报请|报经|报送|报(?![告废名刊警酬价关社复])|提请|向){_BODY}(?P<v>批准|同意|审批|审核|审查|核准|备案|决定|申请|提出|报告|申报|办理|提交|投诉|举报|登记|缴纳|起诉|提起诉讼|反映|申诉)",
        sentence.text,
    ):
        body = match["a"]
        if not _is_body(body) or re.search(
            r"未经|没有|不$|非$", sentence.text[: match.start("a")][-3:]
        ):
            continue
        before, after = lead(sentence, match.start()), rest(sentence, match.start("v"), longest=24)
        if before is None or after is None or len(before) < 4 or re.match(r"..的", after):
            continue
        text = f"{before}{match['p']}{_who(body, rng)}{after}"
        if len(text) < 16:
            continue
        yield Draft("asked_body", "body", text, sentence.place(*match.span("a")))


def _responsible(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """市场监督管理部门负责本行政区域内的计量监督工作."""
    match = re.match(
        rf"{_BODY}(?:统一|具体|主要)?(?P<v>负责|主管|承担|牵头)(?P<o>[^，。；：]{{4,34}})$",
        sentence.text.split("，")[0],
    )
    if not match or not _is_body(match["a"]) or POINTING_BRIEF.search(match["o"]):
        return
    what = plain(match["o"])
    if re.match(r"人|的|全|制|责任|赔偿|对", what) or re.search(
        r"的(?:部门|机构|机关|单位|人员|人)", what
    ):
        return
    ask = _who(match["a"], rng)
    forms = [f"{ask}{match['v']}{what}", f"{what}由{ask}负责", f"{what}归{ask}管"]
    if what.endswith(("责任", "费用")):
        forms = forms[:2]
    if match["v"] == "承担":
        forms = [f"{ask}承担{what}", f"{what}由{ask}承担"]
    yield Draft("responsible", "body", rng.choice(forms), sentence.place(*match.span("a")))


def _subject(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """县级以上地方人民政府卫生主管部门应当每年…; 经营者应当…."""
    segment = sentence.text.split("，")[0]
    match = re.match(
        rf"(?:{_BODY}|(?P<w>[^，。；：、由经报向为对被将在的]{{2,14}}?(?:[人者员方]|单位|企业|公司|机构|学校)))(?P<m>应当|可以|不得|有权|必须)(?P<o>[^，。；：]{{8,36}})$",
        segment,
    )
    if not match or not sentence.opens:
        return
    body = match["a"] or match["w"]
    what = plain(match["o"])
    if (
        not _is_body(body)
        or POINTING_BRIEF.search(what)
        or len(what) < 8
        or what.endswith(("、", "时", "后", "内", "前"))
    ):
        return
    unfinished = re.match(
        r"根据|通过|按照?|依照|依据|结合|会同|在|于|对|因|以|自|为|制定[^，]*计划$|坚持|遵循", what
    )
    if unfinished and "，" in sentence.text:
        return
    if re.match(r"依法(?!律)", what):
        what = what.removeprefix("依法")
    if match["a"]:
        ask = _who(body, rng)
    else:
        ask = rng.choice(
            ("谁", "哪些人", "什么人")
            if re.search(r"[人者员]$", body)
            else ("谁", "哪些单位", "什么单位")
        )
    if match["m"] == "不得" and ask == "谁":
        ask = "谁"
    kind = "body" if match["a"] else "person"
    rule = "subject_body" if match["a"] else "subject_person"
    yield Draft(
        rule,
        kind,
        ask + match["m"] + what,
        sentence.place(match.start(), match.end("m") - len(match["m"])),
    )


RULES = (_by_body, _asked_body, _responsible, _subject)
"""Each makes the questions of one sort that a sentence answers."""
