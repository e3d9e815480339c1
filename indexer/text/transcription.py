"""Transcribes speech with Whisper (Radford et al. 2022), for titles without subtitles.

A sensitive voice detector (Silero, which ships with faster-whisper) selects the passages, so that
music costs nothing and speech under music is not missed. Lines stay if the model is confident of
them: over music it invents lines, with low confidence. There is no random sampling: the same
sound gives the same lines.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from faster_whisper.transcribe import Segment, Word  # type: ignore[import-untyped]
from faster_whisper.vad import (  # type: ignore[import-untyped]
    VadOptions,
    get_speech_timestamps,
    get_vad_model,
)
from numpy.typing import NDArray

from indexer.allocation import give_back
from indexer.backbones.base import SAMPLE_RATE
from indexer.mapped import open_mapped
from indexer.records import Line, TimedText
from indexer.text.speech import Speech
from indexer.whisper import NO_SPEECH, Whisper

RATE = SAMPLE_RATE

CHUNK = 300
"""Seconds worked on at once: bounds the memory."""

SEARCH = 20
"""Seconds at the end of a chunk in which the quietest place is looked for, to cut there."""

VOICE_BATCH = 512
"""Pieces of 32 ms that the voice detector works on at once. All of a chunk takes 125 MB more."""

EAGER = VadOptions(
    threshold=0.04,
    neg_threshold=0.02,
    min_silence_duration_ms=4000,
    speech_pad_ms=2500,
)
"""Speech in a film's mix scores as low as this, where the usual threshold is 0.5."""

SURE = 0.5
"""Mean probability of a line's words. Lines of Sintel's trailer: 0.65 and more, and mixed into
other films 0.59 and more; lines that are invented where ``NO_SPEECH`` lets them: 0.47 and less."""

REPETITIVE = 2.4
"""Compression ratio above which a line repeats itself (the threshold of the paper)."""

DENSEST = 15
"""Tokens in a second of speech, at most; fast speech has half as many."""

FEWEST, MOST = 16, 224
"""Tokens that a passage may have at least, and a window at most (as in the paper)."""

PAUSE = 1.5
"""Seconds between two words that end a line."""

WORD = 0.8
"""The longest, in seconds, that the first or last word of a line lasts: Whisper stretches them
into the silence around."""


HEARD = 10
"""Passages in which the language of a title is listened for: music among them says little."""


def transcribe(
    model: Whisper,
    speech: Speech,
    audio: Path,
    progress: Callable[[float], None],
    language: str | None = None,
) -> TimedText:
    """Return the speech of a title.

    Args:
        model: the network.
        speech: its name, and what it knows.
        audio: file of int16 samples, mono at 16 kHz, little-endian without a header.
        progress: takes the part (0..1) that is done.
        language: what is spoken (ISO 639-1). None is found out, from the first passages.
    """
    language = speech.language or language
    lines: list[Line] = []
    _bound_voice_detector()
    if audio.stat().st_size >= 2:
        samples = open_mapped(audio, "<i2")
        for start, end in _chunks(samples):
            sound = samples[start:end].astype(np.float32) / np.float32(32768)
            passages = get_speech_timestamps(sound, EAGER)
            language = language or _language_of(model, sound, passages)
            if language is not None:
                lines += _transcribe_chunk(model, language, sound, passages, start / RATE)
            give_back()
            progress(end / len(samples))
    return TimedText(tuple(_without_loops(lines)), "transcription", language, speech.name)


class InBatches:
    """A voice detector's session that works on a few pieces at once, with the same results."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, names: None, inputs: Mapping[str, NDArray[np.float32]]) -> Sequence[Any]:
        """Return how likely each piece is speech, and the state after the last one."""
        pieces, h, c = (inputs[name] for name in ("input", "h", "c"))
        found = []
        for start in range(0, len(pieces), VOICE_BATCH):
            batch = {"input": pieces[start : start + VOICE_BATCH], "h": h, "c": c}
            speech, h, c = self._session.run(names, batch)
            found.append(speech)
        return np.concatenate(found), h, c


@cache
def _bound_voice_detector() -> None:
    """Bound the memory of the one voice detector that faster-whisper keeps for the process."""
    detector = get_vad_model()
    detector.session = InBatches(detector.session)


def _chunks(samples: NDArray[np.int16]) -> Iterator[tuple[int, int]]:
    """Return spans of samples that cover the sound, cut where it is quiet."""
    start = 0
    while len(samples) - start > CHUNK * RATE:
        tail = samples[start + (CHUNK - SEARCH) * RATE : start + CHUNK * RATE]
        levels = np.abs(tail.astype(np.float32)).reshape(-1, RATE // 2).mean(axis=1)
        quietest = int(np.argmin(levels))
        end = start + (CHUNK - SEARCH) * RATE + quietest * (RATE // 2) + RATE // 4
        yield start, end
        start = end
    yield start, len(samples)


def _language_of(
    model: Whisper, sound: NDArray[np.float32], passages: Sequence[Mapping[str, int]]
) -> str | None:
    """Return the language that the first passages are in together; None if nobody speaks."""
    likely: Counter[str] = Counter()
    for passage in passages[:HEARD]:
        _, _, every = model.detect_language(sound[passage["start"] : passage["end"]])
        likely.update(dict(every))
    return max(likely, key=lambda each: likely[each]) if likely else None


def _transcribe_chunk(
    model: Whisper,
    language: str,
    sound: NDArray[np.float32],
    passages: Sequence[Mapping[str, int]],
    offset: float,
) -> Iterator[Line]:
    """Return the lines of a chunk that begins ``offset`` seconds into the title.

    Each passage is transcribed on its own: in a window with music between two passages, Whisper
    sometimes leaves one of them out.
    """
    for passage in passages:
        start, end = passage["start"], passage["end"]
        for segment in _segments(model, language, sound[start:end]):
            if _credible(segment):
                yield from _lines(segment.words or [], offset + start / RATE)


def _segments(model: Whisper, language: str, passage: NDArray[np.float32]) -> Iterable[Segment]:
    segments, _ = model.transcribe(
        passage,
        language=language,
        beam_size=2,
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
        no_speech_threshold=NO_SPEECH,
        log_prob_threshold=None,  # Lines are judged by their words, in _credible.
        compression_ratio_threshold=None,
        max_new_tokens=min(MOST, FEWEST + DENSEST * len(passage) // RATE),
    )
    return cast(Iterable[Segment], segments)


def _credible(segment: Segment) -> bool:
    """Return whether a segment was spoken, rather than invented by the model."""
    words = segment.words or []
    text = segment.text.strip()
    if not words or not any(character.isalnum() for character in text):
        return False
    content = text.encode()
    if len(content) / len(zlib.compress(content)) > REPETITIVE:
        return False
    return float(np.mean([word.probability for word in words])) >= SURE


def _lines(words: Iterable[Word], offset: float) -> Iterator[Line]:
    """Return a segment's words as lines, parted where the speaker pauses."""
    run: list[Word] = []
    for word in words:
        if run and word.start - run[-1].end > PAUSE:
            yield _line(run, offset)
            run = []
        run.append(word)
    if run:
        yield _line(run, offset)


def _line(words: Sequence[Word], offset: float) -> Line:
    start = max(float(words[0].start), float(words[0].end) - WORD)
    end = min(float(words[-1].end), float(words[-1].start) + WORD)
    text = "".join(word.word for word in words).strip()
    # A word may be given no time of its own; a line has an end after its start.
    return Line(offset + start, offset + max(end, start + 0.1), text)


def _without_loops(lines: Sequence[Line]) -> Iterator[Line]:
    """Return the lines without repetitions of a model that is stuck in a loop."""
    for i, line in enumerate(lines):
        last = [other.text for other in lines[max(0, i - 3) : i]]
        if last != [line.text] * 3:
            yield line
