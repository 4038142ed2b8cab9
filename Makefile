# Needed: Python 3.11 or later with venv, and make. Everything else comes into .venv.

PORT ?= 8000
BIN := .venv/bin
DATA := $(or $(RAPPORT_DATA),data)

.PHONY: run test interop fuzz secrecy bench lock format messages

# Serve the site; an empty one gets the demo first: http://127.0.0.1:8000/, or PORT=….
run: .venv/installed
	@if ! { [ -e .venv/demo ] && [ -e "$(DATA)/rapport.sqlite3" -o -n "$(RAPPORT_DATABASE_URL)" -o -e .env ]; }; \
		then $(BIN)/rapport demo && touch .venv/demo || echo "Serving what is there."; fi
	@exec $(BIN)/rapport serve --port $(PORT)

# Everything CI runs. What could not run is named in the end; with CI=true that is a failure.
test: .venv/installed
	@$(BIN)/python .ci/checks.py

# Links to and from a WordPress of Debian's, which is installed: see tests/interop/README.md. Not part of CI.
interop: .venv/installed
	@tests/interop/install.sh
	@$(BIN)/pytest tests/interop/linking.py

# The benchmark table; BENCH="--scale" for the large site, see `python -m bench --help`.
bench: .venv/installed
	@$(BIN)/python -m bench $(BENCH)

# Each reader of strangers' texts is fed with anything for ten minutes: three hours. SECONDS=60 for less, ONLY=feed for some.
fuzz: .venv/installed
	@RAPPORT_TEST_FUZZ_SECONDS=$(or $(SECONDS),600) $(BIN)/pytest tests/fuzzing -s -k "$(ONLY)"

# Fifty sites of random groups, people and permissions, read by every kind of person. SEEDS=5 for fewer.
secrecy: .venv/installed
	@RAPPORT_TEST_SECRECY_SEEDS=$(or $(SEEDS),50) $(BIN)/pytest tests/secrecy -s

# Choose versions anew, with hashes and without the address of any index.
lock: .venv/uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--no-header --no-emit-index-url --extra dev --output-file requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --no-emit-index-url --output-file requirements-uv.lock -

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# All messages people read, for translators: app/locale/LANGUAGE/LC_MESSAGES/rapport.po comes from it.
messages: .venv/installed
	$(BIN)/pybabel extract --mapping babel.cfg --keyword marked --sort-by-file --output rapport.pot .

# Stamps: while one is newer than what it was made from, its recipe is skipped.
.venv/installed: .venv/uv requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names …"
	@# pip reads settings that uv does not: a mirror in pip.conf, a certificate of the house.
	@# Compiled now, once: where Python may not write what it compiled, each start would do it again.
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python \
		--require-hashes -r requirements.lock \
		|| { echo "uv could not. Trying pip, which takes longer …"; \
			$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q app
	@touch $@

.venv/uv: requirements-uv.lock
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Rapport needs Python 3.11 or later with venv (on Debian: apt install python3-venv)." >&2; \
		exit 1; \
	fi; \
	echo "Making .venv with $$python …"; \
	$$python -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	@touch $@
