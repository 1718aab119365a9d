/*
 * fuzz_loader.c - any text as a scenario: a plan that encodes, decodes and prints, or complaints.
 * What stands behind a line "%%" is given as a --set option.
 */
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/fuzz/fuzz_registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first place of a word in bytes, or NULL. */
static const uint8_t *find(const uint8_t *data, size_t size, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= size; i++) {
		if (memcmp(data + i, word, len) == 0)
			return data + i;
	}
	return NULL;
}

/* There and back; small plans only, since a million nodes are a legal wish. */
static void check_plan(const struct rh_plan *plan, const struct rh_registry *registry)
{
	struct rh_buf bytes = {0};
	struct rh_buf again = {0};
	struct rh_plan *copy;

	rh_plan_encode(plan, &bytes);
	if (rh_plan_decode(&copy, bytes.data, bytes.len, registry, NULL) != 0)
		abort();
	rh_plan_encode(copy, &again);
	if (again.len != bytes.len || memcmp(again.data, bytes.data, bytes.len) != 0)
		abort();
	rh_buf_reset(&again);
	rh_plan_print(plan, &again);
	rh_plan_free(copy);
	rh_buf_release(&bytes);
	rh_buf_release(&again);
}

/* Counts with four digits and more make each input slow and show nothing new. */
static int has_large_number(const uint8_t *data, size_t size)
{
	size_t digits = 0;

	for (size_t i = 0; i < size; i++) {
		int is_hex = (data[i] >= '0' && data[i] <= '9') ||
			     (data[i] >= 'a' && data[i] <= 'f' && digits > 0);

		digits = is_hex ? digits + 1 : 0;
		if (digits > 3 && find(data, size, "count") != NULL)
			return 1;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_registry registry;
	struct rh_diagnostics diagnostics;
	struct rh_load_options options = {.registry = &registry};
	const uint8_t *split = find(data, size, "\n%%\n");
	struct rh_buf out = {0};
	const char *sets[1];
	char option[200];
	struct rh_plan *plan;

	if (size > 16384 || has_large_number(data, size))
		return 0;
	if (split != NULL) {
		size_t len = (size_t)(data + size - split) - 4;

		len = len < sizeof(option) - 1 ? len : sizeof(option) - 1;
		memcpy(option, split + 4, len);
		option[len] = 0;
		sets[0] = option;
		options.sets = sets;
		options.set_count = 1;
		size = (size_t)(split - data);
	}
	fuzz_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("f", (const char *)data, size, &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, &out);
	if (plan != NULL)
		check_plan(plan, &registry);
	rh_plan_free(plan);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&out);
	return 0;
}
