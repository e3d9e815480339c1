"""Artwork of a server's titles and shortlists: ``Client.artwork``."""

from collections.abc import Sequence

from app.artwork.records import Artwork, PictureFormat, Shape
from app.remote.connection import Connection

_WHOLE: tuple[Shape, ...] = ("whole",)


class ArtworkClient:
    """Asks one server for the best stills of a title or a shortlist, ``count`` at most.

    ``Client.frame`` shows a still; its files are as large as the film.
    """

    def __init__(self, server: Connection) -> None:
        self._server = server

    def of_title(self, title_id: str, count: int = 10) -> Artwork:
        """Return the best stills of a title, each with its crops."""
        return self._stills(f"titles/{title_id}", count)

    def of_shortlist(self, shortlist_id: str, count: int = 10) -> Artwork:
        """Return the best stills of a shortlist's spans, each with its crops."""
        return self._stills(f"shortlists/{shortlist_id}", count)

    def files_of_title(
        self,
        title_id: str,
        count: int = 10,
        shapes: Sequence[Shape] = _WHOLE,
        picture: PictureFormat = "webp",
    ) -> bytes:
        """Return a zip of the best stills of a title, each in all ``shapes``."""
        return self._files(f"titles/{title_id}", count, shapes, picture)

    def files_of_shortlist(
        self,
        shortlist_id: str,
        count: int = 10,
        shapes: Sequence[Shape] = _WHOLE,
        picture: PictureFormat = "webp",
    ) -> bytes:
        """Return a zip of the best stills of a shortlist's spans, each in all ``shapes``."""
        return self._files(f"shortlists/{shortlist_id}", count, shapes, picture)

    def _stills(self, path: str, count: int) -> Artwork:
        return self._server.get(Artwork, f"/v1/{path}/artwork", count=count)

    def _files(
        self, path: str, count: int, shapes: Sequence[Shape], picture: PictureFormat
    ) -> bytes:
        asked = {"count": count, "shape": list(shapes), "picture": picture}
        return self._server.send("GET", f"/v1/{path}/artwork/files", params=asked).content
