"""Exact nearest passages with FAISS, ranked by the units they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import IndexDamaged

# Its releases differ in which of their names are typed; all of them are Any here.
faiss: Any = import_module("faiss")

_INDEX = "passages.faiss"
_UNITS = "unit_of_passage.npy"
_SPARE = 16
"""Passages fetched beyond k at first, since several may belong to one unit."""
_GROWTH = 4


@dataclass(frozen=True, slots=True, eq=False)
class DenseIndex:
    """A flat inner-product index over passages; a unit scores as its best passage.

    Attributes:
        index: faiss.IndexFlatIP over (p, d) unit rows.
        unit_of_passage: (p,) int32, the unit row of each passage.
        n_units: number of units.
    """

    index: Any
    unit_of_passage: NDArray[np.int32]
    n_units: int

    @classmethod
    def build(
        cls, vectors: NDArray[np.float32], unit_of_passage: NDArray[np.int32], n_units: int
    ) -> DenseIndex:
        """Index passages.

        Args:
            vectors: (p, d) rows of length one.
            unit_of_passage: (p,) unit row of each passage.
            n_units: number of units; a unit may have no passage.

        Raises:
            ValueError: the shapes do not fit each other.
        """
        if vectors.ndim != 2 or len(vectors) != len(unit_of_passage):
            raise ValueError(f"{vectors.shape} vectors for {len(unit_of_passage)} passages")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index, unit_of_passage.astype(np.int32), n_units)

    def search(
        self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The best units for a query vector, best first; equal scores by row.

        Args:
            query: (d,) vector of length one.
            k: how many units at most.
            mask: (n_units,) True for the units that may be found; None for all.

        Returns:
            (m,) unit rows and (m,) inner products, m <= k.
        """
        total, parameters = self.index.ntotal, None
        if mask is not None:
            allowed = mask[self.unit_of_passage]
            total = int(allowed.sum())
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
            parameters = faiss.SearchParameters(sel=selector)
        if k <= 0 or total == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        # The setting belongs to the calling thread; two threads make one flat scan slower.
        faiss.omp_set_num_threads(1)
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        fetch = min(total, k + _SPARE)
        while True:
            products, passages = self.index.search(row, fetch, params=parameters)
            units, scores = self._best_of_units(products[0], passages[0])
            if len(units) >= k or fetch == total:
                return units[:k], scores[:k]
            fetch = min(total, fetch * _GROWTH)

    def _best_of_units(
        self, products: NDArray[np.float32], passages: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        found = passages >= 0
        products, passages = products[found], passages[found]
        units = self.unit_of_passage[passages].astype(np.int64)
        order = np.lexsort((units, -products))
        units, products = units[order], products[order]
        _, first = np.unique(units, return_index=True)
        first.sort()
        return units[first], products[first]

    def vectors(self) -> NDArray[np.float32]:
        """(p, d) the passages' vectors, a view that lives as long as this index."""
        flat = faiss.rev_swig_ptr(self.index.get_xb(), self.index.ntotal * self.index.d)
        return np.asarray(flat, dtype=np.float32).reshape(self.index.ntotal, self.index.d)

    def save(self, folder: Path) -> None:
        """Write the FAISS index and the passages' units into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self.index, str(folder / _INDEX))
        units = np.append(self.unit_of_passage, np.int32(self.n_units)).astype(np.int32)
        np.save(folder / _UNITS, units, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """Read what `save` wrote.

        Raises:
            IndexDamaged: a file is missing, unreadable or does not fit the other.
        """
        try:
            units = np.load(folder / _UNITS, allow_pickle=False)
            index = faiss.read_index(str(folder / _INDEX))
        except (OSError, ValueError, EOFError, RuntimeError) as error:
            raise IndexDamaged(f"{folder}：向量索引无法读取") from error
        if not isinstance(index, faiss.IndexFlatIP) or len(units) != index.ntotal + 1:
            raise IndexDamaged(f"{folder}：向量索引的文件互不相符")
        return cls(index, units[:-1], int(units[-1]))
