"""Why somebody may read what is known of people: the reasons there are, each with its ground in law.

Every request has one of these: the header Tellus-Purpose, the client's own, or what its route is for. Policies ask for
it, the record keeps it, and the person whose data was read is told it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PUBLIC_TASK: Final = "UK GDPR Art. 6(1)(e)"
LEGAL_OBLIGATION: Final = "UK GDPR Art. 6(1)(c)"
VITAL_INTERESTS: Final = "UK GDPR Art. 6(1)(d)"
SUBSTANTIAL_PUBLIC_INTEREST: Final = "UK GDPR Art. 9(2)(g)"

CONTACT: Final = "contact"
INTERACTION: Final = "interaction"
CASE: Final = "case"
CASE_TYPE: Final = "case_type"
MESSAGE: Final = "message"
TEMPLATE: Final = "template"
ENTRY: Final = "entry"
STAFF: Final = "staff"
PEOPLE: Final = frozenset({CONTACT, INTERACTION, CASE, MESSAGE})


@dataclass(frozen=True)
class Purpose:
    """One reason."""

    code: str
    title: str
    """As it is told to the person whose data is read."""
    basis: str | None
    """The article that allows it; None where nothing is read of anybody."""
    nouns: frozenset[str]
    """What it reaches; the policies forbid the rest."""
    special: str | None = None
    """The article that allows it for special categories of data, where it reaches any."""


_ALL: Final = (
    Purpose(
        "service_delivery",
        "Serving somebody who asks for something",
        PUBLIC_TASK,
        PEOPLE | {CASE_TYPE, TEMPLATE},
        special=SUBSTANTIAL_PUBLIC_INTEREST,
    ),
    Purpose(
        "casework",
        "Working on a case",
        PUBLIC_TASK,
        PEOPLE | {CASE_TYPE, TEMPLATE},
        special=SUBSTANTIAL_PUBLIC_INTEREST,
    ),
    Purpose("self_service", "Showing people what is their own", PUBLIC_TASK, PEOPLE | {CASE_TYPE, STAFF}),
    Purpose(
        "communication",
        "Writing to people about the services that they use",
        PUBLIC_TASK,
        frozenset({CONTACT, MESSAGE, TEMPLATE}),
    ),
    Purpose(
        "campaign",
        "Telling many people of something that concerns them",
        PUBLIC_TASK,
        frozenset({CONTACT, MESSAGE, TEMPLATE}),
    ),
    Purpose("case_correspondence", "Writing to somebody about their own case", PUBLIC_TASK, frozenset({CONTACT})),
    Purpose("process_design", "Designing how cases go", None, frozenset({CASE_TYPE, TEMPLATE})),
    Purpose(
        "oversight",
        "Checking that people's data was used as the law asks",
        LEGAL_OBLIGATION,
        PEOPLE | {CASE_TYPE, TEMPLATE, ENTRY, STAFF},
        special=SUBSTANTIAL_PUBLIC_INTEREST,
    ),
    Purpose(
        "accountability",
        "Showing who read or changed what is known of somebody",
        LEGAL_OBLIGATION,
        PEOPLE | {CASE_TYPE, TEMPLATE, ENTRY, STAFF},
    ),
    Purpose(
        "subject_access",
        "Answering somebody who asks about, corrects or objects to the use of their data",
        LEGAL_OBLIGATION,
        PEOPLE | {CASE_TYPE, TEMPLATE, ENTRY},
    ),
    Purpose(
        "emergency",
        "Keeping somebody from harm",
        VITAL_INTERESTS,
        PEOPLE | {CASE_TYPE, TEMPLATE, STAFF},
        special="UK GDPR Art. 9(2)(c)",
    ),
    Purpose(
        "migration", "Bringing in records from an older system", PUBLIC_TASK, PEOPLE | {CASE_TYPE, TEMPLATE, STAFF}
    ),
    Purpose("public_record", "Checking that the record is whole", None, frozenset({ENTRY})),
    Purpose(
        "operations",
        "Keeping the service running and safe",
        PUBLIC_TASK,
        PEOPLE | {CASE_TYPE, TEMPLATE, ENTRY, STAFF},
    ),
    Purpose(
        "staff_administration",
        "Administering who works here and what they may do",
        PUBLIC_TASK,
        frozenset({STAFF}),
    ),
    Purpose("integration", "Letting other systems take part", PUBLIC_TASK, frozenset({STAFF})),
)
REGISTRY: Final[Mapping[str, Purpose]] = MappingProxyType({purpose.code: purpose for purpose in _ALL})
"""Every purpose by its code, in the order in which they are listed."""
