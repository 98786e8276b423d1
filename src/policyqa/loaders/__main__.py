"""The reading process of `confined`: a PDF on standard input, JSON on standard output."""

from __future__ import annotations

import json
import logging
import sys

from policyqa.errors import LoadError
from policyqa.loaders.confined import MEMORY
from policyqa.loaders.pdf import read_pages


def main() -> None:
    """Read within the bounds; every outcome is one JSON document."""
    if sys.platform != "win32":
        import resource

        allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = MEMORY if allowed == resource.RLIM_INFINITY else min(MEMORY, allowed)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        text, notes = read_pages(sys.stdin.buffer.read())
        answer = {"text": text, "title": None, "notes": notes}
    except LoadError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": "PDF 展开后过大,无法读取"}
    except RecursionError:
        answer = {"error": "内容嵌套过深,无法读取"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
