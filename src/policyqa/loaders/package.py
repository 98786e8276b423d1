"""An Office Open XML package: its parts as XML, within bounds.

The bounds are far above any honest document: a statute of a thousand articles has a main
part of 3 MB, and text packs by a factor of 10 to 60.
"""

from __future__ import annotations

import io
import posixpath
import zipfile

import lxml.etree

from policyqa.errors import LoadError
from policyqa.loaders.kinds import BROKEN_ZIP

LARGEST_PART = 96 * 1024 * 1024
"""Bytes that a part may expand to."""
HIGHEST_RATIO = 250
"""Expanded to packed size, from 1 MB on."""
MOST_PARTS = 20_000

_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_DAMAGED = "Word 文件不完整或已损坏,请重新下载或另存"


class Package:
    """A package that is read part by part.

    Raises:
        LoadError: it is no whole zip archive, or holds no Word document.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except BROKEN_ZIP as error:
            raise LoadError(_DAMAGED) from error
        if len(self._archive.namelist()) > MOST_PARTS:
            raise LoadError("压缩包内文件过多,不是正常的 Word 文件")
        self._names = {name.replace("\\", "/"): name for name in self._archive.namelist()}
        self._main = self._related("", "officeDocument")
        if self._main is None or self._main not in self._names:
            raise LoadError("压缩包内没有 Word 正文")

    def main(self) -> lxml.etree._Element:
        """The main document part."""
        assert self._main is not None
        return self._xml(self._main)

    def related(self, kind: str) -> lxml.etree._Element | None:
        """The part that the main part names as its `kind` (numbering, styles …), if any."""
        assert self._main is not None
        name = self._related(self._main, kind)
        return self._xml(name) if name is not None and name in self._names else None

    def _related(self, source: str, kind: str) -> str | None:
        folder, base = posixpath.split(source)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self._names:
            return None
        for relation in self._xml(name):
            if str(relation.get("Type", "")).rsplit("/", 1)[-1] == kind:
                target = posixpath.join("/", folder, relation.get("Target", ""))
                return posixpath.normpath(target).lstrip("/")
        return None

    def _xml(self, name: str) -> lxml.etree._Element:
        content = self._read(self._names[name])
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
        parser = lxml.etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            root = lxml.etree.fromstring(content, parser)
        except lxml.etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise LoadError("Word 文件内容嵌套过深,无法读取") from error
            raise LoadError(_DAMAGED) from error
        if root.getroottree().docinfo.doctype:
            # Word writes none; entities that expand without end are declared in one.
            raise LoadError("Word 文件含有 DTD,不予读取")
        return root

    def _read(self, name: str) -> bytes:
        packed = self._archive.getinfo(name)
        if packed.flag_bits & 1:
            raise LoadError("文件有打开密码,请取消密码后另存")
        try:
            # The size in the archive's directory may lie: what is read is what counts.
            with self._archive.open(packed) as stream:
                content = stream.read(LARGEST_PART + 1)
        except BROKEN_ZIP as error:
            raise LoadError(_DAMAGED) from error
        expanded = len(content)
        if expanded > LARGEST_PART or (
            expanded > 1024 * 1024 and expanded > HIGHEST_RATIO * max(packed.compress_size, 1)
        ):
            raise LoadError("Word 文件展开后过大,不予读取")
        return content
