"""Reels as downloads."""

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.exports.cut import Cut
from app.exports.reel import PLAIN, ReelOptions
from app.exports.reels import Reels
from app.runtime import Runtime


def _written(cut: Cut, path: Path, options: ReelOptions, progress: Callable[[float], None]) -> None:
    path.write_bytes(b"film")


def test_a_rendered_reel_is_a_file_to_save(
    client: TestClient, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reels = Reels(tmp_path, runtime.database, _written)
    reel = reels.start(Cut("My cut", Fraction(25), "01:00:00:00", 320, 180, ()), PLAIN)
    deadline = time.monotonic() + 10
    while not (tmp_path / reel.reel_id / "My cut.mp4").is_file() and time.monotonic() < deadline:
        time.sleep(0.02)
    reels.close()
    monkeypatch.setattr(runtime, "reels", reels)
    answer = client.get(f"/api/v1/reels/{reel.reel_id}")
    assert (answer.status_code, answer.content) == (200, b"film")
    assert answer.headers["content-type"] == "video/mp4"
    assert "My%20cut.mp4" in answer.headers["content-disposition"]


def test_a_reel_that_is_not_there_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/reels/0123456789abcdef")
    assert answer.status_code == 404
    assert "render it again" in answer.json()["detail"]
    assert client.get("/api/v1/reels/elsewhere").status_code == 422
