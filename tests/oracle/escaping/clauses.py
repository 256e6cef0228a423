"""Statements around a block that may stop an abort: clauses, ``finally`` and ``with``."""

from __future__ import annotations

from tests.oracle.escaping.pen import Pen
from tests.oracle.pens import Block, indent

_BROAD = ("except Exception", "except Exception", "except Exception", "except BaseException")
_NARROW = ("except ValueError", "except (ValueError, KeyError)", "except OSError")


def tried(pen: Pen, inner: Block) -> Block:
    """``try`` with a few clauses, sometimes with ``else`` and ``finally``."""
    found = ["try:", *indent(inner)]
    if pen.chance(25):
        found += _clause(pen, pen.pick(_NARROW))
    if pen.chance(20):
        found += _clause(pen, f"except {pen.abort_name()}", ["raise"])
    last = pen.choices.number(0, 9)
    if last < 5:
        found += _clause(pen, _broad(pen))
    elif last < 8:
        found += _clause(pen, _meant(pen))
    else:
        found += _clause(pen, pen.pick(_NARROW))
    if pen.chance(20):
        found += ["else:", *indent(pen.filler())]
    if pen.chance(15):
        found += ["finally:", *indent(_last(pen))]
    return found


def _broad(pen: Pen) -> str:
    name = pen.choices.number(0, 9)
    if name == 0:
        return "except"
    if name == 1:
        return "except (ValueError, Exception)"
    if name == 2:
        return f"except {pen.constant('ERRORS', '(ValueError, Exception)')}"
    return pen.pick(_BROAD)


def _meant(pen: Pen) -> str:
    name = pen.abort_name()
    forms = (f"except {name}", f"except {name}", f"except (ValueError, {name})")
    if pen.chance(10):
        return f"except {pen.constant('STOPS', f'({name}, OSError)')}"
    return pen.pick(forms)


def _clause(pen: Pen, head: str, body: Block | None = None) -> Block:
    error = pen.fresh("error")
    body = body or _deal(pen, error if head != "except" else "", is_broad="Exception" in head)
    bound = f" as {error}" if any(error in line for line in body) else ""
    return [f"{head}{bound}:", *indent(body)]


def _deal(pen: Pen, error: str, *, is_broad: bool) -> Block:
    """What a clause does."""
    flag = pen.ask(f"feed.{pen.fresh('flag')}()")
    forms: list[Block] = [["pass"], ["journal.note(1)"], ["raise"], ["return None"]]
    forms += [[f"if {flag}:", "    raise"], ["journal.note(2)", "raise"], ["raise KeyError(1)"]]
    if pen.is_in_loop:
        forms += [["continue"], ["break"]]
    if error:
        name = pen.abort_name()
        asked = f"isinstance({error}, {name})"
        forms += [
            [f"journal.note({error})"],
            [f"if {asked}:", "    raise"],
            [f"if not {asked}:", "    return None", "raise"],
            [f"if {asked}:", "    return None", f"journal.note({error})"],
            [f"if {flag}:", "    return None", f"if {asked}:", "    raise"],
            [f"journal.note({asked})"],
            [f"raise {error}"],
            [f"raise KeyError(2) from {error}"],
        ]
        if is_broad:
            forms += [[f"raise {name}(3) from {error}"]]
        inner = ["try:", "    journal.note(3)", "except ValueError:", "    pass"]
        forms += [[*inner, "raise"], [*inner, f"raise {error}"]]
    return pen.pick(forms)


def _last(pen: Pen) -> Block:
    """What stands in a ``finally``."""
    flag = pen.ask(f"feed.{pen.fresh('flag')}()")
    forms: list[Block] = [["journal.note(4)"], ["journal.note(4)"], ["return None"]]
    forms += [[f"if {flag}:", "    return None", "journal.note(5)"]]
    forms += [["for part in (1, 2):", "    if part > 1:", "        break"]]
    if pen.is_in_loop:
        forms += [["break"], ["continue"]]
    return pen.pick(forms)


def closed(pen: Pen, inner: Block) -> Block:
    """``try`` with only a ``finally``."""
    return ["try:", *indent(inner), "finally:", *indent(_last(pen))]


def suppressed(pen: Pen, inner: Block) -> Block:
    """Under ``contextlib.suppress`` or a manager of the program."""
    form = pen.pick(("suppress", "suppress", "stack", "class", "generator"))
    names = pen.pick(("Exception", "Exception", "ValueError", "OSError, ValueError"))
    names = pen.abort_name() if pen.chance(15) else names
    if form == "suppress":
        return [f"with contextlib.suppress({names}):", *indent(inner)]
    if form == "stack":
        stack = pen.fresh("stack")
        entered = f"{stack}.enter_context(contextlib.suppress({names}))"
        return [f"with contextlib.ExitStack() as {stack}:", *indent([entered, *inner])]
    is_class = form == "class" or pen.is_async
    name = _manager_class(pen) if is_class else _manager_function(pen)
    return [f"with {name}():", *indent(inner)]


def _manager_class(pen: Pen) -> str:
    name = pen.fresh("Quiet")
    says = pen.pick(
        ("False", "None", "True", "kind is not None", "kind is not None and kind is OSError")
    )
    pen.definitions.append(
        [
            f"class {name}:",
            "    def __enter__(self):",
            "        return self",
            "",
            "    def __exit__(self, kind, error, trace):",
            f"        return {says}",
        ]
    )
    return name


def _manager_function(pen: Pen) -> str:
    name = pen.fresh("quiet")
    is_in_loop, pen.is_in_loop = pen.is_in_loop, False
    body = pen.pick((tried, closed))(pen, ["yield"])
    pen.is_in_loop = is_in_loop
    head = ["@contextlib.contextmanager", f"def {name}():"]
    pen.definitions.append([*head, *indent(body)])
    return name
