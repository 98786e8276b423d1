"""A draft clause to the clauses that regulate the same thing."""

from __future__ import annotations

from policyqa.errors import InputError
from policyqa.filters import Filters
from policyqa.marks import read_mark
from policyqa.ranking import Hit, Ranked, fused
from policyqa.search import DEPTH, Searcher
from policyqa.tokenizer import terms


def find_precedents(
    searcher: Searcher, draft: str, *, k: int = 10, filters: Filters | None = None
) -> list[Hit]:
    """The `k` clauses most like a draft, best first.

    The draft is encoded as a passage, since like is compared with like here, and its own
    numbering mark is left out.

    Raises:
        InputError: the draft is empty.
    """
    draft = draft.strip()
    mark = read_mark(draft)
    bare = draft[mark.length :] if mark else draft
    if not bare.strip():
        raise InputError("请提供条款草稿的文字")
    snapshot = searcher.reader.snapshot()
    mask = snapshot.mask(filters)
    encoder = searcher.encoder
    start, end = encoder.passage_windows("", bare)[0]
    rows, cosines = snapshot.dense.search(
        encoder.encode_passages([bare[start:end]])[0], DEPTH, mask
    )
    bm25 = snapshot.lexical.scores(terms(bare))
    if mask is not None:
        bm25[~mask] = float("-inf")
    similarity = dict(zip(rows.tolist(), cosines.tolist(), strict=True))
    joined = fused(similarity, bm25, DEPTH)
    ranked = Ranked([row for row, _ in joined], [score for _, score in joined], similarity)
    return searcher.hits(snapshot, bare, ranked, k)
