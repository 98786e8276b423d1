"""Questions made from law clauses: what is asked, what answers, and what no longer does."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import generate
from generation.swaps import swapped
from generation.wording import synonyms, vary
from policyqa import split

LAW = """测试市档案管理条例

第一条 为了加强档案管理，保护档案，根据有关法律，制定本条例。

第二条 申请人应当自收到通知之日起三十日内向市档案局提交书面材料。

第三条 违反本条例第九条规定，擅自销毁国有档案的，由县级以上人民政府档案主管部门责令改正，处五千元以上五万元以下罚款。

第四条 档案馆收取的查阅费不得超过成本的百分之二十。

第五条 档案鉴定小组由五名以上具有中级职称的人员组成。

第六条 本条例所称电子档案，是指以数字形式保存的档案。

第七条 档案馆每年至少举办两次专题展览。

第八条 借阅许可证的有效期为三年。

第九条 未经批准复制档案的，档案馆可以终止其借阅并收回借阅许可证。

第十条 经前款规定的机关批准的，应当在十日内办理。

第十一条 任何单位不得倒卖国有档案。

第十二条 本条例自2021年3月1日起施行。
"""


@pytest.fixture
def made(tmp_path: Path) -> dict[str, list[tuple[str, str]]]:
    """Question and answer by rule."""
    path = tmp_path / "测试市档案管理条例(2020-12-01).md"
    path.write_text(LAW, encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for one in generate.document_drafts(split(path), f"laws/{path.name}", random.Random(1)):
        start, end = one.draft.span
        found.setdefault(one.draft.rule, []).append((one.draft.text, one.clause.text[start:end]))
    return found


@pytest.mark.parametrize(
    ("rule", "answer", "said"),
    [
        ("within", "三十日内", "向市档案局提交书面材料"),
        ("fine", "五千元以上五万元以下", "擅自销毁国有档案"),
        ("by_body", "县级以上人民政府档案主管部门", "擅自销毁国有档案"),
        ("consequence", "责令改正，处五千元以上五万元以下罚款", "擅自销毁国有档案"),
        ("share", "百分之二十", "档案馆收取的查阅费不得超过成本的"),
        ("count", "五名以上", "档案鉴定小组由"),
        ("definition", "以数字形式保存的档案", "电子档案"),
        ("lasting", "三年", "借阅许可证的有效期"),
        ("in_force", "2021年3月1日", "测试市档案管理条例"),
        ("purpose", "加强档案管理，保护档案", "测试市档案管理条例"),
    ],
)
def test_the_answer_is_complete_and_the_question_says_what_is_asked(
    made: dict[str, list[tuple[str, str]]], rule: str, answer: str, said: str
) -> None:
    question, found = made[rule][0]
    assert found == answer
    assert said in question


def test_how_often_is_asked_both_ways(made: dict[str, list[tuple[str, str]]]) -> None:
    asked = made.get("frequency", []) + made.get("times", [])
    assert asked
    assert {answer for _, answer in asked} <= {"每年至少举办两次", "两次"}


def test_no_question_holds_its_answer_or_points_elsewhere(
    made: dict[str, list[tuple[str, str]]],
) -> None:
    for question, answer in (pair for pairs in made.values() for pair in pairs):
        assert answer not in question
        assert "前款" not in question
        assert "本条例" not in question


@pytest.mark.parametrize(
    ("asked", "clause"),
    [
        ("连续三个月以上未履行职责怎么处理", "连续三个月以上未履行职责的，应当辞职。"),
        ("十日以内请假由谁批准", "十日以内请假的，由处长批准。"),
    ],
)
def test_a_swapped_number_is_not_implied(asked: str, clause: str) -> None:
    """Three months or more imply six; up to ten days imply five."""
    limit = {"三个月以上": (1, 2), "十日以内": (15, 20, 30)}
    for seed in range(20):
        swap = swapped(asked, clause, (), random.Random(seed))
        assert swap is not None
        words = limit[swap.old]
        assert swap.new in {
            swap.old.replace("三", number).replace("十", number)
            for number in (*map(generate_numeral, words),)
        }
        assert swap.text == asked.replace(swap.old, swap.new)
        assert swap.changed == "period"


def generate_numeral(number: int) -> str:
    return {1: "一", 2: "二", 15: "十五", 20: "二十", 30: "三十"}[number]


def test_a_body_is_swapped_for_one_that_the_clause_does_not_name() -> None:
    clause = "卫生行政部门应当自收到申请之日起五日内作出决定，并告知公安机关。"
    bodies = ["卫生行政部门", "公安机关", "县级以上卫生行政部门", "教育主管部门", "有关部门"]
    asked = "卫生行政部门收到申请后多久内作出决定"
    news = set()
    for seed in range(20):
        swap = swapped(asked, clause, bodies, random.Random(seed))
        assert swap is not None
        news.add((swap.old, swap.new, swap.changed))
    assert news == {("卫生行政部门", "教育主管部门", "body")}


def test_nothing_to_swap() -> None:
    assert swapped("什么是电子档案", "电子档案是指数字档案。", (), random.Random(1)) is None


def test_other_words_leave_what_is_kept() -> None:
    asked = "用人单位应当自用工之日起多久内与劳动者订立书面劳动合同"
    said = {vary(asked, random.Random(seed), keep=("劳动者",)) for seed in range(30)}
    assert len(said) > 15
    assert all("劳动者" in one for one in said)
    assert any(one.startswith(("单位", "公司", "用工单位")) for one in said)


def test_synonyms_are_a_table_without_repeats() -> None:
    lines = [
        line.split("=")[0].strip()
        for line in (Path(generate.__file__).parent / "generation" / "synonyms.txt")
        .read_text(encoding="utf-8")
        .splitlines()
        if line and not line.startswith("#")
    ]
    assert len(lines) == len(set(lines)) == len(synonyms())
    assert sum(bool(others) for others in synonyms().values()) >= 120


def test_documents_that_are_measured_with_are_left_out_in_every_version(tmp_path: Path) -> None:
    for name in ("甲法(2001-01-01)", "甲法(2019-01-01)", "乙法(2001-01-01)", "乙法(2020-01-01)"):
        path = tmp_path / "laws" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("第一条 甲。", encoding="utf-8")
    benchmark = tmp_path / "benchmark.json"
    measured = [{"path": "laws/民法/中华人民共和国甲法(2010-01-01).md"}]
    benchmark.write_text(json.dumps({"documents": measured}), encoding="utf-8")
    excluded = generate.excluded_titles(benchmark)
    assert [path.name for path in generate.law_files(tmp_path, excluded)] == ["乙法(2020-01-01).md"]


def test_the_command_writes_spans_of_the_clauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = tmp_path / "data" / "laws" / "测试市档案管理条例(2020-12-01).md"
    law.parent.mkdir(parents=True)
    law.write_text(LAW, encoding="utf-8")
    to = tmp_path / "made.jsonl"
    monkeypatch.setattr(
        "sys.argv", ["generate.py", str(tmp_path / "data"), "--to", str(to), "-n", "12"]
    )
    generate.main()
    records = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 12
    texts = {clause.marks: clause.text for clause in split(law).clauses}
    for record in records:
        if record["answerable"]:
            start, end = record["spans"][0]
            assert record["answers"] == [texts[tuple(record["marks"])][start:end]]
        else:
            old, new = record["swapped"]
            assert new in record["text"]
            assert old != new
            assert new not in texts[tuple(record["marks"])]
    first = to.read_text(encoding="utf-8")
    generate.main()
    assert to.read_text(encoding="utf-8") == first
