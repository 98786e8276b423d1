"""The shapes of requests and responses, as ``/openapi.json`` describes them.

Responses are written from the records' own ``as_json``; the models here describe them, and a
test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from policyqa.document import Kind, Status
from policyqa.filters import Filters
from policyqa.web.text import clean

CleanText = Annotated[str, BeforeValidator(lambda value: clean(value))]
"""Text without control characters, lone surrogates and blanks at its ends."""

_CLAUSE_EXAMPLE: dict[str, Any] = {
    "clause_id": "0a7da4612487d7e0-0020",
    "document_id": "0a7da4612487d7e0",
    "document_title": "政协党建工作要点",
    "marks": ["五、", "19."],
    "path": ["五、加强对新时代人民政协党的建设工作的领导", "19."],
    "kind": "item",
    "text": "19.加强对政协党建工作的领导。……区委常委会每年听取1-2次政协党组党建工作情况汇报。",
    "start": 4021,
    "end": 4127,
    "elided": False,
    "parent_id": "0a7da4612487d7e0-0019",
}


class _Response(BaseModel):
    model_config = ConfigDict(extra="allow")


class ErrorDetail(_Response):
    """What went wrong."""

    code: str = Field(description="错误代码，供程序判断", examples=["invalid_request"])
    message: str = Field(description="给用户看的说明", examples=["请输入要查询的问题。"])


class ErrorResponse(_Response):
    """Every error has this shape."""

    error: ErrorDetail


class FiltersBody(BaseModel):
    """限定文件范围；给出的条件须同时满足。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"issuer": "市人民政府"}]})

    document: CleanText | None = Field(None, description="文件编号，或标题中的文字", max_length=200)
    issuer: CleanText | None = Field(None, description="发文机关名称中的文字", max_length=200)
    date_from: CleanText | None = Field(
        None, alias="from", description="最早日期：2024、2024-01 或 2024-01-31", max_length=20
    )
    date_to: CleanText | None = Field(None, alias="to", description="最晚日期", max_length=20)
    versions: CleanText | None = Field(
        None, description="current（现行版本，提问和检索的默认值）或 all（全部版本）", max_length=20
    )
    as_of: CleanText | None = Field(
        None, description="截至某日有效的版本，如 2020-01-31", max_length=20
    )

    def as_filters(self) -> Filters | None:
        """The index's own filters, or None where no condition is given.

        Raises:
            InputError: a date is none, or `versions` is unknown.
        """
        filters = Filters(
            document=self.document or None,
            issuer=self.issuer or None,
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            versions=self.versions or None,  # type: ignore[arg-type]  # Filters checks it
            as_of=self.as_of or None,
        )
        return filters if filters else None


class AskRequest(BaseModel):
    """一个问题。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "区委常委会每年听取几次汇报", "k": 5}]}
    )

    question: CleanText = Field(description="问题，或条款地址（如“民法典第一千一百六十五条”）")
    k: int = Field(5, description="列出最近的多少条条款；至少 1，上限由服务的 max_k 设置")
    filters: FiltersBody | None = None


class PrecedentsRequest(BaseModel):
    """一条草拟的条款。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"draft": "每名党员委员联系1-3名党外委员。", "k": 10}]}
    )

    draft: CleanText = Field(description="草拟条款的文字")
    k: int = Field(10, description="返回多少条；至少 1，上限由服务的 max_k 设置")
    filters: FiltersBody | None = None


class ClauseModel(_Response):
    """一条条款：带编号的一条，或一段没有编号的正文。"""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_CLAUSE_EXAMPLE]})

    clause_id: str = Field(description="条款编号；文件内容不变则不变")
    document_id: str = Field(description="所在文件的编号")
    document_title: str = Field(description="所在文件的标题")
    marks: list[str] = Field(description="自上而下的序号，照原文")
    path: list[str] = Field(description="序号连同其标题")
    kind: Kind = Field(description="在文件中的层级")
    text: str = Field(description="原文，等于文件全文的 [start, end)")
    start: int = Field(description="首字在文件全文中的位置（按字符计，不是 UTF-16 单元）")
    end: int = Field(description="末字之后的位置")
    elided: bool = Field(description="原文此处只印了省略号")
    parent_id: str | None = Field(None, description="上一级条款的编号")


class StandingFields(_Response):
    """所在文件的效力。"""

    status: Status | None = Field(
        None, description="现行、已修改、废止或尚未施行；由索引中的文件得不出时为 null"
    )
    effective: str | None = Field(None, description="施行日期", examples=["2024-05-01"])
    version: str | None = Field(None, description="区分各版本的日期", examples=["2022-06-24"])


class ClauseWithNeighbours(ClauseModel, StandingFields):
    """一条条款，连同前后、上级和下级。"""

    previous: ClauseModel | None = Field(description="前一条")
    next: ClauseModel | None = Field(description="后一条")
    parent: ClauseModel | None = Field(description="上级条款")
    children: list[ClauseModel] = Field(description="直接下级，按原文次序")


class ReferenceModel(_Response):
    """条款中的一处引用，如“依照本法第十条”。"""

    start: int = Field(description="引用文字在本条 text 中的起始位置")
    end: int = Field(description="末字之后的位置")
    text: str = Field(description="引用的文字")
    document_id: str | None = Field(description="所引文件的编号；索引中没有则为 null")
    document_title: str | None = Field(description="所引文件的标题")
    clause_id: str | None = Field(description="所引条款的编号；引用整份文件或找不到则为 null")
    path: list[str] = Field(description="所引条款的序号和标题")
    resolved: bool = Field(description="是否找到了所引的文件或条款")


class ReferringModel(_Response):
    """引用本条的一处。"""

    start: int = Field(description="引用文字在该条款 text 中的起始位置")
    end: int = Field(description="末字之后的位置")
    clause: ClauseModel = Field(description="引用本条的条款")


class LinksResponse(_Response):
    """一条条款引用了什么，又被哪些条款引用。"""

    references: list[ReferenceModel] = Field(description="本条的引用，按原文次序")
    referenced_by: list[ReferringModel] = Field(description="引用本条的条款，本文件的在前")


class HitModel(ClauseModel, StandingFields):
    """检索到的一条条款。"""

    score: float = Field(description="得分，越高越相关；只在同一次查询、同一方法内可比")
    rank: int = Field(description="名次，从 1 起")
    highlights: list[tuple[int, int]] = Field(description="查询词在 text 中的位置")
    below: list[ClauseModel] = Field(default=[], description="“条”之下的各项，按原文次序")


class AnswerModel(StandingFields):
    """对一个问题的回答；文件没有说明时 answered 为 false，并列出最近的条款。"""

    id: str | None = Field(None, alias="_id", description="批量提问时调用方自己的编号")
    question: str = Field(description="问题")
    answered: bool = Field(description="文件是否作了回答")
    answer: str | None = Field(description="答案，等于条款 text 的 span", examples=["1-2次"])
    confidence: float = Field(description="答案正确的估计概率，0 到 1", examples=[0.93])
    clause_id: str | None = Field(description="答案所在条款")
    span: tuple[int, int] | None = Field(description="答案在该条款 text 中的位置")
    clauses: list[HitModel] = Field(description="最近的条款，由近及远")


class SearchResponse(_Response):
    """检索结果。"""

    query: str = Field(description="查询")
    hits: list[HitModel] = Field(description="条款，由近及远")
    took_ms: float = Field(description="用时，毫秒")


class PrecedentsResponse(_Response):
    """规定同一事项的既有条款。"""

    hits: list[HitModel] = Field(description="条款，由近及远")


class EventModel(_Response):
    """文件沿革中的一项。"""

    date: str = Field(description="日期", examples=["2018-10-26"])
    event: str = Field(description="通过、批准、公布、修订、修正、施行或废止")
    text: str = Field(description="原文")


class MetadataModel(_Response):
    """文件自身写明的信息；没有写明的为 null。"""

    issuer: str | None = Field(None, description="发文机关")
    number: str | None = Field(None, description="发文字号", examples=["国发〔2019〕5号"])
    date: str | None = Field(None, description="成文日期", examples=["2024-05-27"])
    level: str | None = Field(None, description="效力级别", examples=["地方性法规"])
    effective: str | None = Field(None, description="施行日期", examples=["2024-07-20"])
    secrecy: str | None = Field(None, description="密级", examples=["机密"])
    region: str | None = Field(None, description="适用地区", examples=["浙江省"])
    history: list[EventModel] | None = Field(None, description="通过、修订、修正等，照原文次序")
    repeals: list[str] | None = Field(None, description="所废止文件的标题")


class VersionModel(StandingFields):
    """同一法规的另一个版本。"""

    document_id: str = Field(description="文件编号")
    title: str = Field(description="标题")


class DocumentSummary(StandingFields):
    """一份文件，不含条款。"""

    document_id: str = Field(description="文件编号")
    title: str = Field(description="标题")
    source: str = Field(description="来源文件")
    sha256: str = Field(description="来源文件的 SHA-256")
    metadata: MetadataModel
    versions: list[VersionModel] = Field(default=[], description="其他版本，由新到旧")


class DocumentModel(DocumentSummary):
    """一份文件，连同其条款。"""

    clauses: list[ClauseModel] = Field(description="条款，按原文次序")


class DocumentsResponse(_Response):
    """文件目录的一页。"""

    documents: list[DocumentSummary]
    total: int = Field(description="符合条件的文件总数")
    offset: int
    limit: int


class HealthResponse(_Response):
    """服务状态。"""

    status: Literal["ok", "ready"]
