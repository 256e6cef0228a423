"""The syntax tree of a Python source, for edits: LibCST is known here and nowhere else.

Everything that is asked is answered in spans, so that what an edit doesn't name can't change.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from botlint.fixes.draft import EditFault
from botlint.model import Span

_FROM_ENVIRONMENT = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})
_CASTS = frozenset({"int", "float", "str", "bool", "Decimal", "decimal.Decimal"})
_SETTING = ("environ.setdefault", "putenv", "setenv")


class Literal(NamedTuple):
    """A text or bytes literal. ``span`` is what has to go with it: of ``os.getenv("X", "...")`` the
    call, and ``variable`` is ``X``."""

    value: str | bytes
    span: Span
    variable: str = ""


class Statement(NamedTuple):
    """A plain assignment. ``is_only``: its block holds nothing else."""

    span: Span
    is_only: bool


class Opening(NamedTuple):
    """Where an import can be added: ``text`` goes before ``line``."""

    line: int
    text: str


class Code:
    """One source: ``spans`` of its nodes, their ``parents``, and the ``kinds`` of nodes (LibCST).

    Raises :class:`EditFault` for what LibCST can't read.
    """

    def __init__(self, text: str) -> None:
        import libcst
        from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

        self.kinds: Any = libcst
        try:
            wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
            self._module: Any = wrapper.module
            self.parents: Any = wrapper.resolve(ParentNodeProvider)
            self.spans: dict[Any, Span] = {
                node: Span(
                    place.start.line, place.start.column + 1, place.end.line, place.end.column + 1
                )
                for node, place in wrapper.resolve(PositionProvider).items()
            }
        except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError) as error:
            raise EditFault("LibCST can't read the file") from error

    def literal_at(self, span: Span) -> Literal:
        """The literal at a place, with what has to be replaced to get rid of it."""
        cst = self.kinds
        node = self._at(span, (cst.SimpleString, cst.ConcatenatedString))
        value = node.evaluated_value
        if value is None:
            raise EditFault("it is no plain literal")
        parent = self.parents[node]
        if isinstance(parent, cst.Expr):
            raise EditFault("it stands by itself, as documentation does")
        self._refuse_within(node)
        if isinstance(parent, cst.Arg):
            return self._argument(node, parent, value)
        if isinstance(parent, cst.BooleanOperation) and parent.right is node:
            variable = self._variable_of(parent.left)
            if variable and isinstance(parent.operator, cst.Or):
                return Literal(value, self.spans[parent], variable)
        if isinstance(parent, cst.Assign) and any(
            "environ[" in self.written(target.target) for target in parent.targets
        ):
            raise EditFault("the variable is set from it")
        return Literal(value, span)

    def value_at(self, span: Span) -> Span:
        """What has to be replaced to give another value: of ``int(os.getenv("X", "5"))``, ``"5"``;
        else the span itself."""
        for node in self._all_at(span, self.kinds.Call):
            called = self.written(node.func)
            if called in _CASTS and len(node.args) == 1:
                return self.value_at(self.spans[node.args[0].value])
            if called in _FROM_ENVIRONMENT:
                for number, given in enumerate(node.args):
                    if number == 1 or (given.keyword and given.keyword.value == "default"):
                        return self.spans[given.value]
        return span

    def fallback_at(self, span: Span) -> Span:
        """What the call at ``span`` gives where there is nothing: the third argument of
        ``getattr``, the second of ``.get`` and ``getenv``."""
        node = self._at(span, self.kinds.Call)
        number = 2 if self.written(node.func) == "getattr" else 1
        is_known = self.written(node.func).rpartition(".")[2] in ("getattr", "get", "getenv")
        if not is_known or len(node.args) <= number:
            raise EditFault("no call with a fallback stands there")
        given = node.args[number]
        if given.star or given.keyword:
            raise EditFault("the argument isn't given by position")
        return self.spans[given.value]

    def statement_at(self, span: Span) -> Statement:
        """The assignment of one name at ``span``, or whose name stands there."""
        cst = self.kinds
        for node in self._all_at(span, (cst.Assign, cst.AnnAssign, cst.Name)):
            target = self.parents[node] if isinstance(node, cst.Name) else node
            found = self.parents[target] if isinstance(target, cst.AssignTarget) else target
            if not isinstance(found, cst.Assign | cst.AnnAssign):
                continue
            if isinstance(found, cst.Assign) and len(found.targets) > 1:
                raise EditFault("the statement gives its value to several names")
            line = self.parents[found]
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
                raise EditFault("it shares its line with another statement")
            block = self.parents[line]
            is_only = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
            return Statement(self.spans[found], is_only)
        raise EditFault("no plain assignment stands there")

    def counts(self, name: str) -> int:
        """How often a plain name occurs."""
        return sum(isinstance(node, self.kinds.Name) and node.value == name for node in self.spans)

    def last_constant(self) -> int:
        """The last line of the last assignment of the module's body; 0 if there is none."""
        cst = self.kinds
        found = [
            self.spans[line].end_line
            for line in self._module.body
            if isinstance(line, cst.SimpleStatementLine)
            and isinstance(line.body[0], cst.Assign | cst.AnnAssign)
        ]
        return max(found, default=0)

    def opening_for(self, name: str) -> Opening | None:
        """Where ``import name`` goes; ``None`` if it is there."""
        if any(name in self._imported(line) for line in self._module.body):
            return None
        if any(self._binds(node, name) for node in self.spans):
            raise EditFault(f"`{name}` is something else here")
        body = [line for line in self._module.body if not self._is_before_imports(line)]
        if not body:
            raise EditFault("there is no place for an import")
        group = self._first_group(body)
        if not group:
            is_definition = isinstance(body[0], self.kinds.FunctionDef | self.kinds.ClassDef)
            return Opening(self._first_line(body[0]), f"import {name}\n\n" + "\n" * is_definition)
        if not self._is_standard(group[0]):
            return Opening(self._first_line(group[0]), f"import {name}\n\n")
        before = [line for line in group if self._plain_import(line) and self._order(line) < name]
        if before:
            return Opening(self.spans[before[-1]].end_line + 1, f"import {name}\n")
        return Opening(self._first_line(group[0]), f"import {name}\n")

    def _at(self, span: Span, kinds: Any) -> Any:
        found = self._all_at(span, kinds)
        if not found:
            raise EditFault("what was found there isn't there")
        return found[0]

    def _all_at(self, span: Span, kinds: Any) -> list[Any]:
        return [
            node for node, place in self.spans.items() if place == span and isinstance(node, kinds)
        ]

    def written(self, node: Any) -> str:
        """The text of a node."""
        return str(self._module.code_for_node(node))

    def _refuse_within(self, node: Any) -> None:
        cst = self.kinds
        around = node
        while around in self.parents:
            around = self.parents[around]
            if isinstance(around, cst.FormattedStringExpression):
                raise EditFault("it stands inside an f-string")
            if isinstance(around, cst.MatchPattern):
                raise EditFault("it is a pattern")
            if isinstance(around, cst.BaseStatement):
                return

    def _argument(self, node: Any, parent: Any, value: str | bytes) -> Literal:
        call = self.parents[parent]
        if not isinstance(call, self.kinds.Call):
            return Literal(value, self.spans[node])
        called = self.written(call.func)
        if called.endswith(_SETTING):
            raise EditFault("the variable is set from it")
        variable = self._variable_of(call)
        if variable and call.args[0] is not parent:
            return Literal(value, self.spans[call], variable)
        return Literal(value, self.spans[node])

    def _variable_of(self, node: Any) -> str:
        """The variable of the environment that a call asks for."""
        if not isinstance(node, self.kinds.Call) or not node.args:
            return ""
        if self.written(node.func) not in _FROM_ENVIRONMENT:
            return ""
        name = node.args[0].value
        value = name.evaluated_value if isinstance(name, self.kinds.SimpleString) else ""
        return value if isinstance(value, str) else ""

    def _imported(self, line: Any) -> set[str]:
        """The modules that a line makes known by their own name."""
        cst = self.kinds
        if not isinstance(line, cst.SimpleStatementLine):
            return set()
        imports = [one for one in line.body if isinstance(one, cst.Import)]
        names = [one.evaluated_name for part in imports for one in part.names if not one.asname]
        return {name.partition(".")[0] for name in names}

    def _binds(self, node: Any, name: str) -> bool:
        """Whether a node gives the name to something that is not the module."""
        cst = self.kinds
        if isinstance(node, cst.AssignTarget):
            return self._is_name(node.target, name)
        if isinstance(node, cst.Param | cst.AsName):
            return self._is_name(node.name, name)
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            return any(not one.asname and self._is_name(one.name, name) for one in node.names)
        return False

    def _is_name(self, node: Any, name: str) -> bool:
        return isinstance(node, self.kinds.Name) and node.value == name

    def _is_before_imports(self, line: Any) -> bool:
        cst = self.kinds
        if not isinstance(line, cst.SimpleStatementLine):
            return False
        if any(
            isinstance(one, cst.ImportFrom) and self._is_name(one.module, "__future__")
            for one in line.body
        ):
            return True
        first = line.body[0]
        is_text = isinstance(first, cst.Expr) and isinstance(
            first.value, cst.SimpleString | cst.ConcatenatedString
        )
        if is_text and line is self._module.body[0] and len(line.body) > 1:
            raise EditFault("the docstring shares its line with another statement")
        return is_text and line is self._module.body[0]

    def _first_group(self, body: list[Any]) -> list[Any]:
        """The imports that stand together at the top."""
        group: list[Any] = []
        for line in body:
            if not self._is_import(line) or (group and line.leading_lines):
                break
            group.append(line)
        return group

    def _is_import(self, line: Any) -> bool:
        cst = self.kinds
        return isinstance(line, cst.SimpleStatementLine) and isinstance(
            line.body[0], cst.Import | cst.ImportFrom
        )

    def _plain_import(self, line: Any) -> bool:
        return isinstance(line.body[0], self.kinds.Import)

    def _order(self, line: Any) -> str:
        statement = line.body[0]
        if isinstance(statement, self.kinds.Import):
            return str(statement.names[0].evaluated_name)
        return (
            "" if statement.module is None or statement.relative else self.written(statement.module)
        )

    def _is_standard(self, line: Any) -> bool:
        return self._order(line).partition(".")[0] in sys.stdlib_module_names

    def _first_line(self, line: Any) -> int:
        """The line of a statement, or of the comment that stands directly on it, unless that is the
        head of the file."""
        first = line.decorators[0] if getattr(line, "decorators", ()) else line
        start = self.spans[first].line
        comments = 0
        for empty in reversed(line.leading_lines):
            if empty.comment is None:
                break
            comments += 1
        return start - comments if start - comments > 1 else start
