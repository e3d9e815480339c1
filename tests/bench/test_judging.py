"""Tables of labels have the values that benches compare them with, and shares are counted right."""

from bench import framing, look
from bench.judging import UNSURE, judged
from indexer.traits import VALUES


def test_shares_of_what_was_found_and_labelled() -> None:
    shots = [
        (["size:wide"], ["wide"]),
        (["size:wide"], ["close", "wide?"]),
        (["size:wide"], ["close"]),
        (["size:close"], ["wide"]),
        ([], ["wide?"]),
    ]
    assert judged(shots, "size:wide", "wide") == ("3", "0.67", "0.33", "2", "0.50")
    assert judged(shots, "size:none", "none") == ("0", "-", "-", "0", "-")


def test_labels_of_looks_are_values_of_their_kinds() -> None:
    rows = [labels for _, _, labels in look.read_labels()]
    assert len(rows) > 150
    for labels in rows:
        for kind, given in labels.items():
            assert {each.rstrip(UNSURE) for each in given} <= {*VALUES[kind]}


def test_labels_of_framing_are_values_of_their_kinds() -> None:
    rows = [labels for _, _, labels in framing.read_labels()]
    assert len(rows) > 150
    for labels in rows:
        for column, given in labels.items():
            known = {*VALUES[framing.LABELLED[column]]}
            assert {each.rstrip(UNSURE) for each in given} <= known, (column, given)
