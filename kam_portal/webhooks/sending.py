"""One message to one endpoint: signed, with time limits, without following redirects."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import SplitResult

import urllib3
from django.utils.crypto import salted_hmac

from kam_portal.webhooks import guard

LIMITS = urllib3.Timeout(connect=5, read=10, total=12)  # seconds
PURPOSE = "kam_portal.webhooks"
AGENT = "KAM-Portal-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or why there is none."""

    status: int | None = None
    error: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def secret_of(salt: str) -> str:
    """The secret of an endpoint; it is stored nowhere."""
    return "whsec_" + salted_hmac(PURPOSE, salt, algorithm="sha256").hexdigest()


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=…,v1=…`: the second in which it was sent, and HMAC-SHA256 of that second, a full stop and the body."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def send(url: str, secret: str, body: bytes, at: int, event: str, delivery: int) -> Answer:
    """Post a body. Any 2xx is good; every other answer, and none, is to be tried again."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "KAM-Event": event,
        "KAM-Delivery": str(delivery),
        "KAM-Signature": signature(secret, body, at),
    }
    try:
        parts = guard.checked(url)
        return _post(parts, guard.address_of(parts), headers, body)
    except guard.Refused as refusal:
        return Answer(error=str(refusal))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return Answer(error=type(error).__name__)


def _post(parts: SplitResult, address: str, headers: dict[str, str], body: bytes) -> Answer:
    """To exactly this network address, in the name of the host; the answer's body is not read."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = headers | {"Host": parts.netloc}
    with _pool(parts, address) as pool:
        answer = pool.urlopen(
            "POST", target, body=body, headers=headers, retries=False, redirect=False, preload_content=False
        )
        answer.close()
        return Answer(status=answer.status)


def _pool(parts: SplitResult, address: str) -> urllib3.HTTPConnectionPool:
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=LIMITS)
    named = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname}
    return urllib3.HTTPSConnectionPool(address, parts.port or 443, timeout=LIMITS, cert_reqs="CERT_REQUIRED", **named)
