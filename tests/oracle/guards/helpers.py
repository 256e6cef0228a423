"""Functions of the program that check, and those that only seem to."""

from __future__ import annotations

from tests.oracle.guards.verdicts import question, reading
from tests.oracle.guards.writer import Scope, Values, Writer
from tests.oracle.pens import Block, indent

HEAD = "(symbol, amount):"
_SCOPE = Scope((Values("symbol", "amount"),), 2)


def own_check(pen: Writer) -> tuple[str, str]:
    """A check that stands in the program: its name, and how its answer is read."""
    name = "validate_trade"
    forms = {
        "bool": ("return True", "return False", "{}"),
        "pair": ('return True, ""', 'return False, "no"', "{}[0]"),
        "dict": ('return {"ok": True}', 'return {"ok": False, "why": 1}', '{}["ok"]'),
    }
    if name not in pen.own:
        kind = pen.pick(tuple(forms))
        yes, no, read = forms[kind]
        body = [f"if {pen.flag(_SCOPE)}:", f"    {no}", yes]
        pen.definitions.append([f"{pen.define()} {name}{HEAD}", *indent(body)])
        pen.own[name] = read
    return name, pen.own[name]


def verdict_function(pen: Writer) -> tuple[str, str]:
    """A function that asks the foreign preflight, and mostly says what that says."""
    name = pen.fresh("is_fine")
    asked = question(pen, _SCOPE)
    body = pen.pick((_handed_on, _by_branches, _by_branches, _tried))(pen, asked)
    pen.definitions.append([f"{pen.define()} {name}{HEAD}", *indent(body)])
    return name, "{}"


def _handed_on(pen: Writer, asked: str) -> Block:
    return [f"return {reading(pen, asked)}"]


def _by_branches(pen: Writer, asked: str) -> Block:
    other = pen.pick(("return False", "return False", "return False", "return True"))
    early = [f"if {pen.flag(_SCOPE)}:", f"    {other}"] if pen.chance(30) else []
    if pen.chance(50):
        return [*early, f"if {reading(pen, asked)}:", "    return True", "return False"]
    return [*early, f"if not ({reading(pen, asked)}):", "    return False", "return True"]


def _tried(pen: Writer, asked: str) -> Block:
    clause = pen.pick(("except Exception:", "except ValueError:"))
    says = pen.pick(("return False", "return False", "return True", "raise"))
    return ["try:", f"    return {reading(pen, asked)}", clause, f"    {says}"]


def raising_function(pen: Writer) -> str:
    """A function that asks the foreign preflight, and mostly raises if that does not say yes."""
    name = pen.fresh("insist")
    no = pen.pick(("raise ValueError(3)", "raise Refused", "raise Refused", "return"))
    read = reading(pen, question(pen, _SCOPE))
    body = [f"if not ({read}):", f"    {no}"]
    if pen.chance(20):
        body = ["try:", *indent(body), "except ValueError:", f"    {pen.pick(('raise', 'pass'))}"]
    pen.definitions.append([f"{pen.define()} {name}{HEAD}", *indent(body)])
    return name


def manager_function(pen: Writer) -> str:
    """A context manager that asks on the way in."""
    name = pen.fresh("admitted")
    no = pen.pick(("raise Refused", "raise Refused", "journal.note(4)"))
    ask = [f"if not ({reading(pen, question(pen, _SCOPE))}):", f"    {no}"]
    give = pen.pick((["yield"], ["try:", "    yield", "finally:", "    journal.note(5)"]))
    if pen.is_async and pen.chance(30):
        give = ["try:", "    yield", "except Exception:", f"    {pen.pick(('raise', 'pass'))}"]
    body = [*ask, *give]
    kind = "asynccontextmanager" if pen.is_async else "contextmanager"
    head = [f"@contextlib.{kind}", f"{pen.define()} {name}{HEAD}"]
    pen.definitions.append([*head, *indent(body)])
    return name


def manager_class(pen: Writer) -> str:
    """A context manager class that asks on the way in, and mostly lets exceptions go on."""
    name = pen.fresh("Admitted")
    scope = Scope((Values("self.symbol", "self.amount"),), 2)
    no = pen.pick(("raise Refused", "raise Refused", "return None"))
    swallows = pen.pick(("False", "False", "True"))
    letter = "a" if pen.is_async else ""
    pen.definitions.append(
        [
            f"class {name}:",
            f"    def __init__(self, {HEAD[1:]}",
            "        self.symbol = symbol",
            "        self.amount = amount",
            "",
            f"    {pen.define()} __{letter}enter__(self):",
            f"        if not ({reading(pen, question(pen, scope))}):",
            f"            {no}",
            "        return self",
            "",
            f"    {pen.define()} __{letter}exit__(self, *failure):",
            f"        return {swallows}",
        ]
    )
    return name


def decorator(pen: Writer) -> str:
    """A decorator that asks before it calls."""
    name = pen.fresh("checked")
    read = reading(pen, question(pen, _SCOPE))
    out = pen.pick(("return None", "return None", "raise Refused", "journal.note(6)"))
    wrapper = [
        "@functools.wraps(function)",
        f"{pen.define()} wrapper{HEAD}",
        f"    if not ({read}):",
        f"        {out}",
        f"    return {pen.ask('function(symbol, amount)', _SCOPE)}",
    ]
    body = [*wrapper, "", "return wrapper"]
    pen.definitions.append([f"def {name}(function):", *indent(body)])
    return name
