"""A small corpus with versions of laws, indexed by the real splitter and a fake encoder."""

from __future__ import annotations

from pathlib import Path

from fakes import FakeEncoder
from policyqa.clauses import SPLITTER, split
from policyqa.index import Index
from policyqa.indexing import Report, update_index

OLD = "竞争法(2007-08-30).md"
NEW = "竞争法(2022-06-24).md"
PENDING = "档案办法(2099-01-01).md"
LAWS = {
    OLD: "# 中华人民共和国竞争法\n\n2007年8月30日 第十届全国人民代表大会常务委员会第二十九次会议通过\n\n"
    "第一条 为了预防垄断行为，制定本法。\n\n第二条 经营者集中申报的罚款为五十万元以下。\n\n"
    "第三条 本法自2008年8月1日起施行。\n",
    NEW: "# 中华人民共和国竞争法\n\n2007年8月30日 第十届全国人民代表大会常务委员会第二十九次会议通过\n\n"
    "2022年6月24日 第十三届全国人民代表大会常务委员会第三十五次会议修正\n\n"
    "第一条 为了预防垄断行为，鼓励创新，制定本法。\n\n第二条 经营者集中申报的罚款为五百万元以下。\n\n"
    "第三条 本法自2008年8月1日起施行。\n",
    "档案办法(2015-05-01).md": "# 云溪市档案办法\n\n2015年4月1日 云溪市人民政府令第8号公布\n\n"
    "第一条 档案保管十年。\n\n第二条 本办法自2015年5月1日起施行。《云溪市文书管理规定》同时废止。\n",
    PENDING: "# 云溪市档案办法\n\n2098年12月1日 云溪市人民政府令第9号公布\n\n"
    "第一条 档案保管三十年。\n\n第二条 本办法自2099年1月1日起施行。\n",
    "文书管理规定.md": "# 云溪市文书管理规定\n\n2001年3月1日 云溪市人民政府令第2号公布\n\n"
    "第一条 文书保管五年。\n\n第二条 本规定自2001年4月1日起施行。\n",
    "值班通知.md": "# 关于值班的通知\n\n第一条 值班人员每天报告一次。\n",
}


class Corpus:
    """A folder of laws and the index over it."""

    def __init__(self, root: Path, names: list[str] | None = None) -> None:
        self.folder = root / "laws"
        self.index = root / "index"
        self.folder.mkdir()
        for name in names or LAWS:
            self.write(name, LAWS[name])
        self.update()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def update(self) -> Report:
        return update_index(
            [self.folder],
            self.index,
            encoder=FakeEncoder(),
            split=split,
            splitter=SPLITTER,
            progress=False,
        )

    def open(self) -> Index:
        return Index(self.index, FakeEncoder(), quick=True)

    def statuses(self) -> dict[str, str | None]:
        """The status of each document by the name of its file."""
        documents, _ = self.open().documents()
        return {
            Path(one.source).name: one.standing.status if one.standing else None
            for one in documents
        }
