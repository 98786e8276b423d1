"""What a file really is, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Literal

from policyqa.errors import LoadError

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,  # a way of packing that zipfile does not know
    RuntimeError,  # a password
    ValueError,
)
"""What zipfile raises on archives that are damaged or that it cannot unpack."""

Kind = Literal["text", "markdown", "html", "mht", "docx", "office", "pdf", "ofd"]

OFFICE_SUFFIXES = (".doc", ".wps", ".rtf", ".odt")
_KIND_OF_SUFFIX: dict[str, Kind] = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".mht": "mht",
    ".mhtml": "mht",
    ".docx": "docx",
    ".docm": "docx",
    ".pdf": "pdf",
    ".ofd": "ofd",
}
_KIND_OF_SUFFIX |= dict.fromkeys(OFFICE_SUFFIXES, "office")
SUFFIXES = tuple(_KIND_OF_SUFFIX)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.I)
_WORD_XML = re.compile(
    rb"<\?mso-application\s+progid=\"Word\.Document\"|<pkg:package|<w:wordDocument"
)


def recognise(content: bytes, suffix: str) -> Kind:
    """The kind of a file by its first bytes; its suffix decides only between text kinds.

    Raises:
        LoadError: the suffix is unknown, or the content is of no kind that can be read.
    """
    named = _KIND_OF_SUFFIX.get(suffix)
    if named is None:
        raise LoadError(f"不支持的文件类型“{suffix}”,可用: {' '.join(SUFFIXES)}")
    if not content:
        raise LoadError("文件是空的,没有文字")
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"{\\rtf"):
        return "office"
    if content.startswith(_IMAGES):
        raise LoadError(f"内容是图片,不是 {suffix} 文件;请先识别成文字,或合并成 PDF")
    start = content[:4000].removeprefix(b"\xef\xbb\xbf")
    if named != "markdown" and _HTML.match(_without_prologue(start)):
        return "html"
    if re.match(rb"(?:[\w-]+:[^\n]*\n)*?MIME-Version:", start, re.I):
        return "mht"
    if _WORD_XML.search(start):
        return "office"
    if named in ("docx", "pdf", "ofd", "office"):
        if 0 in start:
            raise LoadError(f"内容不是 {suffix} 格式,可能已损坏或没有下载完")
        return "text"
    return "text" if named == "mht" else named


def _without_prologue(start: bytes) -> bytes:
    """A page's beginning without the XML declaration and the comments above it."""
    while True:
        start = start.lstrip()
        if start.startswith(b"<!--"):
            end = start.find(b"-->") + 3
        elif start[:5].lower() == b"<?xml":
            end = start.find(b">") + 1
        else:
            return start
        if end < 4:  # it does not end
            return start
        start = start[end:]


def _kind_of_zip(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {name.replace("\\", "/") for name in package.namelist()}
            mimetype = package.open("mimetype").read(100) if "mimetype" in names else b""
    except BROKEN_ZIP as error:
        raise LoadError("文件不完整或已损坏,请重新下载或另存") from error
    if b"opendocument.text" in mimetype:
        return "office"
    if "OFD.xml" in names:
        return "ofd"
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise LoadError("内容是表格或演示文稿,请另存为 .docx 或 .pdf")
    if "[Content_Types].xml" in names:
        return "docx"
    raise LoadError("内容是压缩包,请解压后再放入文件夹")


def _kind_of_ole(content: bytes) -> Kind:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise LoadError("文件有打开密码,请取消密码后另存")
    if not holds("WordDocument") and (holds("Workbook") or holds("PowerPoint Document")):
        raise LoadError("内容是表格或演示文稿,请另存为 .docx 或 .pdf")
    return "office"
