"""Probes without labels: a class's weight vector comes from words.

The prompts of a class are embedded into the two spaces of a profile that words reach, the
aligned space of the video backbone and the space of the text backbone, as in zero-shot
classification by prompts (Radford et al. 2021). The weights are centred over the classes, so
what all prompts share (being English sentences about films) scores nothing. Such a head is as
good as the spaces are: it is shown as "zero-shot" everywhere, and a trained probe replaces it.
"""

from collections.abc import Callable, Sequence

import numpy as np

from probes.probe import Matrix, Probe
from probes.tasks import Task

Embed = Callable[[Sequence[str]], Matrix]
"""Maps n texts to [n, d] float32 unit rows."""

SHARPNESS = 24.0
"""Inverse temperature: cosines of prompts differ by a few hundredths, and this spreads them
over 0..1. It orders nothing anew; it only decides how sure a score looks."""


def zero_shot_probe(task: Task, embed_picture: Embed, embed_dialogue: Embed) -> Probe:
    """Make a probe over ``text_space_embeddings`` from a task's prompts.

    Args:
        task: multi-label (softmax over its classes) or binary (prompts against opposites).
        embed_picture: words into the video backbone's aligned space.
        embed_dialogue: words into the text backbone's space.
    """
    embeds = (embed_picture, embed_dialogue)
    positive = np.stack([_prompt_mean(each.prompts, embeds) for each in task.classes])
    if task.kind == "binary":
        against = np.stack([_prompt_mean(each.against, embeds) for each in task.classes])
        weight = positive - against
    else:
        weight = positive - positive.mean(axis=0)
    return Probe(
        task=task.name,
        kind="zero-shot",
        classes=task.class_names,
        weight=(SHARPNESS * weight).astype(np.float32),
        bias=np.zeros(len(task.classes), dtype=np.float32),
        exclusive=task.kind == "multi-label",
    )


def text_space_embeddings(picture: Matrix, dialogue: Matrix) -> Matrix:
    """Join what words can reach: [n, p] and [n, t] unit rows (or zeros) to [n, p + t].

    Each modality is divided by the number of modalities present in the row, so that a head's
    score is the mean of what the picture and the dialogue say, or the one that is there.
    """
    present = picture.any(axis=1).astype(np.float32) + dialogue.any(axis=1)
    share = np.maximum(present, 1.0)[:, None]
    return (np.concatenate([picture, dialogue], axis=1) / share).astype(np.float32)


def _prompt_mean(prompts: Sequence[str], embeds: Sequence[Embed]) -> Matrix:
    """Return the mean of the prompts in each space, at unit norm, concatenated: [d]."""
    parts = []
    for embed in embeds:
        mean = embed(prompts).mean(axis=0)
        parts.append(mean / max(float(np.linalg.norm(mean)), 1e-12))
    return np.concatenate(parts).astype(np.float32)
