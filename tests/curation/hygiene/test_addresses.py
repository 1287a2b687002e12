import pytest

from hornbook.curation.hygiene.addresses import email_addresses, ip_addresses


def emails(text: str) -> list[str]:
    return [text[start:end] for start, end in email_addresses(text)]


def ips(text: str) -> list[str]:
    return [text[start:end] for start, end in ip_addresses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Ada Lovelace <ada.lovelace+math@acme.co.uk>, 1843", ["ada.lovelace+math@acme.co.uk"]),
        ("x = 'mailto:a@b-c.org.'", ["a@b-c.org"]),
        ("'a@b.org,c@d.org'", ["a@b.org", "c@d.org"]),
        (r"'one\nada@acme.org'", ["ada@acme.org"]),
        ("főnök@bár.hu", []),
        ("főnök@bar.hu", ["főnök@bar.hu"]),
    ],
)
def test_email_addresses_are_found(text: str, expected: list[str]) -> None:
    assert emails(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "ada@mail.example.org",
        "ada@host.invalid",
        "root@localhost",
        "git@github.com:ada/engine.git",
        "icon@2x.png",
        "@app.route('/')",
        "pkg@1.2.3",
        "a @ b.c",
        "@decorator.name",
    ],
)
def test_example_addresses_and_what_is_none_stay(text: str) -> None:
    assert emails(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host = '81.2.69.142'", ["81.2.69.142"]),
        ("http://81.2.69.142:80/", ["81.2.69.142"]),
        ("dns 2a02:2e0:3fe:1001:302::1, next", ["2a02:2e0:3fe:1001:302::1"]),
        ("[2a02:02e0:03fe:1001:0302:0000:0000:0001]", ["2a02:02e0:03fe:1001:0302:0000:0000:0001"]),
    ],
)
def test_public_addresses_are_found(text: str, expected: list[str]) -> None:
    assert ips(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1 0.0.0.0 10.1.2.3 192.168.17.4 172.16.0.12 255.255.255.0 169.254.10.11",
        "192.0.2.17 198.51.100.2 203.0.113.9 2001:db8::17 ::1 fe80::1ff:fe23:4567:890a",
        "8.8.8.8 1.1.1.1 224.0.0.251 81.2.69.0",
        "version 11.22.33.44, foo==10.20.30.40, Chrome/58.10.30.110, v10.20.30.40, 1.2.3.4",
        "1.3.6.1.4.1.311 300.20.30.40 11.22.33.444 2.5.29.17",
        "12:34:56 00:1b:44:11:3a:b7 a::b x[1::2] std::cafe py::test_dead::beef",
    ],
)
def test_special_ranges_versions_and_other_numbers_stay(text: str) -> None:
    assert ips(text) == []
