"""The page of quality: questions and answers, and an evaluation with its examples."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.labelling.catalogue import open_catalogue
from app.labelling.evaluating import Measured
from app.labelling.examples import read_examples, write_examples
from app.labelling.store import LabelStore
from app.runtime import NotFoundError, Runtime
from app.ui.parts.quality.evaluation import FILE
from indexer.manifest import Manifest
from probes.evaluation.measuring import evaluate_task
from probes.evaluation.records import Evaluation, Subject
from probes.evaluation.serial import to_json
from probes.settings import ProbeSettings
from probes.tasks import CLIP_WORTHINESS, TONE
from tests.app.ui.conftest import Open
from tests.probes.evaluation.conftest import make_sample, make_task


def at_quality(page: AppTest) -> AppTest:
    page.switch_page("views/quality.py").run()
    assert not page.exception, page.exception[0].value
    return page


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=f"ask.{key}").click().run()
    assert not page.exception, page.exception[0].value
    return page


@pytest.fixture(autouse=True)
def fresh(runtime: Runtime) -> None:
    """Nobody has labelled anything yet."""
    store = LabelStore(runtime.database)
    for annotator in store.annotators():
        store.remove(annotator=annotator)


def test_a_clip_is_answered_skipped_and_undone(browse: Open, runtime: Runtime) -> None:
    store = LabelStore(runtime.database)
    page = at_quality(browse())
    assert page.selectbox(key="task").value == CLIP_WORTHINESS
    page.text_input(key="annotator").input("ann").run()
    press(page, "y")
    assert [(label.annotator, label.value) for label in store.all()] == [("ann", 1.0)]
    press(press(page, "s"), "n")
    assert sorted(label.value for label in store.all()) == [0.0, 1.0]
    assert "3 answered" in "\n".join(each.value for each in page.markdown)
    press(press(page, "undo"), "undo")
    assert [label.value for label in store.all()] == [1.0]
    press(page, "undo")
    assert store.all() == []
    assert page.button(key="ask.undo").disabled


def test_one_class_of_many_is_asked_for(browse: Open, runtime: Runtime) -> None:
    page = at_quality(browse())
    page.selectbox(key="task").set_value(TONE).run()
    page.selectbox(key=f"{TONE}.class").set_value("playful").run()
    assert "“playful”" in page.subheader[0].value
    press(page, "n")
    (label,) = LabelStore(runtime.database).all()
    assert (label.task, label.class_name, label.value) == (TONE, "playful", 0.0)


def test_before_anything_is_measured_the_command_is_told(browse: Open) -> None:
    page = at_quality(browse(view="Probes"))
    page.segmented_control(key="view").set_value("Probes").run()
    assert page.code[0].value.startswith("reelfind probes evaluate --data")


@pytest.fixture
def measured(runtime: Runtime, data: Path) -> Iterator[Measured]:
    """An evaluation as the command keeps it; its rows are the clips of the demo films."""
    sample = make_sample(titles=8)
    found = evaluate_task(
        make_task("multi-label", "dark", "warm", "rare"),
        {"text": sample.blurred, "in context": sample.clear},
        sample.labels[:, :3],
        sample.titles,
        settings=ProbeSettings(resamples=20),
    )
    encoder = str(runtime.catalogue.current_encoder)
    subject = Subject("lite", encoder, "0" * 16, 8, 160, 480, "2026-01-31", 0)
    source = open_catalogue(data, runtime.settings, runtime.models)
    clips = [clip for own in source.clips.values() for clip in own]
    items = list(islice(cycle(clips), len(sample.titles)))
    file = data / FILE
    file.parent.mkdir(exist_ok=True)
    measured = Measured(Evaluation(subject, (found,)), items, source)
    file.write_text(to_json(measured.evaluation))
    write_examples(measured, file)
    yield measured
    shutil.rmtree(file.parent)


def at_probes(page: AppTest) -> AppTest:
    at_quality(page).segmented_control(key="view").set_value("Probes").run()
    assert not page.exception, page.exception[0].value
    return page


def drawn(page: AppTest) -> str:
    return "\n".join(str(part.proto.body) for part in page.get("html"))


def test_an_evaluation_is_shown_with_its_examples(
    browse: Open, measured: Measured, data: Path
) -> None:
    page = at_probes(browse())
    assert "480 labels on 160 items of 8 titles" in page.caption[0].value
    assert "In context reaches macro AP" in page.markdown[0].value.replace("\\", "")
    assert len(page.get("vega_lite_chart")) >= 4
    assert page.warning == []
    task = measured.evaluation.tasks[0]
    chosen = next(each for each in task.classes if each.name == page.selectbox[-1].value)
    places = read_examples(data / FILE)
    for example in (*chosen.examples.found, *chosen.examples.missed):
        place = places[example.row]
        assert place.title in drawn(page)
        assert f"{place.starts} – {place.ends}" in drawn(page)
    assert "api/v1/stills/" in drawn(page)


def test_examples_of_a_removed_title_are_told(
    browse: Open, measured: Measured, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(title_id: str) -> Manifest:
        raise NotFoundError(f"{title_id}: no such title")

    monkeypatch.setattr(runtime, "manifest", gone)
    assert "No longer in the catalogue" in drawn(at_probes(browse()))


def test_figures_of_another_encoder_are_of_the_past(
    browse: Open, measured: Measured, data: Path
) -> None:
    past = replace(measured.evaluation.subject, encoder="f" * 16)
    (data / FILE).write_text(to_json(replace(measured.evaluation, subject=past)))
    assert "Another encoder is in use now" in at_probes(browse()).warning[0].value


def test_an_evaluation_that_cannot_be_read_is_one_line(
    browse: Open, measured: Measured, data: Path
) -> None:
    (data / FILE).write_text("{}")
    page = at_probes(browse())
    assert "evaluation" in page.error[0].value
    assert page.code[0].value.startswith("reelfind probes evaluate")
