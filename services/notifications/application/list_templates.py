"""List the templates."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_template_view
from shared.contracts.notifications.rpc import ListTemplates, TemplateView
from shared.contracts.paging import Page


def list_templates(request: ListTemplates, *, unit_of_work: UnitOfWork) -> Page[TemplateView]:
    """The newest version of every template, by key and language."""
    with unit_of_work.reading() as work:
        work.permissions.require("list_templates")
        found, following = work.templates.newest(request.limit, request.cursor)
        return Page[TemplateView](items=tuple(map(as_template_view, found)), next=following)
