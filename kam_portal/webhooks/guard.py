"""Where a webhook may lead: to public addresses over https. The address that was checked is the one connected to, so
a name that changes its mind in between gains nothing."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

LOCAL = {"localhost", "127.0.0.1"}
PRIVATE_NAMES = (".localhost", ".local", ".internal")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """The address must not be called; says why."""


def checked(url: str) -> SplitResult:
    """The parts of an address that may be kept; Refused says what is wrong with it."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Refused(_("Not an address.")) from None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise Refused(_("Not an address."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(_("An address without a name, a password and a fragment."))
    if parts.scheme != "https" and not (settings.DEBUG and parts.scheme == "http" and host in LOCAL):
        raise Refused(_("Only https addresses."))
    return parts


def check_public(parts: SplitResult) -> None:
    """Refused if the host says by itself that it is a private one: an address in any spelling, or a name of this
    machine. What other names stand for is looked up when something is sent, each time."""
    if settings.WEBHOOKS_TO_PRIVATE or (settings.DEBUG and parts.hostname in LOCAL):
        return
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(PRIVATE_NAMES) or not all(map(is_public, literal(host))):
        raise Refused(_("The address leads into a private network."))


def literal(host: str) -> list[str]:
    """The address that a host is, in whatever spelling; nothing if it is a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(sockaddr[0]) for *_rest, sockaddr in found]


def address_of(parts: SplitResult) -> str:
    """The network address to connect to: every one the name stands for must be public."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(_("The name of the host is not known.")) from None
    addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
    if not settings.WEBHOOKS_TO_PRIVATE and not all(map(is_public, addresses)):
        raise Refused(_("The address leads into a private network."))
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether it is a public address, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in NAT64 or int(ip) >> 32 == 0:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
