# `make help` lists the targets. Every build uses the flags below and no others, so that nothing is built twice.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Where `make run` keeps its data and listens.
DATA ?= ./hallmark-data
LISTEN ?= 127.0.0.1:8080
# More options for `hallmark serve`, for example ARGS='--tls-local'.
ARGS ?=
# A pattern for `make test`, for example FILTER=PyPI.
FILTER ?=

SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests \
	Benchmarks/Growth Fuzz
# The program that `make bench` measures, and more options for it, for example BENCH='--quick --only publish'.
HALLMARK ?=
BENCH ?=
# For `make fuzz` and `make soak`: how long.
SECONDS ?= 600
MINUTES ?= 60

.PHONY: help
help: ## Lists the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  make run DATA=/srv/hallmark LISTEN=127.0.0.1:9000 ARGS=--tls-local'
	@echo '  make test FILTER=CargoTests'

.PHONY: build
build: ## Builds the server for release: .build/release/hallmark.
	@scripts/bootstrap build
	swift build -c release --product hallmark

.PHONY: run
run: build ## Builds the server and serves on LISTEN with its data in DATA.
	@exec .build/release/hallmark serve --data '$(DATA)' --listen '$(LISTEN)' $(ARGS)

.PHONY: build-tests
build-tests:
	@scripts/bootstrap test
	swift build --build-tests

.PHONY: test
test: build-tests ## Runs every test, those with the real clients and PostgreSQL too.
	@scripts/run-tests $(if $(FILTER),--filter '$(FILTER)')

.PHONY: lint
lint: ## Checks format, function length, duplicated code and generated files.
	@scripts/bootstrap test
	swift format lint --strict --parallel --recursive $(SOURCES)
	@scripts/lint

.PHONY: check
check: lint build-tests ## Runs lint, the guard tests, which hold the source tree to its rules, and a short fuzzing.
	@scripts/run-tests --filter GuardTests
	@scripts/fuzz --check

.PHONY: fuzz
fuzz: build-tests ## Gives changed inputs to every parser for SECONDS (600); ARGS='--target json --seed 7'.
	@scripts/fuzz --seconds '$(SECONDS)' $(ARGS)

.PHONY: api-check
api-check: build-tests ## Holds the REST API against its description for some minutes (Schemathesis).
	@scripts/schemathesis --examples 200 --minutes 30 $(ARGS)

.PHONY: soak
soak: build ## Full load on the server for MINUTES (60); fails where its memory grows.
	@scripts/soak --minutes '$(MINUTES)' $(ARGS)

.PHONY: leaks
leaks: build ## Runs the server under LeakSanitizer through publishes, reads and removals.
	@scripts/leaks $(ARGS)

.PHONY: format
format: ## Formats the sources in place.
	swift format --in-place --parallel --recursive $(SOURCES)

.PHONY: demo-corpus
demo-corpus: build ## Publishes 100 real packages an ecosystem into a fresh Hallmark and installs from it.
	@scripts/bootstrap test
	@scripts/demo-corpus

.PHONY: bench
bench: $(if $(HALLMARK),,build) ## Measures Hallmark beside nginx, pypiserver and devpi-server (about 15 minutes).
	@scripts/bootstrap bench
	swift build -c release --package-path Benchmarks --product bench
	@Benchmarks/.build/release/bench $(if $(HALLMARK),--hallmark '$(HALLMARK)') $(BENCH)

.PHONY: faults
faults: build ## Fills disks, stops databases and sets hostile clients on servers of its own.
	@scripts/faults/full-disk
	@scripts/faults/lost-database
	@scripts/faults/hostile-clients

.PHONY: growth
growth: build ## Measures what use costs at 1,000, 100,000 and 1,000,000 releases; ARGS='--sizes 1000,100000'.
	swift build -c release --product hallmark-growth
	@scripts/growth $(ARGS)

.PHONY: kill
kill: build ## Kills the server a hundred times while packages are published, and looks for anything lost.
	@scripts/bootstrap test
	@scripts/kill-harness $(ARGS)
	@scripts/durability-trace

.PHONY: clean
clean: ## Removes what was built and the Python environments.
	rm -rf .build .venv .venv-bench Benchmarks/.build
