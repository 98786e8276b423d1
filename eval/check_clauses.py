"""Check the clause grammar on many documents: python eval/check_clauses.py PATH...

One line a violation, then counts. What is checked, by means of its own:

- each clause is a slice of the text, in order, overlaps none, and is empty only if elided;
- clauses and parts together rebuild the text;
- each line that begins 第X条 and refers to no article is exactly one clause, in order, and
  its number is read.

A .jsonl file holds a document a line, {"_id", "text"}; in a folder every file is read.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import multiprocessing
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from policyqa.clauses import split, split_text
from policyqa.document import TEXT_PARTS, Document
from policyqa.errors import PolicyQAError
from policyqa.numerals import parse_numeral

_TENS: tuple[str, ...] = ("", *"一二三四五六七八九")


def _numeral(number: int) -> str:
    """1 to 1999 as statutes print it, written without the splitter's help."""
    thousands, hundreds, tens, ones = (int(digit) for digit in f"{number:04d}")
    text = f"{_TENS[thousands]}千" if thousands else ""
    if hundreds:
        text += f"{_TENS[hundreds]}百"
    elif text and number % 1000:
        text += "零"
    if tens:
        text += f"{'' if number < 20 else _TENS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + _TENS[ones]


_NUMBERS = {_numeral(number): number for number in range(1, 2000)}
_ARTICLE = re.compile(
    r"[ \t\u3000\xa0]*(第([零〇一二三四五六七八九十百千]+|\d+)条(?:之[一二三四五六七八九十]+)?)"
)
_REFERS = re.compile(r"\s?(?:第.{1,6}[款项条]|[的、，,和或至及]|规定|所列|所称|以及)")


def check(document: Document) -> Iterator[str]:
    """What is wrong with one document's clauses and parts, a line each."""
    end = 0
    for clause in document.clauses:
        shown = f"[{clause.start}] {clause.text[:20]!r}"
        if clause.text != document.text[clause.start : clause.end]:
            yield f"offsets: {shown} is not the text's slice"
        if clause.start < end:
            yield f"overlap: {shown} begins before {end}"
        if not clause.text.strip(" \t\n\u3000"):
            yield f"empty: {shown}"
        bare = "".join(clause.text.split()) == "".join("".join(clause.marks[-1:]).split())
        holds = any(one.parent_id == clause.clause_id for one in document.clauses)
        if bare and clause.marks and not holds and not clause.elided:
            yield f"bare mark: {shown}"
        end = max(end, clause.end)
    yield from _rebuilt(document)
    yield from _articles(document)


def _rebuilt(document: Document) -> Iterator[str]:
    owners = [0] * len(document.text)
    spans = [(clause.start, clause.end) for clause in document.clauses]
    spans += [(part.start, part.end) for part in document.parts if part.name not in TEXT_PARTS]
    for start, end in spans:
        for place in range(start, end):
            owners[place] += 1
    wrong = [
        place
        for place, count in enumerate(owners)
        if (count != 1 and not document.text[place].isspace()) or count > 1
    ]
    if wrong:
        first = wrong[0]
        kind = "lost" if owners[first] == 0 else "twice"
        yield f"{kind}: {len(wrong)} characters, from [{first}] {document.text[first : first + 30]!r}"


def _articles(document: Document) -> Iterator[str]:
    contents = [(part.start, part.end) for part in document.parts if part.name == "contents"]
    expected = []
    for line in re.finditer(r"[^\n]+", document.text):
        match = _ARTICLE.match(line[0])
        if match is None:
            continue
        rest = line[0][match.end() :]
        if not rest[:1].isspace() and _REFERS.match(rest):
            continue
        start = line.start() + match.start(1)
        if not any(begin <= start < end for begin, end in contents):
            expected.append((start, match[1], match[2]))
    articles = {clause.start: clause for clause in document.clauses if clause.kind == "article"}
    for start, printed, number in expected:
        clause = articles.get(start)
        if clause is None:
            yield f"article: [{start}] {document.text[start : start + 25]!r} is no clause"
        elif clause.marks[-1:] != (printed,):
            yield f"mark: [{start}] {printed} is read as {clause.marks[-1:]}"
        elif parse_numeral(number) != _NUMBERS.get(number, number.isdecimal() and int(number)):
            yield f"number: [{start}] {number} is read as {parse_numeral(number)}"
        extra = [at for at in articles if clause and clause.start < at < clause.end]
        if extra:
            yield f"article: [{start}] {printed} holds another"


def _documents(path: Path) -> Iterator[tuple[str, str | None]]:
    """(name, text) of what a path holds; None where the file is to be read."""
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield f"{path.name}:{record['_id']}", record["text"]
    elif path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and inner.name != "README.md":
                yield from _documents(inner)
    else:
        yield str(path), None


def _check_one(listed: tuple[str, str | None]) -> tuple[str, int, list[str]]:
    name, text = listed
    try:
        if text is None:
            document = split(name)
        else:
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            document = split_text(text, source=name, sha256=digest)
    except PolicyQAError as error:
        return name, 0, [f"unread: {error}"]
    return name, len(document.clauses), list(check(document))


def main() -> int:
    """Check the named paths; 0 where nothing is violated, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path, help="folders, files, or .jsonl files")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    listed = [document for path in options.paths for document in _documents(path)]
    counts: collections.Counter[str] = collections.Counter()
    clauses = 0
    with multiprocessing.Pool(options.processes) as pool:
        for name, found, violations in pool.imap(_check_one, listed, chunksize=16):
            clauses += found
            for violation in violations:
                counts[violation.split(":")[0]] += 1
                print(f"{name}: {violation}")
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "none"
    print(f"{len(listed)} documents, {clauses} clauses; violations: {kinds}", file=sys.stderr)
    return int(bool(counts))


if __name__ == "__main__":
    sys.exit(main())
