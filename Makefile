# Two commands matter: `make demo` and `make test`. Both set everything up in .venv first.
PORT ?= 8000
SERVE ?= 1
PY := .venv/bin/python

.PHONY: help setup setup-test demo test lint format bench lock clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup:  ## install everything into .venv (quick when nothing changed)
	@sh scripts/setup.sh

setup-test: setup  ## also Chromium and Chinese fonts, where apt-get may
	@sh scripts/setup_system.sh

demo: setup  ## build the demo county, plan a day, serve the desk on http://127.0.0.1:$(PORT)
	@.venv/bin/gridmgr --db gridmgr-demo.db demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,)

test: setup-test lint  ## lint, types and every test
	@$(PY) -m pytest -q -n 2 --dist loadfile

lint: setup  ## ruff, format check, mypy
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup  ## put the code into shape
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup  ## the benchmarks whose figures stand in docs/benchmarks.md
	@sh scripts/bench.sh

lock: setup  ## renew requirements.lock from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --extra dev --no-emit-index-url --generate-hashes --universal \
	  --python-version 3.11 --quiet --output-file requirements.lock

clean:  ## remove what setup and the demo made
	@rm -rf .venv node_modules webapp/static/vendor gridmgr-demo.db gridmgr-demo.db-wal gridmgr-demo.db-shm
