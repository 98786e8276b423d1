"""Versions of one law, and which of them is in force, as far as an index knows.

Two documents are versions of one law when their titles are the same but for 中华人民共和国 and
a date or （2020年修订）, when neither issuer nor region contradicts, and when their dates differ.
Only rules have versions: minutes and notices of one title are different documents. Nothing
of this is stored: it follows from the documents that an index holds and from the day.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from policyqa.address import normal_title
from policyqa.authority import place_of
from policyqa.dates import date_in_name
from policyqa.document import Document, Standing, Status, Version

_EDITION = re.compile(
    r"\((?:(?:19|20)\d\d年?)?(?:最新)?(?:第[一二三四五六七八九十]+次)?(?:修订|修正|修改)(?:版|本)?\)$"
    r"|\((?:19|20)\d\d[-.年]\d{1,2}[-.月]\d{1,2}日?(?:修订|修正|修改)?\)$"
)
_RULE = re.compile(
    r"(?:法典|法|条例|规定|办法|细则|规则|章程|准则|制度|规程|规范|解释|守则|预案|公约|标准|宪法)"
    r"(?:\((?:试行|暂行|[一二三四五六七八九十]+)\))?$"
)
_ISSUED_RULE = re.compile(r"关于(?:印发|发布|公布)(?P<rule>.+)的(?:通知|公告|通告)$")
_UNIQUE_LEVELS = ("宪法", "法律", "行政法规", "司法解释")
"""Ranks whose titles are the state's: whoever published them, the same title is the same law."""


def law_name(title: str) -> str:
    """A title without 中华人民共和国 and the edition that it names, for comparison."""
    return _EDITION.sub("", normal_title(title))


def version_date(document: Document) -> str | None:
    """What tells a version from others: the later of its text's and its file name's date."""
    named = date_in_name(Path(document.source).stem)
    return max(filter(None, (named, document.metadata.date)), default=None)


@dataclass(frozen=True, slots=True)
class _Life:
    """A document's time in force, and the versions of its law in the order of their dates.

    Attributes:
        version: its own date.
        start: the first day in force; None where no date is known.
        repealed: the first day out of force; None where no repeal is known.
        law: ids of the versions, each with its copies, the earliest first.
        place: this version's place in `law`.
    """

    version: str | None
    start: str | None
    repealed: str | None
    law: tuple[tuple[str, ...], ...]
    place: int


@dataclass(slots=True)
class Versions:
    """The versions among an index's documents; see the module.

    A day is given as YYYY-MM-DD, so that what is in force changes at midnight.
    """

    _documents: dict[str, Document]
    _lives: dict[str, _Life]
    _hidden: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def among(cls, documents: Iterable[Document]) -> Versions:
        """Find the versions and repeals among documents, which may lack text and clauses."""
        by_id = {document.document_id: document for document in documents}
        named: dict[str, list[Document]] = defaultdict(list)
        for document in by_id.values():
            named[law_name(document.title)].append(document)
        laws = {
            identity: law
            for name, bearers in named.items()
            for law in _laws(name, bearers)
            for version in law
            for identity in version
        }
        repealed = _repeals(by_id.values(), named)
        lives = {}
        for identity, document in by_id.items():
            law = laws.get(identity, ((identity,),))
            lives[identity] = _Life(
                version_date(document),
                _start(document),
                repealed.get(identity),
                law,
                next(place for place, version in enumerate(law) if identity in version),
            )
        return cls(by_id, lives)

    def standing(self, document_id: str, day: str) -> Standing:
        """What is known about a document on a day; nothing for an unknown id."""
        life = self._lives.get(document_id)
        if life is None:
            return Standing()
        effective = self._documents[document_id].metadata.effective
        return Standing(self._status(life, day), effective, life.version)

    def others(self, document_id: str, day: str) -> tuple[Version, ...]:
        """The other versions of a document's law, the latest first."""
        life = self._lives.get(document_id)
        if life is None:
            return ()
        return tuple(
            Version(identity, self._documents[identity].title, self.standing(identity, day))
            for place, version in reversed(list(enumerate(life.law)))
            if place != life.place
            for identity in version
        )

    def place(self, document_id: str) -> tuple[str, int]:
        """A key that sorts documents by id, and the versions of a law together, latest first."""
        life = self._lives[document_id]
        return min(one for version in life.law for one in version), -life.place

    def hidden(self, day: str, *, past: bool = False) -> frozenset[str]:
        """Ids of the documents that are not in force on a day.

        These are repealed ones and all versions of a law but the one in force. A law that is
        known in one version only is not hidden before it takes effect, unless the day is one
        of the `past` that a user has asked for: then what did not exist yet is hidden.
        """
        found = self._hidden.get((day, past))
        if found is None:
            found = frozenset(
                one for one, life in self._lives.items() if self._off(life, day, past)
            )
            # One is kept: the day changes once a day. Threads may each replace it.
            self._hidden = {(day, past): found}
        return found

    def counts(self, day: str) -> dict[str, int]:
        """How many laws have several versions, and how many documents have each status."""
        statuses = Counter(self._status(life, day) for life in self._lives.values())
        laws = {life.law for life in self._lives.values() if len(life.law) > 1}
        return {
            "laws": len(laws),
            "in_force": statuses["现行"],
            "amended": statuses["已修改"],
            "repealed": statuses["废止"],
            "pending": statuses["尚未施行"],
        }

    def _status(self, life: _Life, day: str) -> Status | None:
        if life.repealed is not None and life.repealed <= day:
            return "废止"
        if len(life.law) == 1:
            return "尚未施行" if life.start is not None and life.start > day else None
        in_force = self._in_force(life, day)
        if in_force is None or life.place > in_force:
            return "尚未施行"
        return "现行" if life.place == in_force else "已修改"

    def _in_force(self, life: _Life, day: str) -> int | None:
        """The place of the version in force: the last one that has begun."""
        begun = [
            place
            for place, version in enumerate(life.law)
            if max(self._lives[one].start or "" for one in version) <= day
        ]
        return begun[-1] if begun else None

    def _off(self, life: _Life, day: str, past: bool) -> bool:
        if life.repealed is not None and life.repealed <= day:
            return True
        if past and life.start is not None and life.start > day:
            return True
        in_force = self._in_force(life, day) if len(life.law) > 1 else None
        return in_force is not None and life.place != in_force


def _start(document: Document) -> str | None:
    """The first day in force.

    An amended law goes on printing the day on which it first took effect, so an amendment that
    states no day of its own counts from its date.
    """
    version, effective = version_date(document), document.metadata.effective
    return max(filter(None, (version, effective)), default=None)


def _first_start(document: Document) -> str | None:
    """The first day in force of a law's first version, with which its repeals took effect.

    Later versions go on printing what the first one repealed.
    """
    metadata = document.metadata
    if metadata.effective:
        return metadata.effective
    return metadata.history[0].date if metadata.history else version_date(document)


def _laws(name: str, documents: Sequence[Document]) -> list[tuple[tuple[str, ...], ...]]:
    """The laws of one name: the versions of each with their copies, the earliest first."""
    dated = [one for one in documents if version_date(one)]
    if len(dated) < 2 or not _is_rule(name):
        return []
    groups = [dated]
    if any(_contradict(one, other) for one, other in combinations(dated, 2)):
        # A document that names neither issuer nor region could belong to either.
        by_issuer: dict[tuple[str, str], list[Document]] = defaultdict(list)
        for document in dated:
            if any(_bearer(document)):
                by_issuer[_bearer(document)].append(document)
        groups = list(by_issuer.values())
    laws = []
    for group in groups:
        versions: list[list[Document]] = []
        for document in sorted(group, key=lambda one: (version_date(one) or "", one.document_id)):
            if versions and _is_copy(versions[-1][-1], document):
                versions[-1].append(document)
            else:
                versions.append([document])
        if len(versions) > 1:
            laws.append(tuple(tuple(one.document_id for one in copies) for copies in versions))
    return laws


def _is_rule(name: str) -> bool:
    issued = _ISSUED_RULE.search(name)
    return _RULE.search(issued["rule"] if issued else name) is not None


def _bearer(document: Document) -> tuple[str, str]:
    """Who and where, in the form that is compared: a congress and its committee are one."""
    issuer = re.sub(r"常务委员会|常委会|\s", "", document.metadata.issuer or "")
    return issuer, document.metadata.region or ""


def _contradict(one: Document, other: Document, *, issuers: bool = True) -> bool:
    """Whether two documents of one title cannot be versions of one law."""
    pairs = list(zip(_bearer(one), _bearer(other), strict=True))
    levels = (one.metadata.level, other.metadata.level)
    if not issuers or (levels[0] == levels[1] and levels[0] in _UNIQUE_LEVELS):
        pairs = pairs[1:]
    return any(a and b and a not in b and b not in a for a, b in pairs)


def _is_copy(one: Document, other: Document) -> bool:
    """Whether two documents are the same version, whatever their files are called.

    One may be dated by its adoption, the other by its publication: then both state the same
    day of effect, still to come on either date.
    """
    dates = [version_date(document) or "" for document in (one, other)]
    effective = one.metadata.effective
    if dates[0] == dates[1]:
        return True
    if effective is not None and effective == other.metadata.effective and effective >= max(dates):
        return True
    histories = [
        [(event.date, event.event) for event in document.metadata.history]
        for document in (one, other)
    ]
    return histories[0] == histories[1] != []


def _repeals(documents: Iterable[Document], named: dict[str, list[Document]]) -> dict[str, str]:
    """The day from which a document is out of force, where it or another one says so.

    Only an earlier document of exactly the title is meant; a later one may bear it again.
    """
    found: dict[str, str] = {}

    def note(identity: str, day: str) -> None:
        found[identity] = min(day, found.get(identity, day))

    for document in documents:
        for event in document.metadata.history:
            if event.event == "废止":
                note(document.document_id, event.date)
        day = _first_start(document)
        if day is None:
            continue
        for title in document.metadata.repeals:
            # A title that begins with a place is no other body's, so its issuer may differ.
            local = place_of(title) is not None
            for meant in named.get(law_name(title), ()):
                earlier = (version_date(meant) or day) < day
                other = meant.document_id != document.document_id
                if earlier and other and not _contradict(document, meant, issuers=not local):
                    note(meant.document_id, day)
    return found
