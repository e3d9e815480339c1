"""The sequence model: shots in the context of their whole title, by masked shot modelling."""

import os

# The processor computes what torch has not made for the GPU of a Mac yet. Torch reads this when it
# is imported, which every module that does so has this package imported before.
os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")
