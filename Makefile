# Every way to build, check and measure this repository; `make` alone lists them.

SWIFT  ?= swift
PREFIX ?= /usr/local
PYTHON := .deps/venv/bin/python
BINARY := .build/release/raft-diffuse

# One seed, or several: make conformance SEED=7, make conformance SEEDS="7 8 9"
SEED  ?= 20260
SEEDS ?= $(SEED)
seeds  = $(foreach seed,$(SEEDS),--seed $(seed))

# Everything, or some topics: make conformance ONLY=adapters, make conformance ONLY="clip rewards"
ONLY ?=
only  = $(foreach topic,$(ONLY),--only $(topic))

# The seed of `make demo` and `make check-model`; an unseen one is as good.
DEMO_SEED = $(if $(filter command line environment,$(origin SEED)),$(SEED),1)

# How often `make killtest` kills a run
KILLS ?= 25

# How long `make fuzz` searches, on top of building
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup peers build build-tests test format lint fixtures conformance conformance-brief \
  fuzz score-memory picture screenshots bench-sample improvement killtest rehearsal \
  rerank-thousand demo demo-control demo-seeds results results-tables weights check-oracle check-model \
  install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## align the small model in weights/ to 256 px in minutes, and show what that gained; SEED=n
	@scripts/demo --seed $(DEMO_SEED)

demo-control: build ## the same with the control arm: random selection, all else equal; SEED=n
	@scripts/demo --seed $(DEMO_SEED) --control

demo-seeds: build ## make demo with ten seeds drawn anew: how often there is a gain
	@scripts/ten_seeds

results: build peers ## all runs behind docs/results.md (hours; goes on where it was); ONLY=arm BUDGET=minutes
	$(PYTHON) scripts/results --binary $(BINARY) $(only) $(if $(BUDGET),--budget $(BUDGET))

results-tables: ## docs/results.md again from docs/results/*.json
	python3 scripts/results --tables

weights: build ## make weights/shapes again, from its seed (hours; goes on where it was)
	.build/release/train-weights shapes --state runs/weights --out weights/shapes
	.build/release/train-weights prompts --out weights/shapes/prompts --seed 1 --force
	scripts/loss_curves --state runs/weights

check-oracle: build ## count what the oracle accepts of pictures whose truth is known, also after the small model's autoencoder
	.build/release/train-weights check-oracle --vae weights/shapes/vae

check-model: build ## measure the small model before alignment: what it gets right, what its rewards see; SEED=n
	@scripts/check_model --seed $(DEMO_SEED)

setup: ## find or install libtorch and the C libraries (does nothing the second time)
	@scripts/setup

peers: setup ## install the Python packages that fixtures and comparisons are made with
	@scripts/peers

build: setup ## build the command in release mode: .build/release/raft-diffuse
	$(SWIFT) build -c release

build-tests: setup ## build the command and its tests, without running them
	$(SWIFT) build -c release --build-tests

test: build-tests ## set up, build and run every test
	$(SWIFT) test -c release --disable-testable-imports --no-parallel

format: ## format the Swift sources in place
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

lint: ## check formatting, that imports run one way, and the laws of the results' figures
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	scripts/check-imports
	python3 -m unittest discover --quiet --start-directory scripts --pattern '*_test.py'

fixtures: peers ## make the committed test fixtures again
	$(PYTHON) scripts/fixtures.py

conformance: build peers ## compare with diffusers, transformers and peft on fresh random models; SEED=n ONLY=topic
	$(PYTHON) scripts/conformance.py $(seeds) $(only) --binary $(BINARY)

conformance-brief: build peers ## the same in brief, as on a processor without bf16 and AVX-512
	ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 \
	  $(PYTHON) scripts/conformance.py $(seeds) $(only) --binary $(BINARY) --brief

score-memory: build peers ## score 100 and 1000 images and compare the peaks of memory
	$(PYTHON) scripts/score_memory.py --binary $(BINARY)

picture: build peers ## draw docs/parity.png: every sampler beside diffusers, on a random model
	$(PYTHON) scripts/picture.py --seed $(SEED) --binary $(BINARY) --out docs/parity.png

screenshots: peers ## look at report.html in headless Chromium; REPORT=FILE, else a sample; pictures go to docs/
	$(PYTHON) scripts/screenshots $(if $(REPORT),--report $(REPORT))

fuzz: ## search the readers of files and prompts for crashes; FUZZ_SECONDS=60 in all
	scripts/fuzz --seconds $(FUZZ_SECONDS)

bench-sample: build peers ## time sampling beside diffusers, interleaved, at full size; fails out of limits
	$(PYTHON) benchmarks/bench_sample.py --binary $(BINARY) --check

improvement: build peers ## align a small world and show that RAFT beats random selection on test prompts
	$(PYTHON) scripts/improvement.py --binary $(BINARY)

killtest: build peers ## kill a run at random moments and compare what it ends with; KILLS=25 SEED=n
	$(PYTHON) scripts/killtest --kills $(KILLS) --seed $(SEED) --binary $(BINARY)

rehearsal: build peers ## one short round of the published recipe at full size, with random weights
	$(PYTHON) scripts/rehearsal --binary $(BINARY)

rerank-thousand: build peers ## select anew from a run of 1,000 samples: seconds, and no image
	$(PYTHON) scripts/rerank_thousand.py --binary $(BINARY)

install: build ## copy the command, vocabulary, recipes and weights below PREFIX (/usr/local); this folder's .deps/libtorch stays in use
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/raft-diffuse"
	install -d "$(DESTDIR)$(PREFIX)/share/raft-diffuse/clip"
	install -m 644 .deps/clip/* "$(DESTDIR)$(PREFIX)/share/raft-diffuse/clip"
	install -d "$(DESTDIR)$(PREFIX)/share/raft-diffuse/recipes" "$(DESTDIR)$(PREFIX)/share/raft-diffuse/prompts"
	install -m 644 recipes/*.yaml "$(DESTDIR)$(PREFIX)/share/raft-diffuse/recipes"
	install -m 644 prompts/* "$(DESTDIR)$(PREFIX)/share/raft-diffuse/prompts"
	find weights -type f -exec install -D -m 644 '{}' "$(DESTDIR)$(PREFIX)/share/raft-diffuse/{}" \;

clean: ## remove what was built; .deps stays
	rm -rf .build
