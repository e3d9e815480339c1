"""Words as sparse vectors."""

import math
import subprocess
import sys

import pytest

from indexer.store.sparse import Bm25Words, joined


def test_a_document_holds_the_term_frequency_factor() -> None:
    words = Bm25Words(average_length=10)
    found = words.document("Dragons! The dragon is a dragon, in the snow.")
    assert found is not None

    def factor(times: int) -> float:
        # Robertson and Zaragoza 2009, k = 1.2, b = 0.75; four words once stop words are gone.
        return times * 2.2 / (times + 1.2 * (1 - 0.75 + 0.75 * 4 / 10))

    assert sorted(found.values) == pytest.approx([factor(1), factor(3)], rel=1e-5)
    assert all(math.isfinite(value) for value in found.values)


def test_a_query_finds_other_forms_of_its_words() -> None:
    words = Bm25Words()
    query, document = words.query("searching, SEARCHES cafe"), words.document("I search the café")
    assert query is not None
    assert document is not None
    assert query.values == [1.0, 1.0]
    assert set(query.indices) == set(document.indices)


@pytest.mark.parametrize("text", ["", " \n", "the of and", "… ?!"])
def test_text_without_words_has_no_vector(text: str) -> None:
    assert Bm25Words().document(text) is None
    assert Bm25Words().query(text) is None


def test_another_process_makes_the_same_vector() -> None:
    text = "They are fighting robots, and the robots fight back"
    code = f"from indexer.store.sparse import Bm25Words; print(Bm25Words().document({text!r}))"
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert there.strip() == str(Bm25Words().document(text))


def test_another_language_has_its_own_stop_words_and_stems() -> None:
    german = Bm25Words("german")
    assert german.query("und die der") is None
    assert german.query("Häuser") == german.query("Haus")


def test_words_are_marked_in_their_forms() -> None:
    line = "I'm searching; the search is over."
    marks = Bm25Words().marks(line, "the searches")
    assert [line[start:end] for start, end in marks] == ["searching", "search"]


def test_a_part_of_a_document_takes_no_weight_from_another() -> None:
    words = Bm25Words()
    said, shown = words.document("A lone hunter."), words.document("hunter " + "names " * 100)
    both = joined([said, shown, None])
    assert said is not None
    assert both is not None
    weights = dict(zip(both.indices, both.values, strict=True))
    assert weights.items() >= dict(zip(said.indices, said.values, strict=True)).items()
    assert len(weights) == 3
    assert joined([None, None]) is None
