# The two commands of a newcomer are `make run` and `make test`; each sets up what it needs, once.
#
#   make run                                  an issuer and a verifier with examples, until Ctrl-C
#   make run ARGS="--issuer-port 9000"        … with options (ARGS=--help lists them)
#   make test                                 the whole test suite
#   make test ARGS="tests/vc -k status"       … or a part of it
#   make test-postgresql                      the tests of the issuer with their records on PostgreSQL instead of SQLite
#   make mutants                              takes each guard of the verifier out: are its hostile files then noticed?
#   make conformance                          what the W3C test suites talk to, on https://127.0.0.1:8443 until Ctrl-C
#   make conformance SUITES=DIR               … and every suite that is installed below DIR run against it
#   make fuzz MINUTES=5                       fuzzes every parser of strangers' bytes (ARGS="run svg" for some of them)
#   make properties EXAMPLES=200              properties with many made-up badges, rule trees and histories
#   make kills ROUNDS=10                      workers of bulk runs killed at random, and counts (ARGS="--database postgresql")
#   make exactness HITS=1000000               canonical forms by shape against two full implementations
#   make bench                                what it costs beside other libraries (ARGS=--markdown: into the docs)
#   make bench-bulk bench-growth bench-million   from facts to 100,000 certificates; to a million; on PostgreSQL
#   make bench-hostile                        time and memory of hostile files and servers, as a table
#   make bench-overload                       ten times the rated load, a tenth of it bad files, as a table
#   make bench-cohort                         a cohort of 50,000 decided, and again after 100 changes (ARGS=--help)
#   make bench-status                         revoking, building and looking up lists in a large store (ARGS=--help)
#   make lint                                 style, format and types
#   make lock                                 the hash-locked requirements, anew (ARGS=--upgrade for newer versions)
#   make messages                             the message catalogues, from the texts in the code
#   make clean                                takes away what the others set up; an issuer's home is never touched

PYTHON ?= python3
ARGS ?=
MINUTES ?= 5
EXAMPLES ?= 200
HITS ?= 1000000

VENV := .venv
PY := $(VENV)/bin/python
UV := $(shell command -v uv 2>/dev/null)

# Wheels only and every hash known: nothing is compiled or run while it is installed.
ifdef UV
INSTALL := $(UV) pip install --quiet --python $(PY)
else
INSTALL := $(PY) -m pip install --quiet --no-input --disable-pip-version-check
endif
LOCKED := --require-hashes --only-binary :all: -r

.PHONY: run test test-postgresql mutants kills exactness properties fuzz conformance bench bench-bulk bench-growth bench-million \
	bench-canonical bench-http \
	bench-hostile bench-overload bench-cohort bench-status lint lock messages clean
.DELETE_ON_ERROR:

run: $(VENV)/run.installed
	@exec $(PY) -m issuer.demo $(ARGS)

# Commands that tests start are read from compiled files, even where an environment says to write none: without them
# each of some hundred starts compiles the project anew.
test: $(VENV)/test.installed
	@exec env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n auto --dist loadgroup $(ARGS)

test-postgresql: $(VENV)/test.installed
	@$(MAKE) --no-print-directory test ARGS="--database postgresql tests/issuer tests/serving tests/journeys $(ARGS)"

mutants: $(VENV)/test.installed
	@$(PY) -m tests.attacks.mutate $(ARGS)

conformance: $(VENV)/test.installed
	@exec $(PY) -m tests.conformance $(if $(SUITES),--suites "$(SUITES)") $(ARGS)

PROPERTIES := tests/vc/test_proof_properties.py tests/issuer/test_eligibility_trees.py \
	tests/issuer/test_eligibility_properties.py tests/issuer/test_affected_properties.py tests/issuer/test_rules.py \
	tests/openapi/test_documented.py
kills: $(VENV)/test.installed
	@exec $(PY) -m tests.reliability $(if $(ROUNDS),--rounds $(ROUNDS)) $(ARGS)

exactness: $(VENV)/test.installed
	@exec $(PY) -m tests.exactness --hits $(HITS) --processes 2 $(ARGS)

properties: $(VENV)/test.installed
	@TESTAMUR_EXAMPLES=$(EXAMPLES) exec $(PY) -m pytest -n auto $(PROPERTIES) $(ARGS)

fuzz: $(VENV)/fuzz.installed
	@$(PY) -m tests.fuzz.campaign --minutes $(MINUTES) $(ARGS)

# The libraries beside us on Node.js, where there is one: without it their rows are left out.
PEERS := $(if $(shell command -v npm 2>/dev/null),tests/peers/node_modules)

bench: $(VENV)/test.installed $(PEERS)
	@exec $(PY) -m benchmarks $(ARGS)

bench-bulk: $(VENV)/test.installed
	@exec $(PY) -m benchmarks.journey --certificates 100000 $(ARGS)

bench-growth: $(VENV)/test.installed
	@exec $(PY) -m benchmarks.journey --certificates 1000000 --part growth $(ARGS)

bench-million bench-canonical bench-http bench-hostile bench-overload bench-cohort bench-status: bench-%: $(VENV)/test.installed
	@exec $(PY) -m benchmarks.$* $(ARGS)

lint: $(VENV)/test.installed
	@wrong=0; \
	$(PY) -m ruff check . || wrong=1; \
	$(PY) -m ruff format --check . || wrong=1; \
	$(PY) -m mypy || wrong=1; \
	exit $$wrong

messages: $(VENV)/run.installed
	@$(PY) -m templates.locale.collect

lock:
	$(if $(UV),,$(error Locking needs uv: https://docs.astral.sh/uv/getting-started/installation/))
	@$(UV) pip compile $(LOCK) pyproject.toml -o requirements.lock $(ARGS)
	@$(UV) pip compile $(LOCK) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock $(ARGS)
	@$(UV) pip compile $(LOCK) --extra fuzz -c requirements-dev.lock pyproject.toml -o requirements-fuzz.lock $(ARGS)

# Names, versions and hashes for every platform; no addresses of indexes.
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean:
	rm -rf $(VENV) build testamur.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/peers/node_modules
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# --- set-up ------------------------------------------------------------------------------------------------

$(VENV)/run.installed: requirements.lock pyproject.toml | $(PY)
	@echo "Installing what requirements.lock names (once) …"
	@$(INSTALL) $(LOCKED) $<
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.installed: requirements-dev.lock pyproject.toml | $(PY)
	@echo "Installing what requirements-dev.lock names (once) …"
	@$(INSTALL) $(LOCKED) $<
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

tests/peers/node_modules: tests/peers/package-lock.json
	@npm ci --prefix tests/peers --no-progress --silent
	@touch $@

$(VENV)/fuzz.installed: requirements-fuzz.lock $(VENV)/test.installed
	@$(INSTALL) $(LOCKED) $<
	@touch $@

$(PY):
	$(call require,$(OBSTACLE))
	@rm -rf $(VENV)
ifdef UV
	@$(UV) venv --quiet --python "$$(command -v $(PYTHON))" $(VENV)
else
	@$(PYTHON) -m venv $(VENV)
endif

require = $(if $(strip $(1)),$(error $(strip $(1))))

# The first thing that would stop the set-up, in one line; nothing when nothing does.
OBSTACLE = $(shell \
	if ! command -v $(PYTHON) >/dev/null; then \
		echo "There is no $(PYTHON). Install Python 3.11 or later (Debian: apt install python3 python3-venv)"; \
	elif ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12"; \
	elif [ -z "$(UV)" ] && ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make virtual environments. Install them (Debian: apt install python3-venv)"; \
	elif ! [ -w . ]; then \
		echo "The folder $(CURDIR) cannot be written; the set-up goes into $(VENV) there"; \
	fi)
