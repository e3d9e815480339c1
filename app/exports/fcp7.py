"""Final Cut Pro 7 XML (Apple's xmeml, version 5): read by Premiere Pro, Resolve and Avid.

Written here and not by OTIO's adapter, which takes 29.97 for drop-frame always and leaves out
the picture's size. ``in`` and ``out`` count the title's frames from the start of its file;
``start`` and ``end`` count the sequence's. A note is a comment of its clip, and a marker of the
sequence at the clip's first frame.
"""

from collections.abc import Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element

from app.exports.cut import Cut, Event
from app.exports.delivery import Delivery
from app.exports.rates import rate_words, whole_rate
from app.exports.records import ExportError
from app.exports.xml import child, document

_SAMPLE_RATE = 48_000


def check_rates(delivery: Delivery) -> None:
    """Check that the format can say all frame rates.

    Raises:
        ExportError: a rate is neither whole nor an NTSC one.
    """
    for fps in (delivery.cut.fps, *delivery.cut.rates):
        _whole_rate(fps)


def fcp7_text(delivery: Delivery) -> str:
    """Return the sequence as FCP7 XML.

    Raises:
        ExportError: a rate is neither whole nor an NTSC one, which the format cannot say.
    """
    cut = delivery.cut
    root = Element("xmeml", version="5")
    sequence = child(root, "sequence", id="sequence-1")
    child(sequence, "name", cut.name)
    child(sequence, "duration", cut.frames)
    _rate(sequence, cut.fps)
    _timecode(sequence, cut.start_timecode, cut.first_frame, cut.fps)
    media = child(sequence, "media")
    video = child(media, "video")
    _picture(child(video, "format"), cut.width, cut.height, cut.fps)
    known: set[str] = set()
    tracks = [cut.events, *(_audible(cut, channel + 1) for channel in range(cut.channels))]
    _track(video, delivery, tracks, 0, known)
    if cut.channels:
        audio = child(media, "audio")
        child(audio, "numOutputChannels", cut.channels)
        _sound(child(audio, "format"))
        for number in range(1, len(tracks)):
            _track(audio, delivery, tracks, number, known)
    _markers(sequence, delivery)
    return document(root, "xmeml")


def _audible(cut: Cut, channel: int) -> Sequence[Event]:
    """The events of a sound track: the format gives each channel a track of its own."""
    return [event for event in cut.events if len(event.channels) >= channel]


def _markers(sequence: Element, delivery: Delivery) -> None:
    for event in delivery.cut.events:
        note = delivery.note(event)
        if note:
            marker = child(sequence, "marker")
            child(marker, "name", note.partition("\n")[0])
            child(marker, "comment", note)
            child(marker, "in", event.record_start)
            child(marker, "out", -1)


def _track(
    parent: Element,
    delivery: Delivery,
    tracks: Sequence[Sequence[Event]],
    number: int,
    known: set[str],
) -> None:
    """Add a track: the picture's is number 0, the sound's are counted by channel from 1."""
    track = child(parent, "track")
    for event in tracks[number]:
        clip = child(track, "clipitem", id=_clip_id(event, number))
        child(clip, "name", event.name)
        child(clip, "duration", event.frame_count)
        _rate(clip, event.media.fps)
        child(clip, "start", event.record_start)
        child(clip, "end", event.record_end)
        child(clip, "enabled", "TRUE")
        child(clip, "in", event.start)
        child(clip, "out", event.end)
        _file(clip, delivery, event, known)
        source = child(clip, "sourcetrack")
        child(source, "mediatype", "audio" if number else "video")
        child(source, "trackindex", event.channels[number - 1] if number else 1)
        _links(clip, event, tracks)
        note = delivery.note(event)
        if note:
            child(child(clip, "comments"), "mastercomment1", note)


def _links(clip: Element, event: Event, tracks: Sequence[Sequence[Event]]) -> None:
    """Tie picture and sound together, so that they are moved and trimmed as one."""
    for number in range(len(event.channels) + 1 if event.channels else 0):
        link = child(clip, "link")
        child(link, "linkclipref", _clip_id(event, number))
        child(link, "mediatype", "audio" if number else "video")
        child(link, "trackindex", max(1, number))
        child(link, "clipindex", tracks[number].index(event) + 1)


def _clip_id(event: Event, number: int) -> str:
    return f"clipitem-{event.position}-{f'audio-{number}' if number else 'video'}"


def _file(clip: Element, delivery: Delivery, event: Event, known: set[str]) -> None:
    """Describe a file where it is first used; later it is named by its id alone."""
    media, identity = event.media, f"file-{event.title_id}"
    file = child(clip, "file", id=identity)
    if identity in known:
        return
    known.add(identity)
    child(file, "name", delivery.path(event).name)
    child(file, "pathurl", delivery.url(event))
    _rate(file, media.fps)
    child(file, "duration", event.frame_count)
    _timecode(file, media.start_timecode or "00:00:00:00", event.first_frame, media.fps)
    content = child(file, "media")
    _picture(child(content, "video"), media.width, media.height, media.fps)
    for track in media.audio_tracks:
        audio = child(content, "audio")
        _sound(audio)
        child(audio, "channelcount", track.channels)


def _picture(parent: Element, width: int, height: int, fps: Fraction) -> None:
    about = child(parent, "samplecharacteristics")
    _rate(about, fps)
    child(about, "width", width)
    child(about, "height", height)
    child(about, "pixelaspectratio", "square")
    child(about, "fielddominance", "none")


def _sound(parent: Element) -> None:
    about = child(parent, "samplecharacteristics")
    child(about, "depth", 16)
    child(about, "samplerate", _SAMPLE_RATE)


def _rate(parent: Element, fps: Fraction) -> None:
    timebase, ntsc = _whole_rate(fps)
    rate = child(parent, "rate")
    child(rate, "timebase", timebase)
    child(rate, "ntsc", str(ntsc).upper())


def _whole_rate(fps: Fraction) -> tuple[int, bool]:
    found = whole_rate(fps)
    if found is None:
        raise ExportError(f"FCP7 XML cannot hold {rate_words(fps)} fps; export OTIO, FCPXML or CSV")
    return found


def _timecode(parent: Element, start: str, frame: int, fps: Fraction) -> None:
    timecode = child(parent, "timecode")
    _rate(timecode, fps)
    child(timecode, "string", start)
    child(timecode, "frame", frame)
    child(timecode, "displayformat", "DF" if ";" in start else "NDF")
