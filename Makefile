# ptybox: no configure, no generated source. A tool is src/NAME.c, or a folder
# src/NAME with NAME.c and what only that tool needs; a module is a file of lib.

VERSION  = 0.1
DATE     = November 25, 2026

# What to build with: musl makes the smallest static binary, then a static
# libc of cc's own, then whatever there is. CC= on the command line wins, and
# LINK= with nothing links dynamically.
ifeq ($(origin CC),default)
CC      := $(shell command -v musl-gcc || echo cc)
endif
ifeq ($(origin LINK),undefined)
LINK    := $(shell echo 'int main(void){return 0;}' | \
	     $(CC) -static -x c -o /dev/null - 2>/dev/null && echo -static)
endif
HASH    := \#
LIBC     = $(if $(filter __GLIBC__,$(shell echo '$(HASH)include <limits.h>' | \
	     $(CC) -E -dM - | cut -d' ' -f2)),glibc,musl)

# A static program has fixed addresses, where this linker has it so: its code
# need not be of the kind that runs anywhere.
ifneq ($(filter -static,$(LINK)),)
FIXED   := $(shell echo 'char *a; int main(void) { a = "a"; return 0; }' | \
	     $(CC) -static -fno-pie -x c -o /dev/null - 2>/dev/null && \
	     echo -fno-pie)
endif

# The smallest that the compiler can: -Oz is not in gcc before 12, and what of
# -O2 makes the code of gcc larger has no name in clang.
SMALLEST := $(shell for flags in "-Oz -fno-expensive-optimizations -fno-tree-pre \
	     -fno-code-hoisting -fno-caller-saves" -Oz -Os; do \
	     $(CC) -Werror $$flags -S -x c -o /dev/null /dev/null 2>/dev/null && \
	     echo $$flags && break; done)
CFLAGS  ?= $(SMALLEST) -g
WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wwrite-strings -Wformat=2 -Wconversion -Wsign-conversion
# A binary that is small is also quick to start: fewer pages to fault in.
SMALL    = -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
STD      = -std=c11 -D_GNU_SOURCE -iquote lib -iquote src
ALL_C    = $(STD) $(SMALL) $(FIXED) $(WARN) $(EXTRA_WARN) $(CFLAGS)
# musl write-protects nothing in a static program, so the page that the linker
# would keep apart for that is waste; glibc does, and has it.
RELRO    = $(if $(FIXED),$(if $(filter musl,$(LIBC)),-z norelro))
ALL_LINK = $(ALL_C) $(LDFLAGS) $(LINK) -Wl,--gc-sections,-z,noseparate-code \
	   $(RELRO)
STRIP   ?= $(if $(filter %-linux-gnu-gcc,$(CC)),$(CC:%gcc=%strip),strip)
PREFIX  ?= /usr/local

O       ?= .obj
BIN     ?= bin
APPLETS  = $(sort $(filter-out main,$(basename $(notdir $(wildcard src/*.c)))) \
	   $(foreach d,$(wildcard src/*/),$(notdir \
	     $(basename $(wildcard $d$(notdir $(d:%/=%)).c)))))
LIB_C    = $(wildcard lib/*/*.c)
TOOLS_C  = $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c))
LIB      = $(LIB_C:%.c=$O/%.o)
TOOLS    = $(TOOLS_C:%.c=$O/%.o)
TABLE    = $O/lib/cli/table.o
OBJS     = $O/src/main.o $(TOOLS) $(LIB)
LINKS    = $(patsubst %,$(BIN)/%,$(APPLETS))
# Shell scripts, which find the tools beside themselves.
SCRIPTS  = $(notdir $(shell grep -lI '^$(HASH)!' bin/pty* 2>/dev/null))
# Their man pages are beside them, and get the date and the version of all.
DATE_MAN = sed 's/^\.Dd .*/.Dd $(DATE)/; s/^\(\.Os ptybox\) .*/\1 $(VERSION)/'
COPIES   = $(filter-out bin/%,$(SCRIPTS:%=$(BIN)/%))
HELPER   = $O/helper
BARE     = $(patsubst t/bench/%.c,$O/bench/%,$(wildcard t/bench/*.c))
PAGES    = $(patsubst %,$O/%.1,ptybox $(APPLETS)) $(SCRIPTS:%=bin/%.1)

all: $(BIN)/ptybox $(LINKS) $(COPIES)

# The names of the tools, for scripts.
names:
	@printf '%s\n' $(APPLETS)

$(BIN)/ptybox: $(OBJS)
	@mkdir -p $(BIN)
	$(CC) $(ALL_LINK) -o $@ $(OBJS)
	@echo "built $@ with $(CC): $(LIBC), $(if $(LINK),static,dynamic)"

$(LINKS): | $(BIN)/ptybox
	ln -sf ptybox $@

$(COPIES): $(BIN)/%: bin/%
	@mkdir -p $(BIN)
	cp $< $@

$O/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_C) $(DEFINES) -MMD -MP -c -o $@ $<

# The table of applets is made from the names of the files, so it is old when
# the directory changed.
APPLETS_H = '-DAPPLETS=$(patsubst %,X(%),$(APPLETS))'
$(TABLE): DEFINES = $(APPLETS_H)
$(TABLE): $(wildcard src src/*/) Makefile
DATED    = $O/lib/cli/doc.o $O/lib/cli/man.o
$(DATED): DEFINES = '-DDATE="$(DATE)"' '-DVERSION="$(VERSION)"'
$(DATED): Makefile

-include $(wildcard $O/*/*.d $O/*/*/*.d)

# The helper of the tests has the library, some modules of the tools, and a
# table of applets of its own.
HELPER_O = $(filter-out $(TABLE),$(LIB)) \
	   $(filter-out $(APPLETS:%=$O/src/%.o) \
	     $(foreach a,$(APPLETS),$O/src/$a/$a.o),$(TOOLS))
$(HELPER): $(patsubst %.c,$O/%.o,$(wildcard t/helper*.c)) $(HELPER_O) \
		| $O/offspring
	$(CC) $(ALL_LINK) -o $@ $^
# Every test calls it, so it is without sanitizers.
$O/offspring: override CFLAGS = -Os

$O/%.1: $(BIN)/ptybox
	$(BIN)/ptybox --man $* >$@

# Tests: make check TEST=t/winsz.bats for a part. Files run side by side, JOBS
# at a time. STRICT=1 makes a failure of what would be skipped. A signal that is
# ignored here would be in all of them.
TEST    ?= t
JOBS    ?= $(shell echo $$(($$(nproc) * 2)))
check: all $(HELPER)
	BIN="$(BIN)" HELPER="$(HELPER)" JOBS=$(JOBS) BATSFLAGS="$(BATSFLAGS)" \
		env --default-signal t/run.sh $(TEST)

# The same under the sanitizers, in a build of its own. What an applet leaves
# to its exit is no leak, and a signal that is sent is no defect.
ASAN = detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_abort=0:$\
       handle_sigill=0:handle_sigfpe=0
SANITIZED = CC="$(SANITIZE_CC)" LINK= O=.obj/sanitize BIN=.obj/sanitize/bin \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer \
	    -fsanitize=address,undefined -fno-sanitize-recover=all"
sanitize:
	ASAN_OPTIONS=$(ASAN) UBSAN_OPTIONS=halt_on_error=1 \
	$(MAKE) check $(SANITIZED)
# Its build alone.
sanitized:
	$(MAKE) all .obj/sanitize/helper $(SANITIZED)
SANITIZE_CC = $(shell command -v gcc || echo clang)

demo: all
	BIN="$(BIN)" t/demo.sh

# Of what is installed: a file that was written from end to end is mapped in
# larger pieces than one that a linker wrote, so it starts sooner.
INSTALLED = $O/bench/installed
bench: all $(BARE)
	$(MAKE) -s install DESTDIR="$(INSTALLED)"
	BIN="$(INSTALLED)$(PREFIX)/bin" BARE="$O/bench" t/bench/run.sh
	BIN="$(INSTALLED)$(PREFIX)/bin" BARE="$O/bench" t/bench/shim.sh

# Programs of one file beside the tests: t/bench/NAME.c and the like.
$O/%: t/%.c $(wildcard t/bench/*.h) lib/base/sys.h
	@mkdir -p $(@D)
	$(CC) $(ALL_LINK) -o $@ $<

# Every call of every tool fails once (root, x86_64); EVERY=N: each Nth mishap.
TORTURE  = $O/torture
TORTURE_C = $(filter-out %/payload.c,$(wildcard t/torture/*.c))
EVERY   ?= 1
torture: all $(TORTURE)/torture $(TORTURE)/payload
	$(TORTURE)/torture -b $(BIN) -e $(EVERY) $(SCENARIO)

$(TORTURE)/torture: $(TORTURE_C) $(wildcard t/torture/*.h)
	@mkdir -p $(TORTURE)
	$(CC) $(ALL_LINK) -o $@ $(TORTURE_C)

# Very many runs, and long ones; the relay's core and its loop under ten million
# schedules; safeguards taken out one by one, each to fail a test.
soak: all $O/soak/stream
	BIN="$(BIN)" TOOLS="$O/soak" t/soak/run.sh

sim:
	t/soak/sim.sh

mutate:
	t/mutate/run.sh

# Each parser under libFuzzer, for so long.
SECONDS_EACH ?= 60
fuzz:
	t/fuzz/run.sh $(SECONDS_EACH)

# Every compiler that is here, then what is no C. Clang warns without compiling.
C_FILES  = $(wildcard src/*.c src/*/*.c lib/*/*.c t/*.c t/*/*.c)
H_FILES  = $(wildcard src/*/*.h lib/*/*.h t/*.h t/*/*.h)
SH_FILES = $(wildcard t/*.bats t/*.bash t/*.sh t/*/*.sh .ci/run)
lint: all $(PAGES)
	t/lint/layers.sh
	t/mutate/run.sh --check
	for cc in gcc clang musl-gcc; do \
		command -v $$cc >/dev/null || { $(MISSING) $$cc; continue; }; \
		how='-O2 -c -o /dev/null'; \
		[ $$cc != clang ] || how=-fsyntax-only; \
		printf '%s\n' $(C_FILES) | xargs -P $(JOBS) -I FILE $$cc $(STD) \
			$(WARN) -Werror $$how $(APPLETS_H) '-DDATE="$(DATE)"' \
			'-DVERSION="$(VERSION)"' FILE || exit 1; \
	done
	clang-format --dry-run -Werror $(C_FILES) $(H_FILES)
	shellcheck -x -s bash -e $(BATS_WAYS) $(SH_FILES)
	shellcheck -x $(SCRIPTS:%=bin/%)
	mandoc -Tlint -W warning $(PAGES)
# To shellcheck each test is a subshell that changes what bats's run sets.
BATS_WAYS = SC2030,SC2031
MISSING  = [ "$(STRICT)" != 1 ] && echo skipped:

# The man pages and the completions are printed by a ptybox that runs here:
# a cross build sets BOX to one.
BOX     ?= $(BIN)/ptybox
ROOT     = $(DESTDIR)$(PREFIX)
MAN      = share/man/man1
BASH_DIR = share/bash-completion/completions
ZSH_DIR  = share/zsh/site-functions
FISH_DIR = share/fish/vendor_completions.d
install: all
	@"$(BOX)" --version >/dev/null 2>&1 || { echo "cannot run $(BOX):" \
		"set BOX to a ptybox that runs here; it prints the man pages" \
		"and the completions" >&2; exit 1; }
	for dir in bin $(MAN) $(BASH_DIR) $(ZSH_DIR) $(FISH_DIR); do \
		mkdir -p "$(ROOT)/$$dir" || exit 1; \
	done
	cp $(BIN)/ptybox $(SCRIPTS:%=$(BIN)/%) "$(ROOT)/bin"
	cd "$(ROOT)/bin" && chmod 755 ptybox $(SCRIPTS) && $(STRIP) ptybox
	"$(BOX)" --completion bash >"$(ROOT)/$(BASH_DIR)/ptybox"
	"$(BOX)" --completion zsh >"$(ROOT)/$(ZSH_DIR)/_ptybox"
	"$(BOX)" --completion fish >"$(ROOT)/$(FISH_DIR)/ptybox.fish"
	"$(BOX)" --man ptybox >"$(ROOT)/$(MAN)/ptybox.1"
	for name in $(APPLETS); do \
		ln -sf ptybox "$(ROOT)/bin/$$name" && \
		ln -sf ptybox "$(ROOT)/$(BASH_DIR)/$$name" && \
		ln -sf ptybox.fish "$(ROOT)/$(FISH_DIR)/$$name.fish" && \
		"$(BOX)" --man $$name >"$(ROOT)/$(MAN)/$$name.1" || exit 1; \
	done
	for name in $(SCRIPTS); do \
		$(DATE_MAN) bin/$$name.1 >"$(ROOT)/$(MAN)/$$name.1" || exit 1; \
	done

uninstall:
	rm -f "$(ROOT)/$(ZSH_DIR)/_ptybox" $(SCRIPTS:%="$(ROOT)/bin/%") \
		$(SCRIPTS:%="$(ROOT)/$(MAN)/%.1")
	for name in ptybox $(APPLETS); do \
		rm -f "$(ROOT)/bin/$$name" "$(ROOT)/$(MAN)/$$name.1" \
			"$(ROOT)/$(BASH_DIR)/$$name" \
			"$(ROOT)/$(FISH_DIR)/$$name.fish"; \
	done

clean:
	rm -rf $O $(BIN)/ptybox $(LINKS) $(COPIES)

.PHONY: all names check sanitize sanitized demo bench torture soak sim mutate fuzz lint \
	install uninstall clean
.DELETE_ON_ERROR:
