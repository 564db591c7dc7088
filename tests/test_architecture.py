"""The house keeps its direction of imports, its rooms stay small, and solvers, web and SQL stay at home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gridmgr", "maps", "planners", "webapp")
MOST_LINES = 600

#: What each part may import of ours, most special part first; a part may always import itself.
ALLOWED: dict[str, tuple[str, ...]] = {
    "planners": (),
    "maps": ("gridmgr.domain", "gridmgr.geo", "gridmgr.errors", "gridmgr.texts"),
    "webapp": ("gridmgr", "maps"),
    "gridmgr.texts": (),
    "gridmgr.data": (),
    "gridmgr.errors": ("gridmgr.texts",),
    "gridmgr.clock": (),
    "gridmgr.config": ("gridmgr.errors", "gridmgr.clock"),
    "gridmgr.domain": ("gridmgr.errors", "gridmgr.texts"),
    "gridmgr.geo": ("gridmgr.domain", "gridmgr.errors", "gridmgr.texts"),
    "gridmgr.storage": ("gridmgr.domain", "gridmgr.errors", "gridmgr.texts", "gridmgr.clock"),
    "gridmgr.demo": ("gridmgr.domain", "gridmgr.geo", "gridmgr.errors", "gridmgr.texts"),
    "gridmgr.services": (
        "gridmgr.domain",
        "gridmgr.geo",
        "gridmgr.storage",
        "gridmgr.demo",
        "gridmgr.data",
        "gridmgr.errors",
        "gridmgr.texts",
        "gridmgr.clock",
        "gridmgr.config",
        "planners",
    ),
    "gridmgr.bootstrap": ("gridmgr",),
    "gridmgr.cli": ("gridmgr", "maps", "planners.stop", "webapp"),
    "gridmgr.__main__": ("gridmgr.cli",),
    "gridmgr": (),
}
#: Libraries that live in one part of the house only.
AT_HOME = {
    "ortools": ("planners",),
    "highspy": ("planners",),
    "folium": ("maps",),
    "matplotlib": ("maps",),
    "wechatpy": ("gridmgr.services",),
    "flask": ("webapp",),
    "apiflask": ("webapp",),
    "flask_login": ("webapp",),
    "sqlalchemy": ("gridmgr.storage",),
    "alembic": ("gridmgr.storage",),
    "osmium": ("gridmgr.geo",),
    "pyogrio": ("gridmgr.geo", "gridmgr.services"),
}
#: The domain knows the standard library and these.
DOMAIN_LIBRARIES = {"numpy", "shapely", "gridmgr"}


def files() -> Iterator[tuple[str, Path]]:
    """Every module's dotted name and file."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(files())


def within(module: str, part: str) -> bool:
    """Whether a module is the part or lies in it."""
    return module == part or module.startswith(part + ".")


def part_of(module: str) -> str:
    """The most special part of `ALLOWED` the module lies in."""
    return max((part for part in ALLOWED if within(module, part)), key=len)


def imports(path: Path, module: str) -> Iterator[str]:
    """Dotted names a file imports, wherever in the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide where things live"
            base = node.module or ""
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES else base


@pytest.mark.parametrize("module", MODULES)
def test_imports_keep_their_direction(module: str) -> None:
    """Nothing reaches up, and nothing reaches around."""
    part = part_of(module)
    ours = [name for name in imports(MODULES[module], module) if name.split(".")[0] in PACKAGES]
    # The package's own version is nobody's secret.
    wrong = [
        name
        for name in ours
        if name != "gridmgr" and not any(within(name, allowed) for allowed in (part, *ALLOWED[part]))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_libraries_stay_at_home(module: str) -> None:
    """Solvers in planners, flask in webapp, SQL in storage, drawing in maps."""
    tops = {name.split(".")[0] for name in imports(MODULES[module], module)}
    strays = [
        lib for lib, homes in AT_HOME.items() if lib in tops and not any(within(module, h) for h in homes)
    ]
    assert strays == []


@pytest.mark.parametrize("module", [m for m in MODULES if within(m, "gridmgr.domain")])
def test_the_domain_knows_no_framework(module: str) -> None:
    """Only the standard library, numpy and shapely."""
    import sys

    tops = {name.split(".")[0] for name in imports(MODULES[module], module)}
    assert tops - DOMAIN_LIBRARIES - set(sys.stdlib_module_names) == set()


def test_there_are_no_import_cycles() -> None:
    """Between modules, imports inside functions included."""
    graph = {
        module: {name for name in imports(path, module) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    done: set[str] = set()
    cycles: list[list[str]] = []

    def visit(module: str, trail: list[str]) -> None:
        if module in trail:
            cycles.append([*trail[trail.index(module) :], module])
            return
        if module in done:
            return
        for other in sorted(graph[module]):
            # A package's __init__ re-exports its own modules; they do not lean on it in turn.
            if not other.startswith(module + "."):
                visit(other, [*trail, module])
        done.add(module)

    for module in graph:
        visit(module, [])
    assert cycles == []


@pytest.mark.parametrize("module", MODULES)
def test_every_file_explains_itself_and_fits_in_one_head(module: str) -> None:
    """A docstring at the top, and no more lines than one can hold."""
    text = MODULES[module].read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    assert ast.get_docstring(ast.parse(text)), "no docstring at the top"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_left_for_later(module: str) -> None:
    """No marks of unfinished work, no swallowed errors."""
    text = MODULES[module].read_text(encoding="utf-8")
    assert not [word for word in ("TODO", "FIXME", "XXX", "raise NotImplementedError") if word in text]
    bare = [
        n.lineno for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ExceptHandler) and n.type is None
    ]
    assert bare == []
