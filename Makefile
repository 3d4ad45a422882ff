# Mimamori. `make` alone lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
PORT ?= 8720
MQTT_PORT ?= 8883
PHONES_PORT ?= $(shell expr $(PORT) + 1)
WEB_PORT ?= $(shell expr $(PORT) + 2)
TESTS ?= tests
HOMES ?= 50
MINUTES ?= 2
SPEED ?= 60
SEED ?= 1

.PHONY: help setup web run demo fleet test check bench package deploy clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready .venv-local/ready ## Prepare the two environments (.venv: app and tests, .venv-local: the embedded AWS)

.venv/ready: requirements.txt requirements-dev.txt
	@sh local/setup.sh .venv requirements-dev.txt

.venv-local/ready: local/requirements.txt
	@sh local/setup.sh .venv-local local/requirements.txt

web: setup ## Build the web app into web/dist, where it changed (brings Node.js along where it is missing)
	@$(PY) -m local.web build

run: web ## Everything on this machine: the web app, the API and an embedded AWS, with data (PORT=, WEB_PORT=, MQTT_PORT=, PHONES_PORT=)
	@exec $(PY) -m local.run --port $(PORT) --web-port $(WEB_PORT) --mqtt-port $(MQTT_PORT) --phones-port $(PHONES_PORT)

demo: setup ## Play the whole trip against a running `make run` (in a second terminal)
	@exec $(PY) -m fleet.demo

fleet: setup ## Homes with devices of every kind live against a running `make run` (HOMES=50, MINUTES=2, SPEED=60, SEED=1)
	@exec $(PY) -m fleet.town --homes $(HOMES) --minutes $(MINUTES) --speed $(SPEED) --seed $(SEED)

test: web check ## All checks, then all tests (TESTS= for a part)
	@$(PY) -m local.chromium >/dev/null
	@$(PY) -m local.web test
	@$(PY) -m pytest -n 3 --dist loadfile $(TESTS)

check: setup ## Lint, format, types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PY) -m local.web check

bench: setup ## Measure against the budgets
	@$(PY) -m bench

package: setup ## Build what AWS takes, in build/STAGE/package (STAGE=prod)
	@test -n "$(STAGE)" || { echo "Which stage? Say make package STAGE=prod" >&2; exit 2; }
	@$(PY) -m local.package "$(STAGE)"

deploy: setup ## Package and deploy to the AWS account of your credentials (STAGE=prod)
	@test -n "$(STAGE)" || { echo "Which stage? Say make deploy STAGE=prod" >&2; exit 2; }
	@$(PY) -m local.deploy "$(STAGE)"

clean: ## Remove what can be made again; the local world in .local stays
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
