"""Checks the addresses of webhooks: the internet is allowed, the server's own network is not.

A user who saves a search chooses an address to which the server sends requests. It must not reach
hosts that only the server can reach (OWASP, "Server-Side Request Forgery Prevention").
"""

import ipaddress
import socket

import httpx

from app.saved.records import SavedError
from indexer.sections import WebhookSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_HOLDS_IPV4 = tuple(
    ipaddress.IPv6Network(each)
    for each in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
"""Addresses that end in an IPv4 address: compatible, mapped, translated (RFC 4291, RFC 2765), and
those of NAT64 (RFC 6052)."""


class AddressError(SavedError):
    """An address that is not allowed for webhooks."""

    def __init__(self, message: str) -> None:
        super().__init__("webhook", message)


def check_url(url: str, settings: WebhookSettings) -> httpx.URL:
    """Return a webhook's address after the checks that need no connection.

    Raises:
        AddressError: it is not allowed.
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
    """Return the IP addresses to connect to, so that the name is resolved once only.

    Otherwise a name could resolve to an allowed address for the check, and to another one for
    the connection.

    Raises:
        AddressError: the name is unknown, or resolves to an address that is not allowed.
    """
    try:
        found = socket.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{url.host}: this name leads nowhere ({error})") from error
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        _check(url.host, ipaddress.ip_address(address.partition("%")[0]), settings)
    return addresses


def _check(host: str, address: Address, settings: WebhookSettings) -> None:
    if not settings.private and not is_public(address):
        raise AddressError(
            f"{host}: leads into a private network or to this machine ({address}), where webhooks "
            "may not go unless the setting webhooks.private allows it"
        )


def is_public(address: Address) -> bool:
    """Return whether an address is a public unicast address, in any notation.

    The registries list what is not, and Python follows them by release; of IPv6 only 2000::/3 is
    given out at all (RFC 4291, section 2.4).
    """
    found = _embedded(address)
    if isinstance(found, ipaddress.IPv6Address) and found not in _GIVEN_OUT:
        return False
    return found.is_global and not found.is_multicast


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that packets to an IPv6 address reach in the end, if there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in _HOLDS_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or address
