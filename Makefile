# Everything that is done with this checkout: `make run`, `make test`, `make lint`, `make format`, `make coverage`,
# `make prove`, `make bench`, `make backup DIR=…`, `make restore DIR=…`.
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: run test lint format coverage prove bench backup restore clean

swift_files := Package.swift Services Shared Tests Benchmarks

run:
	@Gateway/run.sh

test:
	@.ci/test

lint:
	swift format lint --strict --parallel --recursive $(swift_files)

format:
	swift format --in-place --parallel --recursive $(swift_files)

coverage:
	@.ci/install build
	@.ci/coverage

# As long as PROVE_MINUTES says.
prove:
	@.ci/prove

bench:
	@.ci/install build bench
	@Benchmarks/run

backup:
	@Gateway/backup.sh "$(DIR)"

restore:
	@Gateway/backup.sh --restore "$(DIR)"

clean:
	rm -rf .build
