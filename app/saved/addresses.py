"""Where a webhook may go: to the internet, and not into the server's own network.

Whoever may save a search chooses an address that the server then sends a request to, which must
not reach what only the server can (OWASP, "Server-Side Request Forgery Prevention").
"""

import ipaddress
import socket

import httpx

from app.saved.records import SavedError
from indexer.sections import WebhookSettings


class AddressError(SavedError):
    """An address that no webhook may go to."""

    def __init__(self, message: str) -> None:
        super().__init__("webhook", message)


def check_url(url: str, settings: WebhookSettings) -> httpx.URL:
    """Return an address that a webhook may have, as far as can be said without asking for it.

    Raises:
        AddressError: it may not, and why.
    """
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressError(f"{url!r}: is no address ({error})") from error
    if read.userinfo:
        raise AddressError("a webhook's address holds no password: messages are signed")
    if not read.host or read.scheme not in ("https", "http"):
        raise AddressError(f"{url!r}: write it like https://example.org/reelfind")
    if read.scheme == "http" and not settings.private:
        raise AddressError(
            f"{url}: only https is encrypted; the setting webhooks.private allows http"
        )
    try:
        _check(read.host, ipaddress.ip_address(read.host), settings)
    except ValueError:
        if read.host.casefold() == "localhost":
            _check(read.host, ipaddress.ip_address("127.0.0.1"), settings)
    return read


def resolve(url: httpx.URL, settings: WebhookSettings) -> list[str]:
    """Return the IP addresses to connect to, so that nobody else is asked where the name leads.

    A name that leads to a good address when it is checked and to another when it is connected
    to would get around the check.

    Raises:
        AddressError: the name is unknown, or leads where no webhook may go.
    """
    try:
        found = socket.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{url.host}: this name leads nowhere ({error})") from error
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        _check(url.host, ipaddress.ip_address(address.partition("%")[0]), settings)
    return addresses


def _check(
    host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, settings: WebhookSettings
) -> None:
    if settings.private:
        return
    # The same machine can be named by an IPv6 address that holds its IPv4 address.
    for inner in (getattr(address, "ipv4_mapped", None), getattr(address, "sixtofour", None)):
        address = inner or address
    if not address.is_global or address.is_multicast:
        raise AddressError(
            f"{host}: leads into a private network or to this machine ({address}), where webhooks "
            "may not go unless the setting webhooks.private allows it"
        )
