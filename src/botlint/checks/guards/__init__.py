"""How guards decide on the way to an order, and what each of their rules asks of them."""
