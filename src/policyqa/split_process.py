"""The process that reads and splits files for `splitting`: python -m policyqa.split_process.

Standard input holds pickles: the function that splits, then paths. Standard output holds one
for each: (document or reason, whether this process goes on). It ends with its input.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from policyqa.errors import LoadError, PolicyQAError, cause

if TYPE_CHECKING:
    from policyqa.document import Document
    from policyqa.splitting import Split

_LOG = logging.getLogger(__name__)


def main(seconds: float, memory: int) -> None:
    """Split the files that standard input names.

    Args:
        seconds: time on a processor for each.
        memory: address space of this process, in bytes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build that is interrupted ends this one
    tasks = sys.stdin.buffer
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no reply
    split: Split = pickle.load(tasks)
    _bound_memory(memory)
    reply: object = None
    goes_on = True
    while goes_on:
        pickle.dump(reply, replies)
        replies.flush()
        try:
            path = pickle.load(tasks)
        except EOFError:
            return
        outcome, goes_on = _split_one(split, path, seconds)
        reply = (outcome, goes_on)
    pickle.dump(reply, replies)
    replies.flush()


def _split_one(split: Split, path: str, seconds: float) -> tuple[Document | str, bool]:
    try:
        _bound_time(seconds)
        document = split(Path(path))
        document.text.encode("utf-8")
        document.title.encode("utf-8")
    except PolicyQAError as error:
        return str(error), True
    except UnicodeEncodeError:
        return "文件含有无效的字符", True
    except MemoryError:
        return "文件展开后过大，无法读取", False
    except RecursionError:
        return "内容嵌套过深，无法读取", True
    except OSError as error:
        return f"无法读取：{cause(error)}", True
    except Exception as error:
        # One file must not end the build of thousands; the type tells the developers where.
        _LOG.debug("%s", path, exc_info=True)
        return f"无法解析（{type(error).__name__}：{error}）", True
    finally:
        _bound_time(0)
    return document, True


def _bound_time(seconds: float) -> None:
    """Raise LoadError here after so much time on a processor; 0 for no bound."""
    if sys.platform == "win32":
        return

    def give_up(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise LoadError(f"处理超过 {seconds:g} 秒，已放弃，请拆分")

    signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _bound_memory(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    _, allowed = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY:
        memory = min(memory, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (memory, allowed))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
