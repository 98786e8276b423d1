"""A build that is killed with SIGKILL when its encoder is asked for the third batch.

Run by test_indexing: killed_build.py CORPUS INDEX
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fakes import FakeEncoder, split_lines
from policyqa import indexing


class KilledEncoder(FakeEncoder):
    calls = 0

    def encode_passages(self, texts):
        self.calls += 1
        if self.calls == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts)


if __name__ == "__main__":
    indexing._COMMIT_EVERY = 8
    indexing.update_index(
        [Path(sys.argv[1])],
        Path(sys.argv[2]),
        encoder=KilledEncoder(),
        split=split_lines,
        progress=False,
    )
