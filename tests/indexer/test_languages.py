"""Language tags as files have them, and the short code that everything here uses."""

import pytest

from indexer.languages import short_code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("ENG", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("pt-BR", "pt"),
        ("en_US", "en"),
        ("chi", "zh"),
        ("fil", "fil"),
        ("und", None),
        ("zxx", None),
        ("xx", None),
        ("1080p", None),
        ("x264", None),
        ("", None),
        (None, None),
    ],
)
def test_short_codes(tag: str | None, code: str | None) -> None:
    assert short_code(tag) == code
