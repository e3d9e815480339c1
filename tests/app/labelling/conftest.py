"""Labels as the tests of probes make them."""

from tests.probes.labels.conftest import make_label

__all__ = ["make_label"]
