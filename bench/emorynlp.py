"""Does the episode tell how a line is meant? Seven emotions in 9,489 utterances of EmoryNLP.

    python bench/emorynlp.py DATA_DIR --work DIR [--seeds 3]

DATA_DIR holds train.csv, dev.csv and test.csv (Zahiri and Choi 2018). A title is an episode and a
shot of it is one utterance: its text embedding alone, by the text backbone of ``lite``;
pictures and sound are missing. Encoders are trained on the training episodes without labels. Heads
are logistic, learn from the training and development episodes, and are measured on the test
episodes. Everything goes through the commands of the product: this script writes their tables, and
adds the weighted F1 that papers print.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import f1_score  # type: ignore[import-untyped]

from app.labelling.features import open_features
from indexer.features.feature_set import FeatureSet, load_features
from indexer.models import Models
from indexer.settings import Settings, load_settings
from probes.blocks import PROBE
from probes.evaluation.scoring import score_unseen

PARTS = {"train": "train", "dev": "val", "test": "test"}
EMOTIONS = ("Joyful", "Mad", "Neutral", "Peaceful", "Powerful", "Sad", "Scared")
SETTINGS = """
[tasks.emotion]
kind = "multi-label"
level = "clip"
""" + "".join(
    f'[[tasks.emotion.classes]]\nname = "{name.lower()}"\nmeaning = "{name} line"\n'
    for name in EMOTIONS
)


def utterances(data: Path) -> pl.DataFrame:
    """Return all utterances in order: title_id, split, index, text, emotion."""
    parts = [
        pl.read_csv(data / f"{file}.csv", infer_schema_length=None).with_columns(split=pl.lit(name))
        for file, name in PARTS.items()
    ]
    table = pl.concat(parts, how="vertical_relaxed").sort(
        "Season", "Episode", "Scene_ID", "Utterance_ID"
    )
    return table.with_columns(title_id=pl.format("s{}e{}", "Season", "Episode")).with_columns(
        index=pl.int_range(pl.len()).over("title_id")
    )


def write_tables(data: Path, work: Path) -> None:
    """Write what ``features import`` and ``--labels`` read."""
    table = utterances(data)
    text = Models(Settings()).backbones.text
    vectors = text.embed_texts(table["Utterance"].to_list())
    start = pl.col("index").cast(pl.Float64)
    table.select(
        *("title_id", "index"),
        start.alias("start"),
        (start + 1).alias("end"),
        pl.Series("text", vectors.tolist(), dtype=pl.List(pl.Float32)),
    ).write_parquet(work / "shots.parquet")
    table.unique("title_id", keep="first").sort("title_id").select(
        "title_id", pl.col("title_id").alias("name"), "split"
    ).write_parquet(work / "titles.parquet")
    emotions = pl.DataFrame({"class": [name.lower() for name in EMOTIONS]})
    table.join(emotions, how="cross").select(
        pl.col("title_id").alias("title"),
        start.alias("start"),
        (start + 1).alias("end"),
        pl.lit("emotion").alias("task"),
        "class",
        (pl.col("Emotion").str.to_lowercase() == pl.col("class")).cast(pl.Int8).alias("value"),
    ).write_parquet(work / "labels.parquet")
    (work / "reelfind.toml").write_text(SETTINGS, encoding="utf-8")


def import_utterances(data: Path, work: Path) -> FeatureSet:
    """Make the tables and the feature set, unless they are there, and return it."""
    folder = work / "features"
    if not folder.exists():
        write_tables(data, work)
        tables = (work / "shots.parquet", "--titles", work / "titles.parquet")
        reelfind("features", "import", *tables, "--out", folder, "--profile", "minilm")
    return load_features(folder)


def reelfind(*arguments: str | Path) -> None:
    """Run a command of the product, and show it."""
    print("\n$ reelfind", *map(str, arguments), flush=True)
    subprocess.run([sys.executable, "-m", "app.cli.main", *map(str, arguments)], check=True)


def main() -> None:
    """Make the tables once, train encoders, and print the evaluations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--work", type=Path, required=True, help="tables and encoders are kept here"
    )
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    work: Path = asked.work
    work.mkdir(parents=True, exist_ok=True)
    import_utterances(asked.data, work)
    runs = []
    for seed in range(asked.seeds):
        run = work / f"encoder-{seed}"
        runs.append(run)
        if not run.exists():
            shape = ("--width", "384", "--depth", "2", "--heads", "6", "--steps", "300")
            train = ("--features", work / "features", "--out", run, "--seed", str(seed))
            reelfind("encoder", "train", *train, *shape)
        source = ("--features", work / "features", "--encoder", run)
        labels = ("--labels", work / "labels.parquet", "--data", work)
        report = ("--report", work / f"report-{seed}.html")
        reelfind("probes", "evaluate", "emotion", *source, *labels, "--held-out", "test", *report)
    print_f1(work, runs)


def print_f1(work: Path, runs: list[Path]) -> None:
    """Print the weighted F1 of the likeliest emotion on the test episodes."""
    settings = load_settings(work)
    for run in runs:
        source = open_features(work / "features", run, work / "labels.parquet", settings)
        task = source.task("emotion")
        known = source.labelled(task)
        away = np.array([source.splits[title] == "test" for title in known.titles])
        truth = known.values[away].argmax(axis=1)
        items = source.represent(known.items)
        names = ("text", "clip-only context", "in context")
        columns = {name: items.blocks([name]) for name in names}
        columns[PROBE] = items.choice(task.level)
        print(f"\n{run.name}: weighted F1 of the likeliest emotion, {away.sum()} test utterances")
        for name, blocks in columns.items():
            found = score_unseen(task, blocks, known.values, known.titles, away, settings.probes)
            likeliest = found.order.argmax(axis=1)
            print(f"  {name:20} {f1_score(truth, likeliest, average='weighted'):.3f}")
        most = np.full(len(truth), np.bincount(truth).argmax())
        print(f"  {'most frequent':20} {f1_score(truth, most, average='weighted'):.3f}")


if __name__ == "__main__":
    main()
