# ptybox: no configure, no generated source. Every file in src but main.c is an
# applet, every file in lib a module.

# What to build with: musl makes the smallest static binary, then a static
# libc of cc's own, then whatever there is. CC= on the command line wins.
ifeq ($(origin CC),default)
CC := $(shell command -v musl-gcc || echo cc)
endif
ifndef LINK
LINK := $(shell echo 'int main(void){return 0;}' | \
	$(CC) -static -x c -o /dev/null - 2>/dev/null && echo -static)
endif

CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wwrite-strings -Wformat=2
ALL_C    = -std=c11 -D_GNU_SOURCE -Ilib $(WARN) $(CFLAGS)
PREFIX  ?= /usr/local
VERSION  = 0.1

O       ?= .obj
BIN     ?= bin
APPLETS  = $(sort $(filter-out main,$(basename $(notdir $(wildcard src/*.c)))))
LIB      = $(patsubst lib/%.c,$O/lib-%.o,$(wildcard lib/*.c))
OBJS     = $O/main.o $(patsubst %,$O/%.o,$(APPLETS)) $(LIB)
LINKS    = $(patsubst %,$(BIN)/%,$(APPLETS))

all: $(BIN)/ptybox $(LINKS)

$(BIN)/ptybox: $(OBJS)
	$(CC) $(ALL_C) $(LDFLAGS) $(LINK) -o $@ $(OBJS)
	@echo "built $@ with $(CC), $(if $(LINK),static,dynamic)"

$(LINKS): | $(BIN)/ptybox
	ln -sf ptybox $@

# The table of applets is made from the names of the files, so it is old when
# the directory changed.
$O/main.o: src/main.c src
	@mkdir -p $O
	$(CC) $(ALL_C) '-DAPPLETS=$(patsubst %,X(%),$(APPLETS))' \
		'-DVERSION="$(VERSION)"' -MMD -c -o $@ $<

$O/%.o: src/%.c
	@mkdir -p $O
	$(CC) $(ALL_C) -MMD -c -o $@ $<

$O/lib-%.o: lib/%.c
	@mkdir -p $O
	$(CC) $(ALL_C) -MMD -c -o $@ $<

-include $(wildcard $O/*.d)

.PHONY: all
.DELETE_ON_ERROR:
