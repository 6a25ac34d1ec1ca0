"""A list of faults, each with its place, so that a designer mends a bundle in one go."""

from dataclasses import dataclass, field

MAXIMUM = 100
"""More than anybody mends at once, and a bounded answer."""


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901) to a place."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass
class Faults:
    """What is wrong, and where."""

    found: list[dict[str, str]] = field(default_factory=list)

    def add(self, place: str, detail: str) -> None:
        """One more fault; beyond the maximum they are no longer listed."""
        if len(self.found) < MAXIMUM:
            self.found.append({"pointer": place, "detail": detail})

    def __bool__(self) -> bool:
        return bool(self.found)
