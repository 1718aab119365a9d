/*
 * verb_version.c - `rehearse version`: the version, and with --verbose how this program was built.
 */
#include <stdio.h>

#include "cmd/verb.h"
#include "core/model.h"
#include "core/plugin.h"
#include "core/version.h"

#include <yaml.h>
#include <zstd.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int version(const struct cmd_args *args)
{
	const uint16_t probe = 1;

	printf("rehearse " RH_VERSION "\n");
	if (!cmd_option_given(args, "verbose"))
		return 0;
	printf("  compiler   " COMPILER "\n");
#ifdef RH_EXPENSIVE
	printf("  checks     assertions and costly checks\n");
#else
	printf("  checks     assertions\n");
#endif
	printf("  machine    %zu-bit, %s-endian\n", sizeof(void *) * 8,
	       *(const unsigned char *)&probe == 1 ? "little" : "big");
	printf("  libyaml    %s\n  zstd       %s\n", yaml_get_version_string(),
	       ZSTD_versionString());
	printf("  interfaces model %d, plugin %d\n", RH_MODEL_ABI, RH_PLUGIN_ABI);
	printf("  worlds     sim (engines windowed, general, heap), live\n");
	return 0;
}

static const struct cmd_option options[] = {
	{"verbose", 'v', NULL, "compiler, libraries, worlds and engines too"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"version --verbose", NULL};

const struct cmd_verb cmd_verb_version = {
	.name = "version",
	.summary = "the version and how the program was built",
	.operands = "",
	.options = options,
	.examples = examples,
	.run = version,
};
