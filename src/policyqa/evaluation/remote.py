"""A service that speaks our HTTP API, as a system."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.gold import Place, document_files
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.names import Names
from policyqa.evaluation.results import Found, Given, Result
from policyqa.evaluation.systems import SHOWN_LENGTH, SHOWN_RANKS
from policyqa.evaluation.trec import span_item

_TIMEOUT = 60.0
_PAGE = 100
_DEPTH = 50
"""Clauses asked for; a service may allow fewer than the product's 100."""
_TRIES = 5


class RemoteSystem:
    """Questions go to `/api/v1/ask`; its documents are known by their checksums."""

    def __init__(self, url: str, benchmark: Benchmark, cache: Path) -> None:
        """Learn which documents the service holds.

        Raises:
            InputError: it cannot be reached, or lacks a document of the benchmark.
        """
        if not benchmark.has_documents:
            raise InputError("HTTP 服务只能用于以文档为语料的题集")
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise InputError(f"服务地址“{url}”应以 http:// 或 https:// 开头")
        self._url = url.rstrip("/")
        self._within = benchmark.within
        files = document_files(benchmark, texts_folder(benchmark, cache))
        held = self._documents()
        names = Names.of(files)
        self._ids = names.identities({key: str(row["sha256"]) for key, row in held.items()})
        self._names = {identity: names.same(name) for name, identity in self._ids.items()}
        self._sources = {key: str(row.get("source") or key) for key, row in held.items()}
        lacking = files.keys() - self._ids.keys()
        if lacking:
            raise InputError(f"服务 {url} 中没有题集所问的 {sorted(lacking)[0]}")
        self.identity: dict[str, Any] = {"url": self._url, "documents": len(held)}

    def ask(self, question: Question) -> Result:
        """The service's answer and clauses, timed from here."""
        body: dict[str, Any] = {"question": question.text, "k": _DEPTH}
        if self._within and question.document in self._ids:
            body["filters"] = {"document": self._ids[question.document]}
        started = time.perf_counter()
        answer = self._call("/api/v1/ask", body)
        seconds = time.perf_counter() - started
        try:
            found = tuple(self._found(hit, rank) for rank, hit in enumerate(answer["clauses"]))
            given = self._given(answer)
        except (KeyError, TypeError, StopIteration) as error:
            raise InputError(f"服务 {self._url} 的回答不合约定: {error!r}") from error
        return Result(question.question_id, found, given, seconds)

    def _found(self, hit: dict[str, Any], rank: int) -> Found:
        end = max([hit["end"], *(below["end"] for below in hit.get("below", []))])
        place = Place(self._name(hit["document_id"]), hit["start"], end)
        shown = hit["text"][:SHOWN_LENGTH] if rank < SHOWN_RANKS else ""
        return Found(span_item(place), float(hit["score"]), place, shown)

    def _given(self, answer: dict[str, Any]) -> Given:
        confidence = float(answer["confidence"])
        if not answer["answered"]:
            return Given(None, confidence)
        clause = self._clause(answer)
        start, end = answer["span"]
        place = Place(
            self._name(clause["document_id"]), clause["start"] + start, clause["start"] + end
        )
        return Given(answer["answer"], confidence, place, clause["text"])

    def _clause(self, answer: dict[str, Any]) -> dict[str, Any]:
        wanted = answer["clause_id"]
        for hit in answer["clauses"]:
            for clause in (hit, *hit.get("below", [])):
                if clause["clause_id"] == wanted:
                    return dict(clause)
        return self._call(f"/api/v1/clauses/{urllib.parse.quote(wanted)}")

    def _name(self, document_id: str) -> str:
        return (
            self._names.get(document_id) or Path(self._sources.get(document_id, document_id)).name
        )

    def _documents(self) -> dict[str, dict[str, Any]]:
        held: dict[str, dict[str, Any]] = {}
        while True:
            page = self._call(f"/api/v1/documents?offset={len(held)}&limit={_PAGE}")
            rows = {row["document_id"]: row for row in page["documents"]}
            if not rows or rows.keys() <= held.keys():
                return held
            held.update(rows)

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data, {"Content-Type": "application/json"}
        )
        for attempt in range(1, _TRIES + 1):
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT) as reply:
                    return dict(json.load(reply))
            except urllib.error.HTTPError as error:
                with error:
                    detail = error.read().decode(errors="replace")[:200]
                if error.code != 429 or attempt == _TRIES:
                    raise InputError(
                        f"服务 {self._url}{path} 返回 {error.code}: {detail}"
                    ) from error
                time.sleep(attempt)
            except (OSError, ValueError, TypeError) as error:
                raise InputError(f"无法使用服务 {self._url}{path}: {error}") from error
        raise AssertionError("the last attempt returns or raises")
