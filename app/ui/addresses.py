"""Addresses of stills and films in the pages.

They are relative: every page lies directly below the server's address, whatever path that has.
"""


def still_address(point_id: str) -> str:
    """Return the address of the still of a clip or shot."""
    return f"api/v1/stills/{point_id}"


def media_address(title_id: str) -> str:
    """Return the address of a title's media file, which also identifies it in the page's events."""
    return f"api/v1/media/{title_id}"
