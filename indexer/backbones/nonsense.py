"""Tells strings of random letters from words, in any space of sentences.

A network embeds whatever it is given, and something is always the nearest. Random letters lie close
to each other in such a space, apart from words: how far a text is on the way from words to random
letters tells whether it can be looked for.
"""

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WORDS = (
    *("a house", "children playing", "the sea at night", "friendship", "a fast car", "music"),
    *("somebody cries", "old books", "sport", "a joke", "war", "cooking dinner", "a long journey"),
    *("money", "fear", "a dog", "flowers in the garden", "science", "an argument", "travel"),
    *("a happy ending", "health", "tall buildings", "a secret", "winter", "shopping", "family"),
    *("a strange machine", "love", "the police", "a quiet morning", "fashion"),
)
"""Of all sorts, as people look for them."""
KEYBOARDS = (string.ascii_lowercase, "asdfghjkl")
"""Letters of any kind, and those that lie under resting fingers."""


@dataclass(frozen=True, eq=False)
class Nonsense:
    """The way from words to random letters: ``share`` of a text is 0 as words are, 1 as letters."""

    direction: Vectors
    start: float
    length: float

    @classmethod
    def of(cls, embed: Callable[[Sequence[str]], Vectors]) -> "Nonsense":
        """Return the way in the space of ``embed``, which maps n texts to [n, d]."""
        draw = random.Random(0)
        letters = [
            "".join(draw.choice(keys) for _ in range(draw.randrange(6, 14)))
            for _ in range(len(WORDS) // 2)
            for keys in KEYBOARDS
        ]
        words, random_ = (embed(each).mean(axis=0) for each in (WORDS, letters))
        direction = random_ - words
        length = float(direction @ direction) or 1.0
        return cls(direction, float(words @ direction), length)

    def share(self, vector: Vectors) -> float:
        """Return how far a text's vector [d] is on the way."""
        return (float(vector @ self.direction) - self.start) / self.length
