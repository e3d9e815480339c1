"""Faces in words: how many people, and which size of shot."""

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.framing.faces import Face, read_faces, write_faces
from indexer.framing.values import values_of_shot
from indexer.pipeline_sections import FramingSettings
from indexer.traits import VALUES

SETTINGS = FramingSettings()
LANDMARKS = (0.45, 0.4, 0.55, 0.4, 0.5, 0.45, 0.46, 0.5, 0.54, 0.5)
PERSON = Face(0.4, 0.3, 0.6, 0.7, 0.9, LANDMARKS)


def of_height(height: float) -> Face:
    return replace(PERSON, top=0.0, bottom=height)


@pytest.mark.parametrize(
    ("counts", "people"), [([], "0"), ([0, 0], "0"), ([0, 1], "1"), ([2, 1], "2"), ([5], "3+")]
)
def test_a_shot_has_as_many_people_as_the_still_with_most(counts: list[int], people: str) -> None:
    found = values_of_shot([[PERSON] * count for count in counts], 1.0, SETTINGS)
    assert found[0] == f"people:{people}"
    assert people in VALUES["people"]


@pytest.mark.parametrize(
    ("height", "size"),
    [
        (0.95, "extreme-close-up"),
        (0.9, "extreme-close-up"),
        (0.6, "close-up"),
        (0.4, "medium-close-up"),
        (0.2, "medium"),
        (0.05, "wide"),
    ],
)
def test_the_height_of_the_largest_face_gives_the_size(height: float, size: str) -> None:
    stills = [[of_height(0.01), of_height(height)]]
    assert values_of_shot(stills, 1.0, SETTINGS)[1:] == [f"shot_size:{size}"]
    assert size in VALUES["shot_size"]
    # Between bars the same face is as high as in a picture without.
    inside = [[replace(face, bottom=face.bottom * 0.75) for face in stills[0]]]
    assert values_of_shot(inside, 0.75, SETTINGS)[1:] == [f"shot_size:{size}"]


def test_the_size_is_that_of_the_middle_still_with_a_face() -> None:
    stills = [[of_height(0.05)], [], [of_height(0.4)], [of_height(0.95)]]
    assert values_of_shot(stills, 1.0, SETTINGS)[1:] == ["shot_size:medium-close-up"]


def test_without_a_face_there_is_no_size() -> None:
    assert values_of_shot([[], []], 1.0, SETTINGS) == ["people:0"]


def test_a_face_that_is_not_sure_enough_does_not_count() -> None:
    unsure = replace(PERSON, score=0.5)
    assert values_of_shot([[unsure]], 1.0, SETTINGS) == ["people:0"]
    settings = FramingSettings(certain=0.45, close_up=0.35)
    assert values_of_shot([[unsure]], 1.0, settings) == ["people:1", "shot_size:close-up"]


@pytest.mark.parametrize(
    ("nose", "frontal"), [((0.5, 0.45), 1.0), ((0.475, 0.45), 0.5), ((0.4, 0.45), 0.0)]
)
def test_a_face_is_frontal_where_the_nose_is_between_the_eyes(
    nose: tuple[float, float], frontal: float
) -> None:
    face = replace(PERSON, landmarks=(*LANDMARKS[:4], *nose, *LANDMARKS[6:]))
    assert face.frontal == pytest.approx(frontal)
    turned = tuple(
        value for x, y in zip(*[iter(face.landmarks)] * 2, strict=True) for value in (-y, x)
    )
    assert replace(face, landmarks=turned).frontal == pytest.approx(frontal)


def test_eyes_in_one_place_are_no_frontal_face() -> None:
    assert replace(PERSON, landmarks=(0.5,) * 10).frontal == 0.0


def test_faces_are_read_as_they_were_written(tmp_path: Path) -> None:
    other = replace(PERSON, left=0.0, score=0.5)
    write_faces(tmp_path / "faces.parquet", [(12, [PERSON, other]), (24, []), (36, [PERSON])])
    found = read_faces(tmp_path / "faces.parquet")
    assert [(frame, len(faces)) for frame, faces in found.items()] == [(12, 2), (36, 1)]
    assert found[12][1].left == 0.0
    assert found[36][0].landmarks == pytest.approx(LANDMARKS)
