# make run    install, index corpora/, serve page and API at http://127.0.0.1:8000
# make test   install what tests need, then lint, types and all tests
# make eval   score the question set over corpora/
# make clean  remove the environment and the built index

PYTHON ?= python3
VENV ?= .venv
INDEX ?= indexes/default
PORT ?= 8000
PIP = $(VENV)/bin/pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: run index test eval clean

run: index
	$(VENV)/bin/policyqa serve --index $(INDEX) --port $(PORT)

index: $(VENV)/installed
	$(VENV)/bin/policyqa index corpora --index $(INDEX)

test: $(VENV)/installed-test
	$(VENV)/bin/ruff check src tests eval training
	$(VENV)/bin/mypy
	$(VENV)/bin/pytest

eval: index $(VENV)/installed-eval
	$(VENV)/bin/policyqa eval eval/benchmarks/corpora --index $(INDEX)

clean:
	rm -rf $(VENV) $(INDEX)

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Installing the pinned packages (once, about 2 minutes)"
	$(PIP) -e .
	touch $@

$(VENV)/installed-eval: $(VENV)/installed
	$(PIP) -e '.[eval]'
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) -e '.[test]'
	sh tests/install_browser.sh
	touch $@
