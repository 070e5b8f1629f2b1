"""Secrets are replaced where text is read; ordinary code is not.

Every secret here is put together at run time, so that no scanner takes the file for a leak.
"""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.safety.secrets import redact

LETTERS = string.ascii_letters + string.digits


def made(length: int, alphabet: str = LETTERS, salt: str = "") -> str:
    """Characters that look random and are the same on every machine."""
    digest = "".join(hashlib.sha512(f"{salt}{i}".encode()).hexdigest() for i in range(length // 64 + 1))
    return "".join(alphabet[int(digest[2 * i : 2 * i + 2], 16) % len(alphabet)] for i in range(length))


HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"
BODY = "\n".join(made(64, LETTERS + "+/", str(i)) for i in range(5))
RANDOM = made(32)
PASSWORD = "Tr0ub" + "4dor&3x"
BASE64 = made(40, LETTERS + "+/")

PLANTED = [
    ("aws-id", "key = {}", "AK" + "IA" + made(16, UPPER), "AWS access key"),
    ("aws-temporary-id", "{}", "AS" + "IA" + made(16, UPPER), "AWS access key"),
    ("aws-secret-in-a-file-of-settings", "aws_secret_access_key = {}", BASE64, "key"),
    ("aws-secret-in-code", 'AWS_SECRET_ACCESS_KEY="{}"', BASE64, "key"),
    ("github", "git clone https://{}@github.com/a/b", "gh" + "p_" + made(36), "GitHub token"),
    ("github-server", "token: {}", "gh" + "s_" + made(36), "GitHub token"),
    ("github-fine-grained", "{}", "github" + "_pat_" + made(22) + "_" + made(59), "GitHub token"),
    ("gitlab", "CI_TOKEN={}", "gl" + "pat-" + made(20), "GitLab token"),
    ("google", "const k = '{}'", "AI" + "za" + made(35), "Google API key"),
    ("google-of-the-new-kind", "client({})", "A" + "Q.Ab8" + made(48, LETTERS + "_-"), "Google API key"),
    ("google-oauth", '"client_secret":"{}"', "GOC" + "SPX-" + made(28), "Google OAuth secret"),
    ("slack", "{}", "xo" + "xb-" + made(12, string.digits) + "-" + made(24), "Slack token"),
    (
        "slack-webhook",
        "https://{}",
        "hooks.slack" + ".com/services/T" + made(9, UPPER) + "/B" + made(24),
        "Slack webhook",
    ),
    ("stripe", "stripe.api_key = '{}'", "sk" + "_live_" + made(24), "Stripe key"),
    ("stripe-test", "{}", "sk" + "_test_" + made(24), "Stripe key"),
    ("npm", "//npm.example.org/:_authToken={}", "np" + "m_" + made(36), "npm token"),
    ("pypi", "password = {}", "py" + "pi-Ag" + "EIcHlwaS5vcmc" + made(60), "PyPI token"),
    ("jwt", "{}", "ey" + "J" + made(20) + ".ey" + "J" + made(40) + "." + made(43), "JSON Web Token"),
    ("openai", "{}", "sk" + "-proj-" + made(48), "OpenAI key"),
    ("anthropic", "{}", "sk" + "-ant-api03-" + made(80), "Anthropic key"),
    ("hugging-face", "login('{}')", "h" + "f_" + made(34, string.ascii_letters), "Hugging Face token"),
    ("sendgrid", "{}", "S" + "G." + made(22) + "." + made(43), "SendGrid key"),
    ("twilio", "{}", "S" + "K" + made(32, HEX), "Twilio key"),
    ("digitalocean", "{}", "do" + "p_v1_" + made(64, HEX), "DigitalOcean token"),
    ("telegram", "{}", "718293645" + ":AA" + made(33), "Telegram token"),
    ("azure", "DefaultEndpointsProtocol=https;{};x", "Account" + "Key=" + made(86) + "==", "Azure account key"),
    ("vault", "{}", "hv" + "s." + made(24), "Vault token"),
    ("docker", "{}", "dckr" + "_pat_" + made(27), "Docker token"),
    ("shopify", "{}", "shp" + "at_" + made(32, HEX), "Shopify token"),
    ("postgres", 'DSN = "postgresql://app:{}@db.internal:5432/app"', PASSWORD, "password"),
    ("redis-without-user", "redis://:{}@cache:6379/0", made(12), "password"),
    ("mongodb", "mongodb+srv://root:{}@cluster0.example.net", "hunter" + "22", "password"),
    ("amqp-percent-encoded", "amqp://svc:{}@mq/vhost", "p%40ss" + "W0rd", "password"),
    ("ado-net", "Server=db;User Id=sa;Password={};Encrypt=true", PASSWORD, "password"),
    ("query", "GET /v1/items?api_key={}&page=2", made(32, HEX), "token"),
    ("bearer", "curl -H 'Authorization: Bearer {}' x", made(40), "token"),
    ("bearer-in-code", 'headers = {{"Authorization": "Bearer {}"}}', made(24), "token"),
    ("basic", "Authorization: Basic {}", "dXNlcjpzM2NyM3RQYXNz" + "dzByZA==", "token"),
    ("own-header", "X-Api-Key: {}", made(32, HEX), "key"),
    ("literal-password", 'password = "{}"', PASSWORD, "password"),
    ("typed-literal", 'DB_PASSWORD: str = "{}"', PASSWORD, "password"),
    ("json", '  "dbPassword": "{}",', PASSWORD, "password"),
    ("json-in-a-string", r"\"password\": \"{}\"", PASSWORD, "password"),
    ("yaml", "  password: {}", PASSWORD, "password"),
    ("dotenv", "export SESSION_SECRET={}", made(32, HEX), "secret"),
    ("dockerfile", "ENV API_TOKEN={}", RANDOM, "token"),
    ("go", 'apiKey := "{}"', RANDOM, "key"),
    ("ruby-hash", "'secret_key_base' => '{}'", made(64, HEX), "key"),
    ("subscript", 'app.config["SECRET_KEY"] = "{}"', made(48, HEX), "key"),
    ("c-macro", '#define API_KEY "{}"', RANDOM, "key"),
    ("php", "define('DB_PASSWORD', '{}');", PASSWORD, "password"),
    ("bytes", 'SIGNING_KEY = b"{}"', RANDOM, "key"),
    ("comparison", 'if token == "{}":', RANDOM, "token"),
    ("xml", "<password>{}</password>", PASSWORD, "password"),
    ("flag", "mysql --user=root --password={} db", PASSWORD, "password"),
    ("flag-apart", "deploy --api-token {} --now", RANDOM, "token"),
    ("flag-in-a-list", 'args: ["--token", "{}"]', RANDOM, "token"),
    ("sql", "CREATE USER app IDENTIFIED BY '{}';", PASSWORD, "password"),
    ("netrc", "machine h login u password {}", PASSWORD, "password"),
    ("uuid-as-secret", "client_secret: {}", "3f2b8c1e-9a" + "4d-4e6f-8b7a-1c2d3e4f5a6b", "secret"),
    ("windows-line-end", "API_KEY={}\r", RANDOM, "key"),
    ("not-ascii-around", "señal_password = '{}'  # ключ", PASSWORD, "password"),
]


@pytest.mark.parametrize(("line", "secret", "kind"), [p[1:] for p in PLANTED], ids=[p[0] for p in PLANTED])
def test_a_secret_is_replaced_and_its_line_stays(line: str, secret: str, kind: str) -> None:
    text = f"first line\n{line.replace('{}', secret).replace('{{', '{').replace('}}', '}')}\nlast line\n"

    redacted, count = redact(text)

    assert secret not in redacted
    assert f"[redacted: {kind}]" in redacted
    assert count == 1
    assert redacted.count("\n") == text.count("\n")
    assert redact(redacted) == (redacted, 0)


SHA = made(40, HEX)

NEAR_MISSES = [
    ("empty", ""),
    ("git-sha", f"commit {SHA}"),
    ("uuid", 'id = "3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b"'),
    ("sha256", f'sha256 = "{made(64, HEX)}"'),
    ("lock-file", f'"integrity": "sha512-{made(86)}=="'),
    ("pip-hash", f"    --hash=sha256:{made(64, HEX)}"),
    ("base64-data", f'DATA = "{made(200, LETTERS + "+/")}"'),
    ("minified", 'function a(b){return b.token?b.token:c.get("token1")||d("passwordField2")}'),
    ("css", ".token.keyword1 { color: #a1b2c3; }"),
    ("placeholder", 'password = "changeme"'),
    ("your-key", 'API_KEY = "your-key-here-12345678"'),
    ("angle-brackets", "password: <your-password-1A>"),
    ("variable", 'password = "${DB_PASSWORD_1A}"'),
    ("template", 'password: "{{ vault.password1A }}"'),
    ("percent", 'url = "postgres://%s:%s@%s/db"'),
    ("format", 'f"postgres://{user}:{password}@{host}/db"'),
    ("shell", 'curl -H "Authorization: Bearer $TOKEN"'),
    ("documented-header", "Authorization: Bearer YOUR_ACCESS_TOKEN_1"),
    ("environ", 'token = os.environ["API_TOKEN_V2"]'),
    ("getenv", 'secret = getenv("APP_SECRET_2")'),
    ("call", "password = generate_password2(16)"),
    ("attribute", "token = request2.session3.token4"),
    ("type", "api_key: Optional[SecretStr2] = None"),
    ("annotation", "token: OAuth2PasswordBearerV2"),
    ("crosses", 'token = "xxxxxxxxxxxxxxxxxxxxxxxx1"'),
    ("documented-aws", "AK" + "IAIOSFODNN7EXAMPLE"),
    ("crossed-out-github", "gh" + "p_" + "x" * 36),
    ("name-of-a-field", 'PASSWORD_FIELD = "password_field_1"'),
    ("header-name", 'API_KEY_HEADER = "X-API-Key-V2-2024"'),
    ("address", 'token_url = "https://auth.example.org/oauth2/v2/token1"'),
    ("file", 'secret_file = "/run/secrets/db1-password2-v3"'),
    ("path", 'PRIVATE_KEY_PATH = "certs/server1/key2.pem3"'),
    ("hash", f'password_hash = "{SHA}"'),
    ("pagination", f'"nextPageToken": "{RANDOM}"'),
    ("public-key", f'publicKeyToken="{made(16, HEX)}"'),
    ("cloudformation", f'"AWS::IAM::AccessKey": "{made(16, HEX)}"'),
    ("tokenizer", f'tokenizer = "cl100k_base_v2_x3_{made(6)}"'),
    ("checkpoint", 'continuation_marker_token = b"async_v2_ckpt_35k"'),
    ("date", '"PasswordLastUsed": "2016-09-08T21:47:36Z"'),
    ("arn", 'encryptionKey: "arn:aws:kms:us-west-2:417498243647:key/c9fe2447"'),
    ("marker-only", 'if "-----BEGIN RSA PRIVATE KEY-----" in text:\n    raise ValueError("a private key")\n'),
    ("markers-only", '"-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----"'),
    ("public-key-block", f"-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----"),
    ("certificate", f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----"),
    ("user-and-pass", "https://user:pass@example.org/"),
    ("same-twice", "amqp://guest:guest@localhost//"),
    ("port", "http://localhost:8080/@scope/package"),
    ("ssh-address", "git@github.com:owner/name.git"),
    ("mail", "mailto://someone@example.org"),
    ("prose", "The password must have 8 characters; the token is sent as a Bearer token."),
    ("message", 'error("password must contain at least 1 digit and 1 Upper case letter")'),
    ("sentence-about-a-token", "a secret token2-based approach with OAuth2"),
    ("masked", 'password = "********"'),
    ("short", 'pwd = "abc12"'),
    ("version", 'TOKEN_VERSION = "v1.2.3-rc4"'),
    ("constants", "TOKEN_RPAREN2 = 12345678901234567890"),
    ("go-test", "func TestPasswordReset2(t *testing.T) {"),
    ("label", 'placeholder="Password1!"'),
    ("already-redacted", 'password = "[redacted: password]"'),
]


@pytest.mark.parametrize("text", [n[1] for n in NEAR_MISSES], ids=[n[0] for n in NEAR_MISSES])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == (text, 0)


BLOCKS = [
    ("rsa", "-----BEGIN RSA " + f"PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\n"),
    ("openssh", "-----BEGIN OPENSSH " + f"PRIVATE KEY-----\n{BODY}\n-----END OPENSSH PRIVATE KEY-----\n"),
    ("windows-lines", "-----BEGIN " + f"PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n".replace("\n", "\r\n")),
    (
        "in-yaml",
        "key: |\n  -----BEGIN " + f"PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n".replace("\n", "\n  "),
    ),
    (
        "in-one-string",
        "k = '-----BEGIN " + f"PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----'".replace("\n", "\\n"),
    ),
    (
        "strings-joined",
        "'-----BEGIN " + f"PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----'".replace("\n", "\\n' +\n'"),
    ),
    (
        "encrypted",
        "-----BEGIN RSA " + f"PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n-----END RSA PRIVATE KEY-----",
    ),
    ("pgp", "-----BEGIN PGP " + f"PRIVATE KEY BLOCK-----\nVersion: 1\n\n{BODY}\n-----END PGP PRIVATE KEY BLOCK-----"),
    ("cut-off", "-----BEGIN EC " + f"PRIVATE KEY-----\n{BODY}"),
    ("putty", f"Public-Lines: 1\nabc\nPrivate-Lines: 5\n{BODY}\nPrivate-MAC: 12\n"),
]


@pytest.mark.parametrize("block", [b[1] for b in BLOCKS], ids=[b[0] for b in BLOCKS])
def test_a_private_key_loses_its_body_and_keeps_its_lines(block: str) -> None:
    text = f"before = 1\n{block}\nafter = 2\n"

    redacted, count = redact(text)

    assert not [
        line for line in BODY.split("\n") if line in redacted or line[:12] in redacted or line[-12:] in redacted
    ]
    assert [redacted.count(end) for end in ("\n", "\r\n")] == [text.count(end) for end in ("\n", "\r\n")]
    assert redacted.startswith("before = 1\n")
    assert redacted.endswith("after = 2\n")
    assert count == 1
    assert redact(redacted) == (redacted, 0)


def test_every_secret_of_a_text_is_counted() -> None:
    lines = [line.replace("{}", secret) for _, line, secret, _ in PLANTED]

    redacted, count = redact("\n".join(lines))

    assert count == len(PLANTED)
    assert not [secret for _, _, secret, _ in PLANTED if secret in redacted]


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_redaction_or_loses_a_line(text: str) -> None:
    redacted, _ = redact(text)

    assert redacted.count("\n") == text.count("\n")


@given(
    st.lists(
        st.sampled_from([*(p[1].replace("{}", p[2]) for p in PLANTED), *(n[1] for n in NEAR_MISSES), "\n", '"', " "])
    )
)
@settings(max_examples=200, deadline=None)
def test_text_that_was_redacted_once_is_not_changed_again(pieces: list[str]) -> None:
    once, _ = redact("".join(pieces))

    assert redact(once) == (once, 0)


@pytest.mark.parametrize(
    "text",
    ["password = " * 50_000, "token:" * 50_000, "a" * 500_000, "://" * 100_000, "-----BEGIN PRIVATE KEY-----" * 5_000],
    ids=["names", "colons", "one-word", "addresses", "markers"],
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    redact(text)
