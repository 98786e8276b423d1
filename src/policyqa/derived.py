"""The FAISS and lexical indexes of one generation, made from its store and nothing else."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from policyqa.dense import DenseIndex
from policyqa.errors import IndexDamaged, cause
from policyqa.folder import (
    MANIFEST,
    derived_folder,
    read_json,
    sha256_of_file,
    sync_tree,
    write_json,
)
from policyqa.lexical import LexicalIndex
from policyqa.store import Store
from policyqa.tokenizer import terms

FORMAT = 1

_DENSE = "dense"
_LEXICAL = "lexical"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Derived:
    """Both indexes over the same unit rows (the order of `Store.units`)."""

    dense: DenseIndex
    lexical: LexicalIndex


def build(store: Store) -> Derived:
    """Make both indexes from a store."""
    units = store.units()
    vectors, unit_of_passage = store.vectors()
    texts = store.texts()
    current, text = "", ""
    documents = []
    for unit in units:
        while unit.document_id != current:
            current, text = next(texts)
        documents.append(terms(f"{unit.context}\n{text[unit.start : unit.end]}"))
    dense = DenseIndex.build(vectors, unit_of_passage, len(units))
    return Derived(dense, LexicalIndex.build(documents))


def save(derived: Derived, folder: Path, generation: int) -> None:
    """Write the indexes of a generation with their checksums, whole or not at all."""
    temporary = Path(tempfile.mkdtemp(prefix="derived-new-", dir=folder))
    derived.dense.save(temporary / _DENSE)
    derived.lexical.save(temporary / _LEXICAL)
    write_json(
        temporary / MANIFEST,
        {"format": FORMAT, "generation": generation, "sha256": _checksums(temporary)},
    )
    sync_tree(temporary)
    temporary.chmod(0o755)
    target = derived_folder(folder, generation)
    # A killed build may have left the same generation number with other content.
    shutil.rmtree(target, ignore_errors=True)
    os.rename(temporary, target)


def load(folder: Path, generation: int) -> Derived:
    """Read and check the indexes of a generation.

    Raises:
        IndexDamaged: they are missing, or a byte of them has changed.
    """
    problems = check(folder, generation)
    if problems:
        raise IndexDamaged(problems[0])
    place = derived_folder(folder, generation)
    return Derived(DenseIndex.load(place / _DENSE), LexicalIndex.load(place / _LEXICAL))


def load_or_build(store: Store, folder: Path, is_current: Callable[[], bool]) -> Derived:
    """The indexes of a store's generation; made again where the files are missing or damaged.

    Args:
        store: the store.
        folder: its index folder.
        is_current: whether the folder still holds this store; superseded files are removed.

    Raises:
        IndexDamaged: the store has been superseded, or cannot be read.
    """
    try:
        return load(folder, store.generation)
    except IndexDamaged as error:
        if not is_current():
            raise
        _LOG.warning("%s；正在由 store.sqlite 重新生成", error)
    derived = build(store)
    try:
        save(derived, folder, store.generation)
    except OSError as error:
        # Another reader may have written them first, or the folder may be read-only.
        _LOG.info("%s：未能写入重新生成的检索文件：%s", folder, error)
    return derived


def check(folder: Path, generation: int) -> list[str]:
    """What is wrong with the files of a generation; nothing when they are whole."""
    place = derived_folder(folder, generation)
    try:
        manifest = read_json(place / MANIFEST)
    except IndexDamaged as error:
        return [str(error)]
    if (manifest.get("format"), manifest.get("generation")) != (FORMAT, generation):
        return [f"{place}：格式或版次不符"]
    try:
        found = _checksums(place)
    except OSError as error:
        return [f"{place}：无法读取：{cause(error)}"]
    recorded = manifest.get("sha256")
    if not isinstance(recorded, dict):
        return [f"{place / MANIFEST}：内容已损坏"]
    names = sorted(found.keys() | recorded.keys())
    return [
        f"{place / name}：与校验和不符" for name in names if found.get(name) != recorded.get(name)
    ]


def _checksums(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): sha256_of_file(path)
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
