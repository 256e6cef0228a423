"""What was bought, and what the day has cost."""


class Ledger:
    def __init__(self):
        self.entries = {}
        self.realised = []

    def record(self, symbol, order):
        self.entries.setdefault(symbol, []).append(order)

    def last_price(self, symbol):
        orders = self.entries.get(symbol)
        return orders[-1]["price"] if orders else None

    def loss_today(self):
        return -sum(self.realised)
