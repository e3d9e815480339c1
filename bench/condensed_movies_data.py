"""CondensedMovies (Bain et al. 2020) as a feature set: a film is a title, a clip is a shot."""

import ast
import sys
from pathlib import Path

import polars as pl

from indexer.features.feature_set import FeatureSet, import_table, load_features
from indexer.models import Models
from indexer.settings import Settings

GENRES = (
    *("Action", "Adventure", "Animation", "Comedy", "Crime", "Drama"),
    *("Fantasy", "Horror", "Romance", "Sci-Fi", "Thriller"),
)
TASK = "film-genre"


def features(data: Path, work: Path) -> FeatureSet:
    """Embed the descriptions once, through ``features import``, and return them."""
    folder = work / "features"
    if folder.exists():
        return load_features(folder)
    clips = pl.read_csv(data / "clips.csv", infer_schema_length=None)
    split = pl.read_csv(data / "split.csv")
    genres = pl.read_csv(data / "movie_info.csv").select("imdbid", "genre")
    table = (
        pl.read_csv(data / "descriptions.csv", infer_schema_length=None)
        .drop_nulls("description")
        .join(clips.select("videoid", "clip_idx", "title"), on="videoid")
        .join(split, on="imdbid")
        .unique("videoid")
        .sort("imdbid", "clip_idx", "videoid")
    )
    text = Models(Settings()).backbones.text
    print(f"Embedding {len(table)} descriptions", file=sys.stderr)
    vectors = text.embed_texts(table["description"].to_list())
    shots = table.select(
        pl.col("imdbid").alias("title_id"),
        pl.int_range(pl.len()).over("imdbid").alias("index"),
        pl.Series("text", vectors.tolist(), dtype=pl.List(pl.Float32)),
    )
    films = (
        table.unique("imdbid", keep="first").sort("imdbid").join(genres, on="imdbid", how="left")
    )
    titles = films.select(
        pl.col("imdbid").alias("title_id"),
        pl.col("title").alias("name"),
        "split",
        "genre",
        pl.Series(
            "metadata", text.embed_texts(films["title"].to_list()).tolist(), pl.List(pl.Float32)
        ),
    )
    work.mkdir(parents=True, exist_ok=True)
    write_labels(titles, work)
    shots.write_parquet(work / "shots.parquet")
    titles.write_parquet(work / "titles.parquet")
    return import_table(work / "shots.parquet", work / "titles.parquet", folder, "minilm")


def write_labels(titles: pl.DataFrame, work: Path) -> None:
    """Write the genres as a task of one's own and its labels, for ``reelfind probes``."""
    known = titles.drop_nulls("genre")
    rows = [
        {"title": title, "task": TASK, "class": name.lower(), "value": int(name in genres)}
        for title, genres in zip(
            known["title_id"], map(ast.literal_eval, known["genre"]), strict=True
        )
        for name in GENRES
    ]
    pl.DataFrame(rows).write_parquet(work / "labels.parquet")
    lines = [f"[tasks.{TASK}]", 'kind = "multi-label"', 'level = "title"']
    for name in GENRES:
        lines += [f"[[tasks.{TASK}.classes]]", f'name = "{name.lower()}"', f'meaning = "{name}"']
    (work / "reelfind.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
