"""Questions with exact answers made by rules from law clauses, to train reader and encoder.

    python training/generate.py ../shared/data --to training/out/generated.jsonl

Chinese leaves the asking word where the answer stood, so a question is the clause's sentence,
clipped, with the answer replaced (自收到申请之日起三十日内作出决定 → 收到申请后多久内作出决定),
in other words. Three in ten are then changed in one number, period or body, so that the
clause seems to answer and does not (`swaps`). Documents that a benchmark under eval/ asks
about are left out, in every version.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from generation import amount_rules, body_rules, case_rules, time_rules
from generation.drafts import Draft
from generation.sentences import law_sentences
from generation.swaps import Swap, swapped
from generation.wording import vary
from policyqa import split
from policyqa.document import Clause, Document, units

BENCHMARK = Path(__file__).parent.parent / "eval" / "benchmarks" / "authored" / "benchmark.json"
SWAPPED = 0.3
"""Share of questions that their clause does not answer."""
SEED = 20261124
RULES = (*time_rules.RULES, *amount_rules.RULES, *body_rules.RULES, *case_rules.RULES)
SHARES = {
    "within": 12,
    "fine": 10,
    "by_body": 9,
    "consequence": 8,
    "yes_or_no": 8,
    "condition": 6,
    "asked_body": 6,
    "subject_body": 5,
    "subject_person": 4,
    "responsible": 5,
    "definition": 5,
    "count": 6,
    "share": 5,
    "lasting": 5,
    "amount": 4,
    "ahead": 4,
    "by_date": 3,
    "month": 2,
    "frequency": 3,
    "times": 3,
    "every": 3,
    "in_force": 2,
    "purpose": 2,
}
"""How often a rule is drawn, relative to the others."""
LENGTHS = (6, 62)


@dataclass(frozen=True)
class Found:
    """A draft and where it is from."""

    draft: Draft
    path: str
    clause: Clause
    read: str


def main() -> None:
    """Read the laws, write the questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds laws/")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("-n", type=int, default=6000, help="questions (default %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    excluded = excluded_titles(BENCHMARK)
    rng = random.Random(options.seed)
    by_document = []
    for path in tqdm(list(law_files(options.data, excluded)), desc="laws", mininterval=5):
        name = path.relative_to(options.data).as_posix()
        by_document.append(list(document_drafts(split(path), name, rng)))
    records = choose(by_document, options.n, rng)
    options.to.parent.mkdir(parents=True, exist_ok=True)
    with options.to.open("w", encoding="utf-8") as file:
        for number, record in enumerate(records, start=1):
            line = {"_id": f"generated-{number:05}", **record}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    documents = len({record["document"] for record in records})
    print(f"{len(records)} questions over {documents} documents")
    print(dict(Counter(record["rule"] for record in records).most_common()))
    print(f"{sum(not record['answerable'] for record in records)} swapped")


def base_title(path: str) -> str:
    """A law's title without version and 中华人民共和国, from its path."""
    title = Path(path).name.removesuffix(".md")
    title = re.sub(r"\s*[（(]\d{4}-\d\d-\d\d[）)]$", "", title)
    return title.replace("中华人民共和国", "").replace(" ", "")


def excluded_titles(benchmark: Path) -> set[str]:
    """Titles of all documents that are measured with."""
    manifest = json.loads(benchmark.read_text(encoding="utf-8"))
    return {base_title(document["path"]) for document in manifest["documents"]}


def law_files(data: Path, excluded: set[str]) -> Iterator[Path]:
    """The latest version of each law that is not excluded."""
    latest: dict[str, Path] = {}
    for path in sorted((data / "laws").rglob("*.md"), key=lambda path: path.name):
        if base_title(path.name) not in excluded:
            latest[base_title(path.name)] = path
    yield from sorted(latest.values())


def document_drafts(document: Document, path: str, rng: random.Random) -> Iterator[Found]:
    """All drafts of a document whose question can stand alone, each with its clause.

    An answer whose words stand earlier in the provision as well is left out: who looks the words
    up, as `reading` does, would find those.
    """
    whole = {unit.clause_id: unit.text for unit in units(document)}
    for clause in document.clauses:
        if clause.kind not in ("article", "paragraph") or clause.clause_id not in whole:
            continue
        mark = clause.marks[-1] if clause.marks else ""
        for sentence in law_sentences(clause.text, mark):
            if not 8 <= len(sentence.text) <= 260:
                continue
            for draft in (made for rule in RULES for made in rule(sentence, rng)):
                answer = clause.text[slice(*draft.span)]
                text = named(draft.text, path)
                if whole[clause.clause_id].find(answer) != draft.span[0]:
                    continue
                if text is None or answer in text or not LENGTHS[0] <= len(text) <= LENGTHS[1]:
                    continue
                made = Draft(draft.rule, draft.kind, text, draft.span)
                yield Found(made, path, clause, whole[clause.clause_id])


def short_title(path: str) -> str:
    """What people call a law: without brackets; parts of the civil code by the code's name."""
    if "/民法典/" in f"/{path}":
        return "民法典"
    return re.sub(r"[（(].*[）)]", "", base_title(path))


def place_of(path: str) -> tuple[str, str]:
    """Region (河南) and place (郑州市) of a local regulation; empty for others."""
    parts = path.split("/")
    if "DLC" not in parts:
        return "", ""
    region = parts[-2]
    match = re.match(r"[\u4e00-\u9fa5]{2,6}?(?:自治县|省|市|县)", base_title(path))
    return region, match[0] if match else region


def named(text: str, path: str) -> str | None:
    """The question with 本法, 本市 and the like by name; None where there is no short one."""
    region, place = place_of(path)
    short = short_title(path)
    if "{title}" in text:
        return text.replace("{title}", short) if len(short) <= 26 else None
    text = text.replace("本行政区域", "\ue001")
    if re.search(r"本(?:法|条例|办法|规定|细则|规则|解释)", text):
        if len(short) > 16:
            return None
        text = re.sub(r"本(?:法|条例|办法|规定|细则|规则|解释)", short, text)
    if "本省" in text:
        text = text.replace("本省", region + "省")
    if "本市" in text:
        if not place.endswith("市") and region not in ("上海", "北京", "重庆"):
            return None
        text = text.replace("本市", place.removesuffix("市") + "市")
    if re.search(r"本(?:院|区|自治|县|州|会|局|部|通知|决定|章程|意见)", text):
        return None
    return text.replace("\ue001", "本行政区域")


def with_document(text: str, path: str, rng: random.Random) -> str:
    """Some questions name the law or, for local ones, the place."""
    short = short_title(path)
    region, place = place_of(path)
    if short in text or (region and region in text):
        return text
    if text.endswith("？") and rng.random() < 0.5:
        text = text.removesuffix("？")
    drawn = rng.random()
    bare = len(text) < 18
    if region and drawn < (0.6 if bare else 0.45):
        where = rng.choice((place, place.removesuffix("市").removesuffix("省"), region))
        return rng.choice((f"{where}{text}", f"在{where}，{text}", f"{where}，{text}"))
    if len(short) <= 20 and drawn > (0.75 if region else 0.4 if bare else 0.65):
        return rng.choice(
            (
                f"{short}规定{text}",
                f"按{short}，{text}",
                f"{short}里{text}",
                f"根据《{short}》，{text}",
                f"{text.removesuffix('？')}，{short}怎么规定的",
            )
        )
    return text


def choose(by_document: list[list[Found]], wanted: int, rng: random.Random) -> list[dict[str, Any]]:
    """`wanted` questions, spread over documents and rules, `SWAPPED` of them changed so that
    their clause does not answer; in the order of the documents."""
    documents = [rng.sample(drafts, len(drafts)) for drafts in by_document if drafts]
    order = _spread(documents, rng)
    bodies = {drafts[0].path: document_bodies(drafts) for drafts in documents}
    changed: list[dict[str, Any]] = []
    # The first ones in order: each then stands beside its own question, different in one thing.
    for found in order:
        if len(changed) == round(wanted * SWAPPED):
            break
        swap = swapped(found.draft.text, found.read, bodies[found.path], rng)
        if swap:
            changed.append(record(found, swap.text, rng, swap))
    asked = [record(found, found.draft.text, rng) for found in order[: wanted - len(changed)]]
    records = asked + changed
    return sorted(records, key=lambda one: one["document"])


def _spread(documents: list[list[Found]], rng: random.Random) -> list[Found]:
    """All drafts, one a document in each round, of the rule that is furthest behind; the same
    words of two documents are asked about once."""
    waiting = [list(drafts) for drafts in documents]
    drawn: Counter[str] = Counter()
    seen: set[str] = set()
    order: list[Found] = []
    while waiting:
        rng.shuffle(waiting)
        for drafts in waiting:
            found = min(drafts, key=lambda one: drawn[one.draft.rule] / SHARES[one.draft.rule])
            drafts.remove(found)
            start, end = found.draft.span
            words = found.clause.text[max(0, start - 12) : end + 12]
            if words not in seen:
                seen.add(words)
                drawn[found.draft.rule] += 1
                order.append(found)
        waiting = [drafts for drafts in waiting if drafts]
    return order


def document_bodies(drafts: list[Found]) -> set[str]:
    """The bodies that a document's clauses name as answers."""
    return {
        found.clause.text[slice(*found.draft.span)]
        for found in drafts
        if found.draft.kind == "body"
    }


def record(found: Found, text: str, rng: random.Random, swap: Swap | None = None) -> dict[str, Any]:
    """A line of the file: the question in other words, and what answers it in the clause."""
    start, end = found.draft.span
    kept = (short_title(found.path), *((swap.new,) if swap else ()))
    told = {"swapped": [swap.old, swap.new], "changed": swap.changed} if swap else {}
    return {
        "rule": found.draft.rule,
        "text": with_document(vary(text, rng, keep=kept), found.path, rng),
        "kind": found.draft.kind,
        "answerable": swap is None,
        "document": found.path,
        "marks": list(found.clause.marks),
        "answers": [] if swap else [found.clause.text[start:end]],
        "spans": [] if swap else [[start, end]],
        **told,
    }


if __name__ == "__main__":
    main()
