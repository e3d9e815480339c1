"""The command line as people and scripts use it."""

import csv
import io
import json
from pathlib import Path

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.titles.files import still_of_point
from indexer.settings import load_settings
from tests.app.cli.conftest import Reelfind

HIT = {
    *("id", "level", "title", "title_id", "start_frame", "end_frame", "fps", "start_seconds"),
    *("end_seconds", "timecode_in", "timecode_out", "score", "why", "genres", "tones"),
    *("clip_worthiness", "popularity", "ad_categories", "scored_by", "zero_shot", "score_kind"),
}


def test_version_and_help(reelfind: Reelfind) -> None:
    assert reelfind("--version").out.startswith("reelfind ")
    for command in ("index", "search", "titles", "shots", "clips", "remove", "serve"):
        ran = reelfind(command, "--help")
        assert ran.code == 0
        assert command in ran.out


def test_a_cluster_is_auto_or_an_address(reelfind: Reelfind, tmp_path: Path) -> None:
    ran = reelfind("index", tmp_path, "--data", tmp_path / "data", "--cluster", "ray://a:10001")
    assert ran.code == 1
    assert "ray job submit" in ran.err


def test_search_prints_one_object(reelfind: Reelfind, indexed_once: Path) -> None:
    ran = reelfind("search", "a taxi in the street", "--data", indexed_once, "--json")
    answer = json.loads(ran.out)
    assert set(answer) >= {"query", "took_ms", "hits", "found", "cut", "next_cursor"}
    assert set(answer["hits"][0]) >= HIT
    first = answer["hits"][0]
    assert first["title"] == "Bikes"
    assert first["score_kind"] == "zero-shot"
    assert set(first["scored_by"].values()) == {"zero-shot"}
    assert set(first["zero_shot"]) >= {*first["tones"], "clip-worthiness", "popularity"}
    assert first["end_frame"] > first["start_frame"]
    assert first["why"]


def test_a_spoken_line_is_the_reason(reelfind: Reelfind, indexed_once: Path) -> None:
    ran = reelfind("search", "cyclist", "--data", indexed_once, "--level", "shot", "--json")
    first = json.loads(ran.out)["hits"][0]
    assert any("cyclist" in (why["line"] or "") for why in first["why"])


def test_filters_leave_only_what_they_say(reelfind: Reelfind, indexed_once: Path) -> None:
    everything = json.loads(reelfind("search", "--data", indexed_once, "--json").out)["hits"]
    tone = everything[0]["tones"][0]
    ran = reelfind("search", "--data", indexed_once, "--tone", tone, "--json")
    toned = json.loads(ran.out)["hits"]
    assert [hit["id"] for hit in toned] == [hit["id"] for hit in everything if tone in hit["tones"]]
    least = sorted(hit["clip_worthiness"] for hit in everything)[len(everything) // 2]
    ran = reelfind("search", "--data", indexed_once, "--min-worthiness", least, "--json")
    assert all(hit["clip_worthiness"] >= least for hit in json.loads(ran.out)["hits"])
    ran = reelfind("search", "--data", indexed_once, "--title", "Bikes", "--json")
    assert {hit["title"] for hit in json.loads(ran.out)["hits"]} == {"Bikes"}
    ran = reelfind("search", "--data", indexed_once, "--genre", "comedy", "--json")
    assert {hit["title"] for hit in json.loads(ran.out)["hits"]} == {
        "Big Buck Bunny (five seconds)"
    }


def test_search_prints_a_table_for_people(reelfind: Reelfind, indexed_once: Path) -> None:
    ran = reelfind("search", "guitar", "--data", indexed_once)
    assert ran.code == 0
    assert "zero-shot" in ran.out
    assert "Kali" in ran.out


def test_what_is_preferred_is_said_and_comes_first(reelfind: Reelfind, indexed_once: Path) -> None:
    asked = ("search", "a bright street", "--data", indexed_once, "--tail", "keep")
    answer = json.loads(reelfind(*asked, "--json").out)
    (preference,) = answer["preferences"]
    assert preference == {"said": "bright", "filter": "brightness", "values": ["bright"]}
    for hit in answer["hits"]:
        preferred = [why["preferred"] for why in hit["why"] if why["route"] == "preference"]
        assert preferred == ["bright"] or "brightness:bright" not in hit["look"]
    assert '--as-words "bright" drops it' in reelfind(*asked).out
    plain = json.loads(reelfind(*asked, "--as-words", "bright", "--json").out)
    assert plain["preferences"] == []
    assert len(plain["hits"]) == len(answer["hits"])


def test_titles_lists_what_was_indexed(reelfind: Reelfind, indexed_once: Path) -> None:
    titles = json.loads(reelfind("titles", "--data", indexed_once, "--json").out)["titles"]
    assert {title["title"] for title in titles} >= {"Bikes", "Kali by Anokato"}
    assert all(title["timed_text"] == "sidecar" for title in titles)


def test_titles_that_are_like_one(reelfind: Reelfind, indexed_once: Path) -> None:
    asked = ("titles", "--like", "bikes", "--data", indexed_once)
    found = json.loads(reelfind(*asked, "--by", "look", "--limit", "2", "--json").out)
    assert found["by"] == ["look"]
    assert len(found["titles"]) == 2
    assert all(list(each["parts"]) == ["look"] for each in found["titles"])
    rows = list(csv.DictReader(io.StringIO(reelfind(*asked, "--csv").out)))
    assert len(rows) == 3
    assert "Bikes" not in {row["title"] for row in rows}
    assert "score" in reelfind(*asked).out
    ran = reelfind(*asked, "--by", "sound")
    assert "No other title can be compared by sound." in ran.out
    refused = reelfind("titles", "--by", "look", "--data", indexed_once)
    assert refused.code == 1
    assert "name it with --like" in refused.err
    assert (
        "taste cannot be compared; take story, look, sound" in reelfind(*asked, "--by", "taste").err
    )


def test_a_cut_list_is_one_command_away(reelfind: Reelfind, indexed_once: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(reelfind("shots", "bikes", "--data", indexed_once, "--csv").out))
    )
    # The cuts of this film, seen by eye: 1.20, 3.04, 5.48, 7.48 and 9.68 s at 25 frames a second.
    assert [int(row["start_frame"]) for row in rows] == [0, 30, 76, 137, 187, 242]
    assert [row["start_frame"] for row in rows[1:]] == [row["end_frame"] for row in rows[:-1]]
    assert rows[1]["timecode_in"] == "00:00:01:05"
    assert rows[0]["transition"] == "start"
    assert rows[0]["fps"] == "25/1"


def test_clips_cover_the_film(reelfind: Reelfind, indexed_once: Path) -> None:
    ran = reelfind("clips", "Kali by Anokato", "--data", indexed_once, "--json")
    clips = json.loads(ran.out)["clips"]
    assert clips[0]["start_frame"] == 0
    assert [clip["start_frame"] for clip in clips[1:]] == [clip["end_frame"] for clip in clips[:-1]]
    assert all(5 <= clip["end_seconds"] - clip["start_seconds"] <= 60 for clip in clips)


def test_an_unknown_title_is_told(reelfind: Reelfind, indexed_once: Path) -> None:
    ran = reelfind("shots", "nonsense", "--data", indexed_once)
    assert ran.code == 1
    assert "nonsense" in ran.err
    assert "reelfind titles" in ran.err


def test_remove_takes_a_title_out_of_everything(reelfind: Reelfind, indexed: Path) -> None:
    assert reelfind("remove", "Bikes", "--yes", "--data", indexed).code == 0
    ran = reelfind("search", "a taxi", "--data", indexed, "--json")
    assert "Bikes" not in {hit["title"] for hit in json.loads(ran.out)["hits"]}
    assert "Bikes" not in reelfind("titles", "--data", indexed).out


def test_searching_nothing_says_what_to_do(reelfind: Reelfind, tmp_path: Path) -> None:
    ran = reelfind("search", "anything", "--data", tmp_path / "none")
    assert ran.code == 1
    assert "reelfind index" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_dry_run_says_what_would_be_done(reelfind: Reelfind, films: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ran = reelfind("index", films, "--data", data, "--dry-run", "--json")
    plan = json.loads(ran.out)
    assert len(plan["titles"]) == 4
    assert plan["seconds"] > 0
    assert all("decode" in title["stages"] for title in plan["titles"])
    assert not data.exists()


def test_a_dry_run_of_what_is_indexed_has_nothing_to_do(
    reelfind: Reelfind, films: Path, indexed_once: Path
) -> None:
    plan = json.loads(reelfind("index", films, "--data", indexed_once, "--dry-run", "--json").out)
    assert [title["stages"] for title in plan["titles"]] == [[]] * 4


def test_indexing_again_says_that_nothing_is_to_do(
    reelfind: Reelfind, films: Path, indexed: Path
) -> None:
    ran = reelfind("index", films, "--data", indexed)
    assert ran.code == 0
    assert "Nothing to do: 4 titles" in ran.out
    assert "models fetch" not in ran.err


def test_a_bad_setting_is_named(reelfind: Reelfind, films: Path, indexed: Path) -> None:
    (indexed / "reelfind.toml").write_text("[clips]\nshortest = -1\n")
    ran = reelfind("index", films, "--data", indexed)
    assert ran.code == 1
    assert "clips.shortest" in ran.err


def test_an_unknown_profile_is_told(reelfind: Reelfind, films: Path, tmp_path: Path) -> None:
    ran = reelfind("index", films, "--data", tmp_path / "data", "--profile", "nonsense")
    assert ran.code == 1
    assert "nonsense" in ran.err
    assert "lite" in ran.err


def test_one_thing_after_another(reelfind: Reelfind, indexed_once: Path) -> None:
    search = ["search", "a street", "--then", "a cyclist", "--level", "shot"]
    ran = reelfind(*search, "--tail", "keep", "--data", indexed_once, "--json")
    answer = json.loads(ran.out)
    assert answer["hits"]
    for hit in answer["hits"]:
        first, second = hit["parts"]
        assert first["end_frame"] <= second["start_frame"]


def test_a_still_finds_the_shot_it_was_taken_from(
    reelfind: Reelfind, indexed_once: Path, tmp_path: Path
) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once))
    shot = runtime.search(SearchRequest(level="shot", title=["Bikes"], limit=1)).hits[0]
    still = tmp_path / "still.jpg"
    still.write_bytes(still_of_point(runtime, shot.id).read_bytes())
    runtime.close()
    ran = reelfind("search", "--still", still, "--data", indexed_once, "--level", "shot", "--json")
    answer = json.loads(ran.out)
    assert answer["hits"][0]["id"] == shot.id
    assert "still" not in answer["query"]


def test_a_search_that_makes_no_sense_is_one_line(reelfind: Reelfind, indexed_once: Path) -> None:
    for wrong, named in (
        (["--then", "snow"], "--then"),
        (["--cursor", "nonsense"], "cursor"),
        (["--like", "nothing"], "like"),
    ):
        ran = reelfind("search", *wrong, "--data", indexed_once)
        assert ran.code == 1
        assert named in ran.err
        assert len(ran.err.strip().splitlines()) == 1
