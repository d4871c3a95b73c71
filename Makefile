# `make run` and `make test` do everything on a fresh machine with Python 3.11 or newer; see tools/setup.
.PHONY: help run test check soak fuzz explore sbom licences audit bench screens lock translations clean

BIN := .venv/bin
WORKERS ?= 2
export PYTHON

help:
	@echo "make run           open the workstation with a demo book (without a display: a tour into out/tour)"
	@echo "make test          all checks and tests"
	@echo "make check         ruff, formatting, types, import direction"
	@echo "make soak          a thousand random histories of seats and the centre (HISTORIES=n, SEED=n)"
	@echo "make fuzz          everything read from outside, spoilt on purpose (TIME=seconds each, TARGETS=names; Linux)"
	@echo "make explore       the property tests with examples never drawn before"
	@echo "make bench         the measurements of docs/performance.md"
	@echo "make sbom          the bill of materials (CycloneDX) into out/sbom.json; make licences: the checked list"
	@echo "make audit         known weaknesses of the locked packages, where an advisory service answers"
	@echo "make screens       screenshots of the main job into out/screens"
	@echo "make translations  gather the program's sentences into the catalogues"
	@echo "make lock          pin the packages anew"
	@echo "make clean         remove what was built and measured"

run:
	@tools/setup run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec $(BIN)/workstation demo; \
	else \
		echo "No display here: taking the tour through the window instead; pictures go to out/tour."; \
		exec $(BIN)/workstation tour --out out/tour; \
	fi

# The tests run even when a check fails, so that one run tells everything; pytest's line comes last.
test:
	@tools/setup test
	@status=0; \
	$(MAKE) --no-print-directory check || { status=1; echo "A check failed, see above. The tests:"; }; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -rfEs || status=$$?; \
	exit $$status

check:
	@tools/setup
	@status=0; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/ruff format --quiet --check . || { echo "Formatting differs; put it right: ruff format ."; status=1; }; \
	$(BIN)/mypy --no-error-summary || status=1; \
	imports=$$($(BIN)/lint-imports 2>&1) || { printf "%s\n" "$$imports"; status=1; }; \
	[ $$status -ne 0 ] || echo "Checks passed: ruff, formatting, mypy, import direction."; \
	exit $$status

# Every history is repeated from its seed: `make soak SEED=n HISTORIES=m`, with the same number of workers.
soak:
	@tools/setup
	@$(BIN)/python -m tests.soak --histories $(or $(HISTORIES),1000) --workers $(WORKERS) $(if $(SEED),--seed $(SEED))

fuzz:
	@tools/setup
	@$(BIN)/python -m tests.fuzz $(TARGETS) --seconds $(or $(TIME),180)

explore:
	@tools/setup
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=explore $(or $(TESTS),tests) -rfE

sbom licences audit:
	@tools/setup
	@$(BIN)/python tools/supply_chain.py $@

bench:
	@tools/setup bench
	@$(BIN)/python -m pytest -m bench -p no:xdist -s tests

screens:
	@tools/setup
	@$(BIN)/workstation tour --out out/screens

# Only whoever changes requirements/*.in needs uv. Versions already pinned stay; to raise them, `make lock UP=--upgrade`.
lock:
	@tools/setup
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install uv
	@pin() { $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header $(UP) "$$@"; }; \
	pin requirements/runtime.in --output-file requirements/runtime.txt && \
	pin requirements/runtime.in requirements/dev.in --output-file requirements/dev.txt
	@echo "Pinned: requirements/runtime.txt, requirements/dev.txt"

translations:
	@tools/setup
	@$(BIN)/python tools/translations.py

clean:
	@rm -rf build dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	@find workstation ui letters local_db resources tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
