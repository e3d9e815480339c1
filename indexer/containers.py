"""The file formats that may be opened: containers that hold the media themselves.

Playlists and manifests (HLS, DASH, IMF), scripts and lists of files (concat, AviSynth), session
descriptions (SDP) and numbered pictures refer to other files or addresses, which ffmpeg would
read wherever they are. They are never opened: libav gets a list of the formats it may open.
"""

from collections.abc import Iterable

CONTAINERS = (
    "3dostr", "4xm", "amv", "asf", "asf_o", "avi", "bink", "cavsvideo", "dhav", "dirac", "dnxhd",
    "dv", "dxa", "film_cpk", "flic", "flv", "gif", "gxf", "h261", "h263", "h264", "hevc", "ivf",
    "ivr", "kux", "live_flv", "lxf", "m4v", "matroska", "mjpeg", "mov", "mpeg", "mpegts",
    "mpegtsraw", "mpegvideo", "mtv", "mxf", "nsv", "nut", "nuv", "obu", "ogg", "pva", "rm", "roq",
    "rpl", "smk", "swf", "thp", "ty", "vc1", "vivo", "vvc", "webm", "wtv", "xmv", "yuv4mpegpipe",
)  # fmt: skip
"""ffmpeg's names of the containers that films come in."""

SOUND = ("aac", "ac3", "aiff", "flac", "mp3", "wav", "wv")
"""Formats that hold no film: opened only to say so."""


def reading_options(containers: Iterable[str], protocols: str = "file") -> dict[str, str]:
    """Return the options with which libav and ffmpeg read one file of these formats.

    ``protocols`` are those of ``indexer.relay.film_address``.
    """
    options = {"format_whitelist": ",".join(containers), "protocol_whitelist": protocols}
    # An address of this machine is not asked for through the environment's proxy.
    return options if protocols == "file" else {**options, "http_proxy": ""}
