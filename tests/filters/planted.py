"""Secrets that are nobody's, made when a test runs: no text of this repository looks like one."""

import base64
import json
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass

LETTERS = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
WEB = LETTERS + "-_"


@dataclass(frozen=True)
class Planted:
    kind: str
    line: str
    """A line of Python with the secret in a string."""
    secret: str


def planted_secrets(seed: int) -> Iterator[Planted]:
    """One secret of each kind. The well-known beginnings are put together here, so that scanners pass this file by."""
    rng = random.Random(seed)

    def draw(alphabet: str, length: int) -> str:
        # Digits and letters both, as real keys have them; a rare draw has none.
        while True:
            text = "".join(rng.choices(alphabet, k=length))
            if length < 16 or alphabet == string.ascii_letters or sum(map(str.isdigit, text)) > 2:
                return text

    def encoded(size: int) -> str:
        return base64.b64encode(rng.randbytes(size)).decode()

    def part(fields: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    token = ".".join((part({"alg": "HS256", "typ": "JWT"}), part({"sub": draw(LETTERS, 12)}), draw(WEB, 43)))
    body = "\\n".join(encoded(48) for _ in range(12))
    pem = f"-----BEGIN RSA PRIV{'ATE'} KEY-----\\n{body}\\n-----END RSA PRIV{'ATE'} KEY-----"
    kinds = {
        "AWS key id": ("aws_access_key_id = '{}'", "AK" + "IA" + draw(BASE32, 16)),
        "AWS secret": ("aws_secret_access_key = '{}'", encoded(30)),
        "GitHub": ("token = '{}'", "gh" + "p_" + draw(LETTERS, 36)),
        "GitHub, fine-grained": ("token = '{}'", "github" + "_pat_" + draw(LETTERS, 22) + "_" + draw(LETTERS, 59)),
        "GitLab": ("token = '{}'", "gl" + "pat-" + draw(LETTERS, 20)),
        "Slack": ("slack = '{}'", "xo" + f"xb-{draw(string.digits, 12)}-{draw(string.digits, 12)}-{draw(LETTERS, 24)}"),
        "Stripe": ("stripe.api_key = '{}'", "sk" + "_live_" + draw(LETTERS, 24)),
        "Google": ("key = '{}'", "AI" + "za" + draw(WEB, 35)),
        "OpenAI": (
            "client = OpenAI(api_key='{}')",
            "sk" + "-" + draw(LETTERS, 20) + "T3Blbk" + "FJ" + draw(LETTERS, 20),
        ),
        "Anthropic": ("api_key='{}'", "sk" + "-ant-api03-" + draw(WEB, 93) + "AA"),
        "Hugging Face": ("hf = '{}'", "h" + "f_" + draw(string.ascii_letters, 34)),
        "SendGrid": ("sendgrid = '{}'", "S" + f"G.{draw(LETTERS, 22)}.{draw(LETTERS, 43)}"),
        "Twilio": ("twilio_api_key = '{}'", "S" + "K" + draw(HEX, 32)),
        "npm": ("npm = '{}'", "np" + "m_" + draw(LETTERS, 36)),
        "PyPI": ("password = '{}'", "pyp" + "i-AgEIcHlwaS5vcmc" + draw(WEB, 80)),
        "Telegram": ("bot = Bot('{}')", f"1{draw(string.digits, 9)}:A" + "A" + draw(WEB, 33)),
        "Discord": ("client.run('{}')", f"M{draw(LETTERS, 23)}.{draw(LETTERS, 6)}.{draw(LETTERS, 27)}"),
        "JWT": ("jwt = '{}'", token),
        "DigitalOcean": ("key = '{}'", "dop" + "_v1_" + draw(HEX, 64)),
        "Shopify": ("shop = '{}'", "shp" + "at_" + draw(HEX, 32)),
        "database address": ("engine = create('postgresql://admin:{}@db.acme.io:5432/prod')", draw(LETTERS, 16)),
        "Django": ("SECRET_KEY = '{}'", draw(string.ascii_lowercase + string.digits + "!@#$^&*(-_=+)", 50)),
        "named key": ("API_KEY = '{}'", draw(LETTERS, 32)),
        "bearer token": ("headers = {{'Authorization': 'Bearer {}'}}", draw(LETTERS, 40)),
        "named password": ("password = '{}'", "Sommer" + draw(string.digits, 4) + "!"),
        "private key": ("KEY = '{}'", pem),
    }
    for kind, (line, secret) in kinds.items():
        yield Planted(kind, line.format(secret), secret)
