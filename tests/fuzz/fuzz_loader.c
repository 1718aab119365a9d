/*
 * fuzz_loader.c - any text as a scenario: a plan that encodes, decodes and prints, or complaints.
 * What stands behind a line "%%" is given as a --set option, or as -p when it begins with "p:".  Every
 * file that the text names is the text itself.  What is rendered loads to the same plan.
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

/* The text that is being read, for whoever names a file. */
struct input {
	const uint8_t *data;
	size_t size;
};

static int read_input(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err)
{
	const struct input *input = ctx;

	if (strchr(path, 'q') != NULL)
		return rh_err_set(err, RH_E_NOT_FOUND, "not there");
	rh_buf_put(content, input->data, input->size);
	return 0;
}

static const char *read_env(void *ctx, const char *name)
{
	(void)ctx;
	return name[0] == 'A' ? "5m" : NULL;
}

/* The rendered text, without options, gives the plan that the text gave with them. */
static void check_rendered(const struct rh_plan *plan, const char *text, size_t size,
			   const struct rh_load_options *options)
{
	struct rh_load_options plain = {.registry = options->registry};
	struct rh_diagnostics diagnostics;
	struct rh_buf rendered = {0};
	struct rh_buf bytes[2] = {{0}, {0}};
	struct rh_plan *again;

	rh_diagnostics_init(&diagnostics);
	if (!rh_render_text(&rendered, "f", text, size, options, &diagnostics))
		abort();
	rh_diagnostics_release(&diagnostics);
	rh_diagnostics_init(&diagnostics);
	again = rh_load_text("f", rh_buf_str(&rendered), rendered.len, &plain, &diagnostics);
	if (again == NULL)
		abort();
	rh_plan_encode(plan, &bytes[0]);
	rh_plan_encode(again, &bytes[1]);
	if (bytes[0].len != bytes[1].len || memcmp(bytes[0].data, bytes[1].data, bytes[0].len) != 0)
		abort();
	rh_plan_free(again);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&rendered);
	rh_buf_release(&bytes[0]);
	rh_buf_release(&bytes[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_registry registry;
	struct rh_diagnostics diagnostics;
	struct input input = {data, size};
	struct rh_load_options options = {
		.registry = &registry, .read = read_input, .read_ctx = &input, .env = read_env};
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
		if (len > 2 && memcmp(option, "p:", 2) == 0) {
			sets[0] = option + 2;
			options.params = sets;
			options.param_count = 1;
		} else {
			options.sets = sets;
			options.set_count = 1;
		}
		size = (size_t)(split - data);
		input.size = size;
	}
	fuzz_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("f", (const char *)data, size, &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, &out);
	if (plan != NULL)
		check_plan(plan, &registry);
	if (plan != NULL)
		check_rendered(plan, (const char *)data, size, &options);
	rh_plan_free(plan);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&out);
	return 0;
}
