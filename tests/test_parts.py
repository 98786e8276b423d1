"""What stands outside the numbering, what is covered, and where the numbering jumps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from policyqa.clauses import split_text
from policyqa.cli import main
from policyqa.document import Document, units
from policyqa.numbering import breaks
from policyqa.parts import coverage

ROOT = Path(__file__).parents[1]

NOTICE = """首页 > 政务公开
云溪市人民政府
云政发〔2024〕5号
云溪市人民政府关于做好
防汛工作的通知
各区县人民政府，市政府各部门：
为做好今年防汛工作，现将有关事项通知如下：
一、加强值守。每日18时前报送水情。
二、备足物资。
特此通知。
附件：1.物资清单
2.联系方式
云溪市人民政府
2024年5月6日
（此件公开发布）
附件1
物资清单
一、冲锋舟不少于20艘。
品名：沙袋；数量：5000
品名：雨衣；数量：800
附件2
联系方式
一、值班电话24小时开通。
责任编辑：某某
"""


def read(text: str) -> Document:
    return split_text(text, source="样例.txt", sha256="0" * 64)


def parts(text: str) -> list[tuple[str, str]]:
    """(name, text) of each part."""
    document = read(text)
    return [(part.name, document.text[part.start : part.end]) for part in document.parts]


def test_each_part_of_a_notice_is_kept_as_what_it_is() -> None:
    assert parts(NOTICE) == [
        ("furniture", "首页 > 政务公开"),
        ("issuer", "云溪市人民政府"),
        ("number", "云政发〔2024〕5号"),
        ("title", "云溪市人民政府关于做好\n防汛工作的通知"),
        ("addressee", "各区县人民政府，市政府各部门："),
        ("preamble", "为做好今年防汛工作，现将有关事项通知如下："),
        ("closing", "特此通知。"),
        ("annexes", "附件：1.物资清单\n2.联系方式"),
        ("signature", "云溪市人民政府"),
        ("date", "2024年5月6日"),
        ("note", "（此件公开发布）"),
        ("table", "品名：沙袋；数量：5000\n品名：雨衣；数量：800"),
        ("furniture", "责任编辑：某某"),
    ]


def test_only_text_and_numbered_clauses_can_answer() -> None:
    document = read(NOTICE)
    assert [(clause.path, clause.kind) for clause in document.clauses] == [
        ((), "text"),
        (("一、加强值守",), "section"),
        (("二、",), "section"),
        ((), "text"),
        (("附件1 物资清单",), "annex"),
        (("附件1 物资清单", "一、冲锋舟不少于20艘"), "section"),
        (("附件2 联系方式",), "annex"),
        (("附件2 联系方式", "一、"), "section"),
    ]
    ranked = "".join(unit.text for unit in units(document))
    for outside in ("云政发", "各区县人民政府", "2024年5月6日", "责任编辑"):
        assert outside not in ranked


def test_everything_is_covered_once() -> None:
    covered = coverage(read(NOTICE))
    assert covered.missing == ()
    assert covered.clauses + sum(covered.parts.values()) == covered.total == 219


def test_a_reply_without_numbers_answers_with_its_text() -> None:
    text = (
        "云溪市人民政府关于设立产业园的批复\n青禾区人民政府：\n你区请示收悉。同意设立，规划面积5平方公里。\n"
        "产业园每年评估一次，评估结果报市人民政府。\n云溪市人民政府\n2024年7月8日"
    )
    assert [clause.text for clause in read(text).clauses] == [
        "你区请示收悉。同意设立，规划面积5平方公里。\n产业园每年评估一次，评估结果报市人民政府。"
    ]


def test_a_decree_keeps_its_own_words() -> None:
    text = (
        "中华人民共和国国务院令\n第706号\n《某某条例》已经国务院常务会议通过，现予公布，自2019年3月1日起施行。\n"
        "总理　　李克强\n2018年11月6日\n某某条例\n（2018年9月6日通过）\n第一章　总　　则\n第一条　为了规范。\n第二条　适用。"
    )
    document = read(text)
    assert document.title == "某某条例"
    assert [part.name for part in document.parts] == [
        "issuer", "number", "preamble", "signature", "date", "title", "header",
    ]  # fmt: skip
    assert document.clauses[0].text.endswith("自2019年3月1日起施行。")


def test_issued_documents_have_trees_of_their_own() -> None:
    text = (
        "某办关于印发两个规定的通知\n各部门：\n现印发给你们，请认真贯彻执行。\n某某办公室\n2024年1月2日\n（此件公开发布）\n"
        "甲事项\n管理规定\n（某办　二〇二四年一月一日）\n为规范甲事项，制定本规定。\n一、甲一。\n二、甲二。\n"
        "乙事项管理规定\n为规范乙事项，制定本规定。\n一、乙一。"
    )
    document = read(text)
    assert [clause.path for clause in document.clauses if clause.marks] == [
        ("甲事项管理规定", "一、"),
        ("甲事项管理规定", "二、"),
        ("乙事项管理规定", "一、"),
    ]
    assert breaks(document) == []


@pytest.mark.parametrize("titled", ["目录\n", ""])
def test_contents_are_a_part(titled: str) -> None:
    chapters = "第一章 总则\n第二章 职责\n第三章 附则\n"
    body = "第一章 总则\n第一条 甲。\n第二章 职责\n第二条 乙。\n第三章 附则\n第三条 丙。"
    document = read(f"某某办法\n{titled}{chapters}{body}")
    assert [clause.marks[-1] for clause in document.clauses] == [
        "第一章", "第一条", "第二章", "第二条", "第三章", "第三条",
    ]  # fmt: skip
    assert parts(f"某某办法\n{titled}{chapters}{body}")[1] == (
        "contents",
        (titled + chapters).rstrip(),
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("某通知\n一、甲。\n二、乙。\n四、丁。", ["序号跳号：“二、”之后是“四、”，缺 1 个"]),
        ("某通知\n1.甲。\n……\n5.戊。\n6.己。", []),
        ("某通知\n一、甲\n1.子。\n2.子。\n二、乙\n3.子。", []),
        ("某通知\n一、甲\n1.子。\n二、乙\n1.子。", []),
        ("某办法\n第一条 甲。\n第二条 乙。\n第二条之一 增。\n第三条 丙。", []),
        (
            "某通知\n一、甲\n（一）子。\n（二）子。\n说明如下文字另起一段。\n（一）又。\n（二）又。",
            ["序号重起：“（二）”之后又是“（一）”（在“一、甲”下）"],
        ),
    ],
)
def test_jumps_and_restarts_are_named(text: str, lines: list[str]) -> None:
    assert [str(found) for found in breaks(read(text))] == lines


def test_split_prints_tree_coverage_and_jumps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("某某通知\n一、甲。\n三、丙。\n某某局\n2024年1月2日", encoding="utf-8")
    assert main(["split", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "<标题> 某某通知",
        "[section] 一、甲。",
        "[section] 三、丙。",
        "<署名> 某某局",
        "<成文日期> 2024年1月2日",
        "",
        "覆盖 100%：条款 8 字，标题 4 字，署名 3 字，成文日期 9 字",
        "序号跳号：“一、”之后是“三、”，缺 1 个",
    ]
    assert main(["split", str(path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["parts"][0] == {"name": "title", "start": 0, "end": 4}


def test_the_check_holds_on_the_corpora_and_on_every_numbering(tmp_path: Path) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    styles = {
        "条": "第{}条 ", "千": "第一千零{}条　", "条之": "第九条之{} ", "章": "第{}章 ", "顿": "{}、",
        "括": "（{}）", "半": "({})", "点": "{}．",
    }  # fmt: skip
    for name, style in styles.items():
        lines = "\n".join(f"{style.format(number)}内容。" for number in "一二三四五六七八九")
        (tmp_path / f"{name}.txt").write_text(f"某某办法\n{lines}\n", encoding="utf-8")
    flat = " ".join(f"{number}、某某要求 各单位要做好工作。" for number in "一二三四五六七八九")
    (tmp_path / "平.jsonl").write_text(
        json.dumps({"_id": "1", "text": f"关于某事的通知 {flat}"}), encoding="utf-8"
    )
    command = [sys.executable, "eval/check_clauses.py", "corpora", str(tmp_path)]
    run = subprocess.run(
        [*command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stdout
    assert "violations: none" in run.stderr


def test_the_check_holds_on_a_sample_of_laws(tmp_path: Path) -> None:
    laws = next(
        (
            parent / "shared" / "data" / "laws"
            for parent in ROOT.parents
            if (parent / "shared" / "data" / "laws").is_dir()
        ),
        None,
    )
    if laws is None:
        pytest.skip("shared/data is missing: the laws stay outside the project")
    sample = [str(path) for path in sorted(laws.rglob("*.md"))[::60]]
    command = [sys.executable, "eval/check_clauses.py", *sample]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, ""), run.stdout
