"""The systems that a benchmark is run on, and how a user names them.

``NAME[:key=value,...]``: bm25, dense and hybrid are the product's own methods, `run` a finished
TREC run, `http` a service that speaks our API.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.results import Result
from policyqa.ranking import FUSION, Fusion
from policyqa.search import Method

OWN: tuple[Method, ...] = ("bm25", "dense", "hybrid")
SHOWN_RANKS = 3
"""The first words of this many ranked texts are kept, to be read in the report."""
SHOWN_LENGTH = 400
KEYS = {
    "label": "在表中的名称",
    "model": "编码模型(bm25、dense、hybrid)",
    "index": "已建成的索引文件夹,省略则为题集另建(bm25、dense、hybrid)",
    "dense": "向量排序的权重(hybrid)",
    "bm25": "BM25 排序的权重(hybrid)",
    "quick": "1: 不用阅读模型,不重排,只按规则回答(hybrid)",
    "path": "TREC run 文件(run)",
    "url": "服务地址(http)",
}
"""Every key that a system takes."""
_ALLOWED: dict[str, tuple[str, ...]] = {
    "bm25": ("label", "model", "index"),
    "dense": ("label", "model", "index"),
    "hybrid": ("label", "model", "index", "dense", "bm25", "quick"),
    "run": ("label", "path"),
    "http": ("label", "url"),
}


class System(Protocol):
    """Answers questions of one benchmark."""

    @property
    def identity(self) -> dict[str, Any]:
        """What decides its results: settings and fingerprints, ready for JSON."""

    def ask(self, question: Question) -> Result:
        """The ranking for a question, with an answer where the system gives any."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A system as named on the command line.

    Attributes:
        kind: bm25, dense, hybrid, run or http.
        options: its keys and values, without the label.
        label: what it is called in tables.
    """

    kind: str
    options: tuple[tuple[str, str], ...] = ()
    label: str = ""

    @classmethod
    def parse(cls, text: str) -> Spec:
        """``hybrid:dense=2,label=X`` as a record.

        Raises:
            InputError: the name, a key or a value is none.
        """
        kind, _, rest = text.partition(":")
        if kind not in _ALLOWED:
            raise InputError(f"没有名为“{kind}”的系统,可用: {', '.join(_ALLOWED)}")
        options: dict[str, str] = {}
        for pair in filter(None, re.split(r",(?=\w+=)", rest)):
            key, equals, value = pair.partition("=")
            if not equals or not value or key not in _ALLOWED[kind]:
                allowed = "、".join(f"{name}=…" for name in _ALLOWED[kind])
                raise InputError(f"系统“{text}”中的“{pair}”不能用,{kind} 可写: {allowed}")
            options[key] = value
        label = options.pop("label", text)
        spec = cls(kind, tuple(sorted(options.items())), label)
        spec.fusion()
        for key in {"run": ("path",), "http": ("url",)}.get(kind, ()):
            if key not in options:
                raise InputError(f"系统“{text}”应写明 {key}=…")
        return spec

    def option(self, key: str) -> str | None:
        """A key's value, or None."""
        return dict(self.options).get(key)

    def fusion(self) -> Fusion:
        """How its rankings are joined.

        Raises:
            InputError: a weight is no number or negative, or both are 0.
        """
        try:
            dense = float(self.option("dense") or FUSION.dense)
            bm25 = float(self.option("bm25") or FUSION.bm25)
        except ValueError as error:
            raise InputError(f"系统“{self.label}”: 权重应为数字") from error
        if not math.isfinite(dense + bm25):
            raise InputError(f"系统“{self.label}”: 权重应为数字")
        if min(dense, bm25) < 0 or dense + bm25 == 0:
            raise InputError(f"系统“{self.label}”: 权重不能为负,也不能都是 0")
        return Fusion(dense, bm25)

    @property
    def folder_name(self) -> str:
        """The label as a file name."""
        return re.sub(r"[^\w.=-]+", "_", self.label)


def parse_specs(texts: Sequence[str]) -> list[Spec]:
    """All systems of a run.

    Raises:
        InputError: one cannot be read, or two would write into the same folder.
    """
    specs = [Spec.parse(text) for text in texts]
    require_distinct(specs)
    return specs


def require_distinct(specs: Sequence[Spec]) -> None:
    """Raises InputError where two systems would write into the same folder."""
    names = [spec.folder_name for spec in specs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"两个系统都叫“{name}”,请用 label=… 区分")


def open_system(spec: Spec, benchmark: Benchmark, cache: Path, *, progress: bool) -> System:
    """Make a system ready for a benchmark's questions; what it encodes is kept in `cache`.

    Raises:
        InputError: the system and the benchmark do not fit each other.
    """
    # Imported here: a finished run is scored without loading the encoder's libraries.
    if spec.kind == "run":
        from policyqa.evaluation.finished import FinishedRun

        return FinishedRun(Path(spec.option("path") or ""), places=benchmark.has_documents)
    if spec.kind == "http":
        from policyqa.evaluation.remote import RemoteSystem

        return RemoteSystem(spec.option("url") or "", benchmark, cache)
    if benchmark.has_documents:
        from policyqa.evaluation.index_system import IndexSystem

        return IndexSystem(spec, benchmark, cache, progress=progress)
    from policyqa.evaluation.corpus_system import CorpusSystem

    return CorpusSystem(spec, benchmark, cache, progress=progress)


def own_method(spec: Spec) -> Method:
    """The product's method that a system of ours uses."""
    return next(method for method in OWN if method == spec.kind)
