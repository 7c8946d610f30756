"""What tests of the code's structure read: modules, their imports, public functions and their docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.conftest import REPOSITORY

SECTIONS = "Parameters|Other Parameters|Returns|Yields|Raises|Notes|See Also|Examples|Attributes|References|Warns"
#: Errors that a docstring must name where the function's own body raises them.
ERRORS = frozenset({"InputError", "RefusedError", "ValueError", "KeyError", "TypeError"})


@dataclass(frozen=True)
class Module:
    """A module of the repository."""

    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    @property
    def room(self) -> str:
        """Second part of the name: ``pose`` of ``gait.pose.dataset``; the package itself is ``__init__``."""
        return self.name.split(".")[1] if "." in self.name else "__init__"


@dataclass(frozen=True)
class Import:
    """One import statement; ``typing_only`` where only type checkers run it."""

    module: str
    names: tuple[str, ...]
    typing_only: bool


@dataclass(frozen=True)
class Definition:
    """A public function, method or class."""

    module: Module
    name: str
    node: ast.FunctionDef | ast.ClassDef
    is_method: bool

    def __str__(self) -> str:
        return f"{self.module.name}.{self.name}"


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(package: str = "gait") -> list[Module]:
    """List the modules of a package, by name."""
    found = []
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        found.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(module: Module) -> Iterator[Import]:
    """Give every import of a module, also those inside functions."""
    typing_only = {
        inner
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), node in typing_only)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield Import(node.module, tuple(alias.name for alias in node.names), node in typing_only)


def public_definitions(module: Module) -> Iterator[Definition]:
    """Give the public functions, classes and methods of a module."""
    if any(part.startswith("_") for part in module.name.split(".")):
        return
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield Definition(module, node.name, node, is_method=False)
            if isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                        yield Definition(module, f"{node.name}.{method.name}", method, is_method=True)


def docstring_faults(definition: Definition) -> list[str]:
    """List what CONTRIBUTING promises of a docstring and is not there."""
    text = ast.get_docstring(definition.node)
    if not text:
        return ["has no docstring"]
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return []
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    if any(d.endswith(("property", "overload", ".setter")) for d in decorators):
        return []
    parts = re.split(rf"^({SECTIONS})\n-+$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    faults = _parameter_faults(node, sections, bound=definition.is_method and "staticmethod" not in decorators)
    returned = ast.unparse(node.returns) if node.returns else "None"
    if returned not in ("None", "NoReturn") and not {"Returns", "Yields"} & set(sections):
        faults.append("lacks Returns")
    faults += [f"Raises lacks {name}" for name in sorted(_raised(node)) if name not in sections.get("Raises", "")]
    return faults


def _parameter_faults(node: ast.FunctionDef, sections: dict[str, str], *, bound: bool) -> list[str]:
    arguments = node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)][int(bound) :]
    names += [a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None]
    names = [name for name in names if not name.startswith("_")]
    described = set()
    for line in (sections.get("Parameters", "") + sections.get("Other Parameters", "")).splitlines():
        if line and not line[0].isspace():
            described |= {word.strip().lstrip("*") for word in line.split(" : ")[0].split(",")} - {""}
    missing, absent = [n for n in names if n not in described], sorted(described - set(names))
    return [
        *([f"does not describe {', '.join(missing)}"] if missing else []),
        *([f"describes {', '.join(absent)}, which it does not take"] if absent else []),
    ]


def _raised(node: ast.FunctionDef) -> set[str]:
    """Names of the errors that the function's own body raises."""

    def inside(parent: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(parent):
            if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
                yield child
                yield from inside(child)

    raised = set()
    for child in inside(node):
        if isinstance(child, ast.Raise) and child.exc is not None:
            error = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            raised.add(ast.unparse(error).split(".")[-1])
    return raised & ERRORS
