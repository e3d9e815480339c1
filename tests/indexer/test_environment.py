"""Settings of the environment, and of the files that it names."""

from pathlib import Path

import pytest

from app.overview.settings import setting_rows
from indexer.errors import ReelfindError
from indexer.settings import SETTINGS_FILE, load_settings

ADDRESS = "postgresql://user:secret@host/reelfind"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(f"{ADDRESS}\n", encoding="utf-8")
    return file


def test_a_variable_may_name_a_file_with_the_value(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / SETTINGS_FILE).write_text('qdrant_api_key = "of the file"\n', encoding="utf-8")
    monkeypatch.setenv("REELFIND_DATABASE__URL_FILE", str(secret))
    monkeypatch.setenv("REELFIND_QDRANT_API_KEY_FILE", str(secret))
    settings = load_settings(tmp_path)
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == ADDRESS
    assert settings.qdrant_api_key == ADDRESS
    rows = {each.name: each for each in setting_rows(tmp_path, settings)}
    assert rows["database.url"].source == rows["qdrant_api_key"].source == "environment"
    assert ADDRESS not in repr(rows)


def test_an_empty_variable_names_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELFIND_QDRANT_API_KEY_FILE", "")
    monkeypatch.setenv("REELFIND_DATABASE__URL_FILE", "")
    assert load_settings(tmp_path).qdrant_api_key is None


def test_a_value_and_a_file_are_one_too_many(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELFIND_QDRANT_API_KEY", "key")
    monkeypatch.setenv("REELFIND_QDRANT_API_KEY_FILE", str(secret))
    with pytest.raises(ReelfindError, match="REELFIND_QDRANT_API_KEY: both are set"):
        load_settings(tmp_path)


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELFIND_SERVER__KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(ReelfindError, match=r"REELFIND_SERVER__KEY_FILE: .*none: cannot be read"):
        load_settings(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("REELFIND_SERVER__KEY_FILE", str(tmp_path / "bytes"))
    with pytest.raises(ReelfindError, match="not text"):
        load_settings(tmp_path)
