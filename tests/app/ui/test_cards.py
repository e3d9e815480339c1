"""A hit as a card: what it says, and that nothing in it can become markup."""

import pytest

from app.records import Hit, Matched, Why
from app.ui.components.hits import read_act, title_address
from app.ui.components.player import span
from app.ui.parts.card import card_html, percentile
from app.ui.parts.words import counted, marked

LINE = "I'm <b>searching</b> & found"
HIT = Hit(
    id="5b1c8a52-0000-5000-8000-000000000000",
    level="clip",
    title='<script>alert("t")</script>',
    title_id="ab12",
    start_frame=48,
    end_frame=120,
    fps="24000/1001",
    start_seconds=2.002,
    end_seconds=5.005,
    timecode_in="01:00:02:00",
    timecode_out="01:00:05:00",
    score=0.5,
    why=[
        Why(
            route="words", rank=1, score=3.2, strength=0.92, line=LINE, exact=True, marks=[(7, 16)]
        ),
        Why(route="dialogue", rank=2, score=0.4, strength=0.5, line=LINE),
    ],
    match=Matched(
        shot_id="6c1c8a52-0000-5000-8000-000000000001",
        frame=60,
        timecode="01:00:02:12",
        route="words",
        strength=0.92,
    ),
    genres=["<i>drama</i>"],
    tones=['"tense"'],
    clip_worthiness=0.62,
    worthiness_percentile=0.92,
    scored_by={"tone": "zero-shot", "clip-worthiness": "zero-shot"},
    zero_shot=["clip-worthiness", '"tense"'],
)


def test_a_card_says_what_an_editor_needs() -> None:
    html = card_html(HIT)
    for part in ("01:00:02:00 – 01:00:05:00", "3.0 s", "Worth 92nd percentile", "Estimated"):
        assert part in html


def test_a_card_says_once_why_it_is_there_and_shows_the_shot_that_matched() -> None:
    html = card_html(HIT)
    assert "api/v1/stills/6c1c8a52-0000-5000-8000-000000000001" in html
    _, rest = html.split("<details>")
    assert "Exact dialogue <b>92%</b>" in rest
    assert html.count("<q>") == 1
    assert "Similar dialogue: 50%, no. 2" in rest
    listed = HIT.model_copy(update={"match": None, "why": [Why(route="filter", rank=1, score=0)]})
    assert "<details>" not in card_html(listed)
    assert f"api/v1/stills/{HIT.id}" in card_html(listed)


def test_trained_scores_are_not_called_zero_shot() -> None:
    trained = {"tone": "ab12cd34ef56ab12", "clip-worthiness": "0123456789abcdef"}
    html = card_html(HIT.model_copy(update={"scored_by": trained, "zero_shot": []}))
    assert "zero-shot" not in html
    assert "Estimated" not in html
    assert 'Worth 92nd percentile <small title="Trained probe 0123456789abcdef">62% likely' in html
    assert "tone by probe ab12cd34" in html


def test_a_hit_is_trained_only_when_all_that_it_shows_is() -> None:
    assert HIT.score_kind == "zero-shot"
    shown = {"zero_shot": ["drama", "ad-relevancy"], "tones": ["sad"]}
    assert HIT.model_copy(update=shown).score_kind == "trained"
    assert HIT.model_copy(update={**shown, "tones": ["drama"]}).score_kind == "zero-shot"


def test_a_class_without_labels_is_marked_beside_trained_ones() -> None:
    trained = {"tone": "ab12cd34ef56ab12", "clip-worthiness": "0123456789abcdef"}
    mixed = {"scored_by": trained, "tones": ["sad", "dry"], "zero_shot": ["dry"]}
    html = card_html(HIT.model_copy(update=mixed))
    assert '<li class="tone guessed" title="zero-shot tone">dry</li>' in html
    assert 'guessed" title="zero-shot tone">sad' not in html


def test_texts_of_films_are_never_markup() -> None:
    html = card_html(HIT)
    for markup in ("<script", "<b>searching", "<i>drama"):
        assert markup not in html
    assert "&lt;b&gt;<mark>searching</mark>&lt;/b&gt; &amp; found" in html


@pytest.mark.parametrize(
    ("marks", "html"),
    [
        ([], "to be &amp; not to be"),
        ([(0, 2), (12, 14)], "<mark>to</mark> be &amp; not <mark>to</mark> be"),
        ([(8, 11), (3, 9)], "to <mark>be &amp; n</mark><mark>ot</mark> to be"),
        ([(0, 5), (0, 2)], "<mark>to be</mark> &amp; not to be"),
        ([(12, 99)], "to be &amp; not <mark>to be</mark>"),
    ],
)
def test_words_are_marked_where_the_search_found_them(
    marks: list[tuple[int, int]], html: str
) -> None:
    assert marked("to be & not to be", marks) == html


def test_the_player_is_given_frames_and_their_rate() -> None:
    given = span(HIT)
    assert (given["start"], given["end"], given["fps"]) == (48, 120, "24000/1001")
    assert given["src"] == "api/v1/media/ab12"
    assert given["around"] == 120
    assert given["at"] == 60


def test_an_act_is_of_a_hit_that_is_shown() -> None:
    act = read_act({"what": "thumb", "id": HIT.id, "value": 0}, [HIT])
    assert act is not None
    assert (act.what, act.hit, act.value) == ("thumb", HIT, 0)
    assert read_act({"what": "thumb", "id": "gone", "value": 0}, [HIT]) is None
    assert read_act({"what": "format", "id": HIT.id}, [HIT]) is None
    taken_back = read_act({"what": "thumb", "id": HIT.id, "value": None}, [HIT])
    assert taken_back is not None
    assert taken_back.value is None


def test_a_link_to_a_title_names_the_frame() -> None:
    assert title_address("ab12", 48) == "title?id=ab12&frame=48"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.004, "0th"), (0.01, "1st"), (0.12, "12th"), (0.923, "92nd"), (0.53, "53rd"), (1, "100th")],
)
def test_a_share_is_read_as_a_percentile(share: float, said: str) -> None:
    assert percentile(share) == f"{said} percentile"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 clips"), (1, "1 clip"), (2, "2 clips"), (1204, "1,204 clips")]
)
def test_things_are_counted_in_words(count: int, said: str) -> None:
    assert counted(count, "clip") == said
