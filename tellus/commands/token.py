"""`tellus token NAME`: an access token of one of the local people or systems, for trying the API by hand."""

import json
import time

import typer

from deploy.local.environment import SettingUnusable
from deploy.local.identity.flows import NoToken
from deploy.local.identity.levels import LEVELS
from deploy.local.identity.one_time_codes import code_at, secret_of, step_at
from deploy.local.identity.people import Directory, read_directory
from deploy.local.identity.settings import Settings
from deploy.local.identity.tokens import system_token, token_for
from tellus.exit_codes import CommandFailed, ExitCode

app = typer.Typer()


@app.command()
def token(
    name: str = typer.Argument("", metavar="NAME", help="A person or a system; without one, all are listed."),
    *,
    acr: str = typer.Option("", help="Level of assurance: aal2 has a person's one-time code computed and sent too."),
    code: bool = typer.Option(False, "--code", help="Print what a person's authenticator app would show now."),
    as_json: bool = typer.Option(False, "--json", help="For scripts."),
) -> None:
    """Print a development token: curl -H "Authorization: Bearer $(tellus token carl-caseworker)" ..."""
    try:
        settings = Settings.from_environment()
        directory = read_directory(settings)
        if not name:
            _list(directory, as_json=as_json)
            return
        if acr and acr not in LEVELS:
            raise CommandFailed(f"There is no level {acr!r}. There are: {', '.join(LEVELS)}.", ExitCode.USAGE)
        known = name in directory.people or name in _systems(directory)
        if not known:
            choices = ", ".join([*sorted(directory.people), *sorted(_systems(directory))])
            raise CommandFailed(f"Nobody here is called {name!r}. There are: {choices}.", ExitCode.USAGE)
        if (code or acr) and name not in directory.people:
            raise CommandFailed(f"{name} is a system: it has no authenticator app and no level.", ExitCode.USAGE)
        if code:
            typer.echo(code_at(secret_of(settings.secrets_dir, name), step_at(time.time())))
            return
        person = name in directory.people
        found = token_for(name, settings=settings, acr=acr) if person else system_token(name, settings=settings)
    except (NoToken, SettingUnusable) as error:
        raise CommandFailed(str(error), ExitCode.NOT_WELL) from error
    typer.echo(json.dumps({"name": name, "issuer": settings.issuer, "access_token": found}) if as_json else found)


def _systems(directory: Directory) -> set[str]:
    return {name for name, client in directory.clients.items() if "client_credentials" in client.grants}


def _list(directory: Directory, *, as_json: bool) -> None:
    everybody = {name: list(person.roles) for name, person in sorted(directory.people.items())}
    everybody |= {name: list(directory.clients[name].roles) for name in sorted(_systems(directory))}
    if as_json:
        typer.echo(json.dumps(everybody))
        return
    for name, roles in everybody.items():
        typer.echo(f"{name:<28} {', '.join(roles)}")
