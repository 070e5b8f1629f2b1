"""Where Gemini is asked, and with which key."""

import pytest

from verifier.errors import UsageError
from verifier.model.endpoint import Endpoint

KEY = "the-key"


@pytest.mark.parametrize(
    ("environment", "key", "name", "other"),
    [
        pytest.param({"GEMINI_API_KEY": "a"}, "a", "GEMINI_API_KEY", False, id="gemini alone"),
        pytest.param({"GOOGLE_API_KEY": " b\n"}, "b", "GOOGLE_API_KEY", False, id="google alone, with blanks around"),
        pytest.param({"GOOGLE_API_KEY": "b", "GEMINI_API_KEY": "a"}, "b", "GOOGLE_API_KEY", True, id="google first"),
        pytest.param({"GOOGLE_API_KEY": "", "GEMINI_API_KEY": "a"}, "a", "GEMINI_API_KEY", False, id="empty is unset"),
    ],
)
def test_the_key_comes_from_the_environment(environment: dict[str, str], key: str, name: str, other: bool) -> None:
    endpoint = Endpoint.from_environment(environment)

    assert (endpoint.api_key, endpoint.key_name, endpoint.other_key_set) == (key, name, other)


def test_a_key_that_is_given_goes_before_the_environment() -> None:
    endpoint = Endpoint.from_environment({"GOOGLE_API_KEY": "b", "GEMINI_API_KEY": "a"}, api_key=KEY)

    assert (endpoint.api_key, endpoint.key_name, endpoint.other_key_set) == (KEY, "--api-key", False)


def test_the_address_comes_from_the_environment_unless_it_is_given() -> None:
    environment = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:1/"}

    assert Endpoint.from_environment(environment).base_url == "http://127.0.0.1:1/"
    assert Endpoint.from_environment(environment, base_url="http://127.0.0.1:2/").base_url == "http://127.0.0.1:2/"


def test_vertex_takes_project_and_place_from_the_environment_and_no_key() -> None:
    environment = {"GEMINI_API_KEY": KEY, "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:1/"}

    endpoint = Endpoint.from_environment(environment, vertex=True)

    assert (endpoint.vertex, endpoint.api_key, endpoint.project, endpoint.location) == (True, "", "p", "global")
    assert endpoint.base_url is None


def test_no_representation_shows_the_key() -> None:
    endpoint = Endpoint.from_environment({"GEMINI_API_KEY": KEY})

    assert KEY not in f"{endpoint!r} {endpoint}"


def test_messages_name_the_host_without_user_and_password() -> None:
    assert Endpoint(KEY, "http://user:word@host.example:8080/path?key=1").host == "host.example:8080"
    assert Endpoint(KEY).host == "generativelanguage.googleapis.com"


def test_user_and_password_are_kept_out_of_the_address_which_is_logged() -> None:
    given = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": "https://us%40er:pa%3Ass@host.example:8080/path"}

    endpoint = Endpoint.from_environment(given)

    assert (endpoint.base_url, endpoint.login) == ("https://host.example:8080/path", ("us@er", "pa:ss"))
    assert "pa:ss" not in f"{endpoint!r} {endpoint}"


@pytest.mark.parametrize(
    ("environment", "given", "line"),
    [
        pytest.param(
            {},
            {},
            "no API key; set GEMINI_API_KEY or GOOGLE_API_KEY to a key from https://aistudio.google.com/apikey, "
            "or replay a recording with --replay",
            id="no key",
        ),
        pytest.param(
            {},
            {"vertex": True},
            "Vertex AI needs a project; set GOOGLE_CLOUD_PROJECT, or replay a recording with --replay",
            id="no project",
        ),
        pytest.param(
            {"GEMINI_API_KEY": "two words"},
            {},
            "GEMINI_API_KEY holds no API key (blanks or characters no key has); "
            "set it to a key from https://aistudio.google.com/apikey",
            id="a sentence for a key",
        ),
        pytest.param(
            {"GEMINI_API_KEY": "clé"},
            {},
            "GEMINI_API_KEY holds no API key (blanks or characters no key has); "
            "set it to a key from https://aistudio.google.com/apikey",
            id="a key that no header can carry",
        ),
        pytest.param(
            {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": "localhost:80"},
            {},
            "the base URL of the service is no http or https address; correct it or leave it out",
            id="an address without scheme",
        ),
    ],
)
def test_what_cannot_be_right_is_one_line(environment: dict[str, str], given: dict[str, bool], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        Endpoint.from_environment(environment, **given)  # type: ignore[arg-type]

    assert str(caught.value) == line
