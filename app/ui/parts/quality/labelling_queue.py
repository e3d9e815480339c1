"""The labelling queue: one clip at a time, answered by keys."""

from dataclasses import dataclass, field

import streamlit as st

from app.labelling.suggesting import Question, askable, known, questions
from app.runtime import Runtime
from app.ui.components.player import clip_player
from app.ui.parts.labelling import annotations, annotator_box
from app.ui.parts.words import plain
from indexer.errors import ReelfindError
from probes.tasks import CLIP_WORTHINESS, TONE, Task

BATCH = 12
"""Clips that are chosen at a time: choosing takes seconds, and learns from the last answers."""
DOUBT = ""
"""Stands for the most uncertain classes."""

_STATE = "asking"
_SAID = {True: "yes", False: "no", None: "skipped"}


@dataclass
class LabellingQueue:
    """The state of the labelling queue in one browser tab."""

    task: str
    class_name: str
    queue: list[Question] = field(default_factory=list)
    past: list[tuple[Question, bool | None]] = field(default_factory=list)
    """Questions with their answers; None for one that was skipped."""
    over: bool = False
    """Whether there is nothing more to ask."""


@st.fragment
def labelling_panel(runtime: Runtime) -> None:
    """Draw the choice of task and class, and the current question."""
    own = sorted(runtime.tasks.values(), key=lambda task: task.name not in (CLIP_WORTHINESS, TONE))
    tasks = {task.name: task for task in own if askable(task)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Task", list(tasks), key="task", bind="query-params", width=240)
        classes = tasks[name].class_names
        choices = [DOUBT, *sorted(classes)] if len(classes) > 1 else list(classes)
        chosen = st.selectbox(
            "Class",
            choices,
            key=f"{name}.class",
            width=300,
            format_func=lambda each: each or "Whatever is most in doubt",
            help="One class at a time is quickest; what is in doubt teaches most.",
        )
        with st.container(width=240):
            annotator_box()
    state = _state(name, chosen)
    try:
        _fill(runtime, tasks[name], state)
        _ask(runtime, tasks[name], state)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _state(task: str, class_name: str) -> LabellingQueue:
    """Return this tab's queue; another task or class starts a new one."""
    state = st.session_state.get(_STATE)
    if state is None or (state.task, state.class_name) != (task, class_name):
        state = st.session_state[_STATE] = LabellingQueue(task, class_name)
    return state


def _fill(runtime: Runtime, task: Task, state: LabellingQueue) -> None:
    if state.queue or state.over:
        return
    skipped = {question.hit.id for question, answer in state.past if answer is None}
    with st.spinner("Choosing clips to ask for"):
        state.queue = questions(runtime, task, state.class_name, BATCH, skipped)
    state.over = not state.queue


def _ask(runtime: Runtime, task: Task, state: LabellingQueue) -> None:
    # The question comes first, so that on a phone the answers are above the film.
    right, left = st.columns([2, 3], gap="large")
    if not state.queue:
        with left:
            st.success(
                f"Train the probe on it: `reelfind probes train {task.name}`. Another class or "
                "task can be chosen above.",
                title="Every clip is labelled or was skipped",
                icon=":material/done_all:",
            )
    else:
        with left:
            clip_player(state.queue[0].hit)
    with right:
        if state.queue:
            _question(task, state, state.queue[0])
        st.button(
            "Undo the last",
            key="ask.undo",
            shortcut="u",
            icon=":material/undo:",
            disabled=not state.past,
            on_click=_undo,
            args=(state,),
        )
        _progress(runtime, task, state)


def _question(task: Task, state: LabellingQueue, question: Question) -> None:
    hit = question.hit
    (asked,) = (each for each in task.classes if each.name == question.class_name)
    of = "title" if task.level == "title" else "clip"
    st.subheader(f"Is this {of} {plain(_spoken(asked.name, task))}?", anchor=False)
    if asked.meaning:
        st.markdown(plain(asked.meaning))
    st.caption(f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}")
    if hit.text:
        st.caption(f"“{plain(hit.text)}”")
    answers: tuple[tuple[str, str, str, bool | None], ...] = (
        ("Yes", "y", ":material/check:", True),
        ("No", "n", ":material/close:", False),
        ("Skip", "s", ":material/skip_next:", None),
    )
    with st.container(horizontal=True):
        for label, key, icon, answer in answers:
            st.button(
                label,
                key=f"ask.{key}",
                shortcut=key,
                icon=icon,
                on_click=_answer,
                args=(state, question, answer),
            )


def _spoken(name: str, task: Task) -> str:
    """Return the wording of a class in a question."""
    words = name.replace("-", " ")
    return f"about “{words}”" if task.cattax is not None else f"“{words}”"


def _progress(runtime: Runtime, task: Task, state: LabellingQueue) -> None:
    counts = dict.fromkeys(_SAID.values(), 0)
    for _, answer in state.past:
        counts[_SAID[answer]] += 1
    if state.past:
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        st.markdown(f"**{len(state.past)} answered** in this tab: {told}")
    if not state.queue:
        return
    class_name = state.queue[0].class_name
    summary = known(runtime, task, class_name)
    if summary is None:
        st.caption(f"Nobody has said yes or no to “{plain(class_name)}” yet.")
        return
    people = len(summary.annotators)
    st.caption(
        f"{plain(class_name)}: {summary.positives} yes and {summary.negatives} no in "
        f"{summary.titles} title{'' if summary.titles == 1 else 's'}, by {people} "
        f"{'person' if people == 1 else 'people'}."
    )
    for reason, count in summary.unmatched.items():
        st.caption(f"{count} not used: {plain(reason)}.")
    settings = runtime.settings.probes
    lacking = [
        f"{least - have} {what}"
        for have, least, what in (
            (summary.positives or 0, settings.min_positives, "yes"),
            (summary.negatives or 0, settings.min_negatives, "no"),
            (summary.titles, settings.min_titles, "titles"),
        )
        if have < least
    ]
    if lacking:
        st.caption(f"A probe can be trained with {' and '.join(lacking)} more.")
    said = summary.agreement
    if said.disagreeing is not None:
        alpha = "" if said.alpha is None else f" (Krippendorff's alpha {said.alpha:.2f})"
        st.caption(
            f"{said.items} labelled by two or more, who differ on {said.disagreeing:.0%}{alpha}."
        )


def _answer(state: LabellingQueue, question: Question, answer: bool | None) -> None:
    """Save an answer and show the next question; a click on an outdated page is ignored."""
    if not state.queue or state.queue[0] != question:
        return
    if answer is not None and not _label(question, float(answer)):
        return
    state.past.append((state.queue.pop(0), answer))


def _undo(state: LabellingQueue) -> None:
    if not state.past:
        return
    question, answer = state.past[-1]
    if answer is not None and not _label(question, None):
        return
    state.queue.insert(0, question)
    state.past.pop()
    state.over = False


def _label(question: Question, value: float | None) -> bool:
    """Write or remove a label, and return whether it worked; show the error otherwise."""
    try:
        annotations().set_label(question.hit, question.task, question.class_name, value)
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return False
    return True
