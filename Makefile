# What a developer does, one word for each. `make` alone prints the list from the texts behind ##.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
WORKERS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r
GENERATED := docs/events.md deploy/nginx.conf.template shared/documents
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
export PORT

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run demo test test-docker check documents-are-current fix docs texts bench bench-planner chaos crowd lock clean

##@ Use it

run: setup ## serve everything on http://localhost:8000 (PORT=8001 make run for another port)
	@$(BIN)/rapport up

demo: setup ## play a conference of 300 people through three months; `make run` then shows it under /demo
	@$(BIN)/rapport demo

setup: .venv/.run ## make .venv and install what Rapport needs, from the hashed lock

##@ Testing and quality

test: setup-test ## every test, on real servers; the last lines say which
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

test-docker: setup-test ## the tests that need a container engine
	@$(BIN)/python -m pytest -m docker

check: setup-test documents-are-current ## linters, types, import rules, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: setup-test ## repair what a linter can repair
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

chaos: setup-test ## 100 kills under load: nothing lost, nothing twice (ARGS="--kills 30 --seed 7")
	@$(BIN)/python -m tests.chaos $(or $(ARGS),--kills 100 --seed 1)

crowd: setup-test ## 20 days of 300 people, everything looked at all the time (ARGS="--form full --seeds 2")
	@$(BIN)/python -m tests.journeys.crowd $(or $(ARGS),--seeds 20)

bench: setup-test ## the figures that the README promises (ARGS=log for one of them)
	@$(BIN)/python -m bench $(ARGS)

bench-planner: setup-test ## plans by the engine and by what one would use instead, and on site (ARGS="--people 100 --seeds 1 2 3")
	@$(BIN)/python -m bench.planner $(ARGS)
	@$(if $(ARGS),:,$(BIN)/python -m bench.planner.onsite)

##@ Upkeep

docs: setup ## write the generated documents anew: events, proxy, AsyncAPI, OpenAPI
	@$(BIN)/rapport documents

texts: setup ## find the texts of all pages and mails, and update their catalogues (shared/locale)
	@$(BIN)/rapport texts

lock: ## compile requirements/*.txt anew (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --quiet --output-file requirements/run.txt
	uv pip compile pyproject.toml --group test --universal --generate-hashes --python-version 3.11 --no-header \
		--no-annotate --no-emit-index-url --quiet --constraint requirements/run.txt --output-file requirements/test.txt

clean: ## remove .venv and what tools left; what people entered (var/) stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- how -------------------------------------------------------------------------------------------------------------

setup-test: .venv/.test

# pip resolves nothing: the lock is complete, and pip refuses extras under hashes. The checkout is put on the path by one
# line in a .pth file and named by a .dist-info, so that nothing has to be built.
.venv/.run: requirements/run.txt
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
		{ echo "Python cannot make a virtual environment here (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing what Rapport needs into .venv ..."
	@$(PIP) requirements/run.txt
	@site="$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" && pwd > "$$site/rapport.pth" && \
		rm -rf "$$site"/rapport-*.dist-info && mkdir "$$site/rapport-$(VERSION).dist-info" && \
		printf 'Metadata-Version: 2.1\nName: rapport\nVersion: $(VERSION)\n' > "$$site/rapport-$(VERSION).dist-info/METADATA"
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m rapport "$$@"\n' > $(BIN)/rapport && chmod +x $(BIN)/rapport
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	@echo "Installing what the tests need into .venv ..."
	@$(PIP) requirements/test.txt
	@touch $@

documents-are-current: setup
	@cat $$(find $(GENERATED) -type f 2>/dev/null | sort) > .venv/documents-before || true
	@$(MAKE) --no-print-directory docs
	@cat $$(find $(GENERATED) -type f | sort) | cmp -s - .venv/documents-before || \
		{ echo "Generated documents were not up to date. They are now: commit them." >&2; exit 1; }
