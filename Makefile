# Two commands for people: `make demo` shows the whole path, `make test` is all that CI checks.

CARGO ?= cargo
export CARGO_TERM_PROGRESS_WHEN ?= auto

.PHONY: help build demo test format lint docs install figures bench

help:
	@echo "make demo     build, then score a sample clip as an MCP client would, and print the MP4's path"
	@echo "make test     everything CI checks: format, lints, dependency policy, all tests"
	@echo "make install  put bedtrack into cargo's bin folder"
	@echo "make docs     write the generated lists and tables anew"
	@echo "make figures  measure and plot a minute of every genre into docs/figures"
	@echo "make bench    a minute of music beside other makers of music where installed; film jobs beside ffmpeg by hand; the event reader; 200 turns at once"

build:
	$(CARGO) build --release --locked --package bedtrack --bins

demo:
	@sh .ci/setup run
	$(CARGO) build --release --locked --package bedtrack --package bedtrack-demo --bins
	@target/release/bedtrack-demo target/release/bedtrack

test:
	@sh .ci/setup test
	$(CARGO) fetch --locked
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) test --locked --workspace

install:
	@sh .ci/setup run
	$(CARGO) install --locked --path .

docs:
	UPDATE_DOCS=1 $(CARGO) test --locked --test it up_to_date

figures:
	$(CARGO) run --release --locked --example figures

bench: build
	python3 benches/speed.py target/release/bedtrack --long
	python3 benches/film.py target/release/bedtrack
	$(CARGO) bench --locked --bench event_reader --bench turns
