"""Reading in a process of its own, with bounds of time and memory.

A PDF can ask for any amount of either (streams that expand a thousandfold, pages that refer
to each other), and no parser's own limits cover all of it. So a child process reads it, and
ends where it would exceed what an honest document needs.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys

from policyqa.errors import LoadError
from policyqa.loaders.loaded import LoadedText

SECONDS = 600
"""Time for one file; a thousand pages of text take about half of it."""
MEMORY = 3 * 1024**3
"""Address space of the reading process, in bytes."""
_LOG = logging.getLogger(__name__)


def read_pdf(content: bytes, *, seconds: float = SECONDS) -> LoadedText:
    """The text of a PDF.

    Raises:
        LoadError: it is protected, damaged, scanned without the means to read that, or
            takes too much time or memory.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "policyqa.loaders"],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LoadError(f"读取 PDF 超过 {seconds:g} 秒,已放弃,请拆分") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        _LOG.debug("PDF reader: %s", done.stderr.decode("utf-8", "replace")[-2000:])
        raise LoadError("读取 PDF 时中断,文件可能已损坏或展开后过大") from error
    if "error" in answer:
        raise LoadError(answer["error"])
    for note in answer["notes"]:
        _LOG.warning("%s", note)
    return LoadedText(answer["text"], answer["title"])
