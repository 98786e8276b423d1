"""Questions for periods, deadlines, dates and how often: 三十日内作出决定 → 多久内作出决定."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from generation.drafts import Draft
from generation.numbers import BOUND, NOT_DATE, N
from generation.sentences import POINTING_BRIEF, Sentence, lead, plain, rest

DAYS = r"(?:个?工作日|日|天|个月|年|周年|小时|分钟|周)"

_HOW_LONG = {
    "工作日": ("多久", "几个工作日", "多少个工作日", "多长时间", "几天"),
    "天": ("多久", "几天", "多少天", "多长时间"),
    "日": ("多久", "几天", "多少天", "多少日", "几日", "多长时间"),
    "月": ("多久", "几个月", "多长时间", "多少个月"),
    "年": ("多久", "几年", "多长时间", "多少年"),
    "小时": ("多久", "几小时", "几个小时", "多长时间", "多少小时"),
    "分钟": ("多久", "几分钟", "多长时间", "多少分钟"),
    "周": ("多久", "几周", "多长时间"),
}


def how_long(unit: str, rng: random.Random) -> str:
    """An asking word that a period in this unit answers."""
    words = next(words for name, words in _HOW_LONG.items() if unit.endswith(name))
    return words[0] if rng.random() < 0.35 else rng.choice(words)


_EVENT = re.compile(
    r"(?P<modal>应当|必须|可以|应|须|可)?(?P<event>(?:自|从)[^，自从]{2,26}?(?:之日|之时)?(?:起|后))(?:的)?$"
)

_MODAL = re.compile(r"(?:应当|必须|可以|应|须)(?:在|于)?$")


def _within(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """应当自收到申请之日起三十日内作出决定."""
    pattern = re.compile(rf"{NOT_DATE}(?P<a>{N}(?P<u>{DAYS})(?:以内|之内|内))(?=(?P<c>，)?)")
    for match in pattern.finditer(sentence.text):
        before = lead(sentence, match.start())
        after = rest(sentence, match.end(), across=True)
        if (
            before is None
            or not after
            or len(after) < 3
            or len(before) < 3
            or len(before + after) < 13
        ):
            continue
        if re.search(rf"{N}个?[日月年天]|最长|至迟", after):
            continue
        if (
            re.search(r"[、和或]$|最近|近$|每|任何|过去|连续|前$|后者", before)
            or after[0] in "的发累未、和"
        ):
            continue
        ask = how_long(match["u"], rng) + rng.choice(("内", "内", "之内"))
        found = _EVENT.search(before)
        if found:
            who, event, modal = before[: found.start()], found["event"], found["modal"] or ""
            who = who.rstrip("，")
            ways = [f"{who}{event}{ask}{modal}{after}", f"{event}，{who}{ask}{modal}{after}"]
            if "，" in who or not who:
                ways = [f"{before[: found.start()]}{event}{ask}{modal}{after}"]
            text = rng.choice(ways)
        else:
            modal_at = _MODAL.search(before)
            if modal_at and len(before) > len(modal_at[0]):
                modal = modal_at[0].rstrip("在于")
                text = f"{before[: modal_at.start()]}{rng.choice(('', '在'))}{ask}{modal}{after}"
            else:
                text = f"{before}{ask}{after}"
        yield Draft("within", "deadline", text, sentence.place(*match.span("a")))


def _ahead(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """应当提前十五日通知; 在会议召开十五日前通知."""
    for pattern in (
        rf"(?P<pre>提前)(?P<a>{N}(?P<u>{DAYS}))(?P<x>)",
        rf"(?<=[举开满前施用业工行止日])(?P<pre>的)?(?P<a>{N}(?P<u>个?工作日|日|天|个月|小时)(?P<x>以?前))",
    ):
        for match in re.finditer(pattern, sentence.text):
            before, after = lead(sentence, match.start()), rest(sentence, match.end())
            if (
                before is None
                or not after
                or len(after) < 2
                or re.search(r"每[年月]$|[年月]$", before)
            ):
                continue
            if match["x"]:
                ask = how_long(match["u"], rng) + rng.choice(("前", "以前", "之前"))
            else:
                ask = "提前" + how_long(match["u"], rng)
            yield Draft("ahead", "deadline", before + ask + after, sentence.place(*match.span("a")))


def _lasting(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """有效期为五年; 保存期限不得少于三年; 公示七日."""
    bounds = rf"(?P<b>(?:一般)?(?:最[长短多少])?(?:{BOUND}))"
    for pattern in (
        rf"(?P<v>(?:期限?|任期|时效|时限|期间|时间|年限))(?:应当|一般)?{bounds}(?P<a>{N}(?P<u>{DAYS}))(?P<z>$|(?=[，、]))",
        rf"(?P<v>(?:保存|保管|保留|留存|公示|公告|从事[^，]{{2,14}}工作|工作|居住|执业|学习|培训)[^，。]{{0,10}}?)(?P<b>不得?少于|不得?低于|至少|满|不得?超过)(?P<a>{N}(?P<u>{DAYS}))(?P<z>$|(?=[，、以]))",
    ):
        for match in re.finditer(pattern, sentence.text):
            before = lead(sentence, match.end("v"))
            if before is None or len(plain(before)) < 6:
                continue
            bound = match["b"]
            if bound.endswith("为"):
                bound = rng.choice(("是", "为", "有"))
            elif match["v"][-1] in "期限间效":
                bound = "最长" if "超过" in bound else "最短"
            yield Draft(
                "lasting",
                "duration",
                before + bound + how_long(match["u"], rng),
                sentence.place(*match.span("a")),
            )


_EVERY = rf"每(?:{N}|半)?个?(?:年|季度|季|月|周|日|天|届|学期|学年)"


def _how_often(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """每年至少召开一次."""
    pattern = re.compile(
        rf"(?P<a>(?P<p>{_EVERY})(?:应当|必须)?(?P<m>至少|不得?少于)?(?P<v>[^，。；0-9一二两三四五六七八九十百]{{0,16}}?)(?P<l>不得?少于|至少)?(?P<n>{N}(?:至{N})?次)(?P<z>以上)?)(?P<o>[^，。；]*)"
    )
    for match in pattern.finditer(sentence.text):
        before = lead(sentence, match.start())
        tail = plain(match["o"]).removeprefix("的")
        if (
            before is None
            or len(before) < 3
            or "每" in before
            or len(tail) > 20
            or "不" in match["v"]
            or POINTING_BRIEF.search(tail)
            or (not match["v"] and not tail)
        ):
            continue
        verb, bound = match["v"], match["m"] or match["l"] or ""
        if re.match(r"年底|年初|第|的|月|末|上半|下半", verb):
            continue
        before = re.sub(r"(?:应当|必须|须|应)$", "", before)
        if rng.random() < 0.5:
            words = rng.choice(("多久", "多长时间", "隔多久"))
            text = f"{before}{words}{verb}一次{tail}" if verb else f"{before}{words}{tail}一次"
            start, end = match.span("a") if len(verb) <= 4 else match.span("p")
            yield Draft("frequency", "frequency", text, sentence.place(start, end))
        else:
            few = "至少" if bound else ""
            ask = rng.choice(("几次", "多少次", "几回"))
            text = f"{before}{match['p']}{few}{verb}{ask}{tail}"
            start, end = match.start("n"), match.end("z") if match["z"] else match.end("n")
            yield Draft("times", "frequency", text, sentence.place(start, end))


def _each_year(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """应当每年向社会公布."""
    pattern = re.compile(
        rf"(?:应当|必须|须|应)(?P<a>{_EVERY}(?<![日天]))(?=[向对组编公检报进召开制发将听])"
    )
    for match in pattern.finditer(sentence.text):
        before, after = lead(sentence, match.start()), rest(sentence, match.end())
        if (
            before is None
            or not after
            or len(after) < 4
            or "次" in after
            or after.startswith("组织有关")
            or re.search(r"[0-9一二三四五六七八九十]+月", after)
        ):
            continue
        text = f"{before}{rng.choice(('多久', '多长时间', '隔多久'))}要{after}一次"
        yield Draft("every", "frequency", text, sentence.place(*match.span("a")))


_MONTH = r"[0-9一二三四五六七八九十]{1,3}月"

_MONTH_DAY = rf"{_MONTH}(?:[0-9一二三四五六七八九十]{{1,3}}日|[上中下]旬|[底初末])?"


def _when(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """于每年三月三十一日前报送; 每年五月为…宣传月."""
    pattern = re.compile(
        rf"(?:于|在)?(?P<a>(?:每年|次年|当年|每季度|每月|下一?年度?)?(?:的)?(?<!第){_MONTH_DAY}(?:至(?:次年)?{_MONTH_DAY})?(?P<z>以?前|之前|起)?)"
    )
    for match in pattern.finditer(sentence.text):
        if (
            re.search(r"[年至自到]$", sentence.text[: match.start("a")])
            or "自" in sentence.text[max(0, match.start() - 1) : match.start() + 1]
        ):
            continue
        before, after = lead(sentence, match.start()), rest(sentence, match.end())
        if (
            after is None
            or after.startswith("期间")
            or re.search(r"公历|农历|（[^）]*$", sentence.text[: match.start()])
        ):
            continue
        if (
            re.match(r"(?:为|是)", after)
            and len(after) > 5
            and before in (None, "", "本市", "本省")
        ):
            name = after[1:]
            ask = (
                rng.choice(("是什么时候", "是几月", "在什么时候", "是哪个月"))
                if "日" not in match["a"]
                else rng.choice(("是哪天", "是几月几号", "是什么时候"))
            )
            yield Draft("month", "date", name + ask, sentence.place(*match.span("a")))
        elif before and len(after) >= 4:
            ask = (
                rng.choice(("什么时候", "几月", "什么时间"))
                if "日" not in match["a"]
                else rng.choice(("什么时候", "几月几日", "几月几号", "哪天"))
            )
            if match["z"]:
                ask += "起" if match["z"] == "起" else rng.choice(("前", "之前", "以前"))
            yield Draft("by_date", "date", before + ask + after, sentence.place(*match.span("a")))


def _in_force(sentence: Sentence, rng: random.Random) -> Iterator[Draft]:
    """本法自2021年1月1日起施行."""
    match = re.match(
        r"本(?:法|条例|办法|规定|细则|规则|解释|决定|规范|准则)(?:于|自)(?P<a>[0-9０-９一二三四五六七八九〇○零十]{4}年[0-9０-９一二三四五六七八九十]{1,3}月[0-9０-９一二三四五六七八九十]{1,3}日)起(?:施行|实施|执行|生效)",
        sentence.text,
    )
    if match:
        ask = rng.choice(
            (
                "什么时候施行",
                "什么时候开始实施",
                "哪天起施行",
                "几月几号生效",
                "生效日期",
                "从哪天开始执行",
                "什么时候生效",
            )
        )
        yield Draft("in_force", "date", "{title}" + ask, sentence.place(*match.span("a")))


RULES = (_within, _ahead, _lasting, _how_often, _each_year, _when, _in_force)
"""Each makes the questions of one sort that a sentence answers."""
