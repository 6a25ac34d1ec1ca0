"""An image holds its own service's code and no other's, runs as nobody in particular, and is probed without the app."""

import ast
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest

from deploy.compose.probe import answers
from deploy.local.suite import SERVICES
from tests.architecture.sources import ROOT, sources

COMPOSE: Final = ROOT / "deploy" / "compose"
DOCKERFILE: Final = (ROOT / "deploy" / "Dockerfile").read_text()
INSTRUCTIONS: Final = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
BESIDES: Final = ["deploy/compose/probe.py", "deploy/rabbitmq/topology.json", "services/__init__.py"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build sees of a checkout, a file for each folder."""
    root = tmp_path_factory.mktemp("all")
    own = [f"services/{service}/{part}.py" for service in SERVICES for part in ("__init__", "service")]
    for name in ("shared/__init__.py", "tellus/main.py", "deploy/local/suite.py", *BESIDES, *own):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def collected(checkout: Path, service: str, to: Path) -> list[str]:
    subprocess.run(
        ["sh", COMPOSE / "collect", checkout, to],
        env={"PATH": os.environ["PATH"], "SERVICE": service},
        capture_output=True,
        check=True,
    )
    found = (file for file in to.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return sorted(str(file.relative_to(to)) for file in found)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_one_service_and_no_other(service: str, checkout: Path, tmp_path: Path) -> None:
    own = [f"services/{service}/__init__.py", f"services/{service}/service.py"]
    assert collected(checkout, service, tmp_path) == sorted([*BESIDES, *own, "shared/__init__.py"])
    assert list(tmp_path.rglob("shared/__pycache__/*.pyc")), "compiled: the image is read-only later"


def test_the_tools_hold_everything(checkout: Path, tmp_path: Path) -> None:
    everything = sorted(str(file.relative_to(checkout)) for file in checkout.rglob("*") if file.is_file())
    assert collected(checkout, "tools", tmp_path) == everything


def test_an_unknown_service_is_refused_by_name(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        collected(checkout, "ledger", tmp_path)
    assert b"SERVICE is 'ledger'" in refused.value.stderr


def test_what_an_image_holds_imports_nothing_that_it_lacks() -> None:
    lacking = [
        source.at(node)
        for source in sources()
        if source.path.startswith(("services/", "shared/"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"deploy", "tellus", "tests"}
    ]
    assert lacking == []


def test_packages_are_checked_by_hash_and_run_nothing_while_they_are_installed() -> None:
    (install,) = re.findall(r"pip --python .*?\.txt", DOCKERFILE, re.DOTALL)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(install.split())


def test_the_image_runs_as_an_account_without_rights_and_in_exec_form() -> None:
    assert "USER 10001:10001" in INSTRUCTIONS
    assert INSTRUCTIONS[-1] == 'ENTRYPOINT ["python", "-m"]'
    assert INSTRUCTIONS.index("USER 10001:10001") > INSTRUCTIONS.index("COPY --from=code /app /app")


def test_the_image_says_whether_it_lives_not_whether_it_is_ready() -> None:
    (probe,) = re.findall(r"HEALTHCHECK.*?CMD (\[.*?\])", DOCKERFILE, re.DOTALL)
    assert ast.literal_eval(probe) == ["python", "-IS", "/app/deploy/compose/probe.py", "9100", "/healthz"]


def test_the_probe_imports_a_socket_and_nothing_else() -> None:
    (tree,) = [source.tree for source in sources() if source.path == "deploy/compose/probe.py"]
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"socket", "sys"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


@pytest.fixture
def port() -> Iterator[int]:
    """A listener that is ready and not alive."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/readyz" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_probe_believes_a_200_only(port: int) -> None:
    assert answers(port, "/readyz")
    assert not answers(port, "/healthz")


def test_the_probe_says_no_where_nobody_listens(port: int) -> None:
    assert answers(port, "/readyz")
    assert not answers(1, "/readyz")
