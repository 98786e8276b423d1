"""An index folder, opened for questions; follows the updates of other processes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.dates import today
from policyqa.dense import DenseIndex
from policyqa.derived import load_or_build
from policyqa.document import Document, Standing
from policyqa.encoder import ModelDescription
from policyqa.errors import IndexDamaged
from policyqa.filters import Filters
from policyqa.folder import STORE
from policyqa.lexical import LexicalIndex
from policyqa.store import Store, UnitRow, store_status
from policyqa.versions import Versions
from policyqa.writer import check_store_file

_Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation in memory; a question is answered from one snapshot throughout.

    Attributes:
        store: documents and clauses of the generation.
        documents: without text and clauses, by document id.
        units: what is ranked; the place in the list is the row in both indexes.
        dense: passages' vectors to unit rows.
        lexical: terms to unit rows.
        versions: of the documents, and which are in force.
    """

    store: Store
    documents: tuple[Document, ...]
    units: tuple[UnitRow, ...]
    dense: DenseIndex
    lexical: LexicalIndex
    versions: Versions
    _rows: dict[str, range] = field(repr=False)

    @property
    def generation(self) -> int:
        """The generation it holds."""
        return self.store.generation

    @property
    def unit_clause_ids(self) -> list[str]:
        """The clause id of each unit row."""
        return [unit.clause_id for unit in self.units]

    def rows_of(self, document_id: str) -> range:
        """A document's unit rows, in order; none for an unknown id."""
        return self._rows.get(document_id, range(0))

    def text_of(self, row: int) -> str:
        """A unit's text."""
        unit = self.units[row]
        return self.store.text(unit.document_id)[unit.start : unit.end]

    def first_line(self, row: int) -> str:
        """The first line of a unit's text, which prints its mark."""
        return self.text_of(row).partition("\n")[0]

    def mask(self, filters: Filters | None) -> NDArray[np.bool_] | None:
        """(n_units,) True where the filters let a unit be found; None where all may be.

        Without `filters.versions` only the versions in force may be found.
        """
        hidden = self.hidden(filters or Filters())
        if filters is None or not filters.on_document:
            if not hidden:
                return None
            mask = np.ones(len(self.units), dtype=np.bool_)
            for identity in hidden:
                rows = self.rows_of(identity)
                mask[rows.start : rows.stop] = False
            return mask
        mask = np.zeros(len(self.units), dtype=np.bool_)
        for document in self.documents:
            if document.document_id not in hidden and filters.accept(document):
                rows = self.rows_of(document.document_id)
                mask[rows.start : rows.stop] = True
        return mask

    def hidden(self, filters: Filters) -> frozenset[str]:
        """Ids of the documents that the filters' choice of versions leaves out."""
        if filters.versions == "all":
            return frozenset()
        past = filters.as_of is not None
        hidden = self.versions.hidden(filters.as_of or today(), past=past)
        return hidden - {filters.document or ""}

    def standing(self, document_id: str) -> Standing:
        """Whether a document is in force today, as far as the index knows."""
        return self.versions.standing(document_id, today())

    def described(self, document: Document) -> Document:
        """The document with its standing and its other versions."""
        return replace(
            document,
            standing=self.standing(document.document_id),
            versions=self.versions.others(document.document_id, today()),
        )


class IndexReader:
    """Opens an index folder and keeps up with it; may be shared by threads."""

    def __init__(self, folder: str | Path, description: ModelDescription | None = None) -> None:
        """Open the folder.

        Args:
            folder: the index folder.
            description: of the encoder of the questions; None accepts an index of any.

        Raises:
            IndexMissing: there is no index.
            IndexDamaged: it differs from what was written.
            ModelMismatch: it was built with another encoder.
        """
        self.folder = Path(folder)
        self._description = description
        self._lock = threading.Lock()
        self._loaded: tuple[_Signature, Snapshot] | None = None
        self.snapshot()

    def snapshot(self) -> Snapshot:
        """The present generation, loaded again if an update has replaced it.

        Raises:
            IndexMissing, IndexDamaged, ModelMismatch: as the constructor.
        """
        held = self._held()
        if held is not None:
            return held
        # Others wait, so that nobody goes on answering from a document that is deleted.
        with self._lock:
            held = self._held()
            while held is None:
                signature = self._present()
                loaded = self._load(signature)
                if loaded is not None:
                    self._loaded = (signature, loaded)
                    held = loaded
            return held

    def refresh(self) -> Snapshot:
        """The same as `snapshot`, for callers that want only the check."""
        return self.snapshot()

    def _held(self) -> Snapshot | None:
        loaded = self._loaded
        return loaded[1] if loaded is not None and loaded[0] == self._present() else None

    def _present(self) -> _Signature:
        """What tells one store file from the one that replaces it."""
        status = store_status(self.folder / STORE)
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _load(self, signature: _Signature) -> Snapshot | None:
        """The snapshot, or None if an update replaced the store while it was being read."""
        try:
            store = Store.open(self.folder)
            if self._description is not None:
                store.require_model(self._description.name, self._description.fingerprint)
            problems = check_store_file(self.folder, store.generation)
            if problems:
                raise IndexDamaged(f"{problems[0]}，请删除该文件夹后重新建立索引")
            derived = load_or_build(store, self.folder, lambda: self._present() == signature)
        except IndexDamaged:
            if self._present() != signature:
                return None
            raise
        units = tuple(store.units())
        rows: dict[str, range] = {}
        for row, unit in enumerate(units):
            first = rows[unit.document_id].start if unit.document_id in rows else row
            rows[unit.document_id] = range(first, row + 1)
        documents = tuple(store.documents())
        versions = Versions.among(documents)
        return Snapshot(store, documents, units, derived.dense, derived.lexical, versions, rows)
