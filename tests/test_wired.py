"""Required functions that nothing that runs ever calls."""

from __future__ import annotations

from pathlib import Path

from botlint.checks.wired import check_wired
from botlint.facts.extract import extract_facts
from botlint.model import Hit
from botlint.project import link
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary


def hits(functions: list[str], **files: str) -> list[Hit]:
    settings = Settings(root=Path())
    facts = tuple(extract_facts(f"{name}.py", text.encode()) for name, text in files.items())
    project = link(facts, settings, load_vocabulary(settings))
    return list(check_wired(project, {"report": "unreached", "functions": functions}))


SERVICE = """
class BuyService:
    def place(self, symbol): ...

def use(service: BuyService):
    service.place("X")
"""


def test_without_a_profile_nothing_is_required():
    assert hits([], service=SERVICE) == []


def test_a_function_that_only_uncalled_functions_call():
    (hit,) = hits(["BuyService.place"], service=SERVICE)
    assert hit.place.span.line == 3
    assert hit.saw["function"] == "BuyService.place"
    assert hit.trace[0].text == "nothing that runs ever calls `BuyService.place`"
    assert "`use` leads to it" in hit.trace[1].text


def test_a_function_that_an_entry_point_leads_to():
    main = "from service import *\nif __name__ == '__main__':\n    use(BuyService())\n"
    assert hits(["BuyService.place"], service=SERVICE, main=main) == []


def test_a_function_that_the_body_of_a_module_calls():
    assert hits(["BuyService.place"], service=SERVICE + "use(BuyService())\n") == []


def test_a_function_that_a_thread_runs():
    start = "\nimport threading\ndef start():\n    threading.Thread(target=use).start()\nstart()\n"
    assert hits(["BuyService.place"], service=SERVICE + start) == []


def test_functions_that_only_call_each_other():
    text = "def check_a():\n    check_b()\ndef check_b():\n    check_a()\n"
    assert [hit.place.span.line for hit in hits(["check_*"], bot=text)] == [1, 3]
