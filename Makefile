# Virtkit: two commands do all their own set-up. `make demo` and `make test`.
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
GUEST := build/guest
# What a target needs is built first, unless BUILT=1: then it is there already, and others may be using it.
needs = $(if $(BUILT),,$(1))
KUBERNETES_MAIN := node --conditions=@virtkit/source e2e/kubernetes/main.ts
CLUSTER := mkdir -p build && flock --close build/cluster.lock $(KUBERNETES_MAIN)

.PHONY: demo demo-down test e2e test-cluster cluster-programs cluster-up cluster-images cluster-down differential check build sanitized setup guest images bench bench-cluster robustness clean

setup: node_modules/.virtkit-installed ## system packages and npm packages
	@tools/setup/system-packages.sh

node_modules/.virtkit-installed: package.json package-lock.json
	@tools/setup/npm-packages.sh
	@touch $@

build: setup ## everything that is built: native binding, programs, libraries
	@tools/setup/build.sh

sanitized: setup ## the native binding once more, for the tests that look for memory errors
	@tools/setup/build-sanitized.sh

guest: setup ## the tiny guest image
	@tools/guest-image/build.sh $(GUEST)

images: build guest ## container images: an OCI layout and an archive in build/images
	@node --conditions=@virtkit/source tools/images/main.ts build

demo: build guest ## a virtual machine from nothing
	@node apps/virtkit/dist/main.js demo --guest-image $(GUEST)

demo-down: ## ends the demo and removes every trace of it
	@if [ -f apps/virtkit/dist/main.js ]; then node apps/virtkit/dist/main.js down --purge; else echo "nothing to remove"; fi

test: $(call needs,build sanitized guest) ## every test, real guests included; not run again where nothing changed since a run that passed, unless AGAIN=1
	@NX_DAEMON=false nx run workspace:test --outputStyle=stream-without-prefixes $(if $(AGAIN),--skip-nx-cache)

e2e: build guest ## of the tests only the whole platform, end to end: scenarios, crashes, bad input
	@vitest run --project e2e

cluster-up: setup ## a real Kubernetes on this machine, in build/cluster; KUBERNETES=1.35 and NODES=2 choose
	@$(CLUSTER) up $(if $(KUBERNETES),--kubernetes $(KUBERNETES)) $(if $(NODES),--nodes $(NODES))

cluster-images: images ## gives the container images to the nodes of that cluster
	@$(CLUSTER) import build/images/virtkit-images.tar

cluster-down: setup ## removes every trace of it
	@$(CLUSTER) down

cluster-programs: setup ## what that cluster is made of, built with Go: once, in the user's cache folder
	@mkdir -p build && flock --close build/programs.lock $(KUBERNETES_MAIN) programs $(if $(KUBERNETES),--kubernetes $(KUBERNETES))

test-cluster: $(call needs,images) ## the tests that run on real Kubernetes; KUBERNETES=1.35 chooses
	@$(if $(KUBERNETES),VIRTKIT_KUBERNETES=$(KUBERNETES)) vitest run --project images --project cluster

check: setup ## types, lint, docstrings, format, dead code, libraries as published, dependencies
	@tools/check/run.sh

bench: build guest ## what the README's table says, measured here
	@npm run --silent build-native-bench -w packages/hal-kvm-qemu
	@npm run --silent bench

bench-cluster: images ## of it what is measured on real Kubernetes; KUBERNETES=1.35 chooses
	@$(if $(KUBERNETES),VIRTKIT_KUBERNETES=$(KUBERNETES)) npm run --silent bench -- --only kubernetes

differential: $(call needs,build) ## the embedded API server and kube-apiserver are asked the same, also by kubectl, client-go and @kubernetes/client-node
	@vitest run --project differential

robustness: setup ## servers that are killed, paused, filled up and cut off while clients write; MINUTES=60 and SEED=1 choose
	@node --conditions=@virtkit/source packages/apiserver/test/robustness/programs/robustness.ts $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

clean:
	rm -rf node_modules/.cache .nx build packages/*/dist apps/*/dist packages/hal-kvm-qemu/native/build
