# Needs a JDK 17 or newer, Maven 3.8.7 or newer, and make. MVN=... replaces the command, ARGS=... adds options.
MVN ?= mvn -B
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help build test it bench fmt mutation release clean

help: ## list the targets
	@echo 'Usage: make TARGET [ARGS=-Dtest=DialogueTest]'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

build: ## build target/quarkus-app without tests (about a minute)
	$(MVN) -DskipTests package $(ARGS)

test: ## run unit tests and property tests; no other programs needed
	$(MVN) test $(ARGS)

it: ## build, run all tests against the built jar and real programs, check the format
	$(MVN) verify $(ARGS)

bench: ## run only the benchmarks
	$(MVN) -Pbench verify $(ARGS)

fmt: ## format the Java sources
	$(MVN) spotless:apply $(ARGS)

mutation: ## run mutation tests (PIT) on the packages without I/O; report in target/pit-reports
	$(MVN) -Pmutation test-compile pitest:mutationCoverage $(ARGS)

release: ## build target/release: archive, Debian package, image, list of libraries, licenses, checksums
	.ci/release

clean: ## delete target
	$(MVN) clean $(ARGS)
