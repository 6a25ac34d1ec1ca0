"""Makes the typed half of the client from docs/openapi.json: `python -m clients.python.generate`."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

Json = dict[str, Any]
DOCUMENT: Final = Path("docs/openapi.json")
PLACE: Final = Path(__file__).parent / "tellus_client"
_TYPES: Final = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}
_JSON: Final = "application/json"
_SAID: Final = {"If-Match": "seen", "Idempotency-Key": "idempotency_key", "Tellus-Purpose": "purpose"}
_AS_TYPED_DICTS: Final = (
    *("--input-file-type", "openapi", "--openapi-scopes", "schemas"),
    *("--output-model-type", "typing.TypedDict", "--enum-field-as-literal", "all"),
    *("--target-python-version", "3.11", "--use-standard-collections", "--use-union-operator"),
    *("--use-schema-description", "--disable-timestamp", "--formatters", "ruff-format"),
)
_HEADER: Final = '"""Generated from docs/openapi.json by clients/python/generate.py: {about}"""\n'


def main() -> None:
    """Write both files where they belong."""
    for name, text in files(orjson.loads(DOCUMENT.read_bytes())).items():
        (PLACE / name).write_text(text, encoding="utf-8")


def files(document: Json) -> Mapping[str, str]:
    """The generated files by name: the same document always makes the same bytes."""
    return {"models.py": _formatted(_models(document)), "operations.py": _formatted(_operations(document))}


def _models(document: Json) -> str:
    schemas = {name: _open(schema) for name, schema in document["components"]["schemas"].items()}
    slim = {"openapi": "3.1.0", "info": document["info"], "paths": {}, "components": {"schemas": schemas}}
    with tempfile.TemporaryDirectory() as folder:
        read, written = Path(folder) / "openapi.json", Path(folder) / "models.py"
        read.write_bytes(orjson.dumps(slim))
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(read), "--output", str(written)]
        header = _HEADER.format(about="what is sent and answered.").strip()
        subprocess.run([*command, *_AS_TYPED_DICTS, "--custom-file-header", header], cwd=folder, check=True)  # noqa: S603
        return written.read_text(encoding="utf-8")


def _open(schema: Any) -> Any:
    # a newer server may answer with more; and what is sent is checked where it arrives
    if isinstance(schema, list):
        return [_open(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _open(value) for name, value in schema.items() if (name, value) != ("additionalProperties", False)}


def _operations(document: Json) -> str:
    found = sorted(
        (described["operationId"], method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if _speaks_json(described)
    )
    lines = [_HEADER.format(about="one method for each operation that speaks JSON.")]
    lines += ["from collections.abc import Iterator", "from typing import Any, Literal, cast", ""]
    lines += ["from . import models", "from .asking import Asking, pages, segment", "", ""]
    lines += ["class Operations(Asking):", '    """Everything that can be asked for, by its name."""']
    for name, method, path, described in found:
        lines += ["", *_method(name, method, path, described)]
        if _item(described, document) and "cursor" in _names(described, "query"):
            lines += ["", *_all(name, described, document)]
    return "\n".join(lines) + "\n"


def _speaks_json(described: Json) -> bool:
    body = described.get("requestBody", {"content": {_JSON: {}}})
    status, answer = next(iter(described["responses"].items()))
    return _JSON in body["content"] and (status == "204" or _JSON in answer["content"])


def _method(name: str, method: str, path: str, described: Json) -> Iterable[str]:
    answer = _answer(described)
    yield f"    def {name}(self, {', '.join(_arguments(described))}) -> {answer or 'None'}:"
    yield from _docstring(described["description"])
    place = path
    for parameter in _names(described, "path"):
        place = place.replace(f"{{{parameter}}}", f"{{segment({parameter})}}")
    quoted = f'f"{place}"' if place != path else f'"{path}"'
    asked = [f'"{method}"', quoted]
    if query := _names(described, "query"):
        asked.append(f"query={{{', '.join(f'{_quoted(n)}: {n}' for n in query)}}}")
    if "requestBody" in described:
        asked.append("body=body")
    asked += [f"{said}={said}" for header, said in _SAID.items() if header in _names(described, "header")]
    call = f"self._ask({', '.join(asked)})"
    yield f"        return cast({_quoted(answer)}, {call})" if answer else f"        {call}"


def _all(name: str, described: Json, document: Json) -> Iterable[str]:
    item = _item(described, document)
    arguments = [found for found in _arguments(described) if not found.startswith(("cursor:", "limit:"))]
    yield f"    def {name}_all(self, {', '.join(arguments)}) -> Iterator[models.{item}]:"
    yield '        """The same, page after page to the end."""'
    passed = [f"{n}={n}" for n in _names(described, "path")]
    passed += [f"{n}={n}" for n in _names(described, "query") if n not in {"cursor", "limit"}]
    passed += ["limit=100", "cursor=cursor"] if "limit" in _names(described, "query") else ["cursor=cursor"]
    passed += [f"{said}={said}" for header, said in _SAID.items() if header in _names(described, "header")]
    yield f"        return pages(lambda cursor: cast('dict[str, Any]', self.{name}({', '.join(passed)})))"


def _arguments(described: Json) -> Iterable[str]:
    for parameter in described["parameters"]:
        if parameter["in"] == "path":
            yield f"{parameter['name']}: {_type(parameter['schema'])}"
    if "requestBody" in described:
        yield f"body: models.{_model(described['requestBody']['content'][_JSON]['schema'])}"
    keywords: list[str] = []
    for parameter in described["parameters"]:
        name, kind = parameter["name"], _type(parameter["schema"])
        if parameter["in"] == "query" and name != "fields":
            keywords.append(f"{name}: {kind}" if parameter["required"] else f"{name}: {kind} | None = None")
    headers = _names(described, "header")
    keywords += ["seen: int"] if "If-Match" in headers else []
    keywords += ["idempotency_key: str | None = None"] if "Idempotency-Key" in headers else []
    keywords += ["purpose: str | None = None"] if "Tellus-Purpose" in headers else []
    if keywords:
        yield "*"
        yield from sorted(keywords, key=lambda keyword: "=" in keyword)


def _names(described: Json, place: str) -> list[str]:
    return [found["name"] for found in described["parameters"] if found["in"] == place and found["name"] != "fields"]


def _type(schema: Json) -> str:
    if "enum" in schema:
        return f"Literal[{', '.join(_quoted(word) for word in schema['enum'])}]"
    return _TYPES.get(schema.get("type", ""), "str")


def _answer(described: Json) -> str:
    status, answer = next(iter(described["responses"].items()))
    return "" if status == "204" else f"models.{_model(answer['content'][_JSON]['schema'])}"


def _item(described: Json, document: Json) -> str:
    answer = _answer(described).removeprefix("models.")
    items = document["components"]["schemas"].get(answer, {}).get("properties", {}).get("items", {})
    return _model(items["items"]) if answer.startswith(("PageOf", "CountedOf")) else ""


def _model(schema: Json) -> str:
    name: str = schema["$ref"].rpartition("/")[2]
    return name


def _docstring(text: str) -> Iterable[str]:
    first, *rest = text.replace("\\", "").splitlines()
    if not rest:
        yield f'        """{first}"""'
        return
    yield f'        """{first}'
    yield from (f"        {line}".rstrip() for line in rest)
    yield '        """'


def _quoted(text: str) -> str:
    return f'"{text}"'


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    main()
