"""The last evaluation of the probes: figures, charts, classes and examples."""

from html import escape
from pathlib import Path

import streamlit as st

from app.labelling.examples import ExamplePlace, read_examples
from app.runtime import NotFoundError, Runtime
from app.ui.addresses import still_address
from app.ui.parts.quality.charts import (
    block_chart,
    curve_chart,
    interval_chart,
    reliability_chart,
)
from app.ui.parts.words import plain
from indexer.errors import ReelfindError
from indexer.versions import point_of
from probes.evaluation import words
from probes.evaluation.records import (
    ClassEvaluation,
    Evaluation,
    Example,
    TaskEvaluation,
    number,
    signed,
    span,
)
from probes.evaluation.serial import from_json

FILE = Path("evaluation", "probes.json")
"""In the data directory: where ``reelfind probes evaluate`` writes."""


@st.fragment
def evaluation_panel(runtime: Runtime) -> None:
    """Draw the evaluation, or say how to make one."""
    file = runtime.catalogue.path / FILE
    command = f"reelfind probes evaluate --data {runtime.catalogue.path}"
    if not file.is_file():
        st.info(
            "Label clips first; then this command measures what each representation is worth to "
            "each task, and this page shows it.",
            icon=":material/monitoring:",
            title="Nothing is measured yet",
        )
        st.code(command, language="bash")
        return
    try:
        evaluation = from_json(file.read_text(encoding="utf-8"))
        places = read_examples(file)
    except (OSError, ValueError, ReelfindError) as error:
        st.error(plain(f"{file}: {error}"), icon=":material/error:")
        st.code(command, language="bash")
        return
    _about(runtime, evaluation)
    tasks = {task.task: task for task in evaluation.tasks}
    name = st.segmented_control(
        "Task", list(tasks), key="measured", default=next(iter(tasks)), required=True
    )
    _task(runtime, tasks[name], places)


def _about(runtime: Runtime, evaluation: Evaluation) -> None:
    subject = evaluation.subject
    st.caption(
        f"Measured on {plain(subject.date)}: {subject.labels:,} labels on {subject.items:,} items "
        f"of {subject.titles:,} titles, profile {plain(subject.profile)}, encoder "
        f"{plain(subject.encoder[:8])}."
    )
    current = runtime.catalogue.current_encoder
    if current != subject.encoder:
        st.warning(
            "Another encoder is in use now, so these figures are of the past. Measure again with "
            "`reelfind probes evaluate`.",
            icon=":material/history:",
        )


def _task(runtime: Runtime, task: TaskEvaluation, places: dict[int, ExamplePlace]) -> None:
    st.markdown(plain(" ".join(words.verdict(task))))
    st.caption(plain(words.protocol(task)))
    for measured in task.measures:
        st.altair_chart(
            interval_chart(task, measured),
            alt=f"{measured.metric} of each representation of {task.task}, with 95 % intervals; "
            "the table below has the numbers.",
        )
    with st.expander("As a table"):
        st.table(_rows(task))
    if task.blocks:
        _blocks(task)
    if task.curves or task.bins:
        _pooled(task)
    st.subheader("Classes", anchor=False)
    _classes(task)
    if task.left_out:
        with st.expander(f"{len(task.left_out)} classes were not measured"):
            for each in task.left_out:
                st.caption(plain(f"{each.name}: {each.reason}"))
    if task.classes:
        _class(runtime, task, places)


def _blocks(task: TaskEvaluation) -> None:
    """Draw which blocks the probe reads, and what each adds."""
    st.subheader("What the probe reads", anchor=False)
    st.markdown(plain(words.blocks_read(task.blocks)))
    st.altair_chart(
        block_chart(task.blocks, task.measures[0].metric),
        alt=f"What each block adds to the probe of {task.task}, with 95 % intervals; the table "
        "below has the numbers.",
    )
    st.caption(words.BLOCKS_NOTE)
    with st.expander("Blocks as a table"):
        names = ("Block", "Alone", "Adds", "95 %", "Remark")
        st.table([dict(zip(names, row, strict=True)) for row in words.block_rows(task.blocks)])


def _pooled(task: TaskEvaluation) -> None:
    left, right = st.columns(2, gap="large")
    if task.curves:
        with left:
            st.markdown("**Precision and recall**, all labels pooled")
            st.altair_chart(
                curve_chart(
                    dict(zip(task.columns, task.curves, strict=False)), words.pooled_chance(task)
                ),
                alt=f"Precision against recall of {task.task}, a line for each representation.",
            )
    if task.bins:
        with right:
            st.markdown(
                f"**Calibration** of {plain(task.reference)}: {task.bins.expected_error:.3f} off "
                "on average"
            )
            st.altair_chart(
                reliability_chart(task.bins),
                alt=f"Observed against predicted shares of {task.task}; the diagonal is right.",
            )


def _rows(task: TaskEvaluation) -> list[dict[str, str]]:
    rows = []
    for measured in task.measures:
        for name, cell in zip(task.columns, measured.cells, strict=True):
            apart = cell.difference
            rows.append(
                {
                    "Metric": measured.metric,
                    "Representation": name,
                    "Value": number(cell.value.value),
                    "95 %": span(cell.value),
                    "Difference": "" if apart is None else signed(apart.value),
                    "Says": words.cell_words(cell),
                }
            )
        rows.append(
            {
                "Metric": measured.metric,
                "Representation": "chance",
                "Value": number(measured.chance),
                "95 %": "",
                "Difference": "",
                "Says": "",
            }
        )
    return rows


def _classes(task: TaskEvaluation) -> None:
    at = task.reference_column
    st.dataframe(
        [
            {
                "Class": each.name,
                "Value": each.cells[at].value.value,
                "From": each.cells[at].value.low,
                "To": each.cells[at].value.high,
                "Chance": each.chance,
                "Positives": each.positives,
                "Labelled": each.labelled,
                "Titles": each.titles,
                "Precision": each.calling.precision if each.calling else None,
                "Recall": each.calling.recall if each.calling else None,
            }
            for each in task.classes
        ],
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.3f")
            for name in ("Value", "From", "To", "Chance", "Precision", "Recall")
        },
    )


def _class(runtime: Runtime, task: TaskEvaluation, places: dict[int, ExamplePlace]) -> None:
    at = task.reference_column
    by_name: dict[str, ClassEvaluation] = {
        each.name: each
        for each in sorted(task.classes, key=lambda each: each.chance - each.cells[at].value.value)
    }
    name = st.selectbox(
        "Look at a class, the best above chance first", list(by_name), key=f"class.{task.task}"
    )
    chosen = by_name[name]
    if chosen.curve or chosen.bins:
        left, right = st.columns(2, gap="large")
        if chosen.curve:
            left.altair_chart(
                curve_chart({name: chosen.curve}, chosen.chance),
                alt=f"Precision against recall of {name}.",
            )
        if chosen.bins:
            right.altair_chart(
                reliability_chart(chosen.bins),
                alt=f"Observed against predicted shares of {name}; the diagonal is right.",
            )
    if places:
        examples_of(runtime, chosen, places)
    else:
        st.caption("Evaluate again, and examples are shown here with their stills.")


_KINDS = (
    ("found", "Rightly at the top"),
    ("mistaken", "At the top by mistake"),
    ("missed", "At the bottom by mistake"),
)


def examples_of(
    runtime: Runtime, measured: ClassEvaluation, places: dict[int, ExamplePlace]
) -> None:
    """Draw the examples of a class whose place in a title is known."""
    for name, heading in _KINDS:
        shown = [each for each in getattr(measured.examples, name) if each.row in places]
        if shown:
            cards = "".join(_card(runtime, each, places[each.row]) for each in shown)
            st.html(f'<section class="examples"><h4>{heading}</h4><ul>{cards}</ul></section>')


def _card(runtime: Runtime, example: Example, place: ExamplePlace) -> str:
    """Return an example as a list item; everything that comes from films is escaped."""
    title = escape(place.title)
    told = f"<b>{title}</b><span>{escape(place.starts)} – {escape(place.ends)}</span>"
    try:
        manifest = runtime.manifest(place.title_id)
    except NotFoundError:
        return f'<li class="gone">{told}<span>No longer in the catalogue</span></li>'
    middle = (place.first + place.end - 1) // 2
    still = point_of(manifest, "shot", middle)
    return (
        f'<li><img src="{still_address(still)}" loading="lazy" alt="Still of {title} at '
        f'{escape(place.starts)}">{told}<span>score {example.score:.2f}, label '
        f"{example.label:g}</span></li>"
    )
