"""Old encodings of short subtitles: how often Reelfind and charset-normalizer read them right.

``python -m bench.encodings``: each phrase of ``tests/indexer/text/phrases.py`` as a file of one
line, and the phrases of each language together as a file of several.
"""

from collections.abc import Iterator

import charset_normalizer

from indexer.text.legacy import guess
from tests.indexer.text.phrases import PHRASES


def samples() -> Iterator[tuple[str, str, bytes]]:
    """Yield language, text and its bytes; what is ASCII says nothing and is left out."""
    for (language, encoding), phrases in PHRASES.items():
        for text in [*phrases, "\n".join(phrases)]:
            if not text.isascii():
                yield language, text, text.encode(encoding)


def decoded(content: bytes, encoding: str | None) -> str | None:
    """Return the text in an encoding; None without one."""
    return content.decode(encoding, errors="replace") if encoding else None


def by_charset_normalizer(content: bytes) -> str | None:
    """Return the text in the encoding that charset-normalizer finds likeliest."""
    best = charset_normalizer.from_bytes(content).best()
    return decoded(content, best.encoding if best else None)


def main() -> None:
    """Print how many samples each way reads right."""
    every = list(samples())
    right = {
        "Reelfind, language in the name": [
            decoded(content, guess(content, language)) == text for language, text, content in every
        ],
        "Reelfind, no language": [
            decoded(content, guess(content, None)) == text for _, text, content in every
        ],
        "charset-normalizer": [
            by_charset_normalizer(content) == text for _, text, content in every
        ],
    }
    for name, results in right.items():
        print(f"{name:32} {sum(results)} of {len(results)}")


if __name__ == "__main__":
    main()
