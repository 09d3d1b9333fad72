from __future__ import annotations

import pytest

from backend.utils.addresses import one_client


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.5", "203.0.113.5"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"), ("::ffff:203.0.113.5", "203.0.113.5"), ("fe80::1%eth0", "fe80::/64"),
        ("local", "local"), (":made up:", ":made up:"),
    ],
)  # fmt: skip
def test_the_addresses_of_one_customer_are_one_client(address: str, client: str) -> None:
    assert one_client(address) == client
