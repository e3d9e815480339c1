"""Training, measuring and using probes from the command line."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from app.labelling.catalogue import open_catalogue
from indexer.catalogue import Catalogue
from indexer.models import Models
from indexer.scoring import VECTOR
from indexer.settings import load_settings
from indexer.stages import scores
from indexer.trained import TrainedProbes
from probes.labels.matching import ShotRange
from probes.probe import Probe, Read, joined
from probes.reading import BlockRecord
from probes.saved import SavedProbe, load_probe, save_probe
from tests.app.cli.conftest import Reelfind
from tests.probes.test_saved import make_probe

TITLES, SHOTS = 9, 12


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Titles whose `clip-worthy` shots can be told from their picture, with labels of them."""
    folder = tmp_path_factory.mktemp("tables")
    rng = np.random.default_rng(0)
    yes = rng.random((TITLES, SHOTS)) < 0.4
    rows = [
        {
            "title_id": f"t{title}",
            "index": shot,
            "picture": (rng.standard_normal(6) + 3 * yes[title, shot]).tolist(),
            "text": rng.standard_normal(4).tolist(),
        }
        for title in range(TITLES)
        for shot in range(SHOTS)
    ]
    schema = {"picture": pl.List(pl.Float32), "text": pl.List(pl.Float32)}
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(folder / "shots.parquet")
    splits = ["train"] * 5 + ["val"] * 2 + ["test"] * 2
    names = [f"t{title}" for title in range(TITLES)]
    pl.DataFrame({"title_id": names, "split": splits}).write_parquet(folder / "titles.parquet")
    pl.DataFrame(
        {
            "title": [row["title_id"] for row in rows],
            "start": [float(shot) for _ in names for shot in range(SHOTS)],
            "end": [float(shot + 1) for _ in names for shot in range(SHOTS)],
            "task": ["clip-worthiness"] * len(rows),
            "value": yes.ravel().astype(int),
            "annotator": ["ann"] * len(rows),
        }
    ).write_parquet(folder / "labels.parquet")
    return folder


@pytest.fixture
def source(reelfind: Reelfind, tables: Path, tmp_path: Path) -> tuple[object, ...]:
    """The options that name a feature set, an encoder of it and its labels."""
    features, run = tmp_path / "features", tmp_path / "run"
    imported = reelfind(
        *("features", "import", tables / "shots.parquet", "--titles", tables / "titles.parquet"),
        *("--out", features, "--profile", "ours"),
    )
    assert imported.code == 0, imported.err
    small = ("--preset", "catalogue", "--width", 32, "--depth", 1, "--heads", 2, "--steps", 10)
    trained = reelfind("encoder", "train", "--features", features, "--out", run, *small)
    assert trained.code == 0, trained.err
    labels = tables / "labels.parquet"
    return ("--features", features, "--encoder", run, "--labels", labels)


def test_probes_are_trained_and_measured_with_no_film(
    reelfind: Reelfind, source: tuple[object, ...], tmp_path: Path
) -> None:
    data = ("--data", tmp_path / "data")
    ran = reelfind("probes", "train", *source, *data, "--out", tmp_path / "probes", "--json")
    assert ran.code == 0, ran.err
    (probe,) = json.loads(ran.out)["probes"]
    assert (probe["task"], probe["profile"], probe["items"]) == ("clip-worthiness", "ours", 108)
    (own,) = probe["classes"]
    assert own["quality"] > own["chance"] + 0.3
    assert own["zero_shot"] is None
    assert TrainedProbes(tmp_path / "probes").find(probe["probe"])[1].record.titles == TITLES
    measured = reelfind(
        *("probes", "evaluate", "clip-worthiness", *source, *data, "--held-out", "test", "--json")
    )
    (task,) = json.loads(measured.out)["tasks"]
    assert task["columns"] == [
        *("place", "text", "picture", "fused", "neighbours", "clip-only context"),
        *("in context without [GLOBAL]", "in context", "title fused", "probe"),
    ]
    assert (task["titles"], task["items"], task["learned_items"]) == (2, 24, 84)
    text, picture = (cell["value"]["value"] for cell in task["measures"][0]["cells"][1:3])
    assert picture > 0.9 > text


def test_a_task_about_titles_reads_whole_titles(
    reelfind: Reelfind, source: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "reelfind.toml").write_text(
        '[tasks.mood]\nkind = "multi-label"\nlevel = "title"\n'
        '[[tasks.mood.classes]]\nname = "grim"\nmeaning = "grim"\n'
    )
    names = [f"t{title}" for title in range(TITLES)]
    table = pl.DataFrame({"title": names, "class": "grim", "value": [0, 1, 1] * 3})
    table.with_columns(task=pl.lit("mood")).write_parquet(tmp_path / "labels.parquet")
    options = (*source[:-1], tmp_path / "labels.parquet", "--data", tmp_path)
    ran = reelfind("probes", "train", "mood", *options, "--out", tmp_path / "probes", "--json")
    assert ran.code == 0, ran.err
    (probe,) = json.loads(ran.out)["probes"]
    assert (probe["items"], probe["titles"]) == (TITLES * SHOTS, TITLES)
    _, saved = TrainedProbes(tmp_path / "probes").find(probe["probe"])
    assert ("likeness" in probe["head"]) == any(each.likeness for each in saved.probe.reads)
    assert set(saved.record.reads) <= {"title form", "title fused", "title in context"}
    (task,) = json.loads(reelfind("probes", "evaluate", "mood", *options, "--json").out)["tasks"]
    assert task["columns"][-4:] == ["title form", "title fused", "title in context", "probe"]
    assert task["reference"] == "probe"


def test_a_report_is_written_where_it_is_wanted(
    reelfind: Reelfind, source: tuple[object, ...], tmp_path: Path
) -> None:
    report = tmp_path / "out" / "report.html"
    ran = reelfind("probes", "evaluate", *source, "--data", tmp_path, "--report", report)
    assert ran.code == 0, ran.err
    assert "clip-worthiness: AP" in ran.out
    assert "9 titles are too few for the intervals to mean much" in ran.out
    assert "<svg" in report.read_text()
    assert json.loads(report.with_suffix(".json").read_text())
    unknown = reelfind("probes", "evaluate", *source, "--data", tmp_path, "--held-out", "dev")
    assert unknown.code == 1
    assert "no titles of split 'dev'; the titles' table has: test, train, val" in unknown.err


def test_what_is_missing_is_told(reelfind: Reelfind, indexed: Path, tmp_path: Path) -> None:
    ran = reelfind("probes", "train", "--data", indexed)
    assert (ran.code, "no labels yet" in ran.err) == (1, True)
    ran = reelfind("probes", "train", "mood", "--data", indexed)
    assert "mood: no such task; there are ad-relevancy, clip-worthiness" in ran.err
    ran = reelfind("probes", "evaluate", "--data", tmp_path)
    assert "nothing is indexed" in ran.err
    ran = reelfind("probes", "use", "tone", "--data", indexed)
    assert "tone: no such task or probe" in ran.err
    assert reelfind("probes", "use", "--data", indexed).code == 2
    assert "no probes yet" in reelfind("probes", "list", "--data", indexed).out


@pytest.fixture
def musical(indexed: Path, tmp_path: Path) -> Path:
    """A probe of the catalogue's encoder that finds every clip sad and none comic."""
    catalogue = Catalogue(indexed)
    manifest = catalogue.manifests()[0]
    folder = catalogue.folder(manifest.title.title_id)
    fused, states = (
        np.load(folder.stage(stage, manifest.keys[stage]) / name).shape[1]
        for stage, name in (("fused", "vectors.npy"), ("context", "in_context.npy"))
    )
    widths = {"place": 7, "neighbours": fused, "in context": states}
    blocks = tuple(BlockRecord(n, w, 1.0, 0, 0.5, 0.1, 0.0, 0.2) for n, w in widths.items())
    made = make_probe(encoder=catalogue.current_encoder or "")
    probe = Probe(
        "tone",
        "trained",
        ("sad", "comic"),
        np.random.default_rng(0).normal(0, 0.02, (2, sum(widths.values()))).astype(np.float32),
        np.array([2.0, -2.0], np.float32),
        exclusive=False,
        reads=tuple(Read(name, width) for name, width in widths.items()),
    )
    save_probe(SavedProbe(probe, replace(made.record, blocks=blocks)), tmp_path / "sad")
    return tmp_path / "sad"


def test_a_probe_scores_the_catalogue_in_place(
    reelfind: Reelfind,
    indexed: Path,
    musical: Path,
    models: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a vector was written again")

    monkeypatch.setattr("indexer.point_writing.build_points", refuse)
    ran = reelfind("probes", "use", musical, "--data", indexed)
    assert ran.code == 0, ran.err
    assert "scores 1 of 100 classes" in ran.out  # The other is no better than its prompts.
    hits = json.loads(reelfind("search", "--tone", "sad", "--data", indexed, "--json").out)["hits"]
    everything = json.loads(reelfind("search", "--data", indexed, "--json").out)["hits"]
    assert len(hits) == len(everything) > 0
    identity = hits[0]["scored_by"]["tone"]
    assert len(identity) == 16
    assert hits[0]["scored_by"]["clip-worthiness"] == "zero-shot"
    assert "sad" not in hits[0]["zero_shot"]
    by_words = json.loads(
        reelfind("search", "music", "--tone", "sad", "--data", indexed, "--json").out
    )
    assert by_words["hits"], "clips are not found through their shots"
    listed = reelfind("probes", "list", "--data", indexed)
    assert identity[:8] in listed.out
    assert "1 classes" in listed.out
    reads = "reads place (+0.100), neighbours (+0.100), in context (+0.100)."
    assert f"tone {identity[:8]} {reads} It reads the encoder's context." in listed.out
    catalogue = Catalogue(indexed)
    data, probe = open_catalogue(indexed, load_settings(indexed), models), load_probe(musical).probe
    for manifest in catalogue.manifests():
        title, folder = manifest.title.title_id, catalogue.folder(manifest.title.title_id)
        written = folder.stage("scores", manifest.keys["scores"])
        assert pl.read_parquet(written / scores.CURVES).height == manifest.shots
        classes = json.loads((written / scores.TITLE).read_text())["classes"]["tone"]
        of_shots = [ShotRange(title, shot, shot + 1) for shot in range(manifest.shots)]
        for name, items in ((scores.SHOTS, of_shots), (scores.CLIPS, data.clips[title])):
            read = joined(
                data.represent(items).blocks(["place", "neighbours", "in context"]), probe.reads
            )
            sad = pl.read_parquet(written / name)[VECTOR + "tone"].list.get(classes.index("sad"))
            assert sad.to_numpy() == pytest.approx(probe.scores(read)[:, 0], abs=1e-4)
    back = reelfind("probes", "use", "--zero-shot", "tone", "--data", indexed)
    assert "tone: scored by its prompts" in back.out
    again = json.loads(reelfind("search", "--data", indexed, "--json").out)["hits"]
    assert again[0]["scored_by"]["tone"] == "zero-shot"


def test_a_probe_of_another_encoder_is_refused(
    reelfind: Reelfind, indexed: Path, musical: Path, tmp_path: Path
) -> None:
    other = make_probe(encoder="f" * 16)
    save_probe(other, tmp_path / "other")
    ran = reelfind("probes", "use", tmp_path / "other", "--data", indexed)
    assert ran.code == 1
    assert "by encoder ffffffffffffffff, and this catalogue" in ran.err
    assert "train it again" in ran.err
    worse = make_probe(encoder=Catalogue(indexed).current_encoder or "")
    classes = tuple(replace(each, quality=0.1) for each in worse.record.classes)
    save_probe(SavedProbe(worse.probe, replace(worse.record, classes=classes)), tmp_path / "worse")
    ran = reelfind("probes", "use", tmp_path / "worse", "--data", indexed)
    assert "no class measured better than its prompts" in ran.err
    # With another encoder the scores are zero-shot again, and that is said.
    assert reelfind("probes", "use", musical, "--data", indexed).code == 0
    first, *others = (manifest.title for manifest in Catalogue(indexed).manifests())
    assert reelfind("remove", first.title_id, "--data", indexed, "--yes").code == 0
    films = [str(each.media.path) for each in others]
    refitted = reelfind("index", *films, "--refit", "--data", indexed)
    assert refitted.code == 0, refitted.err
    assert "tone: the trained probes read another encoder" in refitted.err
    hits = json.loads(reelfind("search", "--data", indexed, "--json").out)["hits"]
    assert hits[0]["scored_by"]["tone"] == "zero-shot"


def test_suggestions_are_a_table_to_fill_in(
    reelfind: Reelfind, indexed: Path, tmp_path: Path
) -> None:
    ran = reelfind("labels", "suggest", "clip-worthiness", "-n", 3, "--csv", "--data", indexed)
    assert ran.code == 0, ran.err
    header, first, *_ = ran.out.splitlines()
    assert header == "title,start,end,task,class,value"
    assert first.endswith(",clip-worthiness,clip-worthy,?")
    table = tmp_path / "labels.csv"
    table.write_text(ran.out.replace("?", "1", 1))
    imported = reelfind("labels", "import", table, "--annotator", "ann", "--data", indexed)
    assert "1 added" in imported.out
    assert "2 rows unanswered" in imported.err
    rest = reelfind("labels", "suggest", "clip-worthiness", "-n", 99, "--json", "--data", indexed)
    spans = {(each["title_id"], each["start"]) for each in json.loads(rest.out)["suggestions"]}
    labelled = first.split(",")
    assert (labelled[0], float(labelled[1])) not in spans
