"""Programs that place orders behind checks, or not quite behind them."""
