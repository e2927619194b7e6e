# `make demo` and `make test` work as the first command in a fresh clone: they make .venv and install into it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: setup demo test test-fast test-all check format lint types architecture corpus bench soak looks fuzz timings dist sbom lock clean

.venv/.made:
	@test -n "$(PYTHON)" || { echo "chatbot needs Python 3.11 or newer on the PATH; or name one: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

# What the bot itself needs: a small install, for the demo.
.venv/.run: .venv/.made requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing what the bot needs into .venv …"
	@$(PIP) -r requirements-build.lock -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What its tests need too: linters, a real Synapse, a real PostgreSQL.
.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Installing what the tests need into .venv (some 250 MB) …"
	@$(PIP) -r requirements-dev.lock
	@touch $@

setup: .venv/.dev

demo: .venv/.run
	$(BIN)/chatbot demo

# What a person runs: everything but the slowest tests, with fewer examples of each property. Without bytecode, each of
# hundreds of processes would compile the program again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --dist worksteal

test: .venv/.dev
	$(PYTEST) -n auto -m "not soak and not slow" --hypothesis-profile short

# No Synapse, no PostgreSQL, no process: for every save.
test-fast: .venv/.dev
	$(PYTEST) -n 2 -m "not soak and not slow and not lengthy and not server" --hypothesis-profile short

# Every test, with all examples; the long runs in their short forms.
test-all: .venv/.dev
	$(PYTEST) -n auto

format: .venv/.dev
	$(BIN)/ruff format chatbot tests bench
	$(BIN)/ruff check --fix chatbot tests bench

lint: .venv/.dev
	$(BIN)/ruff format --check chatbot tests bench
	$(BIN)/ruff check chatbot tests bench

types: .venv/.dev
	$(BIN)/mypy

architecture: .venv/.dev
	$(BIN)/lint-imports

check: lint types architecture test-all

# Accuracy of the readers on recorded pages, where the recordings are at hand.
corpus: .venv/.dev
	$(BIN)/python -m tests.corpus

# Prints figures beside the least possible ones; asserts nothing.
bench: .venv/.dev
	$(BIN)/python -m bench

# The long forms of the chaos tests.
soak: .venv/.dev
	$(BIN)/python -m pytest -m soak -s --hypothesis-profile long --timeout 3600

# Pages and pictures of every golden message as Discord and Element show it, in build/looks; needs Chromium or Chrome.
# BEFORE=COMMIT: those of that commit beside them. DOCS=1: takes the pictures in docs/pictures again.
looks: .venv/.dev
	$(BIN)/python -m tests.looks.pictures $(if $(BEFORE),--before $(BEFORE)) $(if $(DOCS),--docs)

# The long form of the fuzz tests: hostile input for every parser and every format, and news in any order; some half an hour.
fuzz: .venv/.dev
	$(BIN)/python -m pytest tests/fuzz tests/core/announce/test_laws.py --hypothesis-profile long -n auto --timeout 3600

# How long each test takes, by which the slow ones are known; on a machine that does nothing else.
timings: .venv/.dev
	$(PYTEST) -n auto --durations 0 --durations-min 0.5 | tee /dev/stderr | $(BIN)/python -m tests.timings

# The wheel and the source archive, in dist; the same commit gives the same bytes.
EPOCH = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}
dist: .venv/.dev
	$(EPOCH) $(BIN)/python -m hatchling build

# The list of the bot's parts with their licences (CycloneDX), in dist.
sbom: .venv/.dev
	$(EPOCH) $(BIN)/python -m tests.packaging.sbom

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --group synapse -o requirements-dev.lock
	printf 'hatchling>=1.27\neditables>=0.5\nsetuptools>=80\n' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements-build.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
