"""Every setting is told with where it comes from, and no secret is."""

from pathlib import Path

import pytest

from app.overview.settings import setting_rows
from indexer.settings import Settings, load_settings

FILE = """\
profile = "lite"
[jobs]
roots = ["/films"]
[shots]
refine = false
[server]
key = "0123456789abcdef0123456789abcdef"
"""


def test_each_setting_has_its_source_and_the_line_that_sets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reelfind.toml").write_text(FILE)
    monkeypatch.setenv("REELFIND_TEXT__TRANSCRIBE", "false")
    monkeypatch.setenv("REELFIND_CLIPS", '{"longest": 30.0}')
    settings = load_settings(tmp_path, qdrant_url="http://reader:hunter2@qdrant:6333")
    rows = {row.name: row for row in setting_rows(tmp_path, settings)}
    told = {
        name: (rows[name].value, rows[name].source)
        for name in ("profile", "jobs.roots", "shots.refine", "text.transcribe", "clips.longest")
    }
    assert told == {
        "profile": ("lite", "reelfind.toml"),
        "jobs.roots": ("/films", "reelfind.toml"),
        "shots.refine": ("False", "reelfind.toml"),
        "text.transcribe": ("False", "environment"),
        "clips.longest": ("30.0", "environment"),
    }
    assert rows["jobs.roots"].line == '[jobs]  roots = ["/films"]'
    assert rows["jobs.roots"].variable == "REELFIND_JOBS__ROOTS"
    assert rows["decode.still_size"].source == "default"
    assert rows["qdrant_url"].source == "command line"
    assert "hunter2" not in str(rows)
    assert "0123456789abcdef" not in str(rows)
    assert rows["server.key"].value == "set, not shown"


def test_every_field_of_the_settings_is_there(tmp_path: Path) -> None:
    names = [row.name.partition(".")[0] for row in setting_rows(tmp_path, load_settings(tmp_path))]
    assert list(dict.fromkeys(names)) == list(Settings.model_fields)


def test_what_is_shipped_is_all_default(tmp_path: Path) -> None:
    assert {row.source for row in setting_rows(tmp_path, load_settings(tmp_path))} == {"default"}
