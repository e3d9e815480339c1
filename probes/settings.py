"""What a user may set about probes: section ``[probes]`` of the settings file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ProbeSettings(BaseModel):
    """How probes are trained and measured, and which clips are suggested for labelling."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    min_positives: int = Field(10, ge=1)
    """Items with yes that a class needs to be trained."""
    min_negatives: int = Field(10, ge=1)
    """Items with no that a class needs."""
    min_titles: int = Field(3, ge=3)
    """Titles with a yes that a class needs, or for a ranking with clips that rank differently: two
    to learn from and one to test on."""
    min_ranked: int = Field(10, ge=2)
    """Ranked clips that a ranking needs."""
    folds: int = Field(5, ge=3)
    """Folds of cross-validation, by title; never more than there are titles."""
    ranking_folds: int = Field(10, ge=3)
    """The same for a ranking, whose titles teach less each."""
    strengths: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0), min_length=1
    )
    """Strengths of the L2 term to choose from: ``1 / C`` of scikit-learn's LogisticRegression."""
    resamples: int = Field(1000, ge=1)
    """How many times titles are drawn for the 95 % intervals."""
    max_pairs: int = Field(20_000, ge=1)
    """Pairs of clips that a ranking learns from one title; a title with more (over 200 clips)
    gives a fixed sample."""
    max_known_titles: int = Field(4096, ge=1)
    """Titles that a probe about titles compares others with: a few megabytes. Where it knows fewer
    than it learns from, a weak L2 term overfits, so a large number does no harm."""
    suggestion_pool: int = Field(10, ge=1)
    """Suggestions are chosen among so many of the most uncertain clips for each suggestion (the
    beta of Zhdanov 2019)."""
    suggested_classes: int = Field(3, ge=1)
    """Classes that one suggestion asks for."""
    suggested_ranking: int = Field(4, ge=2)
    """Clips of one title that are suggested together for a ranking."""


DEFAULTS = ProbeSettings()
