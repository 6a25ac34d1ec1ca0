"""Get one version of a template."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_template_view
from shared.contracts.notifications.rpc import GetTemplate, TemplateView


def get_template(request: GetTemplate, *, unit_of_work: UnitOfWork) -> TemplateView:
    """The version asked for, the newest where none is."""
    with unit_of_work.reading() as work:
        work.permissions.require("get_template")
        return as_template_view(work.templates.get(request.key, request.language, request.version))
