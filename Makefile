# Each target makes .venv when it is missing and installs what it needs there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet -c constraints.txt
# vit-pytorch asks for torchvision, of which its models use nothing.
BARE := $(BIN)/python -m pip install --quiet --no-deps -c constraints.txt
SAMPLE := samples/unmerged_heads/buggy.py:Net

.PHONY: demo test lint bench clean

demo: $(VENV)/.shapedoc
	$(BIN)/shapedoc trace $(SAMPLE); test $$? -eq 1

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python tests/bench/zoo.py

clean:
	rm -rf $(VENV)

$(VENV)/.shapedoc: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.shapedoc
	$(PIP) -e '.[dev]'
	$(BARE) vit-pytorch
	touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) -e '.[bench]'
	touch $@
