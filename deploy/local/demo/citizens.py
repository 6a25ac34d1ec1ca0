"""Tells the identity provider which contacts its made-up citizens are, so that they see what is theirs."""

from deploy.local.demo.telling import Teller
from deploy.local.demo.voices import Company, StoryBroken
from deploy.local.identity.contacts import write_contacts
from deploy.local.identity.people import read_directory
from deploy.local.identity.settings import Settings

AGENT = "ada-agent"


def introduce(company: Company, teller: Teller) -> None:
    """From their next sign-in on, the citizens' tokens name their contacts."""
    settings = Settings.from_environment()
    contacts = {
        person.name: _contact(company, person.email)
        for person in read_directory(settings).people.values()
        if person.email
    }
    write_contacts(settings.contacts, contacts)
    teller.say(f"{', '.join(contacts)} can sign in and see what the city knows of them.")


def _contact(company: Company, email: str) -> str:
    found = company[AGENT].find_contacts({"email": email})["items"]
    if not found:
        raise StoryBroken("A sample citizen who was imported is not found.")
    return found[0]["id"]
