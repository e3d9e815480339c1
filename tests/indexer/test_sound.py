"""Which audio tracks are a title's sound."""

from fractions import Fraction
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.records import AudioTrack, Media, Metadata
from indexer.sound import is_aside, with_sound


def track(
    index: int, language: str | None = None, default: bool = False, aside: bool = False
) -> AudioTrack:
    return AudioTrack(index, language, 2, default, aside, "aac")


def mono(index: int, language: str | None = None, codec: str = "pcm_s24le") -> AudioTrack:
    return AudioTrack(index, language, 1, False, False, codec)


def film(*tracks: AudioTrack, container: str = "matroska,webm") -> Media:
    return Media(
        Path("film.mkv"), "", 0, Fraction(25), False, 9.0, None, 320, 180, "h264", tracks,
        container=container,
    )  # fmt: skip


def chosen(media: Media, **known: object) -> list[int]:
    found = with_sound(media, Metadata("Film", **known))  # type: ignore[arg-type]
    return [each.index for each in found.heard]


def test_without_a_language_the_default_track_and_then_the_first() -> None:
    assert chosen(film(track(1, "fr"), track(2, "en", default=True))) == [2]
    assert chosen(film(track(1, "fr"), track(2, "en"))) == [1]
    assert chosen(film()) == []


def test_the_titles_language_comes_before_the_default_track() -> None:
    tracks = track(1, "fr", default=True), track(2, "en"), track(3, "en")
    assert chosen(film(*tracks), language="en") == [2]
    assert chosen(film(*tracks), language="fr") == [1]


def test_a_track_of_no_stated_language_comes_before_one_of_another() -> None:
    assert chosen(film(track(1, "fr", default=True), track(2)), language="en") == [2]
    assert chosen(film(track(1, "fr", default=True), track(2, "de")), language="en") == [1]


def test_commentary_is_used_where_there_is_nothing_else() -> None:
    said = track(1, "en", default=True, aside=True)
    assert chosen(film(said, track(2, "fr")), language="en") == [2]
    assert chosen(film(said)) == [1]


@pytest.mark.parametrize("container", ["mxf", "mov,mp4,m4a,3gp,3g2,mj2", "gxf"])
def test_the_channels_of_a_production_file_belong_together(container: str) -> None:
    assert chosen(film(mono(1), mono(2), mono(3), mono(4), container=container)) == [1, 2, 3, 4]
    assert chosen(film(mono(1), track(2), mono(3), container=container)) == [1, 3]
    assert chosen(film(track(1), mono(2), mono(3), container=container)) == [1]


def test_mono_tracks_of_several_languages_are_several_sounds() -> None:
    tracks = mono(1, "en"), mono(2, "en"), mono(3, "fr"), mono(4, "fr")
    assert chosen(film(*tracks, container="mxf")) == [1, 2]
    assert chosen(film(*tracks, container="mxf"), language="fr") == [3, 4]


def test_compressed_mono_tracks_are_alternatives() -> None:
    assert chosen(film(mono(1, "en", "ac3"), mono(2, "en", "ac3"))) == [1]


def test_a_person_says_otherwise() -> None:
    tracks = mono(1), mono(2), mono(3)
    assert chosen(film(*tracks, container="mxf"), audio_track=2) == [2]
    assert chosen(film(*tracks, container="mxf"), audio_track=0) == [1, 2, 3]
    with pytest.raises(ReelfindError, match=r"film\.mkv: audio track 4 was asked for, .* has 3; "):
        chosen(film(*tracks), audio_track=4)


def test_what_the_file_puts_first_is_not_noted() -> None:
    """The keys of titles that are read as they always were stay the same."""
    assert with_sound(film(track(1), track(2)), Metadata("Film")).sound is None
    asked = with_sound(film(track(1), track(2)), Metadata("Film", audio_track=1))
    assert asked.sound is None


@pytest.mark.parametrize(
    "name",
    [
        "Director's Commentary", "COMMENTARY WITH CAST", "Commentaire du réalisateur",
        "Audiokommentar", "Comentario del director", "Audio Description", "Audiodeskription",
        "Descriptive Audio", "English (described)", "Hörfilmfassung", "Isolated Score",
    ],
)  # fmt: skip
def test_names_of_accompanying_tracks(name: str) -> None:
    assert is_aside(name)


@pytest.mark.parametrize("name", ["", "English 5.1", "Stereo", "SoundHandler", "Surround", "Comet"])
def test_names_of_a_films_own_sound(name: str) -> None:
    assert not is_aside(name)
