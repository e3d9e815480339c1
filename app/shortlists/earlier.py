"""Items that were made on an earlier version of a file: kept, marked, and never applied to it."""

from indexer.earlier_versions import EarlierVersion

MARK = "Made on an earlier version of this file"


def problem_of(earlier: EarlierVersion) -> str:
    """Say what is wrong with such an item, and what to do."""
    return (
        f"made on an earlier version of {earlier.manifest.title.media.path.name}, whose frames may "
        "be others now; choose it again in the current version, or remove it"
    )
