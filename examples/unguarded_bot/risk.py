"""What must hold before an order, and what stops the bot."""

MIN_NOTIONAL = 5.0
MAX_DAILY_LOSS = 50.0


class TradingHalt(Exception):
    """Stop trading now."""


def preflight(exchange, symbol, amount, price):
    """Whether the exchange would take this order, and if not, why."""
    if amount * price < MIN_NOTIONAL:
        return False, f"{symbol}: below the minimum notional"
    if exchange.fetch_balance()["USDT"]["free"] < amount * price:
        return False, f"{symbol}: not enough free USDT"
    return True, ""


def check_daily_loss(ledger):
    """Halt once the day has cost too much."""
    if ledger.loss_today() > MAX_DAILY_LOSS:
        raise TradingHalt(f"lost {ledger.loss_today():.2f} USDT today")
