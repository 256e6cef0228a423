"""What is lost by a fault: a check of an order, or no more than a line that somebody reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.checks.inert import check_inert
from botlint.facts.extract import extract_facts
from botlint.model import Hit, Severity
from botlint.project import link
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary

LOW = Severity.CRITICAL - Severity.LOW

HEAD = """
import logging
import ccxt

logger = logging.getLogger(__name__)
exchange = ccxt.binance()

class Trailing:
    def __init__(self):
        self.seen = {}

    def optimal(self, pnl):
        return pnl / 2

    def should_close_position(self, symbol):
        return symbol in self.seen

    def note(self, pnl):
        self.seen["last"] = pnl
        return pnl

class Engine:
    def __init__(self):
        self.positions = {}

"""
TAIL = """
while True:
    run(Trailing(), Engine(), "BTC/USDT")
    exchange.create_order("BTC/USDT", "limit", "buy", 1, 1)
"""


def the_hit(*, head: str = HEAD, tail: str = TAIL, **bodies: str) -> Hit:
    """The one hit of a program; each further file by its name."""
    run = bodies.pop("run")
    files = {"bot": head + run + tail, **bodies}
    settings = Settings(root=Path())
    facts = tuple(
        extract_facts(f"{name}.py", text.encode()) for name, text in sorted(files.items())
    )
    (hit,) = check_inert(link(facts, settings, load_vocabulary(settings)), {})
    return hit


@pytest.mark.parametrize(
    "body",
    [
        # A number that only a line of the log shows.
        """
        best = trailing.optimal(price=1)
        if best is not None:
            logger.info("would tighten to %s", best)
""",
        # A name that is bound anew where it is used; and a question that speaks of a close.
        """
        size = trailing.optimal(price=1)
        if size and trailing.should_close_position(symbol):
            logger.info("size: %s", size)
""",
        # A record of what nobody reads.
        """
        best = trailing.optimal(price=1)
        kept[symbol] = best
        lines.append(f"- best: {best}")
""",
        # A check that doesn't stop anything.
        """
        report = engine.check_health()
        if report.status != "HEALTHY":
            for issue in report.issues[:3]:
                logger.warning("issue: %s", issue.kind)
""",
    ],
)
def test_what_only_words_are_lost_by_is_low(body: str) -> None:
    hit = the_hit(
        run=f"""
def run(trailing: Trailing, engine: Engine, symbol):
    lines = []
    kept = {{}}
    try:{body.rstrip()}
    except Exception as error:
        logger.warning("no: %s", error)
    logger.info("%s", "\\n".join(lines))
    size = 2
    exchange.create_order(symbol, "limit", "buy", size, 1)
"""
    )
    assert hit.mitigation == LOW
    assert hit.saw["standing"] == ", which tells less without it, and does no less"


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        # The number is traded with.
        ("best = trailing.optimal(price=1)\n        size = best", 'logger.warning("no")'),
        # It stops the trade.
        ("if trailing.optimal(price=1) > 2:\n            return", 'logger.warning("no")'),
        # What is called keeps something, and doesn't say that it asks.
        ("best = trailing.note(price=1)\n        logger.info(best)", 'logger.warning("no")'),
        # The clause does something else instead.
        ("best = trailing.optimal(price=1)\n        logger.info(best)", "return"),
        # No question, by its name.
        ("done = engine.flatten(symbol)\n        logger.info(done)", 'logger.warning("no")'),
    ],
)
def test_what_more_than_words_are_lost_by_weighs_in_full(body: str, clause: str) -> None:
    hit = the_hit(
        run=f"""
def run(trailing: Trailing, engine: Engine, symbol):
    size = 1
    try:
        {body}
    except Exception:
        {clause}
    exchange.create_order(symbol, "limit", "buy", size, 1)
"""
    )
    assert hit.mitigation == 0


def test_an_alert_that_never_comes_is_more_than_words() -> None:
    run = """
def run(trailing, engine, symbol):
    try:
        from new_log import notifier
        notifier.send_alert(symbol, "no heartbeat")
    except Exception as error:
        logger.debug("no: %s", error)
"""
    assert the_hit(run=run, head=f"import new_log\n{HEAD}", new_log="").mitigation < LOW


COUNTS = """
def map_orders(orders):
    for order in orders:
        status = order.get("status", "").lower()
        if "rejected" in status or "cancelled" in status:
            order["plain_status"] = "rejected"
        elif "cancelled" in status:
            order["plain_status"] = "cancelled"
    return orders

def run(trailing, engine, symbol):
    orders = map_orders(exchange.fetch_orders())
"""


def test_a_key_that_only_a_summary_reads_is_low() -> None:
    summary = """
def order_statistics(orders):
    return sum(1 for order in orders if order["plain_status"] == "cancelled")
"""
    assert the_hit(run=f"{summary}\n{COUNTS}    print(order_statistics(orders))").mitigation == LOW


def test_a_key_that_the_bot_acts_on_weighs_in_full() -> None:
    again = """
    for order in orders:
        if order["plain_status"] == "cancelled":
            exchange.create_order(symbol, "limit", "buy", 1, 1)
"""
    assert the_hit(run=COUNTS + again).mitigation == 0


SHOWN = """
class Hybrid:
    def __init__(self, engine: Engine):
        self.engine = engine

    def states(self):
        found = {}
        for symbol in self.engine.positions:
            phase = Phase()
            if symbol in getattr(self.engine, "pending_exits", {}):
                phase.name = "exit"
            found[symbol] = phase
        return found

class Phase:
    def __init__(self):
        self.name = "hold"

"""


def test_what_only_a_table_shows_is_low() -> None:
    run = """
def run(trailing, engine, symbol):
    show_table(lambda: Hybrid(engine).states())

def show_table(states):
    for symbol, phase in states().items():
        print(symbol, phase.name)
"""
    hit = the_hit(run=SHOWN + run)
    assert hit.mitigation == LOW
    assert hit.saw["standing"] == ", which is only there to be shown"


@pytest.mark.parametrize("name", ["act_on", "show_table"])
def test_what_an_order_comes_from_weighs_in_full(name: str) -> None:
    run = f"""
def run(trailing, engine, symbol):
    {name}(engine)

def {name}(engine):
    for symbol, phase in Hybrid(engine).states().items():
        if phase.name == "exit":
            exchange.create_order(symbol, "limit", "sell", 1, 1)
"""
    assert the_hit(run=SHOWN + run).mitigation == 0


WRITER = """
writer = None

def init_writer(path):
    global writer
    writer = open(path, "w")
"""
FLUSH = """
def run(trailing, engine, symbol):
    try:
        from new_log import writer
        if writer:
            writer.flush()
            exchange.cancel_all_orders(symbol)
    except Exception as error:
        logger.debug("no: %s", error)
"""


@pytest.mark.parametrize(("start", "lost"), [("", LOW), ("\ninit_writer('x')\n", 0)])
def test_what_nothing_ever_makes_is_no_loss(start: str, lost: int) -> None:
    hit = the_hit(run=FLUSH, head=f"import old_log\n{HEAD}", new_log="", old_log=WRITER + start)
    assert hit.mitigation == lost
