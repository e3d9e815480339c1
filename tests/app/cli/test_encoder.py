"""Training, measuring and using an encoder from the command line, with and without films."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from encoder.metrics import read_metrics
from encoder.recipes import RECIPES
from tests.app.cli.conftest import Reelfind

SMALL = (
    *("--preset", "catalogue", "--width", 32, "--depth", 1, "--heads", 2),
    *("--steps", 20, "--batch-shots", 256, "--validate-every", 10),
)


@pytest.fixture
def features(reelfind: Reelfind, tmp_path: Path) -> Path:
    """A feature set of 12 titles in three splits, with embeddings of a model of one's own."""
    rng = np.random.default_rng(0)
    rows = []
    for title in range(12):
        theme = rng.standard_normal(8)
        rows += [
            {
                "title_id": f"t{title}",
                "index": index,
                "picture": (theme + 0.5 * rng.standard_normal(8)).tolist(),
                "text": rng.standard_normal(4).tolist() if index % 3 else None,
            }
            for index in range(20)
        ]
    schema = {"picture": pl.List(pl.Float32), "text": pl.List(pl.Float32)}
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(tmp_path / "shots.parquet")
    splits = ["train"] * 8 + ["val"] * 2 + ["test"] * 2
    titles = pl.DataFrame({"title_id": [f"t{i}" for i in range(12)], "split": splits})
    titles.write_parquet(tmp_path / "titles.parquet")
    folder = tmp_path / "features"
    ran = reelfind(
        *(
            "features",
            "import",
            tmp_path / "shots.parquet",
            "--titles",
            tmp_path / "titles.parquet",
        ),
        *("--out", folder, "--profile", "ours"),
    )
    assert ran.code == 0, ran.err
    return folder


def test_an_encoder_is_trained_and_measured_on_features_with_no_video(
    reelfind: Reelfind, features: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    ran = reelfind("encoder", "train", "--features", features, "--out", run, *SMALL)
    assert ran.code == 0, ran.err
    assert "Training on 8 titles with 160 shots on cpu; validating on 2 others" in ran.err
    assert "step 20: validation loss" in ran.err
    assert f"reelfind encoder use {run}" in ran.out
    assert [row["step"] for row in read_metrics(run / "validation.csv")] == ["10", "20"]
    measured = reelfind(
        *("encoder", "evaluate", run, "--features", features, "--split", "test", "--json")
    )
    report = json.loads(measured.out)
    assert report["overall"]["shots"] == 8
    assert set(report["modalities"]) == {"picture", "text"}
    assert report["with_text"]["shots"] + report["without_text"]["shots"] == 8
    table = reelfind("encoder", "evaluate", run, "--features", features)
    assert "without text" in table.out
    unknown = reelfind("encoder", "evaluate", run, "--features", features, "--split", "dev")
    assert unknown.code == 1
    assert "no titles of split 'dev'; the titles' table has: test, train, val" in unknown.err


def test_a_run_goes_on_only_when_asked_to(
    reelfind: Reelfind, features: Path, tmp_path: Path
) -> None:
    command = ("encoder", "train", "--features", features, "--out", tmp_path / "run", *SMALL)
    (tmp_path / "run").mkdir()
    first = reelfind(*command, "--json")
    trained = json.loads(first.out)
    assert Path(trained["checkpoint"]).is_dir()
    again = reelfind(*command)
    assert again.code == 1
    assert "holds a training run already; go on with it by --resume" in again.err
    ended = reelfind(*command, "--resume")
    assert ended.code == 1
    assert "this run has ended" in ended.err


def test_a_recipe_is_what_options_begin_as(
    reelfind: Reelfind, features: Path, tmp_path: Path
) -> None:
    def record(name: str, *options: object) -> dict[str, dict[str, object]]:
        train = ("encoder", "train", "--features", features, "--out", tmp_path / name)
        ran = reelfind(*train, *SMALL, "--steps", 2, *options)
        assert ran.code == 0, ran.err
        assert ("MediaFM reads embeddings 2304 wide" in ran.err) == ("mediafm" in options)
        found: dict[str, dict[str, object]] = json.loads((tmp_path / name / "run.json").read_text())
        return found

    given = {"steps": 2, "batch_shots": 256, "validate_every": 10}
    found = record("published", "--recipe", "mediafm", "--mask-ratio", 0.4)
    recipe = RECIPES["mediafm"]
    assert (recipe.training.start, recipe.training.muon) == ("noise", True)
    assert found["training"] == asdict(recipe.training) | given | {"mask_ratio": 0.4}
    assert (found["config"]["positions"], found["config"]["max_shots"]) == ("learned", 512)
    found = record("usual", "--positions", "learned")
    usual = RECIPES["catalogue"]
    assert (usual.positions, usual.training.start, usual.training.muon) == (
        *("rotary", "linear", False),
    )
    assert found["training"] == asdict(usual.training) | given | {"start": "noise"}


def test_impossible_options_are_told(reelfind: Reelfind, features: Path, tmp_path: Path) -> None:
    command = ("encoder", "train", "--features", features, "--out", tmp_path / "run")
    ran = reelfind(*command, "--preset", "tiny", "--heads", 7)
    assert ran.code == 2
    assert "multiple of heads" in ran.err
    diverging = reelfind(*command, *SMALL, "--learning-rate", "1e30", "--optimizer", "adamw")
    assert diverging.code == 1
    assert "lower --learning-rate" in diverging.err
    empty = reelfind("encoder", "train", "--out", tmp_path / "other", "--data", tmp_path / "none")
    assert empty.code == 1
    assert "nothing is indexed here" in empty.err


def test_an_encoder_is_trained_on_the_catalogue_and_put_to_use(
    reelfind: Reelfind, indexed: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    ran = reelfind("encoder", "train", "--data", indexed, "--out", run, *SMALL)
    assert ran.code == 0, ran.err
    wrong = reelfind("encoder", "list", "--data", indexed, "--json")
    (kept,) = json.loads(wrong.out)["encoders"]
    used = reelfind("encoder", "use", run, "--data", indexed)
    assert used.code == 0, used.err
    assert "is in use" in used.out
    rows = json.loads(reelfind("encoder", "list", "--data", indexed, "--json").out)["encoders"]
    assert [row["in_use"] for row in rows] == [True, False]
    assert rows[1]["encoder"] == kept["encoder"]
    assert rows[0]["width"] == 32
    found = reelfind("search", "a taxi in the street", "--data", indexed, "--json")
    assert json.loads(found.out)["hits"][0]["title"] == "Bikes"


def test_features_of_another_model_do_not_fit_the_catalogue(
    reelfind: Reelfind, indexed: Path, features: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    reelfind("encoder", "train", "--features", features, "--out", run, *SMALL)
    ran = reelfind("encoder", "use", run, "--data", indexed)
    assert ran.code == 1
    assert "profile 'ours' (text 4 + picture 8)" in ran.err


def test_a_data_directory_without_encoders_says_so(reelfind: Reelfind, tmp_path: Path) -> None:
    assert "no encoder yet" in reelfind("encoder", "list", "--data", tmp_path).out
