"""botlint proves the go-live checklist of a trading bot, or shows the path on which it fails."""

__version__ = "0.1.0"
