import ast
from collections import Counter

import pytest
from tests.filters.planted import planted_secrets

from hornbook.filters import masking
from hornbook.filters.config import HygieneConfig
from hornbook.filters.data import find_literals
from hornbook.filters.masking import (
    Mask,
    apply_masks,
    email_addresses,
    find_masks,
    ip_addresses,
    secrets,
    widened,
)

FILE = "import os\n\n\ndef connect(user):\n    {}\n    return user\n"
GITHUB = next(one for one in planted_secrets(0) if one.kind == "GitHub").secret


def test_planted_secrets_of_all_kinds_are_found() -> None:
    found: Counter[str] = Counter()
    for seed in range(5):
        for planted in planted_secrets(seed):
            text = FILE.format(planted.line)
            start = text.index(planted.secret)
            end = start + len(planted.secret)
            found[planted.kind] += any(first <= start and last >= end for first, last in secrets(text))
    assert {kind: number for kind, number in found.items() if number < 4} == {}
    assert found.total() >= 0.98 * 5 * len(found)


@pytest.mark.parametrize(
    "line",
    [
        "password = 'changeme'",
        "password = getpass.getpass('Password: ')",
        "url = 'postgresql://user:password@localhost/db'",
        "api_key = '<your api key here 123>'",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
        "token = tokenizer.encode('abc 123 def 456')",
        "aws_access_key_id = 'AKIA" + "IOSFODNN7EXAMPLE'",
    ],
)
def test_placeholders_hashes_and_code_about_secrets_are_left_alone(line: str) -> None:
    assert secrets(FILE.format(line)) == []


@pytest.mark.parametrize("before", ["# Ключ → 🔑\n", "# \ud800\n"])
def test_places_are_right_behind_letters_of_several_bytes_and_what_is_no_unicode(before: str) -> None:
    planted = next(iter(planted_secrets(0)))
    text = before + planted.line
    ((start, end),) = secrets(text)
    assert text[start:end] == planted.secret


@pytest.mark.parametrize(
    ("text", "emails", "ips"),
    [
        ("# Ada Lovelace <ada.lovelace+math@acme.co.uk>, 1843", ["ada.lovelace+math@acme.co.uk"], []),
        (r"'one\nada@acme.org,c@d.org'", ["ada@acme.org", "c@d.org"], []),
        ("főnök@bár.hu, főnök@bar.hu", ["főnök@bar.hu"], []),
        ("ada@mail.example.org root@localhost git@github.com:ada/engine.git icon@2x.png pkg@1.2.3", [], []),
        ("@app.route('/') a @ b.c @decorator.name", [], []),
        ("http://81.2.69.142:80/", [], ["81.2.69.142"]),
        ("dns 2a02:2e0:3fe:1001:302::1, next", [], ["2a02:2e0:3fe:1001:302::1"]),
        ("127.0.0.1 10.1.2.3 192.168.17.4 172.16.0.12 255.255.255.0 192.0.2.17 224.0.0.251", [], []),
        ("2001:db8::17 ::1 fe80::1ff:fe23:4567:890a 8.8.8.8 81.2.69.0", [], []),
        ("version 11.22.33.44, foo==10.20.30.40, Chrome/58.10.30.110, v11.20.30.40, 1.2.3.4", [], []),
        ("1.3.6.1.4.1.311 300.20.30.40 11.22.33.444 2.5.29.17", [], []),
        ("12:34:56 00:1b:44:11:3a:b7 a::b x[1::2] std::cafe", [], []),
    ],
)
def test_addresses_of_somebody_are_found_and_others_stay(text: str, emails: list[str], ips: list[str]) -> None:
    assert [text[start:end] for start, end in email_addresses(text)] == emails
    assert [text[start:end] for start, end in ip_addresses(text)] == ips


def masked(text: str, **switches: bool) -> str:
    return apply_masks(text, find_masks(text, find_literals(text).spans, HygieneConfig(**switches)))[0]


def test_each_kind_gets_its_placeholder_is_counted_and_can_be_switched_off() -> None:
    text = f"# ada@acme.org\nx = ['{GITHUB}', '81.2.69.142', '81.2.69.143']\n"
    masks = find_masks(text, find_literals(text).spans, HygieneConfig())
    new, numbers = apply_masks(text, masks)
    assert new == "# <EMAIL>\nx = ['<KEY>', '<IP>', '<IP>']\n"
    assert numbers == {"email": 1, "key": 1, "ip": 2}
    assert GITHUB in masked(text, mask_secrets=False)
    assert "ada@acme.org" in masked(text, mask_emails=False)
    assert "81.2.69.142" in masked(text, mask_ips=False)


def test_strings_of_every_make_still_parse_and_code_that_looks_like_an_address_stays() -> None:
    secret = "ada@acme.org"
    for prefix in ("", "r", "f", "rb"):
        for quote in ("'", '"""'):
            for before, after in (("", ""), ("\\n", "\\n"), ("<", ">")):
                text = f"x = {prefix}{quote}{before}{secret}{after}{quote}  # {secret}\n"
                new = masked(text)
                ast.parse(new)
                assert new.count("<EMAIL>") == 2, new
    text = "x = f\"{user!r} {d['ada@acme.org']:>{width}} ada@acme.org {host}.example\"\n"
    assert masked(text) == "x = f\"{user!r} {d['<EMAIL>']:>{width}} <EMAIL> {host}.example\"\n"
    new = masked("x = 'https://ada:kR7tPq2vXw9z@git.acme.org/x.git'\n")
    assert ["kR7tPq2vXw9z" in new, "<EMAIL>" in new, "<KEY>" in new] == [False, False, True]
    text = "y = self.w@x.transpose + a@b.inv\n"
    assert masked(text) == text


def test_a_secret_over_several_strings_is_masked_in_each() -> None:
    text = "x = ('abcd'\n     'efgh'  # ijkl\n)\n"
    spans = find_literals(text).spans
    masks = [Mask(text.index("cd"), text.index("kl"), "key")]
    assert apply_masks(text, widened(masks, spans))[0] == "x = ('<KEY>'\n     '<KEY>'  #<KEY>\n)\n"


def test_a_mask_does_not_leave_half_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x = 'abcd\\'ef' + r'gh'\n"
    monkeypatch.setattr(masking, "secrets", lambda _: [(5, 10)])
    assert text[5:10] == "abcd\\"
    assert masked(text) == "x = '<KEY>ef' + r'gh'\n"
    text = "x = 'abc\\\\ef'\n"
    assert text[5:10] == "abc\\\\"
    assert masked(text) == "x = '<KEY>ef'\n"
