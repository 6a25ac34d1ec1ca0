"""A kind of import contract that names what may be imported, because nobody can list all that may not."""

import sys
from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules
from typing_extensions import override


class OnlyContract(Contract):
    """The importers import themselves, the standard library and what is listed; nothing else, directly.

    Indirect imports are what the listed modules' own contracts are about.
    """

    type_name = "only"

    importers = fields.ListField(subfield=fields.ModuleExpressionField())
    may_import = fields.ListField(subfield=fields.ModuleExpressionField())

    @override
    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Every import that is not allowed, by importer."""
        allowed = _names(graph, self.may_import)
        found = [
            (importer, imported)
            for root in _names(graph, self.importers)
            for importer in sorted({root} | graph.find_descendants(root))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not _within(imported, {root} | allowed) and imported.partition(".")[0] not in sys.stdlib_module_names
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} is not allowed to import {imported}", bold=False)
            output.new_line()


def _names(graph: grimp.ImportGraph, expressions: Any) -> set[str]:
    modules = {module.name for module in module_expressions_to_modules(graph, expressions)}
    return modules | {str(e) for e in expressions if not e.has_wildcard_expression()}


def _within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
