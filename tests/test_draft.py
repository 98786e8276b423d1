"""Questions drafted by rules: how they read, where their answers stand, and the folder."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from policyqa.clauses import split
from policyqa.cli import main
from policyqa.document import Document
from policyqa.evaluation.draft import choose, drafts_of, short_title
from policyqa.evaluation.draft_questions import propose
from policyqa.evaluation.load import check_benchmark, load_benchmark
from policyqa.store import Store


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "区委常委会每年听取1-2次政协党组工作汇报",
            "区委常委会每年听取几次政协党组工作汇报",
            "1-2次",
        ),
        ("学校每学期组织一次消防演练", "学校多久组织一次消防演练", "每学期"),
        ("每名党员委员联系1-3名党外委员", "每名党员委员联系几名党外委员", "1-3名"),
        ("全日托每生每月收费不超过1800元", "全日托每生每月收费不超过多少元", "1800元"),
        ("每户居家改造补助不超过4,000元", "每户居家改造补助不超过多少元", "4,000元"),
        (
            "占用消防通道的，由消防机构责令改正，处五百元以上五千元以下的罚款",
            "占用消防通道的，由消防机构责令改正，处多少罚款",
            "五百元以上五千元以下",
        ),
        ("新建小区的绿地率不得低于百分之三十", "新建小区的绿地率不得低于百分之多少", "百分之三十"),
        (
            "罢免案须经有选举权的村民三分之二以上通过",
            "罢免案须经有选举权的村民几分之几以上通过",
            "三分之二",
        ),
        (
            "登记机关应当自受理申请之日起十五个工作日内，作出是否准予登记的决定",
            "登记机关应当自受理申请之日起多少个工作日内，作出是否准予登记的决定",
            "十五个工作日",
        ),
        (
            "违法运输烟草专卖品的，处货物总值百分之二十以上百分之五十以下的罚款",
            "违法运输烟草专卖品的，处货物总值百分之多少的罚款",
            "百分之二十以上百分之五十以下",
        ),
        (
            "药品生产企业变更名称应当经省药品监督管理部门批准",
            "药品生产企业变更名称应当经哪个部门批准",
            "省药品监督管理部门",
        ),
        ("农药生产许可证的有效期为5年", "农药生产许可证的有效期为几年", "5年"),
        (
            "各单位应当于每年3月31日前报送年度总结",
            "各单位应当于每年几月几日前报送年度总结",
            "3月31日",
        ),
        (
            "烟草专卖行政主管部门进行检查不得少于两人",
            "烟草专卖行政主管部门进行检查不得少于几人",
            "两人",
        ),
        (
            "禁止用人单位招用未满十六周岁的未成年人",
            "禁止用人单位招用未满多少周岁的未成年人",
            "十六周岁",
        ),
        (
            "烟草专卖品准运证的管理办法由国务院烟草专卖行政主管部门制定",
            "烟草专卖品准运证的管理办法由哪个部门制定",
            "国务院烟草专卖行政主管部门",
        ),
        (
            "市机关事务管理局负责公务用车的编制核定和监督检查",
            "哪个部门负责公务用车的编制核定和监督检查",
            "市机关事务管理局",
        ),
        (
            "监护人代为申请户口登记的，应当提交证明监护关系的材料",
            "什么情况下应当提交证明监护关系的材料",
            "监护人代为申请户口登记",
        ),
        ("本法所称耕地，是指用于种植农作物的土地", "本法所称耕地是指什么", "用于种植农作物的土地"),
        ("本条例自2021年6月1日起施行", "本条例自什么时候起施行", "2021年6月1日"),
    ],
)
def test_a_question_asks_where_the_answer_stood(sentence: str, question: str, answer: str) -> None:
    asked = {one.text: sentence[one.start : one.end] for one in propose(sentence)}
    assert asked.get(question) == answer, asked


@pytest.mark.parametrize(
    "sentence",
    [
        "该部门应当自受理申请之日起十五日内作出决定",  # which department?
        "有前款规定行为的，由公安机关处五百元以下罚款",
        "情节严重的，处三年以上七年以下有期徒刑",
        "逾期不改正的，处一万元以上三万元以下罚款",
        "依照本条例第十条的规定由省人民政府负责审批",
        "经上一级监督检查部门批准可以延长",
        "有正当理由人民法院决定延长期限的情形",  # 理由, not 由
        "违反规定的，责令改正，处一千元以上五千元以下的罚款",
        "由有关部门负责查处违反本条例的行为",  # an answer that tells nobody anything
        "未经城市绿化主管部门同意不得移植古树名木",  # not a rule about who agrees
        "三年内撤并学生数不足的村小学",  # the asking word would stand first
    ],
)
def test_what_leans_on_other_sentences_is_not_asked(sentence: str) -> None:
    assert [one.text for one in propose(sentence)] == []


def document(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return split(path)


def test_the_document_is_named_unless_the_words_do(tmp_path: Path) -> None:
    text = (
        "云溪市公务用车管理办法\n第一条 公务用车的年审由车队调度中心负责办理。\n"
        "第二条 驾驶员应当每月参加2次安全学习。\n第三条 本办法自2024年1月1日起施行。\n"
    )
    asked = [one.text for one in drafts_of(document(tmp_path, "a.txt", text))]
    assert asked == [
        "公务用车的年审由哪个机构负责办理？",
        "根据《云溪市公务用车管理办法》，驾驶员应当每月参加几次安全学习？",
        "《云溪市公务用车管理办法》自什么时候起施行？",
    ]


def test_a_notice_is_called_by_what_it_issues() -> None:
    title = "云溪市人民政府关于印发《云溪市政务服务投诉处理办法》的通知"
    assert short_title(title) == "云溪市政务服务投诉处理办法"
    assert short_title("某市实施《中华人民共和国水法》办法") == "某市实施〈中华人民共和国水法〉办法"


def test_items_of_a_list_and_uncertain_places_are_left_out(tmp_path: Path) -> None:
    text = (
        "请假管理办法\n第一条 学生请假按下列权限批准：\n（一）三天以内的，由学院辅导员批准。\n"
        "第二条 申请材料应当在五日内补齐，复核申请应当在五日内提出。\n"
    )
    assert list(drafts_of(document(tmp_path, "a.txt", text))) == []


def test_two_versions_of_a_law_are_not_asked_alike(tmp_path: Path) -> None:
    text = "第一条 农药生产许可证的有效期为5年。\n"
    documents = [
        document(tmp_path, f"{year}.txt", f"农药管理条例（{year}年）\n{text}")
        for year in (2017, 2022)
    ]
    assert len(choose(documents, 10, seed=0)) == 1


def test_questions_are_spread_and_stand_where_they_say(
    corpora_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "draft"
    arguments = ["eval", "draft", "--index", str(corpora_folder), "-n", "56", "--to", str(folder)]
    assert main(arguments) == 0
    assert "出自 14 个文档" in capsys.readouterr().out
    text = (folder / "questions.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.splitlines()]
    assert len({record["text"] for record in records}) == 56
    assert max(Counter(record["document"] for record in records).values()) <= 6
    kinds = Counter(record["kind"] for record in records)
    assert len(kinds) >= 8
    assert max(kinds.values()) <= 10
    assert all(record["generated"] is True and record["rule"] for record in records)
    parts: dict[str, set[str]] = {}
    for record in records:
        parts.setdefault(record["document"], set()).add(record["split"])
    assert sorted(map(sorted, parts.values())) == [["dev"]] * 7 + [["test"]] * 7
    store = Store.open(corpora_folder)
    clauses = {
        Path(one.source).name: store.clauses_of(one.document_id) for one in store.documents()
    }
    for record in records:
        (start, end), (answer,) = record["spans"][0], record["answers"]
        assert any(
            list(clause.marks) == record["marks"] and clause.text[start:end] == answer
            for clause in clauses[record["document"]]
        ), record
    assert check_benchmark(folder) == []
    assert sum(one.generated for one in load_benchmark(folder).questions) == 56
    again = tmp_path / "again"
    assert main([*arguments[:-1], str(again)]) == 0
    assert (again / "questions.jsonl").read_text() == text


def test_reports_say_that_questions_are_generated(
    corpora_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "draft", tmp_path / "out"
    index = ["--index", str(corpora_folder), "--document", "公务用车"]
    assert main(["eval", "draft", *index, "-n", "5", "--to", str(folder)]) == 0
    run = ["eval", "run", str(folder), "--system", f"bm25:index={corpora_folder}"]
    assert main([*run, "--out", str(out), "--cache", str(tmp_path / "cache")]) == 0
    assert "其中 5 题由规则生成" in capsys.readouterr().out
    assert "其中 5 题由规则生成" in (out / "report.html").read_text(encoding="utf-8")
    edited = (folder / "questions.jsonl").read_text().replace('"generated": true', '"checked": 1')
    (folder / "questions.jsonl").write_text(edited)
    assert main([*run, "--out", str(out), "--cache", str(tmp_path / "cache")]) == 0
    assert "由规则生成" not in capsys.readouterr().out


def failure(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    assert main(["eval", *map(str, arguments)]) == 1
    return capsys.readouterr().err


def test_edited_questions_are_never_overwritten(
    corpora_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "questions.jsonl").write_text("{}")
    draft = ("draft", "--index", corpora_folder, "--to")
    assert "已存在且不为空" in failure(capsys, *draft, tmp_path)
    assert "没有符合" in failure(capsys, *draft, tmp_path / "x", "--document", "没有这份文件")
    assert not (tmp_path / "x").exists()
