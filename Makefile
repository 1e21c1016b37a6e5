# Portolan. `make` lists the targets; `make up` and `make test` work on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help up test soak lint format lock bench screenshots shell reset
RUN := scripts/in-environment
# Two workers fit the smallest machine; `make test WORKERS=8 TESTS=tests/portfolio` for more, or less.
WORKERS ?= 2
ADDRESS ?= http://localhost:8000
TESTS ?=
PART ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## start everything and print the address; Ctrl-C stops it
	@$(RUN) python -m scripts.up

test: ## run the whole suite on the embedded PostgreSQL (WORKERS=2, TESTS=tests/portfolio)
	@$(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

soak: ## play the sync against random life for many seeds (SEEDS=60)
	@SEEDS=$(or $(SEEDS),60) $(RUN) pytest -n $(WORKERS) tests/integrations/test_differential.py

lint: ## style, types, layers, migrations and vendored files
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports --no-logo
	@$(RUN) python -W "ignore:Got an error checking a consistent" manage.py makemigrations --check --dry-run
	@$(RUN) python scripts/vendor.py --check

format: ## let ruff rewrite the layout
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

lock: ## compile requirements/*.in into the hashed lock files
	@$(RUN) --lock

bench: ## measure what docs/benchmarks.md tells (PART=sync, overview, wall or start)
	@$(RUN) python -m bench $(PART)

screenshots: ## take the README's pictures of a running `make up` (ADDRESS=http://localhost:8000)
	@$(RUN) python -m scripts.screenshots $(ADDRESS)

shell: ## a Django shell beside a running `make up`
	@$(RUN) python manage.py shell

reset: ## delete the local database, queue and keys (asks first)
	@$(RUN) python -m scripts.reset
