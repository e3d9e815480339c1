"""Candidates drawn by chance."""

import random
from fractions import Fraction

from app.trailer.records import Candidate, Span

TONES = ("calm", "tense", "sad", "wild")


def draw_pool(seed: int, size: int) -> list[Candidate]:
    """Return candidates of two titles, one to six seconds long."""
    draw = random.Random(seed)
    pool = []
    for at in range(size):
        length = draw.randrange(24, 144)
        start = 200 * at
        span = Span(
            title_id=draw.choice(["one", "two"]),
            start=start,
            end=start + length,
            fps=Fraction(24),
            worthiness=draw.random(),
            tones=tuple(draw.sample(TONES, draw.randrange(0, 3))),
            shots=draw.randrange(1, 4),
            place=at / size,
            ends=(at + 1) / size,
        )
        pool.append(Candidate(span, (at + 0.5) / size))
    return pool
