"""What several test modules need: the demo corpora, indexed for real, once."""

from pathlib import Path

import pytest

from policyqa.index import Index, build_index, open_index

ROOT = Path(__file__).parents[1]
CORPORA = ROOT / "corpora"


def shared_data() -> Path | None:
    """The data folder beside the repository, which is no part of it; None where it is missing."""
    for parent in ROOT.parents:
        if (parent / "shared" / "data" / "laws").is_dir():
            return parent / "shared" / "data"
    return None


@pytest.fixture(scope="session")
def corpora_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder over corpora/, built by the packaged encoder."""
    folder = tmp_path_factory.mktemp("index")
    report = build_index([CORPORA], folder)
    assert report.failed == ()
    return folder


@pytest.fixture(scope="session")
def corpora_index(corpora_folder: Path) -> Index:
    """The same, opened."""
    return open_index(corpora_folder)
