"""The collections for an encoder's shots and clips."""

from qdrant_client import models

from indexer.pairs import score_indexes
from probes.tasks import known_tasks


def test_classes_are_keywords_scores_are_numbers_and_shots_have_those_of_their_clips() -> None:
    indexes = score_indexes(known_tasks({}).values())
    assert indexes["clip_tones"] == models.PayloadSchemaType.KEYWORD
    assert indexes["popularity"] == models.PayloadSchemaType.FLOAT
    assert "clip_genres" not in indexes
