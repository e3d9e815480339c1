"""Nobody is told of what is indexed here."""

import os
import subprocess
import sys
from pathlib import Path

# Where one of these is set, the libraries say nothing in any case.
QUIET = {"ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "CI", "TF_BUILD", "GITHUB_ACTIONS"}


def test_networks_are_loaded_without_an_id_of_the_machine_and_without_telling(
    tmp_path: Path,
) -> None:
    code = (
        "from indexer.backbones import efficientnet; from huggingface_hub import constants; "
        "assert constants.HF_HUB_DISABLE_TELEMETRY"
    )
    environment = {name: value for name, value in os.environ.items() if name not in QUIET}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert [each.name for each in tmp_path.rglob("*onnxruntime*")] == []
