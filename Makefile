# make run   sets everything up and opens the library in demo mode on this machine
# make test  sets up what the tests need besides, and runs them all
# make bench measures what we claim

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Dictionaries are compiled while packages are installed.
MAKEFLAGS += --jobs=2
CATALOGUES := $(wildcard library/translations/*/LC_MESSAGES/messages.po)

# torture takes hours: TORTURE_POSTS=1000000 TORTURE_QUERIES=100000 TORTURE_ROUNDS=1000 TORTURE_KILLS=200 TORTURE_INDEX_KILLS=1000 make torture
.PHONY: run test bench bench-search relevance torture check lock messages dist clean

run: $(READY)/run
	@LIBRARY_MODE=demo exec $(BIN)/library demo --port $(PORT)

# Each worker takes one half in its order and the quicker one helps out at the end, so that few modules are set up twice.
test: $(READY)/run $(READY)/test
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST)

bench: $(READY)/run $(READY)/test
	@$(BIN)/python -m benchmarks

# How well search finds: RELEVANCE_SETS=<folder of test sets> make relevance measures those of others beside ours.
relevance: $(READY)/run $(READY)/test
	@$(BIN)/python -m benchmarks relevance

# Search beside other engines; Xapian's binding comes from Debian: apt-get install python3-xapian. SEARCH="--records 1000"
bench-search: $(READY)/run $(READY)/test $(READY)/bench
	@$(BIN)/python -m benchmarks.search $(SEARCH)

torture: $(READY)/run $(READY)/test
	@$(BIN)/python -m pytest tests/torture -q -s $(PYTEST)

# The quick checks alone: style, types, import contracts, templates.
check: $(READY)/run $(READY)/test
	@$(BIN)/python -m pytest tests/policy -q

# --- set-up, each step once until what it depends on changes ---

$(READY)/run: $(READY)/python $(READY)/assets $(READY)/messages $(READY)/words
	@touch $@

$(READY)/venv:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Making the environment"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(READY) && touch $@

$(READY)/python: $(READY)/venv requirements.txt setup.cfg
	@echo "Installing pinned packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(READY)/assets: $(READY)/venv package-lock.json library/assets.py
	@echo "Installing style sheets and fonts"
	@$(BIN)/python -m library.assets
	@touch $@

$(READY)/messages: $(READY)/python $(CATALOGUES)
	@echo "Compiling translations"
	@$(BIN)/pybabel --quiet compile --directory library/translations
	@touch $@

$(READY)/words: $(READY)/python $(wildcard index/words/*.py)
	@echo "Compiling dictionaries"
	@$(BIN)/python -m index.words
	@touch $@

$(READY)/test: $(READY)/python $(READY)/assets requirements-dev.txt package-lock.json
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m library.assets --with-checks
	@touch $@

$(READY)/bench: $(READY)/python requirements-bench.txt
	@echo "Installing what search is measured beside"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

# --- for those who change things ---

lock: $(READY)/test
	@cd $(CURDIR) && for name in requirements requirements-dev requirements-bench; do \
	  $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url \
	    --no-emit-trusted-host --no-emit-find-links --output-file $$name.txt $$name.in; done

# Babel would pass over folders whose names begin with an underscore, and ours hold templates.
messages: $(READY)/test
	@$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords _l --no-wrap --omit-header --sort-by-file \
	  --ignore-dirs '.* node_modules' \
	  --output-file library/translations/messages.pot .
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date \
	  --input-file library/translations/messages.pot --output-dir library/translations
	@sed -i -E '/^"(Project|Report|POT-|PO-|Last-|Language-Team|Generated)/d' library/translations/*/LC_MESSAGES/messages.po

dist: $(READY)/run $(READY)/test
	@rm -rf build dist && $(BIN)/python -m build --no-isolation --outdir dist .

clean:
	@rm -rf $(VENV) build dist node_modules library/static/vendor *.egg-info
