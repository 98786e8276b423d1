"""A path that the tests' own process may not read, also where root runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def without_rights(path: Path) -> Iterator[None]:
    """Take all rights from a file or folder; root, who needs none, steps down meanwhile."""
    mode = path.stat().st_mode
    user = os.geteuid()
    path.chmod(0)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)
        path.chmod(mode)
