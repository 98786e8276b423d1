"""Questions for conditions, consequences, meanings, purposes, yes or no."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from generation.body_rules import BODY_END
from generation.drafts import Draft
from generation.sentences import POINTING_BRIEF, Sentence, conditions, plain


def _condition(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """因不可抗力无法申请仲裁的，仲裁时效中止."""
    segments = sentence.text.split("，")
    if len(segments) != 2 or not segments[0].endswith("的") or sentence.head:
        return
    condition, then = segments
    if (
        POINTING_BRIEF.search(condition)
        or POINTING_BRIEF.search(then)
        or not 8 <= len(condition) <= 50
    ):
        return
    if _weak_condition(condition) or "规定" in condition or "罚款" in then:
        return
    match = re.match(
        r"(?P<s>[^应可不由视免]{2,14}?)?(?P<m>应当|可以|不得|不予|视为|免|不能|有权|必须)(?P<o>[^，。；：]{3,26})$",
        then,
    )
    if not match:
        return
    subject = match["s"] or ""
    if subject.endswith(("还", "也", "并", "又", "均", "都", "，")):
        return
    said = plain(match["o"])
    if len(subject + said) < 9 or re.search(r"依法|按|追究|赔偿责任|处理$|从其", said + subject):
        return
    ask = rng.choice(("什么情况下", "什么情形下", "哪些情况下", "在什么条件下", "什么时候"))
    ask = ask if ask != "什么时候" else "什么情况下"
    text = (
        f"{subject}{ask}{match['m']}{said}"
        if subject and rng.random() < 0.4
        else f"{ask}{subject}{match['m']}{said}"
    )
    at = len(condition) - len(re.sub(r"^(?:但是?|对于|凡|如果)", "", condition))
    yield Draft("condition", "condition", text, sentence.place(at, len(condition)))


def _weak_condition(condition: str) -> bool:
    return bool(
        re.match(
            r"(?:情节|逾期|符合条件|不符合|符合|有|属于|审|经审|材料|申请材料|同意|批准|决定|前|期|构成|造成|拒|确|需|仍|协商|未)",
            condition,
        )
    )


def _consequence(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """未经批准擅自采矿的，由…责令停止开采，处…罚款."""
    found = conditions(sentence.text)
    if len(found) != 1 or not sentence.opens or sentence.head:
        return
    condition = found[0]
    at = sentence.text.find(condition)
    if re.search(r"约定|条约|规定的$", condition) or re.match(r"违法所得|没有违法", condition):
        return
    if (
        POINTING_BRIEF.search(condition)
        or not 6 <= len(condition) <= 40
        or (_weak_condition(condition) and not condition.startswith("未"))
    ):
        return
    start = at + len(condition) + 1 if at >= 0 else -1
    if at < 0 or sentence.text[start - 1 : start] != "，":
        return
    tail = sentence.text[start:]
    by = re.match(
        rf"由(?:[^，。；：]{{2,60}}?(?:{BODY_END}))(?:依法|按照职责分工|依据职责|按职责分工|按照各自职责)?(?=责令|给予|处|没收|吊销|予以|罚款|警告|取缔)",
        tail,
    )
    if by:
        start += by.end()
        tail = sentence.text[start:]
    elif not re.match(
        r"责令|给予|处|没收|吊销|予以|不予|视为|无效|按|撤销|取消|应当承担|承担", tail
    ):
        return
    if re.search(r"^给予(?:行政)?处罚$|^予以处罚$|^处罚$|^按(?!.*(?:论处|处罚|定罪))", tail):
        return
    if (
        POINTING_BRIEF.search(tail)
        or not 4 <= len(tail) <= 60
        or "从其规定" in tail
        or "规定处罚" in tail
    ):
        return
    said = condition.removesuffix("的")
    if re.match(r"责令|给予|处|没收|吊销|罚款|警告|取缔", tail):
        ask = rng.choice(
            (
                "怎么处罚",
                "会受什么处罚",
                "怎么罚",
                "会怎么处理",
                "有什么后果",
                "会怎样",
                "要受到什么处罚",
            )
        )
    else:
        ask = rng.choice(("会怎样", "怎么处理", "有什么后果", "怎么办", "会有什么结果"))
    text = f"{said}{'，' if len(said) > 14 and rng.random() < 0.6 else ''}{ask}"
    yield Draft("consequence", "consequence", text, sentence.place(start, len(sentence.text)))


def _yes_or_no(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """X不得Y → X能Y吗."""
    segments = sentence.text.split("，")
    if not sentence.opens or len(segments) > 2:
        return
    if len(segments) == 2 and not segments[0].endswith("的"):
        return
    last = segments[-1]
    offset = len(sentence.text) - len(last)
    match = re.match(
        r"(?P<s>[^不应可必有]{2,20}?)(?P<m>不得|应当|可以|必须|有权|不予)(?P<o>[^，。；：]{3,30})$",
        last,
    )
    if not match:
        return
    subject, said = plain(match["s"]), plain(match["o"])
    condition = plain(segments[0]).removesuffix("的") + "，" if len(segments) == 2 else ""
    whole = condition + subject + said
    if (
        POINTING_BRIEF.search(whole)
        or not 9 <= len(whole) <= 46
        or re.search(r"^(?:由|向|按|以下|依|根|符|遵守|加强|在)|任何|谁", said + subject[:1])
    ):
        return
    if re.search(r"任何|禁止", subject) or len(said) < 4:
        return
    if match["m"] in ("不得", "可以", "有权"):
        forms = (
            f"{condition}{subject}可以{said}吗",
            f"{condition}{subject}能不能{said}",
            f"{condition}{subject}能{said}吗",
            f"{condition}{subject}可不可以{said}",
            f"{condition}{subject}是否可以{said}",
        )
    elif match["m"] == "不予":
        forms = (f"{condition}{subject}还{said}吗", f"{condition}{subject}会不会{said}")
    else:
        forms = (
            f"{condition}{subject}要不要{said}",
            f"{condition}{subject}必须{said}吗",
            f"{condition}{subject}需要{said}吗",
            f"{condition}{subject}是不是要{said}",
            f"{condition}{subject}是否应当{said}",
        )
    yield Draft(
        "yes_or_no",
        "yesno",
        rng.choice(forms),
        sentence.place(offset + match.start("m"), len(sentence.text)),
    )


def _definition(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """本法所称个人信息，是指…."""
    match = re.match(
        r"(?:本(?:法|条例|办法|规定|细则|规则|解释)(?:中)?所?(?:称|指)(?:的)?|[（(][一二三四五六七八九十]+[）)]\s*)?(?P<t>[^，。；：]{2,20}?)[，,]?(?:是|系)指(?P<a>[^。；：]{8,140})$",
        sentence.text,
    )
    if (
        not match
        or re.search(r"下列|以下|前款|上述|：|本[款条项]", match["a"])
        or POINTING_BRIEF.search(match["t"])
    ):
        return
    term = (
        re.sub(r"（.*|\(.*|^.*所称", "", match["t"])
        .strip('“”"')
        .removeprefix("所称")
        .removesuffix("，")
    )
    if re.match(r"本|其|该", term) or len(term) < 2:
        return
    ask = rng.choice(
        (
            f"什么是{term}",
            f"{term}是什么意思",
            f"{term}指的是什么",
            f"什么叫{term}",
            f"{term}是指什么",
            f"{term}怎么定义",
            f"{term}的含义是什么",
        )
    )
    yield Draft("definition", "definition", ask, sentence.place(*match.span("a")))


def _purpose(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """为了…，制定本法."""
    match = re.match(
        r"为了?(?P<a>[^。；：]{10,120}?)，(?:根据[^。]{2,60}，)?(?:结合[^。]{2,30}，)?制定本",
        sentence.text,
    )
    if match:
        end = match.end("a")
        basis = re.search(r"[，,](?:根据|依据|依照|按照|结合)", match["a"])
        if basis:
            end = match.start("a") + basis.start()
        ask = rng.choice(
            (
                "为什么要制定{title}",
                "{title}的立法目的是什么",
                "制定{title}是为了什么",
                "出台{title}的目的",
            )
        )
        yield Draft("purpose", "reason", ask, sentence.place(match.start("a"), end))


RULES = (_condition, _consequence, _yes_or_no, _definition, _purpose)
"""Each makes the questions of one sort that a sentence answers."""
