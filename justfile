# `just check` before a pull request: it is what CI runs, on a copy of the tree as it stands.
# The other recipes are its parts, for the time between; they need `just setup` once.

bin := justfile_directory() / ".venv/bin"
export PATH := bin + ":" + env("PATH")

_list:
    @just --list --unsorted

# all that CI runs
check:
    .ci/run

# a virtual environment with everything that the other recipes need
setup:
    python3 -m venv .venv
    pip install -q -e '.[dev]'

# what people find by reading: style, types, layers
lint:
    ruff check .
    ruff format --check .
    mypy
    lint-imports

# mend what can be mended without thought
tidy:
    ruff check --fix .
    ruff format .

# the tests, or some of them: `just test -k suppress`
test *arguments:
    pytest -n auto {{ arguments }}

# so many programs made at random are executed, and botlint must say what they do: `just oracle 500`
# for the guards, `just oracle escapes 500 [first]` for another check, `just oracle graphs 500` for
# the control-flow graphs alone
oracle *arguments:
    nice python -m tests.oracle {{ arguments }}

# the hook as its users get it: the real pre-commit on a throw-away repository
trial:
    scripts/pre_commit_trial.sh

# show in README.md what its example prints now
readme:
    python scripts/fill_readme.py

# side by side with other analysers, as ratios: `just bench ../some-bot`
bench *trees:
    python benchmarks/compare.py {{ trees }}
