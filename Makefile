# vigie: tools for monitoring centres.  `make help` lists the targets.

VERSION := 0.1
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build

# The architecture, top to bottom: a library may call those to its right.
LAYERS := camera desk logbook site rule capture spool link proto format event store json crypto loop text util

# What is needed: PROGRAM:PACKAGE or LIBRARY.pc:PACKAGE, packages as Debian names them.
PACKAGES := sqlite3 hogweed nettle jansson libserialport libpcap
NEEDS := cc:gcc cc:libc6-dev pkg-config:pkg-config msgfmt:gettext \
	sqlite3.pc:libsqlite3-dev nettle.pc:nettle-dev hogweed.pc:nettle-dev jansson.pc:libjansson-dev \
	libserialport.pc:libserialport-dev libpcap.pc:libpcap-dev
CHECK_NEEDS := prove:perl mandoc:mandoc gcc:gcc clang:clang xgettext:gettext tcpdump:tcpdump

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
# Expanded when first used, so that `make deps` runs before the packages are there.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(call package,--cflags))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(call package,--libs))$(PACKAGE_LIBS)
package = $(if $(shell pkg-config --exists $(PACKAGES) 2>/dev/null && echo all),$(shell pkg-config $(1) $(PACKAGES)),\
	$(error something to build with is missing: `make deps` installs it))
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DVIGIE_VERSION='"$(VERSION)"' -Ilib -pthread $(WARNINGS) $(WERROR) $(PACKAGE_CFLAGS) $(CFLAGS) $(EXTRA)
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -pthread $(EXTRA) -o $@ $^ $(PACKAGE_LIBS) -lm

TOOLS := $(notdir $(patsubst %/,%,$(dir $(wildcard cmd/*/main.c))))
BINARIES := $(TOOLS:%=$(BUILD)/bin/%)
CATALOGUES := $(patsubst lib/text/po/%.po,$(BUILD)/share/locale/%/LC_MESSAGES/vigie.mo,$(wildcard lib/text/po/*.po))
LIB_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(LAYERS:%=lib/%/*.c)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*_test.c))
PRELOADS := $(patsubst tests/preload/%.c,$(BUILD)/tests/%.so,$(wildcard tests/preload/*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
PIPELINES := $(wildcard tests/pipeline/*.t)

all: $(BINARIES) $(CATALOGUES)
tests: all $(BUILD)/formats $(UNIT_TESTS) $(PRELOADS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libvigie.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

define TOOL_RULE
$(BUILD)/bin/$(1): $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1)/*.c)) $(BUILD)/libvigie.a
	@mkdir -p $$(@D)
	$$(LINK)
endef
$(foreach tool,$(TOOLS),$(eval $(call TOOL_RULE,$(tool))))

$(BUILD)/formats: $(BUILD)/man/formats.o $(BUILD)/libvigie.a
	@mkdir -p $(@D)
	$(LINK)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/libvigie.a
	@mkdir -p $(@D)
	$(LINK)

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libvigie.a
	@mkdir -p $(@D)
	$(LINK)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libvigie.a
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer

# Preloaded into the tools, so never sanitized itself.
$(BUILD)/tests/uart.so: lib/link/uart.c
$(BUILD)/tests/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -Ilib $(WARNINGS) $(CFLAGS) $(WERROR) -fPIC -shared -pthread -o $@ $< -ldl

$(BUILD)/share/locale/%/LC_MESSAGES/vigie.mo: lib/text/po/%.po
	@mkdir -p $(@D)
	msgfmt --check-format -o $@ $<

# Collects the messages anew and merges them into each translation.
PO := $(wildcard lib/text/po/*.po)
po:
	@mkdir -p $(BUILD)
	xgettext -L C --from-code=UTF-8 -k_ -kN_ -kWARNING:3 --add-location=file --sort-by-file \
		--package-name=vigie -o $(BUILD)/vigie.pot $(sort $(wildcard cmd/*/*.[ch] lib/*/*.[ch] lib/event/warnings.def lib/link/symptoms.def cmd/*/*.def))
	sed -i '/^"POT-Creation-Date/d' $(BUILD)/vigie.pot
	for po in $(PO); do msgmerge -q -U --no-fuzzy-matching --backup=none --add-location=file --sort-by-file $$po $(BUILD)/vigie.pot; done

# vigie-formats(7), from the registries and the catalogue.
formats: $(BUILD)/formats $(CATALOGUES)
	VIGIE_LOCALEDIR=$(BUILD)/share/locale LC_ALL=C.UTF-8 LANGUAGE= $(BUILD)/formats >man/vigie-formats.7
	VIGIE_LOCALEDIR=$(BUILD)/share/locale LC_ALL= LC_MESSAGES= LANG=fr_FR.UTF-8 LANGUAGE= $(BUILD)/formats >man/fr/vigie-formats.7

# Looks first; asks for root only when something is missing.
define install_missing
@missing=$$(for need in $(1); do \
	case $$need in \
	*.pc:*) pkg-config --exists "$${need%.pc:*}" 2>/dev/null ;; \
	*) command -v "$${need%:*}" >/dev/null ;; \
	esac || printf '%s ' "$${need#*:}"; done); \
[ -n "$$missing" ] || exit 0; \
command -v apt-get >/dev/null || { echo "missing, by their Debian names: $$missing" >&2; exit 1; }; \
if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; \
else echo "missing; as root: apt-get install $$missing" >&2; exit 1; fi; \
echo "installing $$missing"; \
get() { $$as env DEBIAN_FRONTEND=noninteractive apt-get -qq "$$@" </dev/null >/dev/null; }; \
get install -y --no-install-recommends $$missing 2>/dev/null || \
	{ get update && get install -y --no-install-recommends $$missing; }
endef

deps:
	$(call install_missing,$(NEEDS))
deps-check: deps
	$(call install_missing,$(CHECK_NEEDS))

# A make of its own, so that what deps installed is seen; quiet, on all processors.
JOBS := $(shell nproc 2>/dev/null || echo 1)
AGAIN = $(MAKE) -s --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

demo: deps
	@echo "building ..."
	+@$(AGAIN) all
	@BUILD=$(BUILD) man/examples/demo

# The same code under both compilers and the sanitizers; the pipelines under
# the default build and under the sanitizers.  One prove, one summary.
OTHER_CC = $(if $(findstring clang,$(CC)),gcc,clang)
ROUNDS ?= 20
SANITIZED_PIPELINES := $(PIPELINES:%=$(BUILD)-san/%)
check: deps-check
	@echo "building with $(CC), $(OTHER_CC) and the sanitizers ..."
	+@$(AGAIN) WERROR=-Werror tests
	+@$(AGAIN) WERROR=-Werror BUILD=$(BUILD)-$(OTHER_CC) CC=$(OTHER_CC) tests benches
	+@$(AGAIN) WERROR=-Werror BUILD=$(BUILD)-san CC=gcc CFLAGS='-O1 -g -fno-omit-frame-pointer' EXTRA='$(SANITIZE)' tests
	@mkdir -p $(BUILD)-san/tests/pipeline
	@for t in $(PIPELINES); do printf '#!/bin/sh\nBUILD=%s ASAN_OPTIONS=$$ASAN_OPTIONS:detect_leaks=0 exec perl %s\n' $(BUILD)-san $$t >$(BUILD)-san/$$t; done
	@BUILD=$(BUILD) ROUNDS=$(ROUNDS) ASAN_OPTIONS=verify_asan_link_order=0 UBSAN_OPTIONS=print_stacktrace=1 \
		prove -j$(JOBS) tests/layers.t $(UNIT_TESTS) $(UNIT_TESTS:$(BUILD)/%=$(BUILD)-san/%) $(PIPELINES) $(SANITIZED_PIPELINES)

check-long: ROUNDS := 200
check-long: check

bench: deps
	+@$(AGAIN) all benches
	@BUILD=$(BUILD) tests/bench/run.sh
benches: $(BENCHES)

FUZZ_SECONDS ?= 30
FUZZ_RUNS ?=
FUZZ_TARGETS ?=
FUZZ_FLAGS ?=
fuzz: deps-check
	$(call install_missing,$(if $(wildcard /usr/lib/clang/*/lib/linux/libclang_rt.fuzzer*),,libclang-rt:libclang-rt-dev))
	+@$(AGAIN) BUILD=$(BUILD)-fuzz CC=clang EXTRA='-fsanitize=fuzzer-no-link $(FUZZ_FLAGS) $(SANITIZE)' fuzzers
	@BUILD=$(BUILD)-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_TARGETS='$(FUZZ_TARGETS)' tests/fuzz/run.sh
fuzzers: $(FUZZERS)

# SOURCE:PLACE below PREFIX, one table for install and uninstall.
place = $(foreach file,$(1),$(file):$(2)/$(notdir $(file)))
INSTALLED = $(call place,$(BINARIES),bin) \
	$(foreach n,1 5 7,$(call place,$(wildcard man/*.$(n)),share/man/man$(n)) $(call place,$(wildcard man/fr/*.$(n)),share/man/fr/man$(n))) \
	$(foreach file,$(CATALOGUES),$(file):$(file:$(BUILD)/%=%)) \
	$(call place,$(wildcard cmd/*/*.service),lib/systemd/system) \
	$(call place,$(wildcard man/examples/*),share/doc/vigie/examples) \
	$(TOOLS:%=completions/bash/vigie:share/bash-completion/completions/%) \
	completions/zsh/_vigie:share/zsh/site-functions/_vigie \
	$(TOOLS:%=completions/fish/vigie.fish:share/fish/vendor_completions.d/%.fish)

install: all
	@for pair in $(INSTALLED); do \
		mode=644; [ -x "$${pair%%:*}" ] && mode=755; \
		install -D -m $$mode "$${pair%%:*}" "$(DESTDIR)$(PREFIX)/$${pair#*:}" || exit; done

uninstall:
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$(PREFIX)/$${pair#*:}"; done
	@rmdir "$(DESTDIR)$(PREFIX)/share/doc/vigie/examples" "$(DESTDIR)$(PREFIX)/share/doc/vigie" 2>/dev/null || true

clean:
	rm -rf $(BUILD) $(BUILD)-*

help:
	@echo 'make             build into build/'
	@echo 'make demo        install what is missing, build, and show a real chain at work'
	@echo 'make check       install what is missing, build, and pass all tests'
	@echo 'make check-long  the same with ten times the kill rounds'
	@echo 'make deps        install what building needs; says what is missing where there is no apt'
	@echo 'make bench       measure; prints JSON'
	@echo 'make fuzz        fuzz each parser for FUZZ_SECONDS (30), or FUZZ_RUNS inputs;'
	@echo '                 all formats: make fuzz FUZZ_TARGETS=registry FUZZ_RUNS=10000000,'
	@echo '                 twice as fast with FUZZ_FLAGS=-fno-sanitize-coverage=trace-cmp'
	@echo 'make formats     write vigie-formats(7) anew from the tables of formats'
	@echo 'make po          collect the messages for translation'
	@echo 'make install     DESTDIR= PREFIX=/usr/local; make uninstall takes away the same files'
	@echo 'make clean       remove what was built'

.PHONY: all tests po formats deps deps-check demo check check-long bench benches fuzz fuzzers install uninstall clean help
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
