"""The thinker of Qwen2.5-Omni (Xu et al. 2025) as a backbone: it reads a shot as a whole.

Frames, sound and dialogue go into one sequence, followed by an instruction to sum all of it up in
one word. The hidden state of the last token, from which that word would be predicted, is the
embedding. Jiang et al. (2024, "E5-V", arXiv:2407.12580) found that such a prompt brings pictures
and sentences into one space without training, so words are embedded in the same way and compared.
Hidden states share one large direction, so the mean of some unrelated sentences is taken off, as in
``indexer.backbones.e5``. None of this was tried with the real weights yet.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import (
    AutoTokenizer,
    Qwen2_5OmniThinkerConfig,
    Qwen2_5OmniThinkerModel,
    WhisperFeatureExtractor,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from indexer.backbones.base import SAMPLE_RATE, FrameEmbeddings, Runtime, ShotContent, Vectors
from indexer.backbones.frames import whole
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import QWEN_OMNI_7B
from indexer.backbones.omni_memory import BATCH_TOKENS, Place, check_room, config_of, place_of
from indexer.backbones.quiet import without_progress_bars, without_reports
from indexer.backbones.recent import FEW, RecentQueries
from indexer.backbones.sentences import UNRELATED
from indexer.backbones.spans import FULL_SCALE
from indexer.errors import ReelfindError
from indexer.pooling import unit

BEFORE = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
"""What the model expects before a question, and after it."""
AFTER = "\nSummary of the above in one word:<|im_end|>\n<|im_start|>assistant\n"
FRAME_PIXELS = 448 * 252
"""Of a frame, about: 144 tokens."""
CELL = 28
"""Pixels of a side that a token stands for: two patches of 14."""
LONGEST_SOUND = 30 * SAMPLE_RATE
"""Samples of a shot that are heard, from its start: 750 tokens."""
SHORTEST_SOUND = SAMPLE_RATE // 10
"""Samples that a shorter sound is padded to: the network makes no token of less than 50 ms."""
HOP = SAMPLE_RATE // 100
"""Samples between two spectra; a sound is padded to whole ones, so that its tokens are known."""
MOST_WORDS = 1024
"""Tokens of a text that are read."""


class Omni:
    """Reads texts, pictures and whole shots: a text, a video and an omni backbone in one."""

    def __init__(self, folder: Path, place: Place) -> None:
        self._config = config_of(folder)
        check_room(self._config, place)
        self._model = _load(folder, self._config, place)
        self._tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        self._pixels = Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True)
        self._mel = WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
        self.dimension = int(self._config.get_text_config().hidden_size)
        self.aligned_dimension = self.dimension
        self._queries = RecentQueries(self.embed_texts)

    def embed_shots(self, shots: Sequence[ShotContent]) -> Vectors:
        """Embed shots: [n, dimension], unit rows; see ``OmniBackbone``."""
        rows = np.zeros((len(shots), self.dimension), dtype=np.float32)
        given = [row for row, shot in enumerate(shots) if not shot.is_empty]
        if given:
            rows[given] = unit(self._read([shots[row] for row in given]) - self._centre)
        return rows

    def embed_frames(self, frames: Sequence[NDArray[np.uint8]]) -> FrameEmbeddings:
        """Embed RGB frames, each by itself; see ``VideoBackbone``."""
        features = self.embed_shots([ShotContent((frame,)) for frame in frames])
        return FrameEmbeddings(features, features)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: [n, dimension], unit rows; an empty text gets a row of zeros."""
        return self.embed_shots([ShotContent(text=text) for text in texts])

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed words into the space of texts, pictures and shots: [n, dimension], unit rows."""
        return self._queries(texts) if len(texts) <= FEW else self.embed_texts(texts)

    @cached_property
    def _centre(self) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self._read([ShotContent(text=each) for each in UNRELATED]).mean(
            axis=0
        )
        return mean

    def _read(self, shots: Sequence[ShotContent]) -> Vectors:
        """Return the last hidden states at unit norm: [n, dimension]."""
        parts = [self._sequence(shot) for shot in shots]
        rows = np.zeros((len(shots), self.dimension), dtype=np.float32)
        for batch in batches([len(part["tokens"]) for part in parts]):
            rows[batch] = self._states([parts[row] for row in batch])
        return unit(rows)

    def _sequence(self, shot: ShotContent) -> dict[str, Any]:
        """Return the tokens of a shot, its frames as resized, and its sound as it is heard."""
        config, tokens = self._config, self._tokens(BEFORE)
        frames = [whole(frame, FRAME_PIXELS, CELL, 2 * CELL) for frame in shot.frames]
        for frame in frames:
            count = frame.shape[0] * frame.shape[1] // CELL**2
            tokens += [config.vision_start_token_id, *[config.image_token_id] * count]
            tokens += [config.vision_end_token_id]
        sound = _heard(shot.sound)
        if len(sound):
            steps = (len(sound) // HOP - 1) // 2 + 1
            tokens += [config.audio_start_token_id]
            tokens += [config.audio_token_id] * ((steps - 2) // 2 + 1)
            tokens += [config.audio_end_token_id]
        # Subtitles must not end the question.
        tokens += self._tokens(shot.text.replace("<|", "< |"))[:MOST_WORDS] + self._tokens(AFTER)
        return {"tokens": tokens, "frames": frames, "sound": sound}

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return tokens

    def _states(self, parts: Sequence[dict[str, Any]]) -> Vectors:
        """Return the hidden states of the last tokens of sequences: [n, dimension]."""
        longest = max(len(part["tokens"]) for part in parts)
        tokens = torch.zeros((len(parts), longest), dtype=torch.long)
        mask = torch.zeros_like(tokens)
        for row, part in enumerate(parts):
            tokens[row, longest - len(part["tokens"]) :] = torch.tensor(part["tokens"])
            mask[row, longest - len(part["tokens"]) :] = 1
        inputs: dict[str, Any] = {"input_ids": tokens, "attention_mask": mask}
        if frames := [frame for part in parts for frame in part["frames"]]:
            pictures = self._pixels(frames, do_resize=False, return_tensors="pt")
            inputs |= dict(pictures)
        if sounds := [part["sound"] for part in parts if len(part["sound"])]:
            # As in training, silence follows a sound. Without it, the longest of a batch would be
            # mirrored at its end, and its vector would depend on the others.
            mel = self._mel(
                sounds,
                sampling_rate=SAMPLE_RATE,
                padding="max_length",
                max_length=max(map(len, sounds)) + 3 * HOP,
                return_attention_mask=True,
                return_tensors="pt",
            )
            inputs["input_features"] = mel.input_features
            inputs["feature_attention_mask"] = mel.attention_mask
        placed = {name: value.to(self._model.device) for name, value in inputs.items()}
        with torch.inference_mode():
            states = self._model(**placed, use_cache=False).last_hidden_state[:, -1]
        return np.asarray(states.float().cpu().numpy(), dtype=np.float32)


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield rows in groups of like length, of at most ``BATCH_TOKENS`` with their padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _heard(sound: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return what is heard of a shot: [samples] float32 in −1…1; nothing of digital silence."""
    if not sound.any():
        return np.zeros(0, np.float32)
    part = sound[:LONGEST_SOUND].astype(np.float32) / np.float32(FULL_SCALE)
    return np.pad(part, (0, max(-len(part) % HOP, SHORTEST_SOUND - len(part))))


def _load(folder: Path, config: Qwen2_5OmniThinkerConfig, place: Place) -> Qwen2_5OmniThinkerModel:
    with without_progress_bars(), without_reports():
        loaded: Any = Qwen2_5OmniThinkerModel.from_pretrained(
            folder,
            config=config,
            dtype=place.dtype,
            device_map=place.device_map,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    model: Qwen2_5OmniThinkerModel = loaded[0]
    report: Mapping[str, Collection[str]] = loaded[1]
    if missing := sorted(report["missing_keys"]):
        raise ReelfindError(f"{folder}: the weights lack {missing[0]}; fetch the model again")
    model.train(False)
    return model


def load_omni(runtime: Runtime) -> Omni:
    """Return the backbone.

    Raises:
        ReelfindError: its weights are not here and cannot be fetched, or take more memory than
            there is.
    """
    model = QWEN_OMNI_7B
    folder = model_folder(model, runtime.models, runtime.revision(model.name))
    return Omni(folder, place_of(runtime))
