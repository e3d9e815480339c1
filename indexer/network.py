"""Checks of an address before anything is sent to it."""

import ipaddress
import re
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether a name or IP address, without a port, is loopback."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def may_use_proxy(url: str) -> bool:
    """Return whether requests to ``url`` may go through the proxy that the environment names.

    Only https: a proxy can read plain http, including API keys. Loopback needs no proxy.

    Raises:
        ValueError: it is not a URL.
    """
    read = urlsplit(url)
    return read.scheme == "https" and not is_loopback(read.hostname or "")


def addresses_in(setting: str) -> list[str]:
    """Return the URLs of a setting that has one or several, with commas between them."""
    return [url.strip() for url in re.split(r",(?=\s*(?:\w+://|$))", setting) if url.strip()]


def without_user(setting: str) -> str:
    """Return the addresses of a setting without user names and passwords."""
    return ", ".join(re.sub(r"//.*@", "//", url) for url in addresses_in(setting))
