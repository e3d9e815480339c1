"""Sends one message to a webhook, signed as the Standard Webhooks specification 1.0.0 says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import httpx
from standardwebhooks.webhooks import Webhook

from app.saved.addresses import AddressError, check_url, resolve
from app.saved.outbox import Letter, Outbox
from indexer.network import may_use_proxy
from indexer.sections import WebhookSettings

FIRST_PAUSE = 5.0
"""Seconds before the second attempt; each further pause is four times as long."""
LONGEST_PAUSE = 86_400.0

GONE = 410
"""The status with which a receiver unsubscribes."""


def _now() -> datetime:
    return datetime.now(UTC)


class RefusedError(Exception):
    """A message did not arrive. ``final``: trying again is of no use."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def deliver(
    outbox: Outbox,
    settings: WebhookSettings,
    clock: Callable[[], datetime] = _now,
) -> tuple[int, int]:
    """Send every message that is due now.

    Returns:
        How many arrived, and how many did not.
    """
    # Longer than an attempt can take: the name, the connection, the request and the answer.
    lease = timedelta(seconds=4 * settings.timeout + 30)
    arrived = failed = 0
    began = clock()
    # Reading first avoids creating a database where there is none.
    if (due := outbox.next_due()) is None or due > began:
        return 0, 0
    while (letter := outbox.take(began, clock() + lease)) is not None:
        try:
            send(letter, settings, clock())
        except RefusedError as error:
            failed += 1
            over = error.final or letter.attempts + 1 >= settings.attempts
            outbox.failed(letter, str(error), None if over else clock() + pause(letter.attempts))
        else:
            arrived += 1
            outbox.arrived(letter, clock())
    return arrived, failed


def send(letter: Letter, settings: WebhookSettings, now: datetime) -> None:
    """Post a message to its webhook. Redirects are not followed, and no answer is read.

    Raises:
        RefusedError: it did not arrive.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Reelfind/{version('reelfind')}",
        "webhook-id": letter.delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(letter.secret).sign(letter.delivery_id, now, letter.body),
    }
    try:
        url = check_url(letter.url, settings)
        addresses = resolve(url, settings)
        # The connection goes to an IP address, but the certificate is for the name.
        headers["Host"] = url.netloc.decode("ascii")
        places = [url.copy_with(host=each) for each in addresses]
        status = asyncio.run(_post(places, url, headers, letter, settings.timeout))
    except AddressError as error:
        raise RefusedError(str(error)) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise RefusedError(f"{letter.url}: timed out after {settings.timeout:g} s") from error
    except httpx.HTTPError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise RefusedError(f"{letter.url}: {reason}") from error
    if not 200 <= status < 300:
        raise RefusedError(f"{letter.url}: answered {status}", final=status == GONE)


async def _post(
    places: list[httpx.URL],
    url: httpx.URL,
    headers: dict[str, str],
    letter: Letter,
    seconds: float,
) -> int:
    """Post to the first IP address that accepts a connection; return the status.

    One deadline covers the whole exchange: a timeout per read would start again with each byte of
    a slow answer.

    Raises:
        TimeoutError: ``seconds`` have passed.
    """
    name = {"sni_hostname": url.raw_host.decode("ascii")}
    limits = httpx.Timeout(None, connect=seconds / len(places))
    proxy = may_use_proxy(str(url))
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=proxy) as client,
    ):
        for number, place in enumerate(places, start=1):
            body = letter.body.encode()
            request = client.build_request(
                "POST", place, headers=headers, content=body, extensions=name
            )
            try:
                answer = await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(places):
                    raise
                continue
            await answer.aclose()
            return answer.status_code
    raise httpx.ConnectError("the name leads nowhere")


def pause(attempts: int) -> timedelta:
    """Return the seconds to wait after a failure that followed ``attempts`` others.

    Up to a tenth is random, so that many messages to one receiver spread out.
    """
    seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 4**attempts)
    return timedelta(seconds=seconds * random.uniform(1.0, 1.1))
