"""What the environment calls the fields of a class of settings."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Call, Constant, Expression, Function, Name, Operation, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import Project

_ENVIRONMENT = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})
_NAMING = ("env", "validation_alias", "alias")


def names_in(function: Function, call: Call) -> Iterator[str]:
    """The names that a call which makes a field gives it: ``Field(5, env="X")``."""
    for word, value in call.keywords:
        if word not in _NAMING:
            continue
        inner: tuple[Expression, ...] = (value,)
        if isinstance(value, Operation) and value.kind in ("list", "tuple", "set"):
            inner = value.args
        elif isinstance(value, Result):
            inner = function.calls[value.call].args
        for one in inner:
            if isinstance(one, Constant) and isinstance(one.value, str):
                yield one.value.lower()


def variables_in(function: Function, call: Call) -> Iterator[str]:
    """``int(os.getenv("X", "5"))``: the variable that gives the value."""
    for _ in range(3):
        if isinstance(call.func, Name) and call.func.path in _ENVIRONMENT:
            key = call.args[0] if call.args else None
            if isinstance(key, Constant) and isinstance(key.value, str):
                yield key.value.lower()
            return
        if len(call.args) != 1 or not isinstance(call.args[0], Result):
            return
        call = function.calls[call.args[0].call]


def prefix_of(project: Project, cls: ClassRef) -> str | None:
    """What a class that reads the environment puts before its fields' names; ``None`` for one that
    reads none."""
    if "BaseSettings" not in project.program.foreign_bases(cls):
        return None
    for one in project.program.ancestry(cls):
        found = _own_prefix(project, one)
        if found is not None:
            return found
    return ""


def _own_prefix(project: Project, cls: ClassRef) -> str | None:
    value = word_of_config(project, cls, "env_prefix")
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def word_of_config(project: Project, cls: ClassRef, word: str) -> Expression | None:
    """What a class itself says under a word of ``model_config`` or of its ``Config``."""
    facts = project.program.cls(cls)
    function = project.function(FunctionRef(cls.source, max(facts.parent, 0)))
    for node in function.nodes:
        if node.target == Name(f"{facts.qualname}.Config.{word}"):
            return node.value
        if node.target == Name(f"{facts.qualname}.model_config"):
            return _word_of(function, node.value, word)
    return None


def _word_of(function: Function, value: Expression | None, word: str) -> Expression | None:
    """A keyword of ``SettingsConfigDict(...)``, or a key of the dict in its place."""
    if isinstance(value, Result):
        return dict(function.calls[value.call].keywords).get(word)
    if isinstance(value, Operation) and value.kind == "dict":
        pairs = zip(value.args[::2], value.args[1::2], strict=True)
        return next((one for key, one in pairs if key == Constant(word)), None)
    return None
