"""Makes the file of stored embeddings anew: ``python -m indexer.backbones.known.make``."""

import torch

from indexer.backbones.efficientnet import class_names
from indexer.backbones.known import save_known_texts
from indexer.backbones.minilm import WEIGHTS, minilm
from indexer.packaged_models import ALL_MINILM_L6_V2
from probes.tasks import known_tasks
from probes.zero_shot import NEUTRAL


def shipped_texts() -> list[str]:
    """Return the names of the video backbone's classes and the prompts of the shipped tasks."""
    prompts = [
        prompt
        for task in known_tasks().values()
        for each in task.prompted
        for prompt in (*each.prompts, *each.against)
    ]
    return list(dict.fromkeys([*class_names(), *NEUTRAL, *prompts]))


def main() -> None:
    """Embed them by the weights themselves, and write the file."""
    texts, model = shipped_texts(), ALL_MINILM_L6_V2
    vectors = minilm(torch.device("cpu")).embed(texts)
    file = save_known_texts(model.package, model.files[WEIGHTS], texts, vectors)
    print(f"{len(texts)} texts in {file}")


if __name__ == "__main__":
    main()
