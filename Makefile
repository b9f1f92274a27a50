# Each target makes .venv when it is missing and installs what it needs there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet -c constraints.txt
# Without what they ask for: vit-pytorch and timm want torchvision, of which their models use nothing, others a GPU.
BARE := $(BIN)/python -m pip install --quiet --no-deps -c constraints.txt
SAMPLE := samples/natten_head_count/buggy.py

# NATTEN 0.17.5 compiles for some minutes and needs a C++ compiler, so it has an environment of its own.
LEGACY := .venv-natten-legacy

# `make bench.peers` runs one of them. Samples, where all would take hours; without the limit they are whole.
BENCHES := $(addprefix bench.,cost growth causes explain suggest peers zoo mutants mutants.mending)
OPTIONS.zoo := --limit 60
OPTIONS.mutants := --limit 60 --folder .bench/mutants
OPTIONS.mutants.mending := --limit 60 --folder .bench/mutants

.PHONY: demo picture test lint bench $(BENCHES) natten-legacy clean

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

# Every command to its end, also where a figure misses its bound, one at a time: they measure seconds.
bench:
	$(MAKE) --keep-going --jobs=1 $(BENCHES)

$(BENCHES): bench.%: $(VENV)/.bench
	mkdir -p .bench
	$(BIN)/python -m tests.bench.$* --json .bench/$*.json $(OPTIONS.$*)

natten-legacy: $(LEGACY)/.built
	$(LEGACY)/bin/python -m pytest tests/kernels/test_natten_legacy.py tests/trace/standins/test_natten_legacy.py

clean:
	rm -rf $(VENV) $(LEGACY) .bench

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
	$(BARE) timm
	touch $@

$(LEGACY)/.built:
	$(PYTHON) -m venv $(LEGACY)
	$(LEGACY)/bin/python -m pip install --quiet -c constraints.txt -e . pytest hypothesis setuptools wheel cmake ninja
	$(LEGACY)/bin/python -m pip install --quiet --no-build-isolation --no-deps natten==0.17.5
	touch $@
