# Works on a fresh machine with python3 (3.11 or newer), git and make. `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint docs translations notebooks format bench fuzz lock clean

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
# What was installed, so that nothing is installed twice: `core` runs gait, `dev` also tests it.
CORE   := $(VENV)/.core
DEV    := $(VENV)/.dev

# Tests run side by side, each with one thread for linear algebra: more would only wait for each other. Compiled modules
# are kept, which some machines forbid: the tests start hundreds of processes.
TEST_WORKERS ?= $(shell n=$$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2); echo $$((n < 4 ? n : 4)))

# The three sample clips show different people; heights in centimetres, as in their truth files.
SAMPLES      := side rear front
HEIGHT_side  ?= 176
HEIGHT_rear  ?= 166
HEIGHT_front ?= 182
# km/h, as the treadmill shows it.
SPEED_side   ?= 10.1
SPEED_rear   ?= 10.1
SPEED_front  ?= 10.4

help:
	@echo "make demo     analyse the sample videos into demo/ (creates $(VENV) first)"
	@echo "make test     run the tests"
	@echo "make test-long  run the tests that take minutes each"
	@echo "make lint     check style and types"
	@echo "make docs     build the documentation into build/site; warnings are errors"
	@echo "make translations  collect new texts into gait/locale and compile the translations"
	@echo "make notebooks  run the notebooks again and write their outputs"
	@echo "make format   rewrite the code in the project's style"
	@echo "make bench    measure speed and memory into docs/benchmarks.md (half an hour or more)"
	@echo "make fuzz     give 10 000 damaged files and 2 000 hostile requests to gait, and write docs/reliability.md (an hour)"
	@echo "make lock     choose the newest allowed versions and write constraints.txt"
	@echo "make clean    remove everything that make made"

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "gait needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12 ..." % v[:2])'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "python3 cannot make virtual environments here; install python3-venv (Debian, Ubuntu: sudo apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(CORE): $(PY) pyproject.toml constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(CORE)
	$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(CORE)
	@set -e; $(foreach view,$(SAMPLES),\
	  echo "== sample_videos/treadmill_$(view).mp4"; \
	  $(PY) -m gait analyze sample_videos/treadmill_$(view).mp4 --height $(HEIGHT_$(view)) --speed $(SPEED_$(view)) -o demo/$(view);)
	@echo; echo "Open in a browser:"; for view in $(SAMPLES); do echo "  $(CURDIR)/demo/$$view/report.html"; done

test: $(DEV)
	OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n $(TEST_WORKERS) --dist loadfile

test-long: $(DEV)
	OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -m long

lint: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

docs: $(DEV)
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict
	@echo "Open in a browser: $(CURDIR)/build/site/index.html"

# Catalogues and compiled ones are committed; tests compare them with the texts of the program.
translations: $(DEV)
	$(PY) -m translations.catalogues

notebooks: $(DEV)
	$(PY) notebooks/run.py

format: $(DEV)
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: $(CORE)
	$(PY) -m benchmarks.bench

# Failing inputs stay in build/fuzz, with the command that repeats each.
fuzz: $(DEV)
	rm -rf build/fuzz && mkdir -p build/fuzz
	$(PY) -m tests.fuzz.crashes --json build/fuzz/crashes.json
	$(PY) -m tests.app.hostile_requests --json build/fuzz/app.json
	$(PY) -m tests.fuzz.run --inputs 10000 --jobs $(TEST_WORKERS) --report docs/reliability.md

# In an environment of its own, so that nothing that happens to be installed is taken for a dependency.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	{ echo "# Exact versions that gait is tested with; made by \`make lock\`."; \
	  build/lock/bin/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==' | sort -f; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist demo .pytest_cache .mypy_cache .ruff_cache *.egg-info
	find gait tests -name __pycache__ -type d -exec rm -rf {} +
