# `make run` and `make test` set up all they need on a fresh Debian 12 or 13 with Python 3.11 or
# newer, gcc, make, Node 20 or newer and git. PYTHON=python3.13 chooses another Python than the
# first that fits.

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := build/stamps
QUIETLY := --quiet --disable-pip-version-check
WEB    := web/node_modules/.package-lock.json
DRIVER := tests/browser/node_modules/.package-lock.json
# What tests and measurements of the whole need.
TESTED := $(STAMPS)/packages $(STAMPS)/development $(DRIVER) web/dist/index.html
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune \
    -o -type f -print 2>/dev/null)
C_ROOMS := engine recording load
C_FILES := $(wildcard $(addsuffix /*.[ch],relay bench/relay \
    $(C_ROOMS:%=relay/%) $(C_ROOMS:%=tests/relay/fuzz/%)))
C_SOURCES := $(filter %.c,$(C_FILES))

.PHONY: run help test test-long soak-crash test-python test-web test-browser pictures lint lint-c
.PHONY: format fuzz bench bench-relay bench-vault bench-listing bench-browsers bench-web
.PHONY: wheel embed lock generate clean
.DELETE_ON_ERROR:
# Tests start many servers: what is compiled once is kept, also where the environment says
# otherwise.
unexport PYTHONDONTWRITEBYTECODE

run: $(STAMPS)/runtime web/dist/index.html ## the server with demo data on http://localhost:8080
	$(BIN)/carelay serve --demo

help: ## this list
	@sed --quiet 's/^\([a-z-]*\):.* ## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand --tabs=18

test: test-python test-web test-browser ## every test

test-long: $(TESTED) ## pytest with more inputs, more rooms and longer calls
	LONG_TESTS=1 $(BIN)/pytest -n 2 --dist loadgroup --timeout 3600

soak-crash: $(TESTED) ## a server that is killed a hundred times on each database (20 minutes)
	LONG_TESTS=1 $(BIN)/pytest -n 2 tests/scenarios/test_kills.py

test-python: $(TESTED) ## pytest
	$(BIN)/pytest -n 2 --dist loadgroup -m "not alone"
	$(BIN)/pytest -m alone tests/relay

test-web: $(WEB) ## unit tests of the pages' logic
	npm --prefix web test

# Six people in one call need the whole machine, and what is told of a network must not be told of
# a busy one: their tests run alone. The time is that of a whole file, and only ends one that hangs:
# whatever a test waits for has its own.
ALONE := participants.test.js network/*.test.js
BESIDE := $(filter-out $(ALONE),$(notdir $(wildcard tests/browser/*.test.js)))
# What failed, and why, is said once more at the end.
NODE_TEST := node --test --test-reporter=spec --test-timeout=900000

test-browser: $(TESTED) ## the pages in Chromium and Firefox
	cd tests/browser && $(NODE_TEST) --test-concurrency=2 $(BESIDE)
	cd tests/browser && $(NODE_TEST) --test-concurrency=1 $(ALONE)

pictures: $(TESTED) ## a day's pages on a desk, a tablet and a phone, to build/pictures
	rm -rf build/pictures && mkdir -p build/pictures
	cd tests/browser && PICTURES=$(CURDIR)/build/pictures $(NODE_TEST) day.test.js

lint: $(STAMPS)/development $(WEB) $(DRIVER) lint-c ## formatters, linters and type checkers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile
	$(BIN)/yamllint --strict --config-data \
	    '{extends: default, rules: {line-length: {max: 100}, document-start: disable}}' \
	    compose.yaml
	npm --prefix web run lint
	npm --prefix tests/browser run lint

lint-c: build/lint/format $(C_SOURCES:%.c=build/lint/%.o) ## the C alone

format: $(STAMPS)/development $(WEB) ## rewrite everything in the one style
	$(BIN)/clang-format -i $(C_FILES)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npm --prefix web run format

fuzz: $(STAMPS)/packages $(STAMPS)/development ## the parsers of peer bytes, a minute each
	$(BIN)/python -m tests.relay.fuzz --seconds 60

bench: $(TESTED) ## figures to build/bench/*.json
	scripts/debian-packages gcc libc6-dev
	$(BIN)/python -m bench

bench-relay: $(STAMPS)/development ## the relay beside Janus and a bare loop, to build/bench
	scripts/debian-packages gcc libc6-dev iproute2 janus
	$(BIN)/python -m bench.relay --scaling $(BENCH_RELAY)

bench-vault: $(TESTED) ## what keeping recordings costs, to build/bench/vault.json
	$(BIN)/python -m bench vault

bench-listing: $(TESTED) ## how long a page of a long list takes, to build/bench/listing.json
	$(BIN)/python -m bench listing

bench-browsers: $(TESTED) ## calls that lose packets, to build/bench/browsers.json
	npm --prefix tests/browser run loss

bench-web: $(TESTED) ## what the sign-in page and a call load, in bytes
	cd tests/browser && node --test --test-reporter=spec size.test.js

generate: $(STAMPS)/development $(WEB) ## what comes from the Python: OpenAPI, TypeScript types
	$(BIN)/python -m signaling.http.openapi > web/src/shared/api/openapi.json
	npm --prefix web run types

wheel: $(STAMPS)/development web/dist/index.html ## the package with its pages, to dist/
	rm -rf build/lib build/bdist.*
	$(BIN)/pip wheel $(QUIETLY) --no-deps --no-build-isolation --wheel-dir dist .

embed: $(WEB) ## the call as a package for your own React pages, to dist/
	npm --prefix web run build:embed
	mkdir -p dist
	npm pack --pack-destination dist ./build/embed

lock: $(STAMPS)/development ## pin the newest versions pyproject.toml allows
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	    --extra build pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	    --extra build --extra dev pyproject.toml --constraint requirements.txt \
	    --output-file requirements-dev.txt

clean: ## all that was built or installed here; data and keys stay
	rm -rf $(VENV) build web/dist web/node_modules tests/browser/node_modules *.egg-info

# --- set-up ------------------------------------------------------------------------------

$(BIN)/python:
	scripts/prerequisites
	"$${PYTHON:-$$(scripts/find-python)}" -m venv --clear $(VENV)

# The warnings that a C file has to be free of; the objects are only looked at by the compiler. A
# fuzz target lies in a folder named as the room whose headers it takes in.
STRICT := -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Wconversion -Werror

build/lint/%.o: %.c $(filter %.h,$(C_FILES)) | $(STAMPS)/runtime
	mkdir -p $(@D)
	gcc $(STRICT) -I relay/$(notdir $(<D)) -isystem $(HEADERS) -c -o $@ $<

build/lint/format: .clang-format $(C_FILES) | $(STAMPS)/development
	$(BIN)/clang-format --dry-run -Werror $(C_FILES)
	mkdir -p $(@D) && touch $@

COMPILED := setup.py $(wildcard $(addsuffix /*.[ch],relay relay/engine relay/recording relay/load))
# Asked for once, when the first file needs it.
HEADERS = $(eval HEADERS := $$(shell $(BIN)/python -c \
    'import sysconfig; print(sysconfig.get_path("include"))'))$(HEADERS)

$(STAMPS)/runtime: requirements.txt pyproject.toml $(COMPILED) | $(BIN)/python
	$(BIN)/pip install $(QUIETLY) --require-hashes --requirement requirements.txt
	$(BIN)/pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
	mkdir -p $(@D) && touch $@

$(STAMPS)/development: requirements-dev.txt $(STAMPS)/runtime
	$(BIN)/pip install $(QUIETLY) --require-hashes --requirement requirements-dev.txt
	mkdir -p $(@D) && touch $@

# Firefox decodes H.264 with the libavcodec of its release.
LIBAVCODEC_12 := libavcodec59
LIBAVCODEC_13 := libavcodec61
RELEASE := $(shell . /etc/os-release && echo $$VERSION_ID)

$(STAMPS)/packages: scripts/debian-packages Makefile
	scripts/prerequisites chromium firefox-esr $(LIBAVCODEC_$(RELEASE)) fonts-liberation \
	    postgresql iproute2 coturn softhsm2 clang libclang-rt-dev
	mkdir -p $(@D) && touch $@

$(WEB): web/package-lock.json
	npm --prefix web ci --no-audit --no-fund

$(DRIVER): tests/browser/package-lock.json
	npm --prefix tests/browser ci --no-audit --no-fund

web/dist/index.html: $(WEB) $(WEB_SOURCES)
	npm --prefix web run build
