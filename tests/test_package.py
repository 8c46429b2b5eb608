"""What holds for the package as a whole: its imports, its names, its docstrings, its manners."""

import ast
import dataclasses
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rlhf_textbook
from tests.helpers import VALID_CALLS, call, parts

ROOT = Path(__file__).resolve().parent.parent
MODULES = [
    importlib.import_module(f"rlhf_textbook.{module.name}")
    for module in pkgutil.iter_modules(rlhf_textbook.__path__)
    if not module.ispkg and not module.name.startswith("_")
]
PUBLIC = {name: getattr(rlhf_textbook, name) for name in rlhf_textbook.__all__}
FUNCTIONS = {name: thing for name, thing in PUBLIC.items() if inspect.isfunction(thing)}
DOCUMENTED = {name: thing for name, thing in PUBLIC.items() if callable(thing)}
SOURCES = sorted((ROOT / "rlhf_textbook").rglob("*.py"))


def section_of(docstring, name):
    return re.search(rf"^{name}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", docstring, re.MULTILINE | re.DOTALL)


def nodes_of(path, *kinds):
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)]


def test_importing_the_package_imports_nothing_but_numpy_and_the_standard_library():
    # numpy first: what it imports is its own affair, and its extensions register names of their own.
    script = "import json, sys, numpy.random; before = set(sys.modules); import rlhf_textbook\n" + (
        "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))"
    )
    printed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    imported = set(json.loads(printed.stdout))
    assert "rlhf_textbook" in imported
    assert imported - sys.stdlib_module_names <= {"rlhf_textbook", "numpy"}


def test_the_version_is_the_one_in_pyproject():
    stated = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert stated is not None
    assert rlhf_textbook.__version__ == stated[1]


def test_every_public_name_of_every_module_can_be_had_from_the_package():
    for module in set(MODULES) - {rlhf_textbook.paper}:  # its names mean something only behind `paper.`
        for name, thing in vars(module).items():
            if not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__:
                assert PUBLIC.get(name) is thing, f"{module.__name__}.{name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_module_has_a_docstring_and_a_test_file_of_its_name(module):
    assert module.__doc__
    assert (ROOT / "tests" / f"test_{module.__name__.rpartition('.')[2]}.py").exists()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_docstring_begins_with_one_sentence_on_one_line(name):
    first, _, rest = inspect.cleandoc(DOCUMENTED[name].__doc__ or "").partition("\n")
    assert first.endswith(".")
    assert not rest or rest.startswith("\n")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_documents_its_parameters_errors_and_an_example(name):
    docstring = inspect.cleandoc(FUNCTIONS[name].__doc__ or "")
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    section = section_of(docstring, "Parameters")
    if section is None:
        # Or it says whose they are; that function must exist and take the same.
        other = re.search(r"Parameters, shapes and\s+errors are those of\s+\[`(\w+)`\]", docstring)
        assert other is not None
        assert list(parameters) == list(inspect.signature(FUNCTIONS[other[1]]).parameters)
    else:
        assert re.findall(r"^\w+$", section[1], re.MULTILINE) == list(parameters)
        assert re.search(r"^Returns\n-+$", docstring, re.MULTILINE)
        assert re.search(r"^Raises\n-+\nValueError$", docstring, re.MULTILINE)
    example = docstring.partition("```python\n")[2].partition("```")[0]
    assert re.search(rf"^from rlhf_textbook import .*\b{name}\b", example, re.MULTILINE)
    assert f"{name}(" in example


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_name_has_an_entry_of_its_own(path):
    # Of `a, b` the reference would show b with the type and the default of a.
    for node in nodes_of(path, ast.FunctionDef, ast.ClassDef):
        docstring = ast.get_docstring(node) or ""
        assert not re.findall(r"^\w+(?:, \w+)+(?: :.*)?(?=\n +\S)", docstring, re.MULTILINE), node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_dataclass_lists_its_fields(path):
    for node in nodes_of(path, ast.ClassDef):
        fields = [ast.unparse(line.target) for line in node.body if isinstance(line, ast.AnnAssign)]
        if fields and not node.name.startswith("_"):
            docstring = ast.get_docstring(node) or ""
            section = section_of(docstring, "Attributes") or section_of(docstring, "Parameters")
            assert section is not None, node.name
            assert re.findall(r"^\w+$", section[1], re.MULTILINE) == fields
            # A docstring under a field would have the reference show the field a second time.
            assert not [line for line in node.body[1:] if isinstance(line, ast.Expr)], node.name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hyperparameters_are_keyword_only(name):
    # Whatever has a default value, except the pretraining text that plain PPO goes without.
    for parameter in inspect.signature(FUNCTIONS[name]).parameters.values():
        if parameter.default is not parameter.empty and parameter.name != "pretrain_log_likelihoods":
            assert parameter.kind is parameter.KEYWORD_ONLY, parameter.name


def test_results_with_several_values_cannot_be_changed():
    results = [thing for thing in PUBLIC.values() if inspect.isclass(thing)]
    assert results
    for result in results:
        assert dataclasses.is_dataclass(result)
        assert result.__dataclass_params__.frozen  # type: ignore[attr-defined]


def arrays_of(name):
    return {argument: value for argument, value in VALID_CALLS[name].items() if isinstance(value, np.ndarray)}


def assert_same(found, expected, *, rtol=0.0):
    for one, other in zip(parts(found), parts(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arrays_that_are_read_only_or_not_contiguous_serve_as_well(name):
    # A function that wrote into its input would fail on the read-only one.
    replaced = {}
    for argument, value in arrays_of(name).items():
        with_gaps = np.repeat(value, 2, axis=-1)[..., ::2]
        with_gaps.flags.writeable = False
        replaced[argument] = with_gaps
    assert_same(call(name, **replaced), call(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lists_serve_as_well_as_arrays(name):
    assert_same(call(name, **{argument: value.tolist() for argument, value in arrays_of(name).items()}), call(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_result_shares_no_memory_with_the_input(name):
    given = arrays_of(name)
    for result in parts(call(name)):
        for argument, value in given.items():
            assert not np.shares_memory(result, value), argument


@pytest.mark.parametrize("name", FUNCTIONS)
def test_single_precision_input_gives_nearly_the_same_in_double_precision(name):
    floats = {argument: value for argument, value in arrays_of(name).items() if value.dtype == np.float64}
    found = call(name, **{argument: value.astype(np.float32) for argument, value in floats.items()})
    assert_same(found, call(name), rtol=1e-5)
    for one, other in zip(parts(found), parts(call(name)), strict=True):
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert np.asarray(one).dtype in (np.float64, np.intp, np.bool_)
