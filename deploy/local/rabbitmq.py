"""A private RabbitMQ: its folder, its settings and the command that runs it in the foreground."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.places import Places, ServerUser, server_user
from deploy.local.private_files import password, write_private

ADMINISTRATOR: Final = "tellus"
VHOST: Final = "tellus"

_SETTINGS: Final = """\
# Written anew at every start.
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}

# The first start makes this user instead of the well-known guest.
default_vhost = {vhost}
default_user = {administrator}
default_pass = {password}
default_user_tags.administrator = true
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*

# Small: the whole suite shares one machine with everything else.
vm_memory_high_watermark.absolute = 768MB
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 33554432

log.console = true
log.console.level = warning
log.file = false
"""

_ERLANG: Final = (
    "-noinput "  # the shell that would otherwise read standard input is not wanted
    "-kernel inet_dist_use_interface {127,0,0,1} "
    "+S 2:2"
)


@dataclass(frozen=True)
class RabbitMQ:
    """One private broker."""

    programs: Path
    places: Places

    @property
    def user(self) -> ServerUser:
        """The account it runs as."""
        return server_user("rabbitmq")

    @property
    def home(self) -> Path:
        """Its folder."""
        return self.places.data / "rabbitmq"

    @property
    def node(self) -> str:
        """Its name among Erlang nodes; one epmd on a port of our own keeps it apart from any other."""
        return "tellus@localhost"

    @property
    def command(self) -> tuple[str, ...]:
        """Runs it in the foreground, past the wrapper that would change the account."""
        return (str(self.programs / "rabbitmq-server"),)

    @property
    def environment(self) -> Mapping[str, str]:
        """Keeps the broker, and rabbitmqctl with the same variables, inside its own folder and ports."""
        home, ports = self.home, self.places.ports
        return {
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports.of("rabbitmq")),
            "RABBITMQ_DIST_PORT": str(ports.of("rabbitmq-distribution")),
            "ERL_EPMD_PORT": str(ports.of("epmd")),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(home / "feature_flags"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_ALLOW_INPUT": "true",  # the start script becomes the server, so a kill reaches the server itself
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }

    @property
    def management(self) -> str:
        """The address of the management interface, without a user."""
        return f"http://127.0.0.1:{self.places.ports.of('rabbitmq-management')}"

    def amqp_url(self, user: str, secret: str, vhost: str = VHOST) -> str:
        """The address of a virtual host, as one user."""
        return f"amqp://{user}:{secret}@127.0.0.1:{self.places.ports.of('rabbitmq')}/{vhost}"

    def management_url(self, user: str, secret: str) -> str:
        """The address of the management interface, as one user."""
        return f"http://{user}:{secret}@127.0.0.1:{self.places.ports.of('rabbitmq-management')}"

    def administrator_password(self) -> str:
        """The administrator's password, made up on first use."""
        return password(self.places.secrets / "rabbitmq_password")

    def settings(self) -> str:
        """What its settings file holds."""
        return _SETTINGS.format(
            amqp=self.places.ports.of("rabbitmq"),
            management=self.places.ports.of("rabbitmq-management"),
            vhost=VHOST,
            administrator=ADMINISTRATOR,
            password=self.administrator_password(),
        )

    def prepare(self) -> None:
        """The folder exists and holds its settings."""
        home = self.places.server_home("rabbitmq", self.user)
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, secrets.token_hex(20), owner=self.user)
            cookie.chmod(0o400)
        write_private(home / "rabbitmq.conf", self.settings(), owner=self.user)
        write_private(home / "rabbitmq-env.conf", "", owner=self.user)
        write_private(home / "enabled_plugins", "[rabbitmq_management].\n", owner=self.user)
