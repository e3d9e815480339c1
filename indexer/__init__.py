"""The indexer: turns films into shots and clips that can be searched."""

import os

# Turn telemetry off before ONNX Runtime and the model hub's client are imported: ONNX Runtime
# reports each model to its makers and keeps an id of the machine in the home folder, and the
# client tells the hub who downloads.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
