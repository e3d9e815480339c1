"""How intense a moment is: by how fast it is cut, and by its tones."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import rankdata  # type: ignore[import-untyped]

from app.trailer.records import Candidate, Span

AROUSAL: Mapping[str, float] = {
    **dict.fromkeys(("energy", "fear", "tension", "conflict"), 1.0),
    **dict.fromkeys(("joy", "humour", "wonder"), 0.5),
    **dict.fromkeys(("sorrow", "warmth", "calm"), 0.0),
}
"""How aroused a group of tones is, from calm (0) to excited (1), after the circumplex model of
affect (Russell 1980). Other groups, and moments without a tone, lie halfway."""

HALFWAY = 0.5


def arousal(tones: Sequence[str], groups: Mapping[str, str]) -> float:
    """Return how aroused the tones of a moment are, on average: 0..1.

    Args:
        tones: their names.
        groups: the group of each tone of the vocabulary.
    """
    found = [AROUSAL.get(groups.get(tone, ""), HALFWAY) for tone in tones]
    return sum(found) / len(found) if found else HALFWAY


def ranked(spans: Sequence[Span], groups: Mapping[str, str]) -> list[Candidate]:
    """Return spans with their intensity: their place among each other, evenly over 0..1.

    Tempo (shots a second) is how Adams, Dorai and Venkatesh (2002) measure a film's pace. Tempo
    and arousal count the same, each by rank, so that neither's scale matters. Equals share.
    """
    if not spans:
        return []
    tempo = rankdata([span.shots / span.seconds for span in spans])
    excited = rankdata([arousal(span.tones, groups) for span in spans])
    both = (rankdata(np.round(tempo + excited, 6)) - 0.5) / len(spans)
    return [Candidate(span, float(each)) for span, each in zip(spans, both, strict=True)]
