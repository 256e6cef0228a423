#!/usr/bin/env bash
# Tries the hook as its users get it: pre-commit installs it from a commit of this tree and runs it in a
# throw-away repository. A commit with an unguarded order must be refused with a readable message, the
# mended one must pass, and taking the guard out of one file must be refused for the order in another.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/botlint-trial.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE PYTHONPATH VIRTUAL_ENV
# Nothing of the person who runs this may decide the outcome: no signing, no own hooks, no shared cache.
export PRE_COMMIT_HOME="$work/cache" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=trial GIT_AUTHOR_EMAIL=trial@example.com
export GIT_COMMITTER_NAME=trial GIT_COMMITTER_EMAIL=trial@example.com

fail() { printf 'trial failed: %s\n' "$*" >&2; exit 1; }

# commit MESSAGE: 0 or the status of a refused commit; what was printed is in $work/said.
commit() {
    git add --all
    git commit --quiet --message "$1" >"$work/said" 2>&1
}

must_refuse() {
    printf '\n-- %s\n' "$1"
    ! commit "$1" || fail "the commit went through"
    cat "$work/said"
    grep -q 'ORD001' "$work/said" || fail "the message does not name ORD001"
    grep -q 'orders\.py:5' "$work/said" || fail "the message does not say where the order is"
    ! grep -q 'Traceback' "$work/said" || fail "the message is a traceback"
}

mkdir "$work/hooks" "$work/bot"
GIT_INDEX_FILE="$work/index" git -C "$top" add --all
tree=$(GIT_INDEX_FILE="$work/index" git -C "$top" write-tree)
git -C "$top" archive "$tree" | tar -x -C "$work/hooks"
cd "$work/hooks"
git init --quiet
git add --all
git commit --quiet --message "the tree as it stands"
revision=$(git rev-parse HEAD)

cd "$work/bot"
git init --quiet
cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $work/hooks
    rev: $revision
    hooks:
      - id: botlint
YAML
cat >orders.py <<'PYTHON'
"""The one place that talks to the exchange."""


def buy(exchange, symbol, amount, price):
    return exchange.create_order(symbol, "limit", "buy", amount, price)
PYTHON
cat >risk.py <<'PYTHON'
def preflight(symbol, amount, price):
    return amount * price >= 5.0
PYTHON
unguarded='import ccxt

from orders import buy


def main():
    exchange = ccxt.binance()
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    buy(exchange, "BTC/USDT", 25.0 / price, price)


if __name__ == "__main__":
    main()'
printf '%s\n' "$unguarded" >main.py
pre-commit install >/dev/null

must_refuse "an order without preflight"

printf '\n-- the same with preflight\n'
cat >main.py <<'PYTHON'
import ccxt

from orders import buy
from risk import preflight


def main():
    exchange = ccxt.binance()
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    amount = 25.0 / price
    if not preflight("BTC/USDT", amount, price):
        return
    buy(exchange, "BTC/USDT", amount, price)


if __name__ == "__main__":
    main()
PYTHON
commit "the same with preflight" || { cat "$work/said"; fail "the mended commit was refused"; }
cat "$work/said"

printf '%s\n' "$unguarded" >main.py
must_refuse "the preflight taken out of main.py, for the order in orders.py"

printf '\npre-commit trial passed\n'
