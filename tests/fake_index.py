"""A small index in memory for tests of the web layer: two documents, fixed answers."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from policyqa.document import Clause, Document, Metadata, Standing
from policyqa.filters import Filters
from policyqa.links import Link
from policyqa.ranking import Hit

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
_SECTION = "五、加强对新时代人民政协党的建设工作的领导"
_ITEM_19 = (
    "19.加强对政协党建工作的领导。将政协党建工作纳入区委工作总体布局，建立健全定期听取政协党建工作"
    "汇报制度，区委常委会每年听取1-2次政协党组党建工作情况汇报。"
)
_LEAVE = "第三条　学生请假按下列权限批准："
_LEAVE_ITEM = "（二）𠮷三天以上一周以内的，由学院批准；"


def _document(
    document_id: str,
    title: str,
    metadata: Metadata,
    parts: list[tuple[str, int | None, tuple[str, ...], tuple[str, ...], str, bool]],
) -> Document:
    text = ""
    clauses: list[Clause] = []
    for number, (kind, parent, marks, path, words, elided) in enumerate(parts):
        start = len(text)
        clauses.append(
            Clause(
                clause_id=f"{document_id}-{number:04d}",
                document_id=document_id,
                document_title=title,
                marks=marks,
                path=path,
                kind=kind,  # type: ignore[arg-type]
                text=words,
                start=start,
                end=start + len(words),
                elided=elided,
                parent_id=None if parent is None else f"{document_id}-{parent:04d}",
            )
        )
        text += words + "\n"
    return Document(
        document_id, title, f"corpora/{title}.txt", "0" * 64, text, metadata, tuple(clauses)
    )


PARTY = _document(
    "aaaa",
    "政协党建工作要点",
    Metadata(),
    [
        ("text", None, (), (), "为切实加强区政协系统党的建设，提出如下实施意见。", False),
        (
            "section",
            None,
            ("四、",),
            ("四、以高质量党建推动高质量履职",),
            "四、以高质量党建推动高质量履职",
            False,
        ),
        (
            "item",
            1,
            ("四、", "16."),
            ("四、以高质量党建推动高质量履职", "16."),
            "16.牢牢把握政协工作的正确政治方向。每名党员委员联系1-3名党外委员。",
            False,
        ),
        ("item", 1, ("四、", "17、"), ("四、以高质量党建推动高质量履职", "17、"), "17、……", True),
        ("section", None, ("五、",), (_SECTION,), _SECTION, False),
        ("item", 4, ("五、", "19."), (_SECTION, "19."), _ITEM_19, False),
        ("item", 4, ("五、", "20."), (_SECTION, "20."), "20.……", True),
        (
            "item",
            4,
            ("五、", "22."),
            (_SECTION, "22."),
            "22.凝聚工作合力。宣传部门要加强宣传。",
            False,
        ),
    ],
)
LEAVE = _document(
    "bbbb",
    "示例大学学生请假与考勤管理规定",
    Metadata(issuer="示例大学", number="示大学〔2023〕45号", date="2023-09-01"),
    [
        ("chapter", None, ("第一章",), ("第一章 请假",), "第一章 请假", False),
        ("article", 0, ("第一章", "第三条"), ("第一章 请假", "第三条"), _LEAVE, False),
        (
            "item",
            1,
            ("第一章", "第三条", "（一）"),
            ("第一章 请假", "第三条", "（一）"),
            "（一）三天以内的，由辅导员批准；",
            False,
        ),
        (
            "item",
            1,
            ("第一章", "第三条", "（二）"),
            ("第一章 请假", "第三条", "（二）"),
            _LEAVE_ITEM,
            False,
        ),
        (
            "article",
            0,
            ("第一章", "第四条"),
            ("第一章 请假", "第四条"),
            f"第四条　{HOSTILE}应当转义。",
            False,
        ),
        ("chapter", None, ("第二章",), ("第二章 附则",), "第二章 附则", False),
        (
            "article",
            5,
            ("第二章", "第五条"),
            ("第二章 附则", "第五条"),
            "第五条　第三条规定的权限参照《示例大学章程》确定。",
            False,
        ),
    ],
)


@dataclass(frozen=True)
class FakeAnswer:
    """The contract's Answer, as given."""

    record: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The record."""
        return self.record


class FakeIndex:
    """Answers by the words in the question; `delay` seconds a question; counts its calls."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.calls: list[tuple[str, Any]] = []
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()
        self._documents = {document.document_id: document for document in (PARTY, LEAVE)}
        self._clauses = {
            clause.clause_id: clause
            for document in self._documents.values()
            for clause in document.clauses
        }

    def ask(self, question: str, *, k: int = 5, filters: Filters | None = None) -> FakeAnswer:
        self._work("ask", question, k, filters)
        if "崩溃" in question:
            raise RuntimeError(f"secret {question}")
        answer, clause = None, None
        if "听取" in question:
            answer, clause = "1-2次", self._clauses["aaaa-0005"]
        elif "请假" in question:
            answer, clause = "学院", self._clauses["bbbb-0003"]
        elif "转义" in question:
            answer, clause = HOSTILE, self._clauses["bbbb-0004"]
        span = None
        if clause is not None and answer is not None:
            start = clause.text.index(answer)
            span = [start, start + len(answer)]
        return FakeAnswer(
            {
                "_id": None,
                "question": question,
                "answered": answer is not None,
                "answer": answer,
                "confidence": 0.93 if answer else 0.12,
                "clause_id": clause.clause_id if clause else None,
                "span": span,
                "clauses": [hit.as_json() for hit in self._hits(question, k)],
            }
        )

    def search(
        self, query: str, k: int = 10, method: str = "hybrid", *, filters: Filters | None = None
    ) -> list[Hit]:
        self._work("search", query, k, method, filters)
        return self._hits(query, k)

    def precedents(self, draft: str, k: int = 10, *, filters: Filters | None = None) -> list[Hit]:
        self._work("precedents", draft, k, filters)
        return self._hits(draft, k)

    def documents(
        self, *, offset: int = 0, limit: int = 50, filters: Filters | None = None
    ) -> tuple[list[Document], int]:
        found = [one for one in self._documents.values() if not filters or filters.accept(one)]
        return found[offset : offset + limit], len(found)

    def document(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def clause(self, clause_id: str) -> Clause | None:
        return self._clauses.get(clause_id)

    def standing(self, document_id: str) -> Standing:
        return Standing()

    def neighbours(
        self, clause_id: str
    ) -> tuple[Clause | None, Clause | None, Clause | None, list[Clause]]:
        clause = self._clauses[clause_id]
        clauses = self._documents[clause.document_id].clauses
        at = clauses.index(clause)
        return (
            clauses[at - 1] if at else None,
            clauses[at + 1] if at + 1 < len(clauses) else None,
            self._clauses[clause.parent_id] if clause.parent_id else None,
            [one for one in clauses if one.parent_id == clause_id],
        )

    def links(self, clause_id: str) -> tuple[list[Link], list[Link]]:
        if clause_id not in self._clauses:
            raise KeyError(clause_id)
        source, target = self._clauses["bbbb-0006"], self._clauses["bbbb-0001"]
        document = self._documents["bbbb"]
        link = Link(source, 4, 7, document, target, whole_document=False)
        missing = Link(source, 14, 22, None, None, whole_document=True)
        return (
            [link, missing] if clause_id == source.clause_id else [],
            [link] if clause_id == target.clause_id else [],
        )

    def status(self) -> dict[str, Any]:
        return {"generation": 1, "documents": 2, "clauses": len(self._clauses)}

    def _work(self, name: str, *given: Any) -> None:
        with self._lock:
            self.calls.append((name, given))
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        time.sleep(self.delay)
        with self._lock:
            self._running -= 1

    def _hits(self, query: str, k: int) -> list[Hit]:
        order = ["aaaa-0005", "bbbb-0001", "bbbb-0004", "aaaa-0002"]
        hits = []
        for rank, clause_id in enumerate(order[:k], start=1):
            clause = self._clauses[clause_id]
            document = self._documents[clause.document_id]
            below = tuple(one for one in document.clauses if one.parent_id == clause_id)
            start = clause.text.find(query[:2])
            marks = ((start, start + 2),) if start >= 0 and len(query) > 1 else ()
            hits.append(Hit(clause, 1 / rank, rank, marks, below))
        return hits
