"""Reads the form of a page, as a browser would, for programs that play one."""

from html.parser import HTMLParser


class PageForm(HTMLParser):
    """The first form of a page: where it goes, what it asks for, and what it carries unseen."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: set[str] = set()
        self.hidden: dict[str, str] = {}

    @classmethod
    def of(cls, page: str) -> "PageForm":
        """The form of this page; without an action where it has none."""
        form = cls()
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = attributes.get("action", "")
        if tag in ("input", "select"):
            self.fields.add(attributes.get("name", ""))
        if tag == "input" and attributes.get("type") == "hidden":
            self.hidden[attributes["name"]] = attributes.get("value", "")
