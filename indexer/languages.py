"""Languages by their shortest standard code."""

import langcodes
from langcodes.tag_parser import LanguageTagError


def short_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag, or its ISO 639-3 code where there is none.

    Takes two- and three-letter codes (both kinds: ``ger`` and ``deu``) and tags with a region
    (``pt-BR``). None for anything that is not a language, such as ``und`` or ``zxx``.
    """
    if not tag:
        return None
    try:
        language = langcodes.Language.get(tag.strip())
    except LanguageTagError:
        return None
    code = language.language
    if code is None or code in _NO_LANGUAGE or not language.is_valid():
        return None
    return code


_NO_LANGUAGE = frozenset({"und", "zxx", "mis", "mul"})
"""Undetermined, no linguistic content, uncoded, multiple."""
