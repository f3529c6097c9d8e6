# Thin: each line calls CMake or a script of tools/. `make` alone prints help.
.DEFAULT_GOAL := help
.PHONY: help demo check build format fuzz bench zoo install clean
MODEL  ?= examples/kws.tflite
TARGET ?= nucleo-l4r5zi
PREFIX ?= /usr/local

help:
	@echo 'make demo      install packages (Debian 12), build, measure $(MODEL) on $(TARGET)'
	@echo 'make check     install packages, build, pass every test'
	@echo 'make build     build build/assay'
	@echo 'make format    format the sources in place'
	@echo 'make fuzz      fuzz what reads hostile files, SECONDS=60 each'
	@echo 'make bench     the benchmarks, beside the peers'"'"' figures'
	@echo 'make zoo       measure the models of examples/zoo.toml, write docs/zoo.md'
	@echo 'make install   to PREFIX=$(PREFIX): program, library, headers, CMake package'
	@echo 'make clean     remove build/'
	@echo 'MODEL= and TARGET= choose what `make demo` measures.'

build:
	@tools/setup.sh build
	@cmake --preset release -DASSAY_TESTS=OFF >/dev/null
	@cmake --build --preset release

demo:
	@tools/setup.sh build demo
	@cmake --preset release -DASSAY_TESTS=OFF >/dev/null
	@cmake --build --preset release
	build/assay measure $(MODEL) --on $(TARGET)

check:
	@tools/setup.sh build demo check
	@tools/check.sh

format:
	@tools/setup.sh check
	@tools/format.sh --fix

fuzz:
	@tools/setup.sh build fuzz
	@tools/fuzz.sh $(SECONDS)

bench:
	@tools/setup.sh build demo check
	@tools/bench.sh

zoo: build
	@tools/setup.sh build demo
	@tools/zoo.py --write docs/zoo.md

install: build
	cmake --install build --prefix $(PREFIX)

clean:
	rm -rf build
