"""A webhook goes to the internet, and not into the server's own network."""

import socket

import httpx
import pytest

from app.saved.addresses import AddressError, check_url, resolve
from indexer.sections import WebhookSettings

PUBLIC, PRIVATE = WebhookSettings(), WebhookSettings(private=True)


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org/hook?a=b", "https://93.184.215.14:8443", "https://bücher.example"),
        *("https://[2606:4700::1111]", "https://[64:ff9b::5db8:d70e]", "https://[2002:808:808::]"),
    ],
)
def test_https_to_the_internet_is_good(url: str) -> None:
    assert str(check_url(url, PUBLIC).scheme) == "https"


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/x", "https://localhost:8501", "https://[::1]/", "https://0.0.0.0"),
        *("https://10.1.2.3", "https://192.168.0.1", "https://169.254.169.254/latest/meta-data"),
        *("https://[fd00::1]", "https://[fe80::1]", "https://[::ffff:127.0.0.1]"),
        *("https://[2002:7f00:1::]", "https://100.64.0.1", "https://224.0.0.1"),
        *(
            "https://[64:ff9b::7f00:1]",
            "https://[64:ff9b::10.0.0.1]",
            "https://[64:ff9b:1::808:808]",
        ),
        *("https://[fec0::1]", "https://[::127.0.0.1]", "https://[::ffff:0:10.0.0.1]"),
        *("https://[2002:a00:1::]", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]"),
        *("https://[ff0e::1]", "https://[4000::1]", "https://[::]", "https://[2001:db8::1]"),
    ],
)
def test_private_networks_are_refused_unless_the_settings_allow_them(url: str) -> None:
    with pytest.raises(AddressError, match=r"setting webhooks\.private") as refused:
        check_url(url, PUBLIC)
    assert refused.value.field == "webhook"
    assert str(check_url(url, PRIVATE).host)


def test_http_is_for_private_networks() -> None:
    with pytest.raises(AddressError, match="only https"):
        check_url("http://example.org", PUBLIC)
    check_url("http://10.0.0.1", PRIVATE)


@pytest.mark.parametrize("settings", [PUBLIC, PRIVATE])
@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://example.org", "https://", "https:///x", "https://x:y"]
)
def test_what_is_no_address_is_refused(url: str, settings: WebhookSettings) -> None:
    with pytest.raises(AddressError):
        check_url(url, settings)


def test_a_password_is_not_kept_nor_repeated() -> None:
    with pytest.raises(AddressError) as refused:
        check_url("https://ann:secret@example.org", PUBLIC)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_other_ways_to_write_this_machine_are_seen_through(name: str) -> None:
    url = check_url(f"https://{name}", PRIVATE)
    with pytest.raises(AddressError, match="this machine"):
        resolve(url, PUBLIC)
    assert set(resolve(url, PRIVATE)) <= {"127.0.0.1", "::1"}


def test_every_address_of_a_name_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int | None, **more: object) -> list[tuple[object, ...]]:
        assert host == "example.org"
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (each, 443)) for each in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(AddressError, match=r"10\.0\.0\.1"):
        resolve(httpx.URL("https://example.org"), PUBLIC)
