"""How what was found in shots compares with labels made by looking.

A label with a question mark is one that could be argued about: to find it is not wrong, and to miss
it neither.
"""

from collections.abc import Collection, Sequence

UNSURE = "?"

COLUMNS = ("found", "precision", "strictly", "labelled", "recall")


def share(part: int, whole: int) -> str:
    """Return a part of a whole; a dash if there is none."""
    return f"{part / whole:.2f}" if whole else "-"


def judged(
    shots: Sequence[tuple[Collection[str], Sequence[str]]], stored: str, label: str
) -> tuple[str, ...]:
    """Return the cells of ``COLUMNS`` for a value.

    Precision is the share of the found shots that have the label, with or without a question mark;
    strictly, that have it as their first. Recall is the share found of those that have it without.

    Args:
        shots: the values that were found in each labelled shot, and its labels.
        stored: the value.
        label: what it is called among the labels.
    """
    found = [labels for values, labels in shots if stored in values]
    right = sum(label in labels or label + UNSURE in labels for labels in found)
    first = sum(labels[0].rstrip(UNSURE) == label for labels in found)
    sure = [values for values, labels in shots if label in labels]
    hit = sum(stored in values for values in sure)
    shares = share(right, len(found)), share(first, len(found))
    return str(len(found)), *shares, str(len(sure)), share(hit, len(sure))
