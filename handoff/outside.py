"""Which addresses Handoff may post to: the public internet, and what `WEBHOOK_ALLOW` names.

A name is resolved once and every address it has must be allowed; the caller connects to the very
address that was checked, so that a name which changes its mind in between reaches nothing inside.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Allowed = Sequence[Network | str]

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


class Refused(Exception):
    """An address that nothing is posted to; the text says why."""


def entry(text: str) -> Network | str:
    """One entry of the setting: `10.0.0.0/8`, `127.0.0.1`, or a name whatever it resolves to, such
    as `crm.internal`. Raises ValueError."""
    text = text.strip().lower()
    try:
        if ":" in text or text.replace(".", "").replace("/", "").isdigit():
            return ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"WEBHOOK_ALLOW: {error}.") from error
    if not NAME.fullmatch(text):
        raise ValueError(f"WEBHOOK_ALLOW: “{text}” is no network, address or host name.")
    return text


@dataclass(frozen=True)
class Place:
    """Where a URL leads: `host` is what certificate and `Host` header say, `addresses` where the
    connection may go, in the resolver's order."""

    host: str
    port: int
    path: str
    secure: bool
    addresses: tuple[str, ...]


def locate(url: str, allowed: Allowed) -> Place:
    """The checked place of a URL. Raises Refused, or OSError where its name is not known."""
    host, port, path, secure = read(url)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    for text in addresses:
        check(host, ipaddress.ip_address(text), allowed)
    return Place(host, port, path, secure, addresses)


def read(url: str) -> tuple[str, int, str, bool]:
    """Host, port, path and whether it is https. Raises Refused for what is no such address."""
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise Refused("The address has a blank or a control character in it.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("That is no address such as https://example.com/hook.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused("The address must begin with https:// or http:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address must not hold a user name or password.")
    if port == 0:
        raise Refused("There is no port 0.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Refused("The address must be ASCII; percent-encode everything else.")
    return _host(parts.hostname), port or PORTS[parts.scheme], path, parts.scheme == "https"


def check(host: str, address: Address, allowed: Allowed) -> None:
    """Raises Refused for an address that is not public and not allowed by setting."""
    if all(_is_public(one) for one in _within(address)):
        return
    for one in allowed:
        if one == host or (not isinstance(one, str) and address in one):
            return
    raise Refused(
        f"{host} is at {address}, which is not a public address. An operator can allow it with"
        " WEBHOOK_ALLOW."
    )


def _within(address: Address) -> list[Address]:
    """The address, and the IPv4 addresses that an IPv6 one carries in itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    carried: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    carried += address.teredo or ()
    if address in NAT64:
        carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    inside = [one for one in carried if one is not None]
    return inside if address.ipv4_mapped or address in NAT64 else [address, *inside]


def _is_public(address: Address) -> bool:
    odd = address.is_multicast or address.is_reserved or address.is_unspecified
    local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not odd and not local


def _host(host: str) -> str:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return _name(host)
    return host


def _name(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        if not host.isascii():
            return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise Refused(f"“{host}” is no host name.") from None
    if not host:
        raise Refused("The address names no host.")
    return host
