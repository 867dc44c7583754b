# make demo   from a fresh clone to two living characters
# make test   set up what testing needs and run every test
# make help   the other targets

PYTHON ?= python3
VENV ?= .venv
# On Linux the plain package of this version brings CUDA libraries; set TORCH to another requirement to choose a build.
TORCH ?= torch==2.13.0
RUN ?= runs/first_meeting
MIND ?= auto

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' 2>/dev/null)
PAGE := digital_life/viewer/static/index.html

.PHONY: help install web assets demo test lint format wheel clean system

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s ':'

$(VENV)/.torch:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --progress-bar on "$(TORCH)"
	touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	$(PIP) install --progress-bar on -e '.[local]'
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PIP) install --progress-bar on -e '.[local,test,dev]'
	touch $@

install: $(VENV)/.installed ## make the virtual environment and install the package

system: ## what pip cannot install: off-screen OpenGL and a browser (only with root or sudo, else it says what to do)
	@tools/system_packages.sh

$(PAGE): $(WEB_SOURCES) $(VENV)/.torch
	PYTHON=$(BIN)/python tools/build_web.sh

web: $(PAGE) ## build the viewer page

assets: $(VENV)/.installed ## compile the motion library and fetch the small language model where that is possible
	$(BIN)/digital-life motions build
	@$(BIN)/digital-life models pull || echo "No local language model: the demo will use the offline mind, which fills the persona's own lines."

demo: system install web assets ## play the first meeting and say where everything is
	$(BIN)/digital-life simulate examples/first_meeting.yaml --out $(RUN) --mind $(MIND) --force
	@echo
	@echo "Watch it in the browser:   $(BIN)/digital-life view $(RUN)"
	@echo "Talk to one of them:       $(BIN)/digital-life chat mira"

test: system $(VENV)/.tested web ## set up what testing needs and run every test, the browser ones included
	@$(BIN)/digital-life models pull smollm2-135m || echo "Without this model the tests of the in-process back end are skipped."
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.tested ## ruff and strict type checking
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.tested ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)/.tested web ## build the wheel, with the viewer page in it
	$(BIN)/python -m build --wheel

clean: ## remove what was built, not runs and not models
	rm -rf build dist digital_life/viewer/static web/node_modules $(VENV)
