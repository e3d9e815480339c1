"""What is in use in a catalogue that was really indexed, and whether its machine is fit."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.overview.health import checks
from app.overview.inventory import probe_rows, store_rows, task_rows
from app.runtime import Runtime
from indexer.models import Models
from indexer.settings import load_settings


@pytest.fixture
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    yield runtime
    runtime.close()


def test_collections_hold_what_the_titles_have(runtime: Runtime) -> None:
    points = {
        str(row["Collection"]).rpartition("-")[2]: row["Points"] for row in store_rows(runtime)
    }
    titles = runtime.titles()
    assert points == {
        "shots": sum(title.shots for title in titles),
        "clips": sum(title.clips for title in titles),
        "titles": len(titles),
    }


def test_no_probe_is_in_use_at_first(runtime: Runtime) -> None:
    assert probe_rows(runtime) == []
    assert [row["Task"] for row in task_rows(runtime.tasks)] == sorted(runtime.tasks)


def test_all_is_well_with_a_fresh_catalogue(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(runtime.catalogue.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**12))
    found = {check.name: check for check in checks(runtime)}
    assert list(found) == ["ffmpeg", "Disk", "Database", "Store"]
    assert all(check.well for check in found.values()), found


def test_what_is_wrong_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Models
) -> None:
    monkeypatch.setattr("app.overview.health.PER_MINUTE", 2**60)
    (tmp_path / "reelfind.db").write_text("no database at all, and long enough to be read" * 9)
    (tmp_path / "reelfind.json").write_text('{"format": 1, "profile": "full"}')
    runtime = Runtime(tmp_path, load_settings(tmp_path), models)
    found = {check.name: check for check in checks(runtime)}
    runtime.close()
    assert not found["Disk"].well
    assert "Make room" in found["Disk"].next_step
    assert not found["Database"].well
    assert "restore it from a backup" in found["Database"].told
