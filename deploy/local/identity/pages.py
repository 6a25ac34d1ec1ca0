"""The routes that people use: signing in, signing out, and a page that says what this is."""

from flask import Blueprint, render_template, request

from deploy.local.identity.cookies import SESSION_COOKIE
from deploy.local.identity.forms import Forms
from deploy.local.identity.provider import Provider
from deploy.local.identity.signing_in import SigningIn
from deploy.local.identity.signing_out import SigningOut


def make_pages(provider: Provider) -> Blueprint:
    """The pages of one provider."""
    routes = Blueprint("pages", __name__)
    forms = Forms()
    signing_in = SigningIn(provider, forms)
    signing_out = SigningOut(provider, forms)
    routes.add_url_rule("/authorize", "authorize", signing_in.ask, methods=["GET"])
    routes.add_url_rule("/authorize", "sign_in", signing_in.answer, methods=["POST"])
    routes.add_url_rule("/end-session", "end_session", signing_out.ask, methods=["GET"])
    routes.add_url_rule("/end-session", "sign_out", signing_out.answer, methods=["POST"])

    @routes.get("/")
    def welcome() -> str:
        signed_in = provider.sessions.find(request.cookies.get(SESSION_COOKIE))
        people = provider.directory.people.values()
        return render_template("welcome.html", people=people, signed_in=signed_in, gateway=provider.settings.gateway)

    return routes
