import pytest
from pydantic import ValidationError

from app.search.request import SearchRequest


@pytest.mark.parametrize("mark", ["good", "bad"])
def test_marks_need_what_was_looked_for(mark: str) -> None:
    with pytest.raises(ValidationError, match="needs what was looked for"):
        SearchRequest(**{mark: ["one"]})
    for sought in ({"q": "snow"}, {"like": ["two"]}, {"still": "AAAA"}, {"clip": "AAAA"}):
        SearchRequest(**{mark: ["one"]} | sought)


def test_marks_are_examples() -> None:
    request = SearchRequest(q="snow", like=["a"], good=["b"], unlike=["c"], bad=["d"])
    assert (request.positive_ids, request.negative_ids) == (["a", "b"], ["c", "d"])
    assert not request.only_negative
    assert SearchRequest(q="snow", bad=["d"]).only_negative


@pytest.mark.parametrize("field", ["like", "unlike", "still", "clip", "q"])
def test_whatever_is_given_is_looked_for(field: str) -> None:
    given = ["a"] if field in ("like", "unlike") else "a"
    assert SearchRequest(**{field: given}).seeks
    assert not SearchRequest(tone=["sad"]).seeks
