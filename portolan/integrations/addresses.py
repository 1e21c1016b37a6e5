"""Where a connection may lead.

A base address is typed by a tenant, so it may be aimed at our own network. The check is made on the numbers a name
resolves to, at the moment the socket is opened and on the very address that is dialled: a name that answers
differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket

from portolan.integrations.provider import ProviderError, Retry

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
# Cloud metadata services hand out machine credentials to anyone who can reach them, so they stay closed even where
# private addresses are allowed. The link-local ones are covered by their range.
METADATA = frozenset(
    ipaddress.ip_address(address) for address in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")
)


class ForbiddenAddress(ProviderError):
    """The address leads somewhere Portolan does not go."""


def resolve(*, host: str, port: int, allow_private: bool, is_encrypted: bool) -> list[str]:
    """This function will return the numeric addresses of `host` in the resolver's order, if every one of them may be
    dialled. It raises ForbiddenAddress where one may not (a mixed answer is how rebinding begins), and ProviderError
    with Retry.LATER where the name cannot be resolved now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderError(f"The name {host} cannot be resolved.", retry=Retry.LATER) from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for number in numbers:
        refusal = refused(number, allow_private=allow_private, is_encrypted=is_encrypted)
        if refusal:
            raise ForbiddenAddress(f"{host} {refusal}.")
    return numbers


def refused(number: str, *, allow_private: bool, is_encrypted: bool) -> str:
    """This function will say why a numeric address may not be dialled, as the rest of a sentence; empty if it may."""
    address = unwrapped(ipaddress.ip_address(number.partition("%")[0]))
    if address in METADATA or address.is_link_local:
        return "leads to a link-local or metadata address, which is never allowed"
    if address.is_unspecified or address.is_multicast:
        return "leads to an address that is no single machine"
    is_public = address.is_global
    if not is_public and not allow_private:
        return "leads to a private network, which this installation does not allow"
    if is_public and not is_encrypted:
        return "must be reached by https, or the token would travel in the open"
    return ""


def unwrapped(address: Address) -> Address:
    """This function will return the IPv4 address that an IPv6 one merely carries (mapped, compatible, 6to4, Teredo,
    NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
