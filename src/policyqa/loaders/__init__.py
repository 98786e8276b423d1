"""Files to text: each format's module gives lines of text, with a title if it names one."""

from __future__ import annotations

from pathlib import Path

from policyqa.errors import LoadError, cause
from policyqa.loaders import confined
from policyqa.loaders.docx import read_docx
from policyqa.loaders.encoding import decode
from policyqa.loaders.html import read_html, read_mht
from policyqa.loaders.kinds import SUFFIXES, recognise
from policyqa.loaders.loaded import LoadedText, clean
from policyqa.loaders.markdown import read_markdown
from policyqa.loaders.office import to_docx

__all__ = ["SUFFIXES", "LoadedText", "decode", "load"]

_MEGABYTE = 1024 * 1024
MOST_CHARACTERS = 5_000_000
"""Characters of a document; the Civil Code has 100,000, a thousand printed pages 1,000,000."""


def load(path: Path, *, max_megabytes: int = 50) -> tuple[LoadedText, bytes]:
    """The text of a file, and the bytes it was read from.

    Raises:
        LoadError: the file is of an unknown kind, too large, protected, damaged, in an
            unknown encoding, needs a program that is missing, or holds no text.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise LoadError(f"不支持的文件类型“{suffix or path.name}”,可用: {' '.join(SUFFIXES)}")
    try:
        if not path.is_file():
            raise LoadError("文件不存在或不是普通文件")
        size = path.stat().st_size
        if size > max_megabytes * _MEGABYTE:
            raise LoadError(f"文件有 {size / _MEGABYTE:.0f} MB,超过上限 {max_megabytes} MB,请拆分")
        content = path.read_bytes()
    except OSError as error:
        raise LoadError(f"无法读取: {cause(error)}") from error
    try:
        loaded = _read(content, suffix)
    except RecursionError as error:
        raise LoadError("内容嵌套过深,无法读取") from error
    if not loaded.text.strip():
        raise LoadError("文件中没有文字")
    if len(loaded.text) > MOST_CHARACTERS:
        raise LoadError(
            f"文字有 {len(loaded.text) // 10_000} 万字,超过上限 {MOST_CHARACTERS // 10_000} 万字,请拆分"
        )
    return loaded, content


def _read(content: bytes, suffix: str) -> LoadedText:
    match recognise(content, suffix):
        case "docx":
            return read_docx(content)
        case "office":
            return read_docx(to_docx(content, suffix))
        case "pdf":
            return confined.read_pdf(content)
        case "html":
            return read_html(content)
        case "mht":
            return read_mht(content)
        case "markdown":
            return read_markdown(decode(content))
        case "text":
            return LoadedText(clean(decode(content)))
        case "ofd":
            raise LoadError("暂不能读取 OFD,请用阅读器另存为 PDF 或 .docx 再放入")
