# Makefile - everything that is built, tested, checked and installed.  `make help` lists the targets.
#
# One make for the whole tree.  Each folder of sources becomes one archive, whatever *.c it holds
# (sorted), so a new file needs no edit here; a new folder is one line in the table below.  The
# table also says what a folder's tests are linked with: its own archive and those under it, so
# that an upward call does not even link.

VERSION := $(shell sed -n 's/^\#define RH_VERSION "\(.*\)"/\1/p' core/version.h)

# What a user may set.  The project's own flags come after these and are never lost.
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
AR := ar
DEBUG ?= 0
WERROR ?= 0
V ?= 0
T ?=
B ?=
ROUNDS ?=
STRICT ?=
SECONDS ?= 60
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
DESTDIR ?=
ifeq ($(DEBUG),1)
CFLAGS ?= -O0 -g3
else
CFLAGS ?= -O3 -g
endif
CPPFLAGS ?=
LDFLAGS ?=
LDLIBS ?=

# The table: archive, folder, C dialect, and the archives below it.  `core` is the contracts
# (core/*.c).  The pure layers are c17; what asks the operating system for more is gnu17.
all_areas := base core workload scenario store judge run report relay chain pow models kernel net gossip team sim livewire livenode liveproc live cmd

dir_base := core/base
dir_core := core
dir_workload := core/workload
dir_scenario := core/scenario
dir_store := core/store
dir_judge := core/judge
dir_run := core/run
dir_report := core/report
dir_relay := models/relay
dir_chain := models/chain
dir_pow := models/pow
dir_models := models
dir_kernel := sim/kernel
dir_net := sim/net
dir_gossip := sim/gossip
dir_team := sim/team
dir_sim := sim
dir_livewire := live/wire
dir_livenode := live/node
dir_liveproc := live/process
dir_live := live
dir_cmd := cmd

gnu_areas := scenario store run report team livewire livenode liveproc live cmd
gnu_files := core/base/space

below_base :=
below_core := base
below_workload := core base
below_scenario := core base
below_store := scenario core base
below_judge := scenario core base
below_run := judge store scenario core base
below_report := run judge store scenario core base
below_relay := core base
below_chain := relay core base
below_pow := chain relay core base
below_models := pow chain relay core base
below_kernel := core base
below_net := core base
below_gossip := net kernel core base
below_team := base
below_sim := team gossip kernel net scenario core base
below_livewire := core base
below_livenode := livewire core base
below_liveproc := core base
below_live := liveproc livenode livewire core base
link_order := report run judge store live liveproc livenode livewire sim team gossip net kernel models pow chain relay workload scenario core base
below_cmd := $(link_order)

# A plugin resolves these against the program.
plugin_areas := judge chain relay core base

# ---------------------------------------------------------------------------------- flags

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wundef -Wswitch-enum
# Check's comparison macros convert between signs.
test_warnings := -Wno-conversion -Wno-sign-conversion
ifeq ($(WERROR),1)
warnings += -Werror
endif
own_cppflags := -I.
own_cflags := $(warnings) -ffp-contract=off -ffile-prefix-map=$(CURDIR)=.
ifeq ($(DEBUG),1)
own_cppflags += -DRH_EXPENSIVE
endif

compile = $(CC) $(CPPFLAGS) $(own_cppflags) -std=$(or $(dialect),c17) $(CFLAGS) $(own_cflags) \
	$(extra_cflags) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@ $<
link = $(CC) $(CFLAGS) $(LDFLAGS)

check_libs = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lrt) -lm

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n' $(1) $(2)
endif

# ------------------------------------------------------------------- archives and the program

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: FORCE
.DEFAULT_GOAL := all

define area_rules
src_$(1) := $$(sort $$(wildcard $(dir_$(1))/*.c))
obj_$(1) := $$(src_$(1):%.c=$(BUILD)/%.o)
lib_$(1) := $$(if $$(src_$(1)),$(BUILD)/lib$(1).a)
ifneq ($$(src_$(1)),)
$$(obj_$(1)): private dialect := $(if $(filter $(1),$(gnu_areas)),gnu17,c17)
$$(lib_$(1)): $$(obj_$(1)) $(BUILD)/.list-$(1)
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$(obj_$(1))
$(BUILD)/.list-$(1): FORCE
	@mkdir -p $(BUILD)
	@echo '$$(obj_$(1))' | cmp -s - $$@ || echo '$$(obj_$(1))' > $$@
endif
endef
$(foreach area,$(all_areas),$(eval $(call area_rules,$(area))))
$(gnu_files:%=$(BUILD)/%.o): private dialect := gnu17

# Archives for a list of areas, in the order the linker wants them.
archives = $(foreach area,$(link_order),$(if $(filter $(area),$(1)),$(lib_$(area))))
all_archives := $(foreach area,$(all_areas),$(lib_$(area)))

src_testlib := $(sort $(wildcard tests/lib/*.c))
obj_testlib := $(src_testlib:%.c=$(BUILD)/%.o)
lib_testlib := $(if $(src_testlib),$(BUILD)/libtestlib.a)
ifneq ($(src_testlib),)
$(lib_testlib): $(obj_testlib)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(obj_testlib)
endif

program := $(if $(filter cmd/main.c,$(src_cmd)),$(BUILD)/rehearse)

# A library is linked when a source of ours includes its header.
all_sources := $(foreach area,$(all_areas),$(src_$(area))) $(src_testlib)
uses = $(if $(filter $(1),$(used_headers)),$(2))
used_headers := $(if $(all_sources),$(shell sed -n 's/^\#include <\([a-z0-9]*\.h\)>.*/\1/p' $(all_sources) | sort -u))
libs := -Wl,--as-needed $(call uses,yaml.h,-lyaml) $(call uses,jansson.h,-ljansson) \
	$(call uses,zstd.h,-lzstd) $(call uses,sqlite3.h,-lsqlite3) \
	$(LDLIBS) -ldl -lpthread

$(BUILD)/tests/%.o: private dialect := gnu17
$(BUILD)/tests/%.o: private extra_cflags := $(test_warnings)
$(BUILD)/%.o: %.c $(BUILD)/.flags | $(BUILD)/.deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile)

# Rewritten when a flag changes, so that objects of two kinds are never mixed.
flags_text := $(CC) $(CPPFLAGS) $(own_cppflags) $(CFLAGS) $(own_cflags) $(LDFLAGS)
$(BUILD)/.flags: FORCE
	@mkdir -p $(BUILD)
	@printf '%s\n' '$(subst ','\'',$(flags_text))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(flags_text))' > $@

# Checked once a build folder; says what to install, and installs nothing.
$(BUILD)/.deps:
	@mkdir -p $(BUILD)
	@CC='$(CC)' .ci/deps --check build && touch $@

-include $(sort $(patsubst %.o,%.d,$(foreach area,$(all_areas),$(obj_$(area))) $(obj_testlib)))

.PHONY: all
all: $(program) $(if $(program),,$(all_archives))

$(BUILD)/rehearse: $(obj_cmd) $(all_archives) $(BUILD)/.flags
	$(call say,LINK,$@)
	$(Q)$(link) -rdynamic -o $@ $(obj_cmd) \
		$(call archives,$(filter-out $(plugin_areas),$(link_order))) \
		-Wl,--whole-archive $(call archives,$(plugin_areas)) -Wl,--no-whole-archive \
		$(call archives,scenario core base) $(libs)

# What other projects call these.
.PHONY: build run-dev validate-scenarios test-scenario-validation test-chaos-coordination \
	test-assertion-engine test-integration-full
build: all
run-dev: demo
validate-scenarios: all
	$(BUILD)/rehearse validate $(filter-out %/typos.yaml,$(sort $(shell find scenarios -name '*.yaml')))
test-scenario-validation:
	@$(MAKE) --no-print-directory T=unit/scenario test
test-chaos-coordination:
	@$(MAKE) --no-print-directory T=unit/run test
test-assertion-engine:
	@$(MAKE) --no-print-directory T=unit/judge test
test-integration-full:
	@$(MAKE) --no-print-directory T=tests/cmd test

# ---------------------------------------------------------------------------------- tests

# A test of tests/unit/AREA is linked with that area and what is below it; other kinds
# with everything but the commands.
unit_tests := $(sort $(wildcard tests/unit/*/test_*.c))
whole_tests := $(sort $(wildcard tests/story/story_*.c tests/prop/prop_*.c tests/bugs/bug_*.c tests/live/test_*.c))
script_tests := $(sort $(wildcard tests/*/test_*.sh))
area_of = $(word 3,$(subst /, ,$(1)))
closure_of = $(if $(filter $(area_of),$(all_areas)),$(area_of) $(below_$(area_of)),$(link_order))

define test_rules
$(BUILD)/$(1:.c=): $(BUILD)/$(1:.c=.o) $(lib_testlib) $(2)
	$$(call say,LINK,$$@)
	$$(Q)$$(link) -rdynamic -o $$@ $$< $(lib_testlib) $(2) $$(check_libs) $$(libs)
-include $(BUILD)/$(1:.c=.d)
endef
$(foreach t,$(unit_tests),$(eval $(call test_rules,$(t),$(if $(filter cmd,$(call area_of,$(t))),$(lib_cmd)) $(call archives,$(call closure_of,$(t))))))
$(foreach t,$(whole_tests),$(eval $(call test_rules,$(t),$(call archives,$(link_order)))))

# T=text keeps the tests whose path contains it.
wanted = $(foreach t,$(1),$(if $(T),$(if $(findstring $(T),$(t)),$(t)),$(t)))
fuzz_tests := $(sort $(wildcard tests/fuzz/fuzz_*.c))
wanted_programs := $(patsubst %.c,$(BUILD)/%,$(call wanted,$(unit_tests) $(whole_tests) $(fuzz_tests)))
wanted_scripts := $(call wanted,$(script_tests))

rng_tools := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/determinism/rng/*.c))
maker := $(BUILD)/tests/prop/random_scenario

.PHONY: test run-tests
test:
	@.ci/deps build test
	@$(MAKE) --no-print-directory $(jobs) run-tests

# What does not build is one failed test, and the others run all the same: each program that is
# up to date enters itself in .ready, and run.sh believes no other.
tools := $(if $(wanted_scripts),$(program)) $(if $(filter %/test_rng.sh,$(wanted_scripts)),$(rng_tools)) \
	$(if $(filter %/test_random_scenarios.sh %/prop_render,$(wanted_scripts) $(wanted_programs)),$(maker))
ready := $(patsubst %,%.ready,$(wanted_programs) $(tools))
.PHONY: $(sort $(ready) $(patsubst %,%.ready,$(program)))
$(sort $(ready) $(patsubst %,%.ready,$(program))): %.ready: %
	@echo $* >> $(BUILD)/.ready
run-tests:
	@mkdir -p $(BUILD) && rm -f $(BUILD)/.ready && touch $(BUILD)/.ready
	@$(MAKE) --no-print-directory -k $(if $(ready),$(ready),$(BUILD)/.deps) || true
	@BUILD='$(BUILD)' CC='$(CC)' MAKE='$(MAKE)' tests/run.sh $(wanted_programs) $(wanted_scripts)

# As many jobs as processors, unless the caller chose.
jobs = $(if $(findstring jobserver,$(MAKEFLAGS))$(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

# Fuzz targets: with clang's engine in `make fuzz`, elsewhere with tests/fuzz/driver.c, which
# replays the corpus and a few hundred mutations of it (so `make test` runs each target too).
fuzz_engine := $(BUILD)/tests/fuzz/driver.o
define fuzz_rules
$(BUILD)/$(1:.c=): $(BUILD)/$(1:.c=.o) $$(filter %.o,$$(fuzz_engine)) $(call archives,$(link_order))
	$$(call say,LINK,$$@)
	$$(Q)$$(link) -rdynamic -o $$@ $$< $$(fuzz_engine) $(call archives,$(link_order)) $$(libs)
-include $(BUILD)/$(1:.c=.d)
endef
$(foreach t,$(fuzz_tests),$(eval $(call fuzz_rules,$(t))))

.PHONY: fuzz fuzz-programs
fuzz:
	@$(MAKE) --no-print-directory $(jobs) BUILD=$(BUILD)/fuzz CC=clang fuzz_engine=-fsanitize=fuzzer \
		CPPFLAGS='$(CPPFLAGS) -DRH_EXPENSIVE' \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link' fuzz-programs
	@BUILD=$(BUILD)/fuzz SECONDS_EACH=$(SECONDS) tests/fuzz/run.sh $(patsubst %.c,$(BUILD)/fuzz/%,$(call wanted,$(fuzz_tests)))

fuzz-programs: $(patsubst %.c,$(BUILD)/%,$(call wanted,$(fuzz_tests)))

# The tests again under a tool that watches them, each in a build folder of its own.
.PHONY: asan ubsan tsan memcheck
hostile = $(MAKE) --no-print-directory $(jobs) BUILD=$(BUILD)/$@ CPPFLAGS='$(CPPFLAGS) -DRH_EXPENSIVE' \
	CFLAGS='-O1 -g -fno-omit-frame-pointer $(1)'
asan:
	@CK_TIMEOUT_MULTIPLIER=10 $(call hostile,-fsanitize=address) run-tests
ubsan:
	@CK_TIMEOUT_MULTIPLIER=10 $(call hostile,-fsanitize=undefined -fno-sanitize-recover=all) run-tests
tsan:
	@CK_TIMEOUT_MULTIPLIER=20 $(call hostile,-fsanitize=thread) run-tests
# Check must not fork here: a leak is told at the end of the process that has it.
memcheck:
	@$(MAKE) --no-print-directory $(jobs) BUILD=$(BUILD)/$@ CFLAGS='-O1 -g' memcheck-tests
.PHONY: memcheck-tests
memcheck-tests:
	@mkdir -p $(BUILD) && rm -f $(BUILD)/.ready && touch $(BUILD)/.ready
	@$(MAKE) --no-print-directory -k $(patsubst %,%.ready,$(wanted_programs) $(program)) || true
	@CK_FORK=no CK_TIMEOUT_MULTIPLIER=60 BUILD='$(BUILD)' CC='$(CC)' MAKE='$(MAKE)' \
		WRAP='valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99' \
		tests/run.sh $(wanted_programs) $(call wanted,tests/smoke/test_smoke.sh)

# The generator read as the product calls it: 2^32 draws through our own keyed tests.
$(BUILD)/tests/determinism/rng/%: $(BUILD)/tests/determinism/rng/%.o $(call archives,core base)
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $< $(call archives,core base) -lm $(libs)
$(BUILD)/tests/determinism/plan_bytes: $(BUILD)/tests/determinism/plan_bytes.o $(call archives,$(link_order))
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $< $(call archives,$(link_order)) $(libs)

$(maker): $(maker).o
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $<
-include $(maker).d

.PHONY: rng-battery
rng-battery: $(BUILD)/tests/determinism/rng/battery
	$< 32

# What needs real processes; REQUIRE_LIVE=1 makes a skip a failure.
.PHONY: live-test
live-test:
	@$(MAKE) --no-print-directory T=/live test
	@if [ "$(REQUIRE_LIVE)" = 1 ] && grep -lqE '^0 0 [1-9]' $(BUILD)/log/*live*.count; then \
		echo "skipped, and REQUIRE_LIVE=1 forbids that"; exit 1; fi

.PHONY: determinism determinism-full
determinism: all
	@BUILD='$(BUILD)' MAKE='$(MAKE)' CC='$(CC)' tests/determinism/quick.sh
determinism-full: all $(BUILD)/tests/determinism/plan_bytes
	@BUILD='$(BUILD)' MAKE='$(MAKE)' tests/determinism/full.sh

# What an editor makes of `rehearse schema`; needs node and npm, and is skipped with a reason without.
.PHONY: test-editor
test-editor: all
	@BUILD='$(BUILD)' tests/editor/run.sh

# B=text keeps the rows whose name contains it; ROUNDS says how often each is repeated.  Other
# simulators take part where they are installed (`make bench-peers`), and are skipped by name elsewhere.
src_bench := $(sort $(wildcard bench/*.c bench/models/*.c))
obj_bench := $(src_bench:%.c=$(BUILD)/%.o)
$(obj_bench): private dialect := gnu17
$(BUILD)/bench/bench: $(obj_bench) $(call archives,$(link_order))
	$(call say,LINK,$@)
	$(Q)$(link) -rdynamic -o $@ $(obj_bench) $(call archives,$(link_order)) $(libs)
-include $(obj_bench:.o=.d)

peers_in := $(BUILD)/bench/peers
peers_ns3 := $(if $(wildcard /usr/include/ns3/core-module.h),$(peers_in)/ns3_gossip $(peers_in)/ns3_phold)
peers_simgrid := $(if $(wildcard /usr/include/simgrid/s4u.hpp),$(peers_in)/simgrid_phold)
peers_simpy := $(if $(wildcard /usr/lib/python3/dist-packages/simpy/core.py),$(peers_in)/simpy_phold.py)
peer_programs := $(peers_ns3) $(peers_simgrid) $(peers_simpy)
compile_peer = @mkdir -p $(@D) && $(CXX) -std=c++17 -O2 -Wall -Wextra -o $@ $<
# Debian's pkg-config file of ns-3 names libraries that its core does not need.
$(peers_in)/ns3_%: bench/peers/ns3_%.cc
	$(call say,PEER,$@)
	$(compile_peer) -lns3-core
$(peers_in)/simgrid_%: bench/peers/simgrid_%.cpp
	$(call say,PEER,$@)
	$(compile_peer) -lsimgrid
$(peers_in)/%.py: bench/peers/%.py
	@mkdir -p $(@D) && cp $< $@

.PHONY: bench bench-peers
bench: all $(BUILD)/bench/bench $(peer_programs)
	@$(BUILD)/bench/bench --program $(BUILD)/rehearse --peers $(peers_in) --scratch $(BUILD)/bench \
		--results $(BUILD)/bench/results.txt --only '$(B)' --rounds '$(ROUNDS)' --strict '$(STRICT)' \
		--commit "$$(git describe --always --dirty 2>/dev/null || echo unknown)"
bench-peers:
	@.ci/deps bench

.PHONY: lint check soak golden cover fmt fmt-check
lint: all
	@BUILD='$(BUILD)' CC='$(CC)' tests/lint/run.sh
check:
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory determinism
soak: all $(maker) $(BUILD)/tests/prop/prop_engines
	@BUILD='$(BUILD)' SECONDS_ALL='$(if $(filter command% environment%,$(origin SECONDS)),$(SECONDS),0)' tests/soak.sh
golden: all
	@BUILD='$(BUILD)' tests/golden/test_golden.sh --write
cover:
	@$(MAKE) --no-print-directory $(jobs) BUILD=$(BUILD)/cover CFLAGS='-O0 -g --coverage' run-tests
	@gcovr --root . --filter 'core/' --filter 'models/' --filter 'sim/' --filter 'live/' --branches $(BUILD)/cover \
		--exclude-throw-branches --print-summary --txt $(BUILD)/cover/files.txt \
		--html-details $(BUILD)/cover/index.html | grep -E '^(lines|functions|branches)'
	@echo "each file: $(BUILD)/cover/files.txt, each line: $(BUILD)/cover/index.html"

formatted = $(shell find core models sim live cmd tests bench -name '*.[ch]' -not -path 'tests/lint/bad/*' | sort)
fmt:
	clang-format -i $(formatted)
fmt-check:
	clang-format --dry-run -Werror $(formatted)

# ------------------------------------------------------------- installing and the rest

# What a plugin includes: the contracts, the base, what an assertion sees, and the parts that models share.
public_headers := $(sort $(wildcard core/judge/view.h core/base/*.h core/base/*.def core/*.h models/chain/*.h models/relay/*.h))
installed := $(DESTDIR)$(INCLUDEDIR)/rehearse
completions_bash := $(DATADIR)/bash-completion/completions
completions_zsh := $(DATADIR)/zsh/site-functions
completions_fish := $(DATADIR)/fish/vendor_completions.d

.PHONY: install uninstall dist clean help demo deps
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 755 $(BUILD)/rehearse $(DESTDIR)$(BINDIR)/rehearse
	install -d $(DESTDIR)$(DATADIR)/man/man1 $(DESTDIR)$(completions_bash) \
		$(DESTDIR)$(completions_zsh) $(DESTDIR)$(completions_fish)
	$(BUILD)/rehearse man --all $(DESTDIR)$(DATADIR)/man/man1
	chmod 644 $(DESTDIR)$(DATADIR)/man/man1/rehearse*.1
	$(BUILD)/rehearse completion bash > $(DESTDIR)$(completions_bash)/rehearse
	$(BUILD)/rehearse completion zsh > $(DESTDIR)$(completions_zsh)/_rehearse
	$(BUILD)/rehearse completion fish > $(DESTDIR)$(completions_fish)/rehearse.fish
	chmod 644 $(DESTDIR)$(completions_bash)/rehearse $(DESTDIR)$(completions_zsh)/_rehearse \
		$(DESTDIR)$(completions_fish)/rehearse.fish
	for header in $(public_headers); do install -D -m 644 $$header $(installed)/$$header || exit 1; done
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$(INCLUDEDIR)' '' 'Name: rehearse' \
		'Description: headers for plugins of the rehearse program' 'Version: $(VERSION)' \
		'Cflags: -I$${includedir}/rehearse -ffp-contract=off' > $(DESTDIR)$(LIBDIR)/pkgconfig/rehearse.pc
	chmod 644 $(DESTDIR)$(LIBDIR)/pkgconfig/rehearse.pc
uninstall:
	rm -f $(DESTDIR)$(BINDIR)/rehearse $(DESTDIR)$(LIBDIR)/pkgconfig/rehearse.pc
	rm -f $(DESTDIR)$(DATADIR)/man/man1/rehearse.1 $(DESTDIR)$(DATADIR)/man/man1/rehearse-*.1 \
		$(DESTDIR)$(completions_bash)/rehearse $(DESTDIR)$(completions_zsh)/_rehearse \
		$(DESTDIR)$(completions_fish)/rehearse.fish
	rm -rf $(installed)
dist:
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=rehearse-$(VERSION)/ HEAD | gzip -n > $(BUILD)/rehearse-$(VERSION).tar.gz
clean:
	rm -rf $(BUILD)

deps:
	@.ci/deps build test
demo:
	@.ci/deps build
	@$(MAKE) --no-print-directory $(jobs) all
	@echo
	$(BUILD)/rehearse run scenarios/quickstart.yaml

define help_text
make                    builds $(BUILD)/rehearse
make demo               installs what is missing, builds, runs scenarios/quickstart.yaml
make deps               installs what the build and the tests need (apt-get; elsewhere names it)
make test [T=text]      unit tests, stories, properties, scripts, corpora; T keeps paths with that text
make bench [B=text]     how fast it is, beside its peers; ROUNDS=n repeats more often (bench/README.md)
make bench-peers        installs the simulators that `make bench` measures beside ours (apt-get)
make validate-scenarios every scenario of the tree loads
make lint               the house rules, each against a planted violation first
make test-editor        the schema in a language server: marks, completion, hover (node and npm)
make live-test          the tests with real processes; REQUIRE_LIVE=1 makes a skip a failure
make determinism        one trace hash: two levels, the engines, another environment (under 60 s)
make check              lint, test, determinism: what every commit passes
make determinism-full   the same with gcc and clang, sanitizers, aarch64 and s390x under emulation
make asan|ubsan|tsan    the tests under a sanitizer
make memcheck           the tests under valgrind
make fuzz [SECONDS=60]  each fuzz target for that long (clang)
make rng-battery        2^32 draws of the generator through our own keyed tests (minutes)
make soak [SECONDS=n]   random seeds until stopped, a line to paste for each failure
make golden             writes tests/golden again; read the difference before it is committed
make cover              line and branch coverage (gcovr)
make fmt|fmt-check      clang-format
make install|uninstall  DESTDIR= PREFIX=$(PREFIX)
make dist               a source archive of the last commit
make clean              removes $(BUILD)

CC CFLAGS CPPFLAGS LDFLAGS LDLIBS are yours.  BUILD=folder  DEBUG=1  WERROR=1  V=1
endef
export help_text
help:
	@printf '%s\n' "$$help_text"
