"""What a good choice is: one number for a set of candidates, which more candidates never lower.

Four parts, each in 0..1 for a choice no longer than the trailer:

- worthiness: the mean clip-worthiness of the trailer's seconds;
- tones: the more tones share the seconds, and the more evenly, the better;
- places: the same for parts of films, a tenth of a title each;
- arc: the seconds that the arc needs in each band of intensity, as far as they are there.

Each part is a sum of a concave function of sums (itself, the square root, the smaller of two),
so the whole is monotone and submodular: what a candidate adds only shrinks as others join it
(Lin and Bilmes 2011, "A class of submodular functions for document summarization", §4).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import sqrt

from app.trailer.arcs import BANDS, band, needs
from app.trailer.records import ArcName, Candidate

WORTHINESS, TONES, PLACES, ARC = 1.0, 0.5, 0.5, 1.0
"""What each part counts."""

TENTHS = 10
"""Parts of a title that count as places of their own."""


class Objective:
    """The value of choices among ``pool`` for a trailer of ``seconds`` with an arc."""

    def __init__(self, pool: Sequence[Candidate], seconds: float, arc: ArcName) -> None:
        self._seconds = seconds
        self._needs = [share * seconds for share in needs(arc)]
        self._tones = sqrt(max(1, len({tone for each in pool for tone in each.span.tones})))
        self._places = sqrt(max(1, len({_place(each) for each in pool})))

    def __call__(self, chosen: Sequence[Candidate]) -> float:
        """Return the value of a choice, whatever its order."""
        value = 0.0
        for at, each in enumerate(chosen):
            value += self.adding(chosen[:at])(each)
        return value

    def adding(self, chosen: Sequence[Candidate]) -> Callable[[Candidate], float]:
        """Return what tells how much another candidate adds to the value of a choice."""
        tones: defaultdict[str, float] = defaultdict(float)
        places: defaultdict[tuple[str, int], float] = defaultdict(float)
        bands = [0.0] * BANDS
        for each in chosen:
            places[_place(each)] += each.span.seconds
            bands[band(each.intensity)] += each.span.seconds
            for tone in each.span.tones:
                tones[tone] += each.span.seconds / len(each.span.tones)

        def gain(each: Candidate) -> float:
            length, own = each.span.seconds, band(each.intensity)
            share = length / max(1, len(each.span.tones))
            left = max(0.0, self._needs[own] - bands[own])
            spread = sum(self._more(tones.get(tone, 0.0), share) for tone in each.span.tones)
            place = self._more(places.get(_place(each), 0.0), length)
            return (
                WORTHINESS * each.span.worthiness * length / self._seconds
                + TONES * spread / self._tones
                + PLACES * place / self._places
                + ARC * min(length, left) / self._seconds
            )

        return gain

    def _more(self, part: float, length: float) -> float:
        """Return how much more a part counts when ``length`` seconds join it."""
        return sqrt((part + length) / self._seconds) - sqrt(part / self._seconds)


def _place(candidate: Candidate) -> tuple[str, int]:
    return candidate.span.title_id, int(candidate.span.place * TENTHS)
