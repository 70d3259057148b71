"""Imports point one way; heavy libraries have one door; `--help` stays quick."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "pipeline"
SHARED_VALUES = {"core", "errors", "settings", "__init__"}
MAY_IMPORT = {
    "core": {"core"},
    "errors": set(),
    "settings": set(),
    "intake": {"intake"} | SHARED_VALUES,
    "ocr": {"ocr"} | SHARED_VALUES,
    "parse": {"parse"} | SHARED_VALUES,
    "recognize": {"recognize"} | SHARED_VALUES,
    "compare": {"compare"} | SHARED_VALUES,
    "store": {"store"} | SHARED_VALUES,
    "export": {"export", "store"} | SHARED_VALUES,
    "flow": {"ocr", "parse", "recognize"} | SHARED_VALUES,
    "batch": {"batch", "compare", "flow", "intake", "ocr", "recognize", "store"} | SHARED_VALUES,
    "say": {"batch", "draw", "export", "progress", "store"} | SHARED_VALUES,
    "progress": set(),
    "__main__": {"cli"},
    "cli": {"commands"} | SHARED_VALUES,
    "commands": {"commands", "say", "batch", "compare", "export", "flow", "intake", "ocr", "parse", "store", "draw",
                 "side_by_side"} | SHARED_VALUES,
    "draw": {"core", "intake", "store", "ocr"} | SHARED_VALUES,
    "side_by_side": {"draw"} | SHARED_VALUES,
}
DOORS = {
    "pytesseract": {"ocr/tesseract.py"},
    "rapidocr": {"ocr/rapid.py"},
    "spacy": {"recognize/"},
    "sqlalchemy": {"store/"},
    "alembic": {"store/"},
    "pypdfium2": {"intake/"},
    "pdfplumber": {"intake/", "ocr/textlayer.py"},
    "pyarrow": {"export/"},
    "ocrmypdf": {"export/pdf.py"},
    "pikepdf": {"export/pdf.py"},
    "bagit": {"export/bag.py"},
    "jinja2": {"export/report.py"},
    "vl_convert": {"export/charts.py"},
}
MODULES = sorted(p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names |= {f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            pytest.fail(f"{path.name}: relative import; imports here are absolute")
    return names


def room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_the_rooms_it_may_see(module: str) -> None:
    allowed = MAY_IMPORT.get(room(module))
    if allowed is None:
        assert module == "__init__.py", f"say in MAY_IMPORT what {module} may import"
        return
    for name in imports(ROOT / module):
        if name.startswith("pipeline."):
            assert name.split(".")[1] in allowed | {"__version__"}, f"{module} imports {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) == "core"])
def test_core_imports_the_standard_library_only(module: str) -> None:
    foreign = {n.split(".")[0] for n in imports(ROOT / module)} - {"pipeline", "__future__"} - set(sys.stdlib_module_names)
    assert not foreign


@pytest.mark.parametrize("module", MODULES)
def test_each_library_has_one_door(module: str) -> None:
    used = {n.split(".")[0] for n in imports(ROOT / module)}
    for library, doors in DOORS.items():
        if library in used:
            assert any(module.startswith(d) for d in doors), f"{module} imports {library}; its door is {doors}"


def test_the_version_needs_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print(','.join(m for m in ('cv2','numpy','spacy','sqlalchemy','pdfplumber','pyarrow') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
