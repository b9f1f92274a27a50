# Each target makes .venv when it is missing and installs what it needs there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet -c constraints.txt
# Without what they ask for: vit-pytorch wants torchvision, of which its models use nothing, the others a GPU.
BARE := $(BIN)/python -m pip install --quiet --no-deps -c constraints.txt
SAMPLE := samples/natten_head_count/buggy.py

# NATTEN 0.17.5 compiles for some minutes and needs a C++ compiler, so it has an environment of its own.
LEGACY := .venv-natten-legacy

.PHONY: demo picture test lint bench natten-legacy clean

demo: $(VENV)/.shapedoc
	$(BIN)/shapedoc trace $(SAMPLE); test $$? -eq 1

picture: $(VENV)/.shapedoc
	$(BIN)/python -m tests.picture

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench.cost
	$(BIN)/python -m tests.bench.causes
	$(BIN)/python -m tests.bench.explain
	$(BIN)/python -m tests.bench.suggest
	$(BIN)/python -m tests.bench.peers
	$(BIN)/python -m tests.bench.zoo

natten-legacy: $(LEGACY)/.built
	$(LEGACY)/bin/python -m pytest tests/kernels/test_natten_legacy.py tests/trace/standins/test_natten_legacy.py

clean:
	rm -rf $(VENV) $(LEGACY)

$(VENV)/.shapedoc: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.shapedoc
	$(PIP) -e '.[dev]'
	$(BARE) vit-pytorch flash-linear-attention fla-core
	$(BARE) --no-build-isolation natten
	touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) -e '.[bench]'
	touch $@

$(LEGACY)/.built:
	$(PYTHON) -m venv $(LEGACY)
	$(LEGACY)/bin/python -m pip install --quiet -c constraints.txt -e . pytest hypothesis setuptools wheel cmake ninja
	$(LEGACY)/bin/python -m pip install --quiet --no-build-isolation --no-deps natten==0.17.5
	touch $@
