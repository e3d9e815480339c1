"""What may be known of an address before anything is sent to it."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Say whether a name or IP address without a port is that of this machine for itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def may_use_proxy(url: str) -> bool:
    """Say whether requests to ``url`` may go through the proxy that the environment names.

    A proxy reads plain http with the keys in it, and of https nothing. This machine needs none.

    Raises:
        ValueError: it is no URL.
    """
    read = urlsplit(url)
    return read.scheme == "https" and not is_loopback(read.hostname or "")
