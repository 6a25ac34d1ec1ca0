"""What every cookie says of itself, whatever it holds: the browser keeps it from everybody else."""

import pytest

from services.gateway.sessions import cookies


@pytest.mark.parametrize("name", [cookies.SESSION, cookies.SIGN_IN])
def test_a_cookie_is_for_this_host_over_tls_and_no_script(name: str) -> None:
    for field, value in (cookies.given(name, "a"), cookies.given(name, "a", seconds=600), cookies.taken_back(name)):
        said, *attributes = value.decode().split("; ")
        assert field == b"set-cookie"
        assert said.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(attributes)
        assert not [attribute for attribute in attributes if attribute.lower().startswith("domain")]
