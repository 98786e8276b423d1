"""Files to an index: what changed is split, what is new is encoded, all is committed at once."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from policyqa.document import Document, units
from policyqa.encoder import Encoder
from policyqa.errors import IndexBusy, IndexFolderError, IndexMissing, cause
from policyqa.folder import LOCK, remove_stale
from policyqa.pending import PendingVectors
from policyqa.schema import Model
from policyqa.sources import FileRow, Sources, find_sources
from policyqa.splitting import Split, split_all
from policyqa.store import Store
from policyqa.writer import Passage, Prepared, commit

_COMMIT_EVERY = 256


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did.

    Attributes:
        added: sources that are new.
        changed: sources whose content changed.
        removed: sources that were dropped.
        unchanged: sources below the paths or elsewhere that stay as they were.
        failed: (path, reason) for each source that could not be read.
        copies: sources with the same bytes as another one; together they are one document.
        documents: in the index now, as are `clauses` and `passages`.
        clauses: see `documents`.
        passages: see `documents`.
        encoded: passages that had to be encoded.
        seconds: all of the update.
        seconds_encoding: of them spent in the encoder.
        generation: of the index now; an update that changes nothing does not raise it.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    copies: int
    documents: int
    clauses: int
    passages: int
    encoded: int
    seconds: float
    seconds_encoding: float
    generation: int


def update_index(
    paths: Sequence[str | Path],
    folder: str | Path,
    *,
    encoder: Encoder,
    split: Split,
    splitter: str = "1",
    keep_missing: bool = False,
    progress: bool = True,
) -> Report:
    """Make the index hold the documents below the paths as they are now.

    New and changed files are split and encoded, files that have vanished from below the
    paths are dropped, all others stay. A changed file that cannot be read is reported and
    its old version stays. Readers see the old index until all is done; when the process is
    killed, the next update encodes only what is missing.

    Args:
        paths: files and folders.
        folder: the index folder, made if need be.
        encoder: gives the vectors; an index accepts one encoder only.
        split: reads one file, in another process: a module's function, or a partial of one.
        splitter: version of `split`; documents split by another one are split again.
        keep_missing: keep documents whose files have vanished.
        progress: show a progress bar on standard error.

    Raises:
        InputError: a path neither exists nor was known.
        LoadError: no process can be started to read files.
        IndexBusy: another process is updating the folder.
        ModelMismatch: the folder was built with another encoder.
        IndexDamaged: the folder's content is not what was written.
        IndexFolderError: the folder cannot be written.
    """
    started = time.monotonic()
    folder = Path(folder)
    description = encoder.description
    model = Model(description.name, description.fingerprint, description.dimension)
    with _locked(folder):
        base = _opened(folder, model)
        remove_stale(folder, base.generation if base else 0)
        known = _known_files(base)
        sources = find_sources(paths, known, now_ns=time.time_ns())
        if keep_missing:
            sources.present.update((path, known[path]) for path in sources.vanished)
            sources.vanished.clear()
        plan = _split_changed(base, known, sources, split, splitter, progress)
        pending = PendingVectors(folder)
        try:
            prepared, missing = _prepare(plan.documents, splitter, encoder, base, pending)
            seconds, encoded = _encode(missing, encoder, pending, progress)
            moved = _contents(plan.files) != _contents(known.values())
            if base is None or plan.documents or moved:
                commit(
                    folder,
                    model=model,
                    changed=prepared,
                    files=plan.files,
                    pending=pending,
                    base=base,
                )
        finally:
            pending.close()
        pending.remove()
        if base is not None:
            base.close()
        now = Store.open(folder)
        try:
            counts, generation = now.counts(), now.generation
        finally:
            now.close()
    before = {path: row.sha256 for path, row in known.items()}
    after = {row.path: row.sha256 for row in plan.files}
    return Report(
        added=len(after.keys() - before.keys()),
        changed=sum(path in before and before[path] != sha for path, sha in after.items()),
        removed=len(before.keys() - after.keys()),
        unchanged=sum(before.get(path) == sha for path, sha in after.items()),
        failed=tuple(sorted(sources.failed)),
        copies=len(plan.files) - len(set(plan.files.values())),
        documents=counts["documents"],
        clauses=counts["clauses"],
        passages=counts["passages"],
        encoded=encoded,
        seconds=time.monotonic() - started,
        seconds_encoding=seconds,
        generation=generation,
    )


@dataclass(slots=True)
class _Plan:
    """Documents to store, and every source of the next generation with its document id."""

    documents: list[Document]
    files: dict[FileRow, str]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(f"{folder}：另一个进程正在更新这个索引，请等它结束后再试") from error
    except OSError as error:
        raise IndexFolderError(f"{folder}：无法写入索引文件夹：{cause(error)}") from error
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise IndexFolderError(f"{folder}：写入索引失败：{error}") from error
    finally:
        lock.release()


def _opened(folder: Path, model: Model) -> Store | None:
    try:
        store = Store.open(folder)
    except IndexMissing:
        return None
    store.require_model(model.name, model.fingerprint)
    return store


def _known_files(base: Store | None) -> dict[str, FileRow]:
    if base is None:
        return {}
    rows = base.rows("SELECT path, size, mtime_ns, sha256 FROM files ORDER BY path")
    return {row[0]: FileRow(*row) for row in rows}


def _contents(rows: Iterable[FileRow]) -> set[tuple[str, str]]:
    """What must differ for a new generation; a file that was only touched is no change."""
    return {(row.path, row.sha256) for row in rows}


def _split_changed(
    base: Store | None,
    known: dict[str, FileRow],
    sources: Sources,
    split: Split,
    splitter: str,
    progress: bool,
) -> _Plan:
    """Split each content that the store does not hold as its first source gives it.

    Files of the same bytes are one document, read from the smallest of their paths, so
    that the result depends neither on the order of files nor on the history of updates.
    """
    stored = {}
    if base is not None:
        rows = base.rows("SELECT sha256, document_id, source, splitter FROM documents")
        stored = {row[0]: row[1:] for row in rows}
    copies: dict[str, list[FileRow]] = defaultdict(list)
    for path in sorted(sources.present):
        row = sources.present[path]
        copies[row.sha256].append(row)
    wanted = {
        sha256: rows[0].path
        for sha256, rows in copies.items()
        if sha256 not in stored or stored[sha256][1:] != (rows[0].path, splitter)
    }
    identities = {sha256: row[0] for sha256, row in stored.items()}
    documents: dict[str, Document] = {}
    outcomes = split_all(list(wanted.values()), split, progress)
    for (sha256, path), outcome in zip(wanted.items(), outcomes, strict=True):
        if isinstance(outcome, Document) and outcome.sha256 != sha256:
            outcome = "读取时文件正在改变，请重新运行"
        if isinstance(outcome, Document):
            identities[sha256] = outcome.document_id
            documents[outcome.document_id] = replace(outcome, source=path)
            continue
        if sha256 in stored:
            if path not in sources.vanished and os.path.exists(path):
                sources.failed.append((path, f"{outcome}（继续使用已有的版本）"))
            continue
        for row in copies.pop(sha256):
            old = known.get(row.path)
            note = "（继续使用旧版本）" if old else ""
            sources.failed.append((row.path, f"{outcome}{note}"))
            if old is not None:
                copies[old.sha256].append(old)
    files = {row: identities[sha256] for sha256, rows in copies.items() for row in rows}
    kept = set(files.values())
    return _Plan([documents[key] for key in sorted(documents) if key in kept], files)


def _prepare(
    documents: list[Document],
    splitter: str,
    encoder: Encoder,
    base: Store | None,
    pending: PendingVectors,
) -> tuple[list[Prepared], dict[bytes, str]]:
    """Cut units into passages; the texts whose vectors are stored nowhere, by key."""
    fingerprint = encoder.description.fingerprint
    present: set[bytes] = set()
    if base is not None:
        present = {row[0] for row in base.rows("SELECT vector_key FROM vectors")}
    prepared, missing = [], {}
    for document in documents:
        cut = []
        for unit in units(document):
            passages = []
            for start, end in encoder.passage_windows(unit.context, unit.text):
                text = encoder.passage_text(unit.context, unit.text[start:end])
                key = hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()
                passages.append(Passage(unit.start + start, unit.start + end, key))
                if key not in present and key not in missing and key not in pending:
                    missing[key] = text
            cut.append((unit, tuple(passages)))
        prepared.append(Prepared(document, splitter, tuple(cut)))
    return prepared, missing


def _encode(
    missing: dict[bytes, str], encoder: Encoder, pending: PendingVectors, progress: bool
) -> tuple[float, int]:
    """Encode and commit batch by batch, the longest first: the time left is never a hope."""
    order = sorted(missing, key=lambda key: (-len(missing[key]), key))
    seconds = 0.0
    with tqdm(
        total=len(order), desc="编码", unit="段", file=sys.stderr, disable=not progress or not order
    ) as bar:
        for first in range(0, len(order), _COMMIT_EVERY):
            keys = order[first : first + _COMMIT_EVERY]
            before = time.monotonic()
            vectors = encoder.encode_passages([missing[key] for key in keys])
            seconds += time.monotonic() - before
            pending.add(keys, vectors)
            bar.update(len(keys))
    return seconds, len(order)
