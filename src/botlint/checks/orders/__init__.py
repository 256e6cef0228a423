"""Which calls place orders, on which side, and whether they open or close a position."""
