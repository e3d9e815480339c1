"""Trained probes as the command line shows them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.tables import print_table

if TYPE_CHECKING:
    from probes.saved import ClassRecord, SavedProbe


def print_probe(identity: str, saved: "SavedProbe") -> None:
    """Print what a probe was trained on and how it measures, class by class."""
    record = saved.record
    print(
        f"{record.task}: probe {identity[:8]}, {record.items:,} items of {record.titles:,} titles, "
        f"head {record.head}"
    )
    for each in record.measures:
        print(
            f"  {each.name} {each.value:.3f} (95 % {each.low:.3f} to {each.high:.3f}; "
            f"chance {each.chance:.3f})"
        )
    columns = ["class", "yes", "no", "titles", "quality", "chance", "prompts", "threshold"]
    print_table(columns, [_cells(each) for each in record.classes], ["class"])
    for name, lacks in record.left_out.items():
        print(f"  {name}: left out, too few labels ({lacks})")


def _cells(each: "ClassRecord") -> list[str]:
    optional = [
        "" if value is None else f"{value:.3f}" for value in (each.zero_shot, each.threshold)
    ]
    counts = [f"{count:,}" for count in (each.positives, each.negatives, each.titles)]
    return [each.name, *counts, f"{each.quality:.3f}", f"{each.chance:.3f}", *optional]


def record_of(identity: str, saved: "SavedProbe") -> dict[str, Any]:
    """Return a probe as JSON values."""
    return {"probe": identity, **asdict(saved.record)}
