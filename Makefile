# verifier: `make demo` and `make test` need only Python >= 3.11, git and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WHEEL  := $(VENV)/.wheel

# What is imported is compiled once, and not again by each process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check docs pictures record bench soak stress clean

help:  ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 12

setup: $(READY)  ## set up .venv

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "verifier needs Python 3.11 or later; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(READY)  ## run the whole pipeline offline, without a key
	$(BIN)/verifier demo --into demo

check: $(READY)  ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(WHEEL): $(READY) $(shell find verifier prompts claims cassettes -type f -not -name '*.pyc') README.md LICENSE
	rm -rf build/wheel $(VENV)-wheel
	$(BIN)/python -m build --wheel --outdir build/wheel . > build.log 2>&1 || { cat build.log; exit 1; }
	@rm -f build.log
	$(PYTHON) -m venv --without-pip $(VENV)-wheel
	$(BIN)/python -m pip --python $(VENV)-wheel install --quiet --no-compile --disable-pip-version-check build/wheel/*.whl
	@touch $@

test: check $(WHEEL)  ## run every check and test
	$(BIN)/python -m pytest -n auto --dist worksteal -q --durations=10

coverage: $(READY)  ## run the tests, and say which branches of verifier/ none of them takes
	$(BIN)/python -m pytest -n auto -q --cov --cov-report=term --durations=10

docs: $(READY)  ## make a site of docs/ in build/site, links checked
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/zensical build --strict --clean

pictures: $(READY)  ## draw the README's pictures of the report, in chromium
	$(BIN)/python -m benchmarks.pictures

record: $(READY)  ## record the shipped cassettes anew, with GEMINI_API_KEY
	$(BIN)/verifier demo --record cassettes/phase4.yaml --into demo

stress: $(READY)  ## corrupt the shipped cassette's replies: does any ruling become wrong?
	$(BIN)/verifier stress cassettes/phase4.yaml

bench: $(READY)  ## measure; see benchmarks/README.md
	$(BIN)/python -m benchmarks

soak: $(READY)  ## a thousand claims, faults and kills, against the emulator
	$(BIN)/python -m benchmarks.soak

clean:  ## remove what the targets above made
	rm -rf $(VENV) $(VENV)-wheel build demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
