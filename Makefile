# vigie: tools for monitoring centres.  `make help` lists the targets.

VERSION := 0.1
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build

# The architecture, top to bottom: a library may call those to its right.
LAYERS := camera desk logbook site rule capture spool link proto format event store json crypto loop text util

PACKAGES := sqlite3 nettle jansson

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
# Expanded when first used, so that `make deps` runs before the packages are there.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PACKAGE_LIBS)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DVIGIE_VERSION='"$(VERSION)"' -Ilib -pthread $(WARNINGS) $(PACKAGE_CFLAGS) $(CFLAGS) $(EXTRA)

TOOLS := $(notdir $(patsubst %/,%,$(dir $(wildcard cmd/*/main.c))))
LIB_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(LAYERS:%=lib/%/*.c)))
BINARIES := $(TOOLS:%=$(BUILD)/bin/%)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*_test.c))

all: $(BINARIES)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libvigie.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

define TOOL_RULE
$(BUILD)/bin/$(1): $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1)/*.c)) $(BUILD)/libvigie.a
	@mkdir -p $$(@D)
	$(CC) $(LDFLAGS) -pthread $(EXTRA) -o $$@ $$^ $$(PACKAGE_LIBS)
endef
$(foreach tool,$(TOOLS),$(eval $(call TOOL_RULE,$(tool))))

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/libvigie.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -pthread $(EXTRA) -o $@ $^ $(PACKAGE_LIBS)

tests: $(UNIT_TESTS)

clean:
	rm -rf build build-*

.PHONY: all clean tests
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
