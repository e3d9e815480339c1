"""Probes without labels: the weight vector of a class is made of prompts.

The prompts of a class are embedded into the two spaces of a profile that have text embeddings: the
aligned space of the video backbone, and the space of the text backbone (zero-shot classification by
prompts, Radford et al. 2021). The weights are centred over the classes, which removes what all
prompts have in common. The quality depends on these spaces, so such scores are shown as "zero-shot"
everywhere, and a trained probe replaces them.

Of many classes, those with short and plain prompts are near to everything. The calibration by
content-free inputs of Zhao et al. (2021) corrects this; here the direction of such inputs
(``NEUTRAL``) is removed from the weights of a multi-label task, which needs no bias and also works
for a clip without dialogue.
"""

from collections.abc import Callable, Sequence

import numpy as np

from probes.probe import Matrix, Probe
from probes.tasks import Task

Embed = Callable[[Sequence[str]], Matrix]
"""Maps n texts to [n, d] float32 unit rows."""

NEUTRAL = (
    "a picture",
    "a scene from a film",
    "a person",
    "people in a room",
    "an animal",
    "a building",
    "a thing on a table",
    "a landscape",
    "a street",
    "a face",
    "what did you say?",
    "I don't know",
    "yes, of course",
    "let us go",
    "hello",
)
"""What every film may show or say: it must not raise the score of any class."""


def zero_shot_probe(
    task: Task, embed_picture: Embed, embed_dialogue: Embed, sharpness: float = 24.0
) -> Probe:
    """Make a probe over ``text_space_embeddings`` from a task's prompts.

    It covers the classes of ``task.prompted``. Those of a multi-label task share a softmax. A
    binary or ranking class compares its prompts with their opposites (logistic); for a ranking,
    only the order of the scores has a meaning.

    Args:
        task: a task with prompts.
        embed_picture: texts into the video backbone's aligned space.
        embed_dialogue: texts into the text backbone's space.
        sharpness: inverse temperature. Cosines of prompts differ by a few hundredths, and this
            spreads them over 0..1; it changes no order, only how confident a score looks.

    Raises:
        ValueError: no class has prompts.
    """
    if not task.prompted:
        raise ValueError(f"task {task.name}: no prompts to score by; label clips and train it")
    embeds = (embed_picture, embed_dialogue)
    weight = _prompt_means([each.prompts for each in task.prompted], embeds)
    exclusive = task.kind == "multi-label"
    if exclusive:
        weight = _without_neutral(weight - weight.mean(axis=0), embeds)
    else:
        weight = weight - _prompt_means([each.against for each in task.prompted], embeds)
    return Probe(
        task=task.name,
        kind="zero-shot",
        classes=tuple(each.name for each in task.prompted),
        weight=(sharpness * weight).astype(np.float32),
        bias=np.zeros(len(weight), dtype=np.float32),
        exclusive=exclusive,
    )


def text_space_embeddings(picture: Matrix, dialogue: Matrix) -> Matrix:
    """Join what words can reach: [n, p] and [n, t] unit rows (or zeros) to [n, p + t].

    Each modality is divided by the number of modalities present in the row, so that a head's
    logit is the mean of those of picture and dialogue, or that of the only one present.
    """
    present = picture.any(axis=1).astype(np.float32) + dialogue.any(axis=1)
    share = np.maximum(present, 1.0)[:, None]
    return (np.concatenate([picture, dialogue], axis=1) / share).astype(np.float32)


def _prompt_means(prompts: Sequence[Sequence[str]], embeds: Sequence[Embed]) -> Matrix:
    """Return each class's mean prompt in each space, at unit norm, concatenated: [classes, d].

    All prompts are embedded at once: one call for a hundred classes, not a hundred.
    """
    ends = np.cumsum([len(each) for each in prompts])[:-1]
    together = [text for each in prompts for text in each]
    parts = []
    for embed in embeds:
        means = np.stack([rows.mean(axis=0) for rows in np.split(embed(together), ends)])
        parts.append(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _without_neutral(weight: Matrix, embeds: Sequence[Embed]) -> Matrix:
    """Remove the direction of ``NEUTRAL`` from weights [classes, d], space by space."""
    spaces = [_prompt_means([NEUTRAL], [embed]) for embed in embeds]
    ends = np.cumsum([space.shape[1] for space in spaces])[:-1]
    parts = np.split(weight, ends, axis=1)
    left = [part - (part @ space.T) @ space for part, space in zip(parts, spaces, strict=True)]
    return np.concatenate(left, axis=1)
