"""Deliveries of a server: with its stills, its dialogue and its turns for decoding frames."""

from app.exports.cut import Cut
from app.exports.delivery import Delivery
from app.runtime import Runtime
from indexer.library import Library
from indexer.path_mapping import PathMapping


def deliver(runtime: Runtime, cut: Cut, mapping: PathMapping, reasons: bool) -> Delivery:
    """Return the delivery of a cut, of which frames are decoded in a slot of the server."""
    return Delivery(
        cut,
        mapping,
        reasons,
        Library(runtime.catalogue),
        runtime.settings.decode,
        runtime.frame_slots.slot,
    )
