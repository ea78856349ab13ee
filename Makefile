# Everything sets itself up in .venv; all that has to be there is Python 3.11 or later, pip and make.
#
#   make demo        score sample answers on this machine and write demo-report.html
#   make test        everything that must hold: style, types, import floors, tests, the page in a browser
#   make check       the fast part of it: style, types, import floors, documents
#   make bench       start-up, the page, clause cutting, scoring and batches, in figures (docs/performance.md)
#   make soak        thousands of mutilated papers, generated answers and senseless requests
#   make test-ray    tests of batches on Ray (installs it, 240 MB)
#   make bench-ray   a batch by one process, by two, and by Ray with an actor killed
#   make test-model  tests and measurements with the local model (downloads it once, about 1.1 GB)
#   make docs        write what the program says of itself into docs/cli.md and the readmes
#   make clean       remove what these commands left behind
#
# Another interpreter: make test PYTHON=python3.12

.PHONY: demo test soak browser check lint bench bench-ray test-ray test-model docs clean
.DELETE_ON_ERROR:

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check
# Never build llama.cpp from source behind somebody's back: it takes half an hour and a compiler.
INSTALL := $(PIP) install --quiet --only-binary xllamacpp --editable
PYTHON ?=
# The tests start hundreds of processes: where nobody may keep what was compiled, each compiles all of it again.
unexport PYTHONDONTWRITEBYTECODE

demo: $(VENV)/.demo
	$(RUN) -m evaluator demo

# A file of tests goes to one process: what it sets up once, it sets up once. Those with a browser begin: they take longest.
test: lint browser
	$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=25 tests/test_web_browser*.py tests

# A Chromium for the tests of the page: the system's, apt's for root, or Playwright's own. None stops nothing, except
# with EVALUATOR_BROWSER=required; EVALUATOR_BROWSER=/path/to/chrome takes that one.
browser: $(VENV)/.dev
	$(RUN) tests/find_chromium.py

SOAKED := papers_mutations ten_thousand submissions_streams web_nonsense
soak: $(VENV)/.dev
	SOAK=1 $(RUN) -m pytest $(SOAKED:%=tests/test_%.py)

check: lint
	$(RUN) -m pytest tests/test_docs.py tests/test_exports.py

lint: $(VENV)/.dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/.dev
	$(RUN) tests/bench_startup.py
	$(RUN) tests/bench_page.py
	$(RUN) tests/bench_batch.py

test-ray: $(VENV)/.ray
	$(RUN) -m pytest tests/test_batch_ray.py

bench-ray: $(VENV)/.ray
	$(RUN) tests/bench_workers.py

test-model: $(VENV)/.dev
	$(RUN) -m evaluator model pull
	$(RUN) -m pytest -m model
	$(RUN) -m evaluator calibrate samples --judge local --ask per_point
	$(RUN) -m evaluator calibrate samples --judge local --ask one_call

docs: $(VENV)/.dev
	$(RUN) tests/generated_docs.py

clean:
	rm -rf $(VENV) build dist demo-report.html .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find evaluator tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------------------------------------------

# The first interpreter that runs and is new enough; a name that a version manager offers may not run.
define FIND_PYTHON
python=; \
for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "没有找到 Python 3.11 或更高版本；装好之后再试，或指定：make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.11" >&2; \
  echo "Python 3.11 or later was not found; install it, or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.11" >&2; \
  exit 1; \
fi
endef

# Debian and Ubuntu ship Python without ensurepip; there the pip of the system fills the new environment.
$(VENV)/.made:
	@$(FIND_PYTHON); \
	if "$$python" -c 'import ensurepip' 2>/dev/null; then \
	  "$$python" -m venv $(VENV); \
	elif "$$python" -m pip --version >/dev/null 2>&1; then \
	  "$$python" -m venv --without-pip $(VENV) && "$$python" -m pip --python $(RUN) install --quiet pip; \
	else \
	  echo "这个 Python 没有 ensurepip，也没有 pip，建不了虚拟环境。Debian、Ubuntu：sudo apt-get install python3-venv" >&2; \
	  echo "This Python has neither ensurepip nor pip, so no virtual environment can be made." \
	    "Debian, Ubuntu: sudo apt-get install python3-venv" >&2; \
	  exit 1; \
	fi
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.made
	@echo "安装开发环境 / installing for development"
	@$(INSTALL) ".[dev]" --no-compile
	@touch $@ $(VENV)/.demo

$(VENV)/.ray: pyproject.toml $(VENV)/.dev
	@echo "安装 Ray / installing Ray"
	@$(INSTALL) ".[dev,ray]"
	@touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.made
	@echo "安装（含本机模型的运行程序）/ installing, with what runs a model on this machine"
	@$(INSTALL) ".[local]" || { \
	  echo "llama.cpp 装不上（多半是这个平台没有现成的包）：不用本机模型，改用关键词评分器" >&2; \
	  echo "llama.cpp cannot be installed (most likely no wheel for this platform): the keyword judge is used" >&2; \
	  $(INSTALL) .; }
	@touch $@
