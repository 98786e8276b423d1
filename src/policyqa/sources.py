"""Which files an update is about: found below the given paths, unchanged, or vanished."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from policyqa.errors import InputError, cause
from policyqa.folder import sha256_of_file
from policyqa.loaders import SUFFIXES

_SKIPPED = frozenset({"readme.md"})


@dataclass(frozen=True, slots=True)
class FileRow:
    """A source file as stored.

    Attributes:
        path: absolute.
        size: in bytes.
        mtime_ns: time of its last change; 0 asks for its bytes to be compared next time.
        sha256: of its bytes.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(slots=True)
class Sources:
    """The files of an update.

    Attributes:
        present: files to index, unchanged or not, by path; sources outside the given paths
            are among them as they were.
        vanished: known paths that are gone.
        failed: (path, reason) of what could not be read.
    """

    present: dict[str, FileRow] = field(default_factory=dict)
    vanished: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def find_sources(
    paths: Sequence[str | Path], known: Mapping[str, FileRow], *, now_ns: int
) -> Sources:
    """Walk the paths and compare what stands there with what is known.

    A file is unchanged when size and time are, or else when its bytes are. A known source
    has vanished when it stood below one of the paths and is not found there any more; known
    sources elsewhere are left alone, since their disk may only be unmounted.

    Args:
        paths: files and folders.
        known: rows of the index, by path.
        now_ns: the time; a file changed in the last moments may change again unseen.

    Raises:
        InputError: a path neither exists nor was known.
    """
    sources = Sources()
    found: set[str] = set()
    unread: list[str] = []
    scopes = [os.path.abspath(path) for path in paths]
    for given, scope in zip(paths, scopes, strict=True):
        if os.path.isdir(scope):
            found.update(_below(scope, sources.failed, unread))
        elif os.path.exists(scope):
            found.add(scope)
        elif not any(_is_below(path, scope) for path in known):
            raise InputError(f"找不到文件或文件夹：{given}")
    for path in sorted(found):
        try:
            sources.present[path] = _row(path, known.get(path), now_ns)
        except UnicodeEncodeError:
            shown = os.fsencode(path).decode("utf-8", "replace")
            sources.failed.append((shown, "文件名不是 UTF-8 编码，请改名"))
        except OSError as error:
            sources.failed.append((path, f"无法读取：{cause(error)}"))
            unread.append(path)
    for path, row in known.items():
        if path in sources.present:
            continue
        in_scope = any(_is_below(path, scope) for scope in scopes)
        if in_scope and not any(_is_below(path, place) for place in unread):
            sources.vanished.append(path)
        else:
            sources.present[path] = row
    return sources


def _below(folder: str, failed: list[tuple[str, str]], unread: list[str]) -> list[str]:
    """Paths of the documents below a folder, but for hidden files and README.md."""

    def refuse(error: OSError) -> None:
        place = str(error.filename or folder)
        failed.append((place, f"无法读取文件夹：{cause(error)}"))
        unread.append(place)

    found = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            suffix = os.path.splitext(name)[1].lower()
            # Word keeps ~$name.docx beside a document that is open.
            hidden = name.startswith((".", "~$")) or name.lower() in _SKIPPED
            if suffix in SUFFIXES and not hidden:
                found.append(os.path.join(place, name))
    return found


def _is_below(path: str, scope: str) -> bool:
    return path == scope or path.startswith(scope.rstrip(os.sep) + os.sep)


_RACY_NS = 2_000_000_000
"""File systems keep times as coarse as this; git calls such files racily clean."""


def _row(path: str, known: FileRow | None, now_ns: int) -> FileRow:
    path.encode("utf-8")
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError("不是普通文件")  # a pipe would keep its reader waiting
    mtime_ns = 0 if status.st_mtime_ns > now_ns - _RACY_NS else status.st_mtime_ns
    if (
        known is not None
        and mtime_ns
        and (known.size, known.mtime_ns) == (status.st_size, mtime_ns)
    ):
        return known
    return FileRow(path, status.st_size, mtime_ns, sha256_of_file(Path(path)))
