"""Contact points are kept in one form each, and refused by their place where nobody could be reached."""

import pytest

from services.contacts.adapters.points import StandardPoints
from services.contacts.domain.errors import PointInvalid

POINTS = StandardPoints("GB")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sian@EXAMPLE.org", "sian@example.org"),
        ("o'brien+permits@example.org", "o'brien+permits@example.org"),
        ("a!#$%&'*+/=?^_`{|}~-b@example.org", "a!#$%&'*+/=?^_`{|}~-b@example.org"),
        ("a@xn--mnchen-3ya.de", "a@münchen.de"),
        ("a@MÜNCHEN.de", "a@münchen.de"),
        ("siân@example.org", "siân@example.org"),
        ("\u200ba@exam\u200bple.org\ufeff ", "a@example.org"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_an_address_is_kept_in_small_letters_with_its_domain_normalised(typed: str, kept: str) -> None:
    assert POINTS.email(typed) == kept
    assert POINTS.email(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "a", "a@", "@example.org", "a@localhost", "a@example", "a@[127.0.0.1]", "a@127.0.0.1", '"a b"@c.com',
        "a@b_c.com", "a@c.com.", "a..b@c.com", ".a@c.com", "a.@c.com", "a b@c.com", "a;b@c.com", "a@b@c.com", "a@-c.com",
        "a@c-.com", "a@c..com", "a@c.123", "Ann <a@c.com>", "a@c.com,b@c.com", "a\r\nBcc: b@c.com", "a\x00@c.com",
        f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", f"a@{'b.' * 126}org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_its_place(typed: str) -> None:
    with pytest.raises(PointInvalid) as error:
        POINTS.email(typed)
    assert [fault["pointer"] for fault in error.value.details["errors"]] == ["/email"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("(07700)-900-123", "+447700900123"),
        ("020.7946.0000", "+442079460000"),
        ("0044 20 7946 0000", "+442079460000"),
        ("\u206007700\u00a0900\u2011123\u200b", "+447700900123"),
        ("+44 1534 456789", "+441534456789"),
        ("+7 495 123-45-67", "+74951234567"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+1 (202) 555-0143", "+12025550143"),
    ],
)
def test_a_number_is_kept_in_one_international_form(typed: str, kept: str) -> None:
    assert POINTS.phone(typed) == kept
    assert POINTS.phone(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "+", "abc", "999", "12345", "+44", "077009001234567", "+999 123 4567", "784951234567", "07700-90012O",
        "0800 FLOWERS", "٠٧٧٠٠٩٠٠١٢٣", "\uff10\uff17700900123", "07700 900123 ext 4", "07700900123 x4", "07700900123;ext=4",
        "07700900123,,4", "call 07700900123", "tel:+447700900123", "07700\x00900123", "07700900123 or 07700900124",
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused_by_its_place(typed: str) -> None:
    with pytest.raises(PointInvalid) as error:
        POINTS.phone(typed)
    assert [fault["pointer"] for fault in error.value.details["errors"]] == ["/phone"]


def test_a_number_without_a_country_is_of_our_region() -> None:
    assert StandardPoints("NL").phone("020 123 4567") == "+31201234567"
    assert StandardPoints("NL").phone("+44 20 7946 0000") == "+442079460000"
