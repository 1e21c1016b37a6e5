import pytest

from portolan.integrations import addresses
from portolan.integrations.addresses import ForbiddenAddress
from portolan.integrations.provider import ProviderError, Retry

PRIVATE = "leads to a private network, which this installation does not allow"
NEVER = "leads to a link-local or metadata address, which is never allowed"
NO_MACHINE = "leads to an address that is no single machine"
OPEN = "must be reached by https, or the token would travel in the open"


@pytest.mark.parametrize(
    ("number", "by_default", "where_private_is_allowed"),
    [
        ("127.0.0.1", PRIVATE, ""),
        ("127.8.9.10", PRIVATE, ""),
        ("10.0.0.1", PRIVATE, ""),
        ("172.16.5.4", PRIVATE, ""),
        ("192.168.1.1", PRIVATE, ""),
        ("100.64.0.1", PRIVATE, ""),
        ("198.18.0.1", PRIVATE, ""),
        ("240.0.0.1", PRIVATE, ""),
        ("::1", PRIVATE, ""),
        ("fc00::1", PRIVATE, ""),
        ("::ffff:127.0.0.1", PRIVATE, ""),
        ("::ffff:10.0.0.1", PRIVATE, ""),
        ("::127.0.0.1", PRIVATE, ""),
        ("2002:7f00:1::", PRIVATE, ""),
        ("64:ff9b::7f00:1", PRIVATE, ""),
        ("64:ff9b::a00:1", PRIVATE, ""),
        ("169.254.169.254", NEVER, NEVER),
        ("169.254.1.1", NEVER, NEVER),
        ("fe80::1", NEVER, NEVER),
        ("fe80::1%eth0", NEVER, NEVER),
        ("::ffff:169.254.169.254", NEVER, NEVER),
        ("64:ff9b::a9fe:a9fe", NEVER, NEVER),
        ("fd00:ec2::254", NEVER, NEVER),
        ("100.100.100.200", NEVER, NEVER),
        ("0.0.0.0", NO_MACHINE, NO_MACHINE),
        ("::", NO_MACHINE, NO_MACHINE),
        ("224.0.0.1", NO_MACHINE, NO_MACHINE),
        ("ff02::1", NO_MACHINE, NO_MACHINE),
        ("255.255.255.255", PRIVATE, ""),
        ("104.192.136.1", "", ""),
        ("2606:4700::1111", "", ""),
    ],
)
def test_each_kind_of_address_is_allowed_or_refused(number, by_default, where_private_is_allowed):
    assert addresses.refused(number, allow_private=False, is_encrypted=True) == by_default
    assert addresses.refused(number, allow_private=True, is_encrypted=True) == where_private_is_allowed


@pytest.mark.parametrize("number", ["104.192.136.1", "2606:4700::1111", "::ffff:104.192.136.1"])
def test_a_token_never_travels_in_the_open_to_a_public_address(number):
    assert addresses.refused(number, allow_private=True, is_encrypted=False) == OPEN


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.1", "::1", "::ffff:7f00:1"]
)
def test_every_spelling_of_this_machine_is_refused(host):
    with pytest.raises(ForbiddenAddress, match="private network"):
        addresses.resolve(host=host, port=443, allow_private=False, is_encrypted=True)


def test_a_name_that_also_leads_inside_is_refused(monkeypatch):
    answer = [(2, 1, 6, "", (number, 443)) for number in ("104.192.136.1", "10.0.0.7")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answer)
    with pytest.raises(ForbiddenAddress, match="private network"):
        addresses.resolve(host="jira.example.com", port=443, allow_private=False, is_encrypted=True)


def test_a_name_that_does_not_resolve_may_resolve_later():
    with pytest.raises(ProviderError) as caught:
        addresses.resolve(host="no-such-host.invalid", port=443, allow_private=False, is_encrypted=True)
    assert caught.value.retry is Retry.LATER
