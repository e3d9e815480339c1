import numpy as np
import pytest

from probes.probe import Probe
from probes.tasks import CLIP_WORTHINESS, GENRE, TONE, load_task
from probes.zero_shot import text_space_embeddings, zero_shot_probe


def embed(width: int):  # type: ignore[no-untyped-def]
    """Texts to unit rows: the same text always to the same row."""

    def rows(texts):  # type: ignore[no-untyped-def]
        found = [np.random.default_rng(list(text.encode())).normal(size=width) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in found]).astype(np.float32)

    return rows


@pytest.mark.parametrize("name", [TONE, GENRE, CLIP_WORTHINESS])
def test_every_task_has_distinct_classes_with_meaning_and_prompts(name: str) -> None:
    task = load_task(name)
    assert len(set(task.class_names)) == len(task.classes)
    assert all(each.meaning and len(each.prompts) >= 2 for each in task.classes)
    assert all(bool(each.against) == (task.kind == "binary") for each in task.classes)


def test_the_genres_are_the_published_eleven() -> None:
    assert load_task(GENRE).class_names == (
        *("action", "anime", "comedy", "documentary", "drama", "fantasy"),
        *("horror", "kids", "romance", "sci-fi", "thriller"),
    )


def test_a_class_scores_highest_on_its_own_prompts() -> None:
    task = load_task(TONE)
    picture, dialogue = embed(64), embed(32)
    probe = zero_shot_probe(task, picture, dialogue)
    for index, each in enumerate(task.classes):
        one = list(each.prompts[:1])
        scores = probe.scores(text_space_embeddings(picture(one), dialogue(one)))
        assert scores[0].argmax() == index
        assert scores.sum() == pytest.approx(1.0, abs=1e-5)


def test_a_binary_task_sets_its_prompts_against_their_opposites() -> None:
    task = load_task(CLIP_WORTHINESS)
    picture, dialogue = embed(64), embed(32)
    probe = zero_shot_probe(task, picture, dialogue)
    for_, against = task.classes[0].prompts, task.classes[0].against
    texts = [for_[0], against[0]]
    scores = probe.scores(text_space_embeddings(picture(texts), dialogue(texts)))[:, 0]
    assert scores[0] > 0.5 > scores[1]


def test_a_missing_modality_does_not_halve_the_score() -> None:
    task = load_task(TONE)
    picture, dialogue = embed(64), embed(32)
    probe = zero_shot_probe(task, picture, dialogue)
    prompt = [task.classes[0].prompts[0]]
    silent = text_space_embeddings(picture(prompt), np.zeros((1, 32), np.float32))
    logits = silent @ probe.weight.T
    assert logits[0] == pytest.approx(picture(prompt)[0] @ probe.weight[:, :64].T, abs=1e-4)


def test_nothing_to_see_or_hear_scores_evenly() -> None:
    probe = zero_shot_probe(load_task(GENRE), embed(8), embed(8))
    scores = probe.scores(np.zeros((1, 16), np.float32))
    assert scores[0] == pytest.approx(np.full(11, 1 / 11))


def test_embeddings_of_another_width_are_refused() -> None:
    weight, bias = np.ones((1, 4), np.float32), np.zeros(1, np.float32)
    probe = Probe("tone", "zero-shot", ("a",), weight, bias, exclusive=False)
    with pytest.raises(ValueError, match="tone"):
        probe.scores(np.zeros((2, 5), np.float32))


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        load_task("nonsense")
