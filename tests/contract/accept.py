"""Freezes what was added to the published language: `python -m tests.contract.accept`. Refuses what would break."""

import sys

from tests.contract.comparing import breaks
from tests.contract.published import describe, golden_file, is_sent_to_us, load, published, store


def accept() -> list[str]:
    """Write the golden files of new and widened classes; answers with what was refused."""
    refused = []
    for name, published_class in published().items():
        now = describe(published_class)
        if not golden_file(name).exists():
            store(name, now)
            sys.stdout.write(f"{name}: new\n")
            continue
        frozen = load(name)
        found = breaks(frozen["schema"], now["schema"], sent_to_us=is_sent_to_us(published_class))
        if frozen["relied_upon"] != now["relied_upon"]:
            found.append(f"{frozen['relied_upon']} became {now['relied_upon']}")
        if found:
            refused += [f"{name}: {sentence}" for sentence in found]
        elif frozen["schema"] != now["schema"]:
            samples = frozen["samples"] + [s for s in now["samples"] if s not in frozen["samples"]]
            store(name, now | {"samples": samples})
            sys.stdout.write(f"{name}: widened\n")
    return refused


if __name__ == "__main__":
    if refused := accept():
        sys.exit("Not accepted, because others rely on it:\n  " + "\n  ".join(refused))
