"""What documents state about themselves: values as printed, nothing where nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policyqa.clauses import split, split_text
from policyqa.document import Metadata
from policyqa.loaders.html import read_html

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
if not DATA.is_dir():  # a worktree stands one folder deeper
    DATA = ROOT.parents[1] / "shared" / "data"
GOLDEN = json.loads((Path(__file__).parent / "metadata_golden.json").read_text(encoding="utf-8"))
LAW = "第一条 为了{}，制定本法。\n第二条 各级机关依法办理。\n"


def stated(text: str) -> Metadata:
    return split_text(text, source="x.txt", sha256="0" * 64).metadata


def test_a_statute_by_its_notes_of_adoption() -> None:
    found = stated(
        "中华人民共和国商会法\n（1999年8月30日第九届全国人民代表大会常务委员会第十一次会议通过　"
        "根据2004年8月28日第十届全国人民代表大会常务委员会第十一次会议《关于修改〈中华人民共和国商会法〉的"
        "决定》第一次修正　2018年10月26日第十三届全国人民代表大会常务委员会第六次会议修订）\n"
        + LAW.format("发展")
        + "第三条 本法自2019年1月1日起施行。《商会登记条例》同时废止。"
    )
    assert (found.issuer, found.level) == ("全国人民代表大会常务委员会", "法律")
    assert (found.date, found.effective) == ("2018-10-26", "2019-01-01")
    assert [(one.date, one.event) for one in found.history] == [
        ("1999-08-30", "通过"), ("2004-08-28", "修正"), ("2018-10-26", "修订"),
    ]  # fmt: skip
    assert found.repeals == ("商会登记条例",)
    assert (found.number, found.region, found.secrecy) == (None, None, None)


def test_a_local_regulation_is_its_adopters_not_its_approvers() -> None:
    found = stated(
        "云溪市养犬条例\n2020年5月29日 云溪市第四届人民代表大会常务委员会第二十五次会议通过\n"
        "2020年7月31日 浙江省第十三届人民代表大会常务委员会第二十二次会议批准\n"
        + LAW.format("管理")
        + "第三条 本条例自2020年11月1日起施行。"
    )
    assert found.issuer == "云溪市人民代表大会常务委员会"
    assert (found.level, found.region) == ("地方性法规", "云溪市")
    assert (found.date, found.effective) == ("2020-07-31", "2020-11-01")


@pytest.mark.parametrize(
    ("note", "issuer", "number", "level"),
    [
        ("2004年3月1日 中华人民共和国国务院令第406号公布", "国务院", "国务院令第406号", "行政法规"),
        ("2012年12月19日 公安部令第125号发布", "公安部", "公安部令第125号", "部门规章"),
        ("2015年4月1日 云溪市人民政府令第8号公布", "云溪市人民政府", "云溪市人民政府令第8号", "地方政府规章"),
    ],
)  # fmt: skip
def test_a_decree_gives_issuer_number_and_rank(
    note: str, issuer: str, number: str, level: str
) -> None:
    found = stated(f"登记管理办法\n{note}\n第一条 甲。\n第二条 本办法自公布之日起施行。")
    assert (found.issuer, found.number, found.level) == (issuer, number, level)
    assert found.effective == found.date


def test_a_court_interprets() -> None:
    found = stated(
        "最高人民法院关于审理证据案件若干问题的解释\n2020年12月23日 最高人民法院审判委员会第1823次会议通过\n"
        "第一条 甲。\n第二条 本解释自2021年1月1日起施行。"
    )
    assert (found.issuer, found.level, found.effective) == (
        "最高人民法院", "司法解释", "2021-01-01",
    )  # fmt: skip
    speech = stated("最高人民法院关于开展活动的通知\n一、甲。\n二、乙。")
    assert (speech.issuer, speech.level) == ("最高人民法院", None)


def test_the_head_of_an_official_document() -> None:
    found = stated(
        "000001\n机密★1年\n特急\n云溪市人民政府文件\n云政规〔2023〕7号\n云溪市人民政府关于加强档案管理的意见\n"
        "各区县人民政府：\n一、做好。\n二、报送。\n云溪市人民政府\n二〇二三年十一月二十日"
    )
    assert found == Metadata(
        issuer="云溪市人民政府",
        number="云政规〔2023〕7号",
        date="2023-11-20",
        level="规范性文件",
        secrecy="机密",
        region="云溪市",
    )


def test_a_covering_notice_signs_above_what_it_issues() -> None:
    found = stated(
        "国务院办公厅转发国家地震局关于地震趋势报告的通知\n国办发〔1996〕2号\n各省：\n现转发给你们。\n"
        "国务院办公厅\n一九九六年二月五日\n关于地震趋势的报告\n一、甲。\n二、乙。\n国家地震局\n"
        "一九九六年一月二十五日"
    )
    assert (found.issuer, found.date) == ("国务院办公厅", "1996-02-05")


@pytest.mark.parametrize(
    ("end", "effective"),
    [
        ("本办法自二〇二四年五月一日起施行。", "2024-05-01"),
        ("本办法经市政府批准，自2024年5月1日起实施。", "2024-05-01"),
        ("本办法自印发之日起施行。", None),
        ("本办法自公布之日起30日后施行。", None),
        ("《某某条例》自2024年5月1日起施行。", None),
        ("合同自2024年5月1日起生效。", None),
        ("本办法自2024年2月30日起施行。", None),
    ],
)
def test_the_day_of_effect_is_the_documents_own(end: str, effective: str | None) -> None:
    assert stated(f"某某办法\n第一条 甲。\n第二条 {end}").effective == effective


@pytest.mark.parametrize(
    ("end", "repeals"),
    [
        ("1998年3月1日市政府发布的《甲规定》同时废止。", ("甲规定",)),
        ("《甲规定》、2001年5月1日发布的《乙办法》（云政发〔2001〕3号）同时废止。", ("甲规定", "乙办法")),
        ("《甲规定》自本办法施行之日起废止。", ("甲规定",)),
        ("《甲规定》中关于收费的规定同时废止。", ()),
        ("《甲规定》第三条同时废止。", ()),
        ("根据《甲规定》发布的《乙办法》同时废止。", ("乙办法",)),
        ("《甲规定》与本办法不一致的，以本办法为准。", ()),
    ],
)  # fmt: skip
def test_only_whole_documents_that_are_named_are_repealed(
    end: str, repeals: tuple[str, ...]
) -> None:
    assert stated(f"某某办法\n第一条 甲。\n第二条 {end}").repeals == repeals


def test_what_another_document_states_is_not_taken_over() -> None:
    found = stated(
        "工作说明\n一、《云溪市办法》（云政发〔2020〕1号）由市人大2020年1月1日通过。\n"
        "二、秘密文件应当登记。\n三、该办法自2020年5月1日起施行。"
    )
    assert found == Metadata()


def test_metadata_survives_the_store() -> None:
    found = stated(
        "某某办法\n2015年4月1日 云溪市人民政府令第8号公布\n第一条 甲。\n第二条 《乙办法》同时废止。"
    )
    assert Metadata.from_json(json.loads(json.dumps(found.as_json()))) == found
    older = {"issuer": "某局", "number": None, "date": None, "level": None}
    assert Metadata.from_json(older) == Metadata(issuer="某局")


def test_a_pages_table_above_the_article() -> None:
    page = read_html(
        "<html><body><table><tr><td>索 引 号：</td><td>000014349/2018-00212</td>"
        "<td>发文机关：</td><td>云溪市人民政府办公室</td></tr>"
        "<tr><td>发文字号：</td><td></td><td>成文日期：</td><td>2024年6月14日</td></tr></table>"
        "<div><p>关于养老的意见</p><p>一、甲。</p><p>二、乙应当做好养老服务并按时报送工作进展。</p>"
        "</div></body></html>".encode()
    )
    assert page.stated == {
        "索引号": "000014349/2018-00212",
        "发文机关": "云溪市人民政府办公室",
        "成文日期": "2024年6月14日",
    }
    found = split_text(
        page.text, source="x.html", sha256="0" * 64, stated=page.stated
    ).metadata  # fmt: skip
    assert (found.issuer, found.date, found.number) == ("云溪市人民政府办公室", "2024-06-14", None)
    assert found.region == "云溪市"


def checked(expected: dict[str, Any], path: Path) -> None:
    metadata = split(path).metadata.as_json()
    metadata["history"] = [[one["date"], one["event"]] for one in metadata["history"] or []]
    metadata["repeals"] = metadata["repeals"] or []
    assert {name: value for name, value in metadata.items() if value} == expected


@pytest.mark.parametrize("name", GOLDEN["corpora"])
def test_the_demo_corpora(name: str) -> None:
    checked(GOLDEN["corpora"][name], ROOT / "corpora" / name)


@pytest.mark.parametrize("name", GOLDEN["data"])
def test_real_documents(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip("shared/data is missing: the documents stay outside")
    checked(GOLDEN["data"][name], DATA / name)
