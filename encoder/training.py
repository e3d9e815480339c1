"""Masked shot modelling, step by step: titles in, a fitted encoder out, nothing else touched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.rnn import pad_sequence

from encoder.batches import TitleSequence, draw_dropped, drop_modalities, mean_direction
from encoder.chance import generator
from encoder.config import EncoderConfig, TrainingConfig
from encoder.distributed import ALONE, Processes
from encoder.masking import draw_mask
from encoder.model import Encoder, new_encoder
from encoder.optimizers import learning_rate, make_optimizers, read_state, write_state
from encoder.sampling import Position, Window, alike, endless_plan
from encoder.shot_table import ShotTable
from encoder.start import start_at, start_linear


@dataclass(frozen=True)
class Step:
    """One step done: ``number`` of ``steps``, from 1, its loss over hidden shots, its shots."""

    number: int
    steps: int
    loss: float
    learning_rate: float
    shots: int


class Trainer:
    """An encoder in training: it can be asked for a step, and stopped and resumed between two.

    On a CPU the weights are a function of titles, configs and the number of threads, to the
    bit; the order of ``titles`` does not matter, and torch's global generator is left as it
    was. Several processes share each batch, and their gradients are those of one.
    """

    def __init__(
        self,
        titles: Sequence[TitleSequence],
        config: EncoderConfig,
        training: TrainingConfig,
        *,
        device: torch.device | str = "cpu",
        processes: Processes = ALONE,
    ) -> None:
        """Start an encoder from scratch.

        Raises:
            ValueError: no titles, two with one id, or embeddings that do not fit ``config``.
        """
        self._titles = sorted(titles, key=lambda title: title.title_id)
        _check(self._titles, config, training)
        self._training = training
        self._processes = processes
        self.mean = mean_direction(self._titles)
        self.encoder = new_encoder(config, training.seed)
        if training.start == "linear":
            start_linear(self.encoder, self._titles, training)
        else:
            start_at(self.encoder, torch.from_numpy(self.mean))
        self.encoder.to(device)
        self._model: nn.Module = (
            DistributedDataParallel(self.encoder) if processes.count > 1 else self.encoder
        )
        self._optimizers = make_optimizers(self.encoder, training)
        self._shots = ShotTable(self._titles, self.encoder.device)
        # A row of zeros holds nothing to predict, so it is never hidden.
        self._candidates = [torch.tensor(t.fused.any(axis=1)) for t in self._titles]
        self.step = 0
        self.position = Position()
        self._plan = self._plan_from(self.position)

    def advance(self) -> Step:
        """Take one step and return it.

        Raises:
            RuntimeError: the gradient is not finite (the learning rate is too high).
        """
        rate = learning_rate(self.step, self._training)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        windows, position = next(self._plan)
        loss = self.loss(windows)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(
            self.encoder.parameters(), self._training.clip, error_if_nonfinite=True
        )
        for optimizer in self._optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        self.position = position
        told = self._processes.total(loss.detach()) / self._processes.count
        shots = sum(window.shots for window in windows)
        return Step(self.step, self._training.steps, told, rate, shots)

    def loss(self, windows: Sequence[Window]) -> Tensor:
        """Hide shots of a batch and return the loss of predicting them.

        The loss of one process is that of its share of the batch, scaled so that the mean over
        all processes, which is what they exchange, is the mean over all hidden shots.
        """
        hidden = self._hide(windows)
        dropped = self._drop(len(windows))
        rank, count = self._processes.rank, self._processes.count
        own = slice(rank, None, count)
        total = int(hidden.sum())
        if rank < len(windows):
            windows, hidden, dropped = windows[own], hidden[own], dropped[own]
        else:  # Nothing left for this process: it hides nothing, and its gradient is zero.
            windows, hidden, dropped = windows[:1], hidden[:1] & False, dropped[:1]
        parts = [slice(None)]
        if count == 1 and self.encoder.device.type == "cpu":
            parts = alike([window.shots for window in windows])
        distances = [self._distance(windows[p], hidden[p], dropped[p]) for p in parts]
        return torch.stack(distances).sum() * count / max(total, 1)

    def _distance(self, windows: Sequence[Window], hidden: Tensor, dropped: Tensor) -> Tensor:
        """Predict the hidden shots of windows and return the sum of their cosine distances."""
        batch = self._shots.batch(windows)
        hidden = hidden[:, : batch.fused.shape[1]].to(self.encoder.device)
        target = batch.fused[hidden]
        seen = batch.fused
        if self._training.modality_dropout:
            widths = [width for _, width in self.encoder.config.modalities]
            seen = drop_modalities(seen, widths, dropped)
        with torch.autocast(batch.fused.device.type, torch.bfloat16, enabled=batch.fused.is_cuda):
            predicted = self._model(seen, batch.valid, batch.metadata, hidden)
        everything = torch.ones(len(target), dtype=torch.bool, device=target.device)
        return self.encoder.loss(predicted, target, everything) * len(target)

    def write_state(self) -> dict[str, Tensor]:
        """Return the weights and the optimizers' state; with step and position, all there is."""
        weights = {f"encoder.{name}": t for name, t in self.encoder.state_dict().items()}
        return weights | write_state(self._optimizers)

    def read_state(self, state: Mapping[str, Tensor], step: int, position: Position) -> None:
        """Go on from where ``write_state`` was called after ``step`` steps.

        Raises:
            KeyError, RuntimeError: the state is of another encoder or optimizer.
        """
        prefix = "encoder."
        self.encoder.load_state_dict(
            {n.removeprefix(prefix): t for n, t in state.items() if n.startswith(prefix)}
        )
        read_state(self._optimizers, state)
        self.step = step
        self.position = position
        self._plan = self._plan_from(position)

    def _plan_from(self, position: Position) -> Iterator[tuple[list[Window], Position]]:
        return endless_plan(
            [len(title) for title in self._titles],
            self.encoder.config.max_shots,
            self._training.batch_shots,
            self._training.seed,
            position,
        )

    def _hide(self, windows: Sequence[Window]) -> Tensor:
        """Draw the mask of a batch, [B, L] bool on the CPU; every process draws all of it."""
        candidates = pad_sequence(
            [self._candidates[w.title][w.start : w.start + w.shots] for w in windows],
            batch_first=True,
        )
        chance = generator(self._training.seed, "mask", self.step)
        return draw_mask(
            candidates, self._training.mask_ratio, chance, span=self._training.mask_span
        )

    def _drop(self, titles: int) -> Tensor:
        chance = generator(self._training.seed, "dropout", self.step)
        modalities = max(len(self.encoder.config.modalities), 1)
        return draw_dropped(titles, modalities, self._training.modality_dropout, chance)


def fit(
    titles: Sequence[TitleSequence],
    config: EncoderConfig,
    training: TrainingConfig,
    progress: Callable[[Step], None] | None = None,
    *,
    device: torch.device | str = "cpu",
) -> Encoder:
    """Train an encoder from scratch through all its steps, in one go.

    A catalogue of single-shot titles has nothing to hide, and its encoder stays as it began,
    which still embeds. Raises what ``Trainer`` does.
    """
    trainer = Trainer(titles, config, training, device=device)
    while trainer.step < training.steps:
        step = trainer.advance()
        if progress is not None:
            progress(step)
    return trainer.encoder


def _check(
    titles: Sequence[TitleSequence], config: EncoderConfig, training: TrainingConfig
) -> None:
    if not titles:
        raise ValueError("no titles to fit an encoder to")
    for title, following in pairwise(titles):
        if title.title_id == following.title_id:
            raise ValueError(f"{title.title_id}: given twice")
    for title in titles:
        widths = (title.fused.shape[1], len(title.metadata))
        if widths != (config.fused_dim, config.metadata_dim):
            raise ValueError(
                f"{title.title_id}: embeddings of widths {widths}, but the encoder is for"
                f" {(config.fused_dim, config.metadata_dim)}: they are of another profile"
            )
    if training.start == "linear" and config.positions != "rotary":
        raise ValueError("a linear start needs rotary positions")
    if training.modality_dropout and not config.modalities:
        raise ValueError("modality dropout needs the widths of the modalities in EncoderConfig")
