import ast

from tests.curation.hygiene.planted import planted_secrets

from hornbook.curation.hygiene.literals import find_literals
from hornbook.curation.hygiene.masking import Mask, apply_masks, find_masks, widened

GITHUB = next(one for one in planted_secrets(0) if one.kind == "GitHub").secret


def masked(text: str, **switches: bool) -> str:
    on = {"mask_secrets": True, "mask_emails": True, "mask_ips": True} | switches
    return apply_masks(text, find_masks(text, find_literals(text).spans, **on))[0]


def test_each_kind_gets_its_placeholder_and_is_counted() -> None:
    text = f"# ada@acme.org\nx = ['{GITHUB}', '81.2.69.142', '81.2.69.143']\n"
    masks = find_masks(text, find_literals(text).spans, mask_secrets=True, mask_emails=True, mask_ips=True)
    new, numbers = apply_masks(text, masks)
    assert new == "# <EMAIL>\nx = ['<KEY>', '<IP>', '<IP>']\n"
    assert numbers == {"email": 1, "key": 1, "ip": 2}


def test_each_kind_can_be_switched_off() -> None:
    text = f"x = ['ada@acme.org', '{GITHUB}', '81.2.69.142']\n"
    assert GITHUB in masked(text, mask_secrets=False)
    assert "ada@acme.org" in masked(text, mask_emails=False)
    assert "81.2.69.142" in masked(text, mask_ips=False)


def test_code_that_looks_like_an_address_stays() -> None:
    text = "y = self.w@x.transpose + a@b.inv\n"
    assert masked(text) == text


def test_strings_of_every_make_still_parse() -> None:
    secret = "ada@acme.org"
    for prefix in ("", "r", "b", "f", "rb", "Rb", "fr", "u"):
        for quote in ("'", '"', "'''", '"""'):
            for before, after in (("", ""), ("\\n", "\\n"), (" ", " "), ("<", ">")):
                text = f"x = {prefix}{quote}{before}{secret}{after}{quote}  # {secret}\n"
                new = masked(text)
                ast.parse(new)
                assert new.count("<EMAIL>") == 2, new
                assert secret not in new


def test_an_f_string_keeps_its_expressions() -> None:
    text = "x = f\"{user!r} {d['ada@acme.org']:>{width}} ada@acme.org {host}.example\"\n"
    assert masked(text) == "x = f\"{user!r} {d['<EMAIL>']:>{width}} <EMAIL> {host}.example\"\n"
    ast.parse(masked(text))


def test_an_address_with_a_password_is_one_secret_and_no_email() -> None:
    new = masked("x = 'https://ada:kR7tPq2vXw9z@git.acme.org/x.git'\n")
    assert "kR7tPq2vXw9z" not in new
    assert "<KEY>" in new
    assert "@git.acme.org" in new or "acme" not in new


def test_a_secret_over_several_strings_is_masked_in_each() -> None:
    text = "x = ('abcd'\n     'efgh'  # ijkl\n)\n"
    spans = find_literals(text).spans
    masks = [Mask(text.index("cd"), text.index("kl"), "key")]
    assert apply_masks(text, widened(masks, spans))[0] == "x = ('<KEY>'\n     '<KEY>'  #<KEY>\n)\n"


def test_a_mask_does_not_leave_half_an_escape() -> None:
    secret = next(one for one in planted_secrets(0) if one.kind == "named password")
    for tail in ("\\'", "\\\\", "\\n", "\\x41"):
        text = secret.line.replace("!'", f"!{tail}'") + "\n"
        ast.parse(text)
        ast.parse(masked(text))


def test_prose_is_masked_all_over() -> None:
    text = "Ask ada@acme.org, don't ask bob@acme.org.\n"
    masks = find_masks(text, None, mask_secrets=True, mask_emails=True, mask_ips=True)
    assert apply_masks(text, masks)[0] == "Ask <EMAIL>, don't ask <EMAIL>.\n"
