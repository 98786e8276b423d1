"""Many files to documents, by as many processes as there are cores.

A file can be made to ask for any amount of time and memory, and can bring down the parser that
reads it. So each file is read and split by a process (`split_process`) that is bounded in both;
a file that exceeds a bound or ends its process is a reason, and the next one has a new process.
The processes are started afresh, not forked, so that threads and the caller's main module do
not matter, and end with the build.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from policyqa.document import Document
from policyqa.errors import LoadError, cause

Split = Callable[[Path], Document]

PROCESSOR_SECONDS = 120
"""Time on a processor for one file; a law of 75,000 characters takes 0.1."""
SECONDS = 900
"""Time by the clock for one file: a PDF is read by a process of its own, which has 600."""
MEMORY = 4 * 1024**3
"""Address space of a process, in bytes."""
_FILES_EACH = 8
"""Files that one process splits sooner than another one starts."""


def split_all(
    paths: list[str], split: Split, progress: bool, processes: int | None = None
) -> list[Document | str]:
    """Each file's document, or the reason why it has none, in the order of the paths.

    Args:
        paths: the files.
        split: reads one file; a module's function, or a partial of one.
        progress: show a progress bar on standard error.
        processes: at most so many; None for as many as there are cores.

    Raises:
        LoadError: no process can be started.
    """
    if not paths:
        return []
    count = min(processes or _cores(), -(-len(paths) // _FILES_EACH))
    pool = _Pool(split)
    executor = ThreadPoolExecutor(count)
    try:
        outcomes = executor.map(pool.split_one, paths)
        bar = tqdm(
            outcomes,
            total=len(paths),
            desc="读取",
            unit="份",
            disable=not progress,
            file=sys.stderr,
        )
        return list(bar)
    finally:
        pool.close()
        executor.shutdown(cancel_futures=True)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Pool:
    """A process for each thread that asks for files to be split."""

    def __init__(self, split: Split) -> None:
        self._split = pickle.dumps(split)
        self._own = threading.local()
        self._started: list[_Process] = []
        self._closed = False

    def split_one(self, path: str) -> Document | str:
        process: _Process | None = getattr(self._own, "process", None)
        if process is None or not process.alive:
            if self._closed:
                return "已中断"
            process = self._own.process = _Process(self._split)
            self._started.append(process)
        return process.split_one(path)

    def close(self) -> None:
        self._closed = True
        for process in self._started:
            process.end()


class _Process:
    """A running `split_process`."""

    def __init__(self, split: bytes) -> None:
        command = [sys.executable, "-m", "policyqa.split_process"]
        # What this process can import, that one can: the function to call is sent by its name.
        places = os.pathsep.join(os.path.abspath(place) for place in sys.path)
        try:
            self._process = subprocess.Popen(
                [*command, str(PROCESSOR_SECONDS), str(MEMORY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": places},
            )
        except OSError as error:
            raise LoadError(f"无法启动读取文件的进程：{cause(error)}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._tasks, self._replies = self._process.stdin, self._process.stdout
        self.alive = True
        try:
            self._tasks.write(split)
            self._tasks.flush()
            pickle.load(self._replies)
        except (OSError, EOFError) as error:
            self.end()
            raise LoadError("读取文件的进程启动后随即中断，请检查内存是否足够") from error

    def split_one(self, path: str) -> Document | str:
        """The file's document or a reason; afterwards this process may have ended."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            pickle.dump(path, self._tasks)
            self._tasks.flush()
            reply: tuple[Document | str, bool] = pickle.load(self._replies)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.end()
            if late.is_set():
                return f"读取超过 {SECONDS:g} 秒，已放弃，请拆分"
            return "读取时进程中断，文件可能已损坏或展开后过大"
        finally:
            timer.cancel()
        outcome, goes_on = reply
        if not goes_on:
            self.end()
        return outcome

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.alive = False
        self._process.kill()
        self._process.wait()
        for stream in (self._tasks, self._replies):
            try:
                stream.close()
            except OSError:
                continue  # a task that was not read any more
