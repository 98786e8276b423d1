"""Whether an index folder is whole: checksums, digests, counts and references."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from policyqa import derived
from policyqa.encoder import ModelDescription
from policyqa.errors import IndexDamaged, ModelMismatch
from policyqa.schema import vector_digest
from policyqa.store import Store
from policyqa.writer import check_store_file, digest_of_document

_SHOWN = 20
"""Problems of one kind that are listed; a file that is cut short has thousands."""

_REFERENCES = {
    "文件没有对应的文档": "SELECT path FROM files WHERE document_id NOT IN "
    "(SELECT document_id FROM documents)",
    "文档没有对应的文件": "SELECT document_id FROM documents WHERE document_id NOT IN "
    "(SELECT document_id FROM files)",
    "条款没有对应的文档": "SELECT clause_id FROM clauses WHERE document_id NOT IN "
    "(SELECT document_id FROM documents)",
    "条款的上级不存在": "SELECT clause_id FROM clauses WHERE parent_id IS NOT NULL "
    "AND parent_id NOT IN (SELECT clause_id FROM clauses)",
    "检索单元没有对应的条款": "SELECT clause_id FROM units WHERE clause_id NOT IN "
    "(SELECT clause_id FROM clauses)",
    "段落没有向量": "SELECT document_id FROM passages WHERE vector_key NOT IN "
    "(SELECT vector_key FROM vectors)",
    "向量没有段落": "SELECT hex(vector_key) FROM vectors WHERE vector_key NOT IN "
    "(SELECT vector_key FROM passages)",
}


def verify(folder: str | Path, encoder_description: ModelDescription | None = None) -> list[str]:
    """Read everything in an index folder and compare it with its checksums.

    Args:
        folder: the index folder; a build that runs meanwhile may make it look damaged.
        encoder_description: of the encoder that the index should be of, if that matters.

    Returns:
        What is wrong, one line each; empty when the index is whole.

    Raises:
        IndexMissing: there is no index.
        IndexFolderError: the system does not let it be read.
    """
    folder = Path(folder)
    problems: list[str] = []
    try:
        with closing(Store.open(folder)) as store:
            if encoder_description is not None:
                try:
                    store.require_model(encoder_description.name, encoder_description.fingerprint)
                except ModelMismatch as error:
                    problems.append(str(error))
            problems += check_store_file(folder, store.generation)
            problems += derived.check(folder, store.generation)
            problems += _check_content(store)
            if not problems:
                problems += _check_derived_counts(store, folder)
    except IndexDamaged as error:
        problems.append(str(error))
    return problems


def _check_content(store: Store) -> list[str]:
    problems = [
        f"store.sqlite：{row[0]}"
        for row in store.rows(f"PRAGMA integrity_check({_SHOWN})")
        if row[0] != "ok"
    ]
    for meaning, query in _REFERENCES.items():
        problems += [f"{meaning}：{row[0]}" for row in store.rows(f"{query} LIMIT {_SHOWN}")]
    for (document_id,) in store.rows("SELECT document_id FROM documents"):
        problems += _check_document(store, document_id)
    problems += _check_vectors(store)
    return problems


def _check_document(store: Store, document_id: str) -> list[str]:
    def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return store.rows(query, parameters)

    digest, text = store.rows(
        "SELECT digest, text FROM documents WHERE document_id = ?", [document_id]
    )[0]
    problems = []
    if digest_of_document(fetch, document_id) != digest:
        problems.append(f"文档 {document_id}：内容与校验和不符")
    outside = store.rows(
        "SELECT clause_id FROM clauses WHERE document_id = ? "
        "AND NOT (0 <= start AND start <= end AND end <= ?)",
        [document_id, len(text)],
    )
    problems += [f"条款 {row[0]}：位置超出文档范围" for row in outside]
    for ordinal, (place, marks, path) in enumerate(
        store.rows(
            "SELECT ordinal, marks, path FROM clauses WHERE document_id = ? ORDER BY ordinal",
            [document_id],
        )
    ):
        if place != ordinal or not _are_lists(marks, path):
            problems.append(f"文档 {document_id}：第 {ordinal + 1} 个条款的记录已损坏")
    return problems


def _are_lists(*texts: str) -> bool:
    try:
        return all(isinstance(json.loads(text), list) for text in texts)
    except ValueError:
        return False


def _check_vectors(store: Store) -> list[str]:
    size = 4 * store.model.dimension
    damaged = [
        key
        for key, vector, digest in store.rows("SELECT vector_key, vector, digest FROM vectors")
        if len(vector) != size or vector_digest(key, vector) != digest
    ]
    return [f"向量 {key.hex()}：与校验和不符" for key in damaged[:_SHOWN]]


def _check_derived_counts(store: Store, folder: Path) -> list[str]:
    counts = store.counts()
    found = derived.load(folder, store.generation)
    expected = (counts["units"], counts["units"], counts["passages"], store.model.dimension)
    index = found.dense.index
    if (found.lexical.n_units, found.dense.n_units, index.ntotal, index.d) != expected:
        return [f"{folder}：检索文件的条数与 store.sqlite 不符"]
    return []
