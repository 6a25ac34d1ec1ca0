"""What a decision hides is absent from the answer, and named."""

from pydantic import BaseModel, ConfigDict

from shared.authz.masks import mask
from shared.authz.model import EVERYTHING, Decision


class View(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: int
    name: str | None = None
    email: str | None = None
    hidden: tuple[str, ...] = ()


FULL = View(id=1, name="Siân", email="sian@example.org")


def showing(*fields: str) -> Decision:
    return Decision(allowed=True, policies=("p",), fields=frozenset(fields))


def test_what_may_be_shown_is_shown() -> None:
    assert mask(FULL, showing("name", "email"), ("name", "email")) == FULL
    assert mask(FULL, showing(EVERYTHING), ("name", "email")) == FULL


def test_what_is_hidden_is_absent_and_named() -> None:
    masked = mask(FULL, showing("name"), ("name", "email"))
    assert masked == View(id=1, name="Siân", email=None, hidden=("email",))
    assert "sian@example.org" not in masked.model_dump_json()


def test_an_empty_field_is_named_as_hidden_too_so_that_its_emptiness_is_no_news() -> None:
    assert mask(View(id=1), showing(), ("name", "email")).hidden == ("name", "email")


def test_fields_that_are_not_maskable_stay() -> None:
    assert mask(FULL, showing(), ("email",)).name == "Siân"


def test_the_view_that_was_masked_is_still_whole() -> None:
    mask(FULL, showing(), ("name", "email"))
    assert FULL.email == "sian@example.org"
