"""Whether a file is still the film that was indexed: frames of another cut are never shown."""

from indexer.errors import ReelfindError
from indexer.hashing import content_hash, current_hash
from indexer.records import Media


class ChangedError(ReelfindError):
    """The file at a title's path has another content than the one that was indexed."""


def check_unchanged(media: Media, read: bool = False) -> None:
    """Check that the file of a title is the one that was indexed.

    Args:
        media: of the title.
        read: compare the content although size and times are as they were at the last check.

    Raises:
        ChangedError: its content is another.
        ReelfindError: the file is not there or cannot be read.
    """
    found = content_hash(media.path) if read else current_hash(media.path)
    if found != media.content_hash:
        raise ChangedError(
            f"{media.path}: the file was replaced after it was indexed, so its frames may be "
            "others; index it again with `reelfind index`, or put the earlier file back"
        )
