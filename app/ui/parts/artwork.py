"""The best stills of a title or shortlist: their crops to look at, and a zip of them."""

import io
from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st
from PIL import Image

from app.artwork.records import MOST_FILES, SHAPES, Artwork, ArtworkStill, PictureFormat, Shape
from app.runtime import NotFoundError, Runtime
from app.titles.frames import frame_still
from app.ui.parts.words import plain
from indexer.errors import ReelfindError

_AT_FIRST = 10
_COLUMNS = 5
_NAMES: dict[Shape, str] = {"whole": "Whole frame"}
_FORMATS: dict[PictureFormat, str] = {"webp": "WebP", "png": "PNG"}


@st.fragment
def artwork_section(runtime: Runtime, path: str, find: Callable[[int], Artwork]) -> None:
    """Draw the artwork of a title or shortlist, folded: it is found when somebody opens it.

    Args:
        runtime: of the page.
        path: of the title or shortlist, below that of the API.
        find: returns the best stills, so many at most.
    """
    section = st.expander(
        "**Artwork**", icon=":material/imagesmode:", key="artwork", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        _draw(runtime, path, find)


def _draw(runtime: Runtime, path: str, find: Callable[[int], Artwork]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input("Stills", 1, MOST_FILES, _AT_FIRST, key="artwork.count", width=140)
        shape: Shape = st.segmented_control(
            "Crop",
            SHAPES,
            default="whole",
            key="artwork.shape",
            required=True,
            format_func=lambda each: _NAMES.get(each, each),
        )
        form: PictureFormat = st.segmented_control(
            "Format",
            list(_FORMATS),
            default="webp",
            key="artwork.format",
            required=True,
            format_func=_FORMATS.__getitem__,
        )
        asked = urlencode({"count": count, "shape": shape, "picture": form})
        address = f"{runtime.settings.server.api_path}/{path}/artwork/files?{asked}"
        found = find(int(count))
        if found.stills:
            st.link_button("Download", address, icon=":material/download:")
    if not found.stills:
        st.info(
            "No still is sharp and lit well enough. If an earlier version indexed the title, run "
            "`reelfind index`.",
            icon=":material/image_not_supported:",
        )
        return
    st.caption("The best stills first, each of another shot; downloads are as large as the film.")
    columns = st.columns(_COLUMNS)
    for place, still in enumerate(found.stills):
        with columns[place % _COLUMNS]:
            _show(runtime, still, shape)


def _show(runtime: Runtime, still: ArtworkStill, shape: Shape) -> None:
    try:
        content = frame_still(runtime, still.title_id, still.frame)
    except (NotFoundError, ReelfindError) as error:
        st.caption(plain(str(error)))
        return
    box = still.crops[shape]
    with Image.open(io.BytesIO(content)) as image:
        left, right = (round(each * image.width) for each in (box.left, box.right))
        top, bottom = (round(each * image.height) for each in (box.top, box.bottom))
        picture = image.convert("RGB").crop((left, top, right, bottom))
    name = f"{still.title}, {still.timecode}"
    st.image(picture, caption=plain(still.timecode), alt=name, width="stretch")
