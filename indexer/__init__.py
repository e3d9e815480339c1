"""Films to searchable shots and clips."""

import os

# What is indexed here is nobody else's business. ONNX Runtime tells its makers of each model and
# keeps an id of the machine in the home folder, and the model hub is told who downloads, unless
# these say no before either is imported, which is after this.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
