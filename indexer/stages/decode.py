"""The one pass over the film: small frames and their features, stills, sound."""

from dataclasses import asdict
from pathlib import Path

from indexer.artefacts import write_json
from indexer.decoding import decode
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "decode"
ABOUT = "decoded.json"


def _settings(work: TitleWork) -> dict[str, object]:
    media = work.title.media
    streams = {"video_stream": media.video_stream, "sound": media.sound}
    # Only titles whose streams were chosen otherwise than the file puts them have another key.
    chosen = {name: value for name, value in streams.items() if value is not None}
    return {"fps": str(media.fps), **chosen, **work.settings.decode.model_dump()}


def _run(work: TitleWork, out: Path) -> None:
    media = work.title.media
    length = max(media.duration, 1e-3)
    decoded = decode(
        media, out, work.settings.decode, lambda seconds: work.report(seconds / length)
    )
    write_json(out / ABOUT, asdict(decoded))


DECODE = Stage(NAME, 1, (), _settings, _run)
