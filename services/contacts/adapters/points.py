"""Normal forms of contact points: email-validator for addresses, libphonenumber for numbers."""

import re
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from services.contacts.domain.errors import PointInvalid

INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""What comes along when an address is copied from a page."""
NUMBER: Final = re.compile(r"[0-9+()./\s\u2010-\u2015-]+")
"""What a number is written with. An extension is none of it: it would be lost without a word."""


class StandardPoints:
    """Contact points as the standards write them."""

    def __init__(self, region: str) -> None:
        self._region = region

    def email(self, text: str) -> str:
        """The address in lower case, its domain normalised (RFC 5321, IDNA); raises PointInvalid."""
        try:
            return validate_email(_visible(text), check_deliverability=False, strict=True).normalized.lower()
        except EmailNotValidError as error:
            raise PointInvalid(
                "The email address is not valid: check it for a missing @, a space or a doubled dot.",
                errors=[{"pointer": "/email", "detail": "is not a valid email address"}],
            ) from error

    def phone(self, text: str) -> str:
        """The number in E.164; one without a + is read as of this region; raises PointInvalid."""
        if not NUMBER.fullmatch(visible := _visible(text)):
            raise _no_number()
        try:
            number = phonenumbers.parse(visible, self._region)
        except phonenumbers.NumberParseException as error:
            raise _no_number() from error
        # a number that is possible only within its own town says nothing without its area code
        if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise _no_number()
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _visible(text: str) -> str:
    return INVISIBLE.sub("", text).strip()


def _no_number() -> PointInvalid:
    return PointInvalid(
        "The phone number is not valid: give it in digits with its area code, or with + and the country code.",
        errors=[{"pointer": "/phone", "detail": "is not a possible phone number"}],
    )
