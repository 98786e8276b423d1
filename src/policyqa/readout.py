"""A question that is an address (民法典第一千一百六十五条) to the words printed there."""

from __future__ import annotations

from policyqa.address import parse_address
from policyqa.document import Clause
from policyqa.provisions import item, paragraphs, text_start
from policyqa.ranking import Hit


def addressed_words(question: str, hits: tuple[Hit, ...]) -> tuple[Clause, tuple[int, int]] | None:
    """Where the words stand that an address leads to; None unless it leads to one clause."""
    address = parse_address(question)
    if address is None or address.article is None or (len(hits) > 1 and not address.title):
        return None
    clause, span = _words(hits[0], address.paragraph, address.item)
    return (clause, span) if span is not None else None


def _words(
    hit: Hit, paragraph: int | None, number: int | None
) -> tuple[Clause, tuple[int, int] | None]:
    """Where 第n条, 第n款 or 第n项 of an article stands."""
    article = hit.clause
    if number is not None:
        holder = article
        if paragraph is not None:
            places = paragraphs(article, hit.below)
            if not 1 <= paragraph <= len(places):
                return article, None
            holder = places[paragraph - 1][0]
        found = item(holder, hit.below, number)
        return (found, (0, len(found.text))) if found else (article, None)
    if paragraph is not None:
        places = paragraphs(article, hit.below)
        return places[paragraph - 1] if 1 <= paragraph <= len(places) else (article, None)
    start = text_start(article)
    return article, (start, len(article.text)) if start < len(article.text) else None
