# One word each: run, test, chaos, sanitize, lint, format, bench, clean. Nothing needs to be installed by hand first.
SWIFT_BUILD_FLAGS := --explicit-target-dependency-import-check error
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= ./engram-data

.PHONY: run build test unit acceptance chaos sanitize lint format bench bench-streams clean packages

## Builds, starts the server, feeds it the sample and stays until Ctrl-C.
run: build
	@scripts/run.sh "$$(swift build -c release $(SWIFT_BUILD_FLAGS) --show-bin-path)/engram" "$(HOST)" "$(PORT)" "$(DATA)"

build: packages
	swift build -c release --product engram $(SWIFT_BUILD_FLAGS)

## Every test: the Swift ones, then the real binary under real clients and real kills.
test: unit acceptance

unit: packages
	swift test $(SWIFT_BUILD_FLAGS)

acceptance: packages
	@scripts/packages.sh proxies
	@scripts/packages.sh browser
	swift build --product engram $(SWIFT_BUILD_FLAGS)
	ENGRAM_BINARY="$$(swift build $(SWIFT_BUILD_FLAGS) --show-bin-path)/engram" Tests/Acceptance/run

## Clients that do everything wrong, for minutes, beside some that must not notice; prints what the server held before, meanwhile and after.
chaos: packages
	swift build --product engram $(SWIFT_BUILD_FLAGS)
	ENGRAM_BINARY="$$(swift build $(SWIFT_BUILD_FLAGS) --show-bin-path)/engram" Tests/Acceptance/run program chaos.py $(CHAOS_FLAGS)

## The engine's tests under ThreadSanitizer; a race ends them with exit code 66. It is slow: the simulation, which has no threads, is cut short.
sanitize: packages
	ENGRAM_ENGINE_ONLY=1 ENGRAM_SIMULATION_SCHEDULES=200 swift test --sanitize=thread --scratch-path .build-sanitize --filter ActorsTests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Engine
	@scripts/lint.sh

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Engine

## Prints the figures of docs/performance.md, each beside what it verified.
bench: build
	swift build -c release --package-path Benchmarks
	"$$(swift build -c release --package-path Benchmarks --show-bin-path)/engram-bench" run \
		--server-binary "$$(swift build -c release $(SWIFT_BUILD_FLAGS) --show-bin-path)/engram" $(BENCH_FLAGS)

## Prints one table of the streams' figures, nginx with nchan beside them.
bench-streams: build
	@scripts/packages.sh peers
	swift build -c release --package-path Benchmarks
	"$$(swift build -c release --package-path Benchmarks --show-bin-path)/engram-bench" streams \
		--server-binary "$$(swift build -c release $(SWIFT_BUILD_FLAGS) --show-bin-path)/engram" $(BENCH_FLAGS)

packages:
	@scripts/packages.sh

clean:
	rm -rf .build .build-sanitize Benchmarks/.build Tests/Acceptance/.venv
