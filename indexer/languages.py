"""Languages by their shortest standard code, and by name."""

import langcodes
from langcodes.tag_parser import LanguageTagError


def short_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag, or its ISO 639-3 code where there is none.

    Takes two- and three-letter codes (both kinds: ``ger`` and ``deu``) and tags with a region
    (``pt-BR``). None for other codes, such as ``und`` or ``zxx``.
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


def named_language(name: str) -> str | None:
    """Return the code of a language written by name in a file's name: ``English``, ``Français``.

    Includes non-standard codes that are common for subtitles, such as ``chs`` and ``pob``.
    """
    return _NAMES.get(name.casefold())


_NO_LANGUAGE = frozenset({"und", "zxx", "mis", "mul"})
"""Undetermined, no linguistic content, uncoded, multiple."""

_NAMES = {
    name: code
    for code, names in {
        "ar": "arabic العربية",
        "bg": "bulgarian български",
        "bn": "bengali",
        "ca": "catalan català",
        "cs": "czech čeština česky",
        "da": "danish dansk",
        "de": "german deutsch",
        "el": "greek ελληνικά",
        "en": "english",
        "es": "spanish español espanol castellano castilian spa-la",
        "et": "estonian eesti",
        "eu": "basque euskara",
        "fa": "persian farsi فارسی",
        "fi": "finnish suomi",
        "fr": "french français francais",
        "gl": "galician galego",
        "he": "hebrew עברית",
        "hi": "hindi हिन्दी",
        "hr": "croatian hrvatski",
        "hu": "hungarian magyar",
        "id": "indonesian",
        "is": "icelandic íslenska",
        "it": "italian italiano",
        "ja": "japanese 日本語",
        "ko": "korean 한국어",
        "lt": "lithuanian lietuvių",
        "lv": "latvian latviešu",
        "mk": "macedonian македонски",
        "ms": "malay",
        "nl": "dutch nederlands flemish vlaams",
        "no": "norwegian norsk",
        "pl": "polish polski",
        "pt": "portuguese português portugues brazilian brasileiro pob ptbr",
        "ro": "romanian română romana",
        "ru": "russian русский",
        "sk": "slovak slovenčina",
        "sl": "slovenian slovene slovenščina",
        "sq": "albanian shqip",
        "sr": "serbian српски srpski",
        "sv": "swedish svenska",
        "ta": "tamil",
        "te": "telugu",
        "th": "thai ไทย",
        "tr": "turkish türkçe turkce",
        "uk": "ukrainian українська",
        "vi": "vietnamese",
        "zh": "chinese mandarin cantonese 中文 chs cht",
    }.items()
    for name in names.split()
}
