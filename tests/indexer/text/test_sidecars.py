"""What is made of the files beside a film, good and broken ones."""

from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.records import Line
from indexer.text.sidecars import Read, Sidecar, read_sidecar, sidecars

CUE = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def read(path: Path, duration: float = 60, fps: float = 25) -> Read:
    return read_sidecar(Sidecar(path, None, 0), duration, fps)


@pytest.mark.parametrize(
    ("names", "language", "best"),
    [
        (["Film.srt"], None, "Film.srt"),
        (["film.EN.Srt"], None, "film.EN.Srt"),
        (["Film.de.srt", "Film.en.srt"], "de", "Film.de.srt"),
        (["Film.ger.srt", "Film.en.srt"], "de", "Film.ger.srt"),
        (["Film.de.srt", "Film.eng.srt"], "deu", "Film.de.srt"),
        (["Film.de.srt", "Film.en.srt"], None, "Film.en.srt"),
        (["Film.de.srt", "Film.en.srt", "Film.srt"], None, "Film.srt"),
        (["Film.de.srt", "Film.srt"], "fr", "Film.srt"),
        (["Film.en.sdh.srt", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.en.sdh.srt", "Film.de.srt"], "en", "Film.en.sdh.srt"),
        (["Film.descriptions.en.vtt", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.en.ass", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.hi.srt", "Film.en.srt"], "hi", "Film.hi.srt"),
        (["Film.en.hi.srt", "Film.hi.srt"], "en", "Film.en.hi.srt"),
        (["Film.pt-BR.srt"], "pt", "Film.pt-BR.srt"),
        (["Film.English.srt", "Film.German.srt"], "de", "Film.German.srt"),
        (["Film.en.1.srt", "Film.en.2.srt"], "en", "Film.en.1.srt"),
        (["Film.en.sub", "Film.en.srt"], "en", "Film.en.srt"),
        (["Film.chapters.en.vtt"], None, None),
        (["Film 2.srt", "Film.Extended.srt", "Film.txt", "Other.srt", "Film.srt.bak"], None, None),
    ],
)
def test_the_best_sidecar(
    tmp_path: Path, names: list[str], language: str | None, best: str | None
) -> None:
    for name in names:
        (tmp_path / name).write_text(CUE)
    found = sidecars(tmp_path / "Film.mp4", language)
    assert (found[0].path.name if found else None) == best


def test_a_sidecar_belongs_to_the_film_with_the_longest_name(tmp_path: Path) -> None:
    films = ["Movie.mp4", "Movie.One.mp4", "Movie.One.1080p.mp4", "Movie 2.mkv"]
    texts = ["Movie.en.srt", "Movie.One.srt", "Movie.One.1080p.English.vtt", "Movie 2.srt"]
    for name in (*films, *texts):
        (tmp_path / name).touch()
    found = {film: [each.path.name for each in sidecars(tmp_path / film, None)] for film in films}
    assert found == {film: [text] for film, text in zip(films, texts, strict=True)}


def test_films_whose_names_differ_only_in_case_have_texts_of_their_own(tmp_path: Path) -> None:
    for name in ("Film.mp4", "film.mp4", "Film.srt", "film.srt", "FILM.de.srt"):
        (tmp_path / name).touch()
    if len(list(tmp_path.iterdir())) < 5:
        pytest.skip("these are one file here")
    for film in ("Film.mp4", "film.mp4"):
        found = [each.path.name for each in sidecars(tmp_path / film, None)]
        # What is written as neither is either's.
        assert found == [film.replace("mp4", "srt"), "FILM.de.srt"]


def test_pictures_of_text_are_none(tmp_path: Path) -> None:
    for name in ("Film.en.sub", "Film.en.idx", "Film.de.sub"):
        (tmp_path / name).touch()
    assert [each.path.name for each in sidecars(tmp_path / "Film.mp4", None)] == ["Film.de.sub"]


def test_the_real_ones(media: Path) -> None:
    film = media / "sintel_trailer_720p.mp4"
    assert sidecars(film, None)[0].path == media / "sintel_trailer_720p.en.srt"
    dream = sidecars(media / "subtitles" / "elephants_dream.mp4", None)
    assert {sidecar.language for sidecar in dream} == {"ar", "en", "ja"}
    assert not any("chapters" in sidecar.path.name for sidecar in dream)
    lines = read(media / "sintel_trailer_720p.en.srt").lines
    assert lines[1] == Line(18.9, 20.0, "I'm searching for someone.")


def test_what_is_skipped_is_counted_with_its_lines(tmp_path: Path) -> None:
    sidecar = tmp_path / "Film.srt"
    sidecar.write_text(
        CUE + "\n2\n00:00:05,000 --> 00:00:03,000\nbackwards\n\n3\n00:09:00,000 --> 00:09:01,000\n"
        "after the end\n\n4\n00:00:xx,000 --> 00:00:09,000\nunreadable\n\n5\n00:00:12,000\nhalf\n"
    )
    found = read(sidecar)
    assert [line.text for line in found.lines] == ["Hello", "backwards"]
    assert found.warnings == (
        f"{sidecar}: 2 subtitles may be missed, lines 14, 18; correct these lines",
        f"{sidecar}: 1 time repaired, 1 subtitle after the film's end left out; check the file",
    )


def test_many_skipped_lines_are_not_all_named(tmp_path: Path) -> None:
    sidecar = tmp_path / "Film.srt"
    sidecar.write_text(CUE + "0:x:00,0 --> 1\n" * 1000)
    assert read(sidecar).warnings == (
        f"{sidecar}: 1000 subtitles may be missed, lines 4, 5, 6, 7, 8 and 995 more; "
        "correct these lines",
    )


def test_frames_are_of_the_film_where_the_file_says_no_rate(tmp_path: Path) -> None:
    sidecar = tmp_path / "Film.sub"
    sidecar.write_text("{24}{48}Hello|you\n")
    assert read(sidecar, fps=24).lines == (Line(1, 2, "Hello you"),)


def test_a_guess_is_kept_with_the_line_to_check_it_by(tmp_path: Path) -> None:
    sidecar = tmp_path / "Film.srt"
    sidecar.write_bytes(CUE.replace("Hello", "¡Hola!").encode("cp1252"))
    assert read(sidecar).guessed == (
        f"{sidecar}: not UTF-8, read as cp1252; line 3 is then “¡Hola!”; "
        "save the file as UTF-8 if that is wrong"
    )


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "no subtitle with a time"),
        (b"just words", "no subtitle with a time"),
        (b"\0\1\2" * 99, "not text in any known encoding"),
        (
            b"1\n01:00:00,000 --> 01:00:02,000\nHello\n",
            "all subtitles begin after the film's end",
        ),
    ],
)
def test_one_with_nothing_usable_is_named(tmp_path: Path, content: bytes, cause: str) -> None:
    (tmp_path / "Film.srt").write_bytes(content)
    with pytest.raises(ReelfindError, match=rf"Film\.srt: {cause}.*; (correct|save)"):
        read(tmp_path / "Film.srt")
