"""Many files to documents: one bad file is a reason, not the end of the build."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from tqdm import tqdm

from policyqa.document import Document
from policyqa.errors import PolicyQAError

Split = Callable[[Path], Document]

_POOL_FROM = 200
"""Files from which starting processes to split them pays."""
_LOG = logging.getLogger(__name__)


def split_all(paths: list[str], split: Split, progress: bool) -> list[Document | str]:
    """Each file's document, or the reason why it has none, in the order of the paths."""
    task = partial(_split_one, split)
    bar = partial(tqdm, total=len(paths), desc="读取", unit="份", disable=not progress or not paths)
    if len(paths) > _POOL_FROM and (os.cpu_count() or 1) > 1:
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(mp_context=context) as pool:
                return list(bar(pool.map(task, paths, chunksize=16), file=sys.stderr))
        except BrokenProcessPool:
            _LOG.warning("无法启动多个进程，改为逐个读取")
    return list(bar(map(task, paths), file=sys.stderr))


def _split_one(split: Split, path: str) -> Document | str:
    try:
        document = split(Path(path))
        document.text.encode("utf-8")
        document.title.encode("utf-8")
    except PolicyQAError as error:
        return str(error)
    except UnicodeEncodeError:
        return "文件含有无效的字符"
    except OSError as error:
        return f"无法读取：{error.strerror or error}"
    except Exception as error:
        # One file must not end the build of thousands; the type tells the developers where.
        _LOG.debug("%s", path, exc_info=True)
        return f"无法解析（{type(error).__name__}：{error}）"
    return document
