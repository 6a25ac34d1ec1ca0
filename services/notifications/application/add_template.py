"""Add a version of a template."""

from services.notifications.application.ports import UnitOfWork
from services.notifications.application.published import as_template_event, as_template_view
from services.notifications.domain.template import Template
from shared.clock import now
from shared.contracts.notifications.rpc import AddTemplate, TemplateView


def add_template(request: AddTemplate, *, unit_of_work: UnitOfWork) -> TemplateView:
    """Messages written from now on use this version and the world is told, or nothing happened."""
    with unit_of_work() as work:
        work.permissions.require("add_template")
        version = work.templates.lock(request.key, request.language) + 1
        template = Template.write(
            request.key, request.language, version, subject=request.subject, body=request.body, at=now()
        )
        work.templates.add(template)
        work.tell(as_template_event(template))
        return work.reply(as_template_view(template))
