/*
 * What the loader says about bad files, to the letter: each tests/golden/diagnostics/NAME.yaml
 * (options in comments `# set: KEY=VALUE`, `# param: NAME=VALUE`, `# strict`; other files in its folder
 * parts/) gives what NAME.txt holds; and every documented code is shown by at least one.  What concerns the file itself (missing, a directory, too large) is
 * tested below.
 *
 * REHEARSE_GOLDEN=write makes the .txt files again: `make golden` runs this program so.  Read the
 * difference before it is committed.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/sort.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "core/scenario/suite.h"
#include "tests/lib/test_model.h"

#define FOLDER	  "tests/golden/diagnostics"
#define FILES_MAX 300

struct listing {
	char names[FILES_MAX][80]; /* without .yaml */
	uint32_t count;
};

static int compare_names(const void *a, const void *b, const void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

static void list_files(struct listing *listing)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;

	ck_assert_msg(folder != NULL, "run from the top of the tree");
	listing->count = 0;
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 6 || len >= 80 || strcmp(entry->d_name + len - 5, ".yaml") != 0)
			continue;
		ck_assert_uint_lt(listing->count, FILES_MAX);
		snprintf(listing->names[listing->count++], 80, "%.*s", (int)len - 5, entry->d_name);
	}
	closedir(folder);
	rh_sort(listing->names, listing->count, 80, compare_names, NULL);
}

static void read_file(const char *path, struct rh_buf *content)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	ck_assert_msg(file != NULL, "%s cannot be read", path);
	do {
		got = fread(rh_buf_extend(content, 4096), 1, 4096, file);
		content->len -= 4096 - got;
	} while (got > 0);
	fclose(file);
	rh_buf_u8(content, 0);
	content->len--;
}

/* Options as a golden file gives them. */
struct given {
	char texts[2][8][120];
	const char *pointers[2][8]; /* --set, -p */
	size_t counts[2];
	bool is_strict;
};

/* The comments at the top. */
static void read_given(struct given *given, const char *text)
{
	static const char *const words[] = {"# set: ", "# param: "};

	memset(given, 0, sizeof(*given));
	for (; text[0] == '#'; text += strcspn(text, "\n") + 1) {
		given->is_strict |= strncmp(text, "# strict\n", 9) == 0;
		for (uint32_t i = 0; i < 2; i++) {
			size_t at = given->counts[i];
			size_t skip = strlen(words[i]);

			if (strncmp(text, words[i], skip) != 0)
				continue;
			ck_assert_uint_lt(at, 8);
			snprintf(given->texts[i][at], 120, "%.*s",
				 (int)(strcspn(text, "\n") - skip), text + skip);
			given->pointers[i][at] = given->texts[i][at];
			given->counts[i]++;
		}
	}
}

/* Other files lie in the folder of the golden files. */
static int read_part(void *ctx, struct rh_buf *content, const char *name, struct rh_err *err)
{
	char path[300];

	(void)ctx;
	snprintf(path, sizeof(path), FOLDER "/%.200s", name);
	if (access(path, R_OK) != 0)
		return rh_err_set(err, RH_E_NOT_FOUND, "No such file or directory");
	read_file(path, content);
	return 0;
}

/* Loads a golden file and prints what was said; the last line is what the program would do. */
static void say(const char *name, struct rh_buf *out)
{
	struct rh_registry registry;
	struct rh_diagnostics diagnostics;
	struct rh_load_options options = {.registry = &registry};
	struct rh_buf text = {0};
	struct rh_plan *plan = NULL;
	struct given given;
	char path[200];

	test_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	snprintf(path, sizeof(path), FOLDER "/%s.yaml", name);
	read_file(path, &text);
	read_given(&given, rh_buf_str(&text));
	options.sets = given.pointers[0];
	options.set_count = given.counts[0];
	options.params = given.pointers[1];
	options.param_count = given.counts[1];
	options.is_strict = given.is_strict;
	options.read = read_part;
	snprintf(path, sizeof(path), "%s.yaml", name);
	if (strncmp(name, "e076", 4) == 0 && strstr(rh_buf_str(&text), "kind: Suite") != NULL) {
		struct rh_suite *suite = rh_load_suite_text(path, (const char *)text.data, text.len,
							    &options, &diagnostics);

		ck_assert_int_eq(suite != NULL, diagnostics.error_count == 0);
		rh_suite_free(suite);
	} else {
		plan = rh_load_text(path, (const char *)text.data, text.len, &options,
				    &diagnostics);
		ck_assert_int_eq(plan != NULL, diagnostics.error_count == 0);
	}
	ck_assert_uint_gt(diagnostics.count, 0);
	rh_diagnostics_print(&diagnostics, out);
	rh_buf_printf(out, "errors %u, warnings %u\n", diagnostics.error_count,
		      diagnostics.warning_count);
	rh_plan_free(plan);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&text);
}

START_TEST(golden)
{
	bool is_writing = getenv("REHEARSE_GOLDEN") != NULL;
	struct listing *listing = calloc(1, sizeof(*listing));
	uint32_t wrong = 0;

	list_files(listing);
	ck_assert_uint_gt(listing->count, 80);
	for (uint32_t i = 0; i < listing->count; i++) {
		struct rh_buf said = {0};
		struct rh_buf expected = {0};
		char path[200];

		say(listing->names[i], &said);
		snprintf(path, sizeof(path), FOLDER "/%s.txt", listing->names[i]);
		if (is_writing) {
			FILE *file = fopen(path, "wb");

			ck_assert_ptr_nonnull(file);
			fwrite(said.data, 1, said.len, file);
			fclose(file);
		}
		read_file(path, &expected);
		if (strcmp(rh_buf_str(&said), rh_buf_str(&expected)) != 0) {
			printf("%s\nexpected:\n%ssaid:\n%s\n", path, rh_buf_str(&expected),
			       rh_buf_str(&said));
			wrong++;
		}
		rh_buf_release(&said);
		rh_buf_release(&expected);
	}
	free(listing);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* A code that no golden file shows would be a code that nobody ever saw. */
START_TEST(every_code_is_shown)
{
	struct listing *listing = calloc(1, sizeof(*listing));
	struct rh_buf all = {0};
	const char *title;
	const char *doc;
	const char *code;

	list_files(listing);
	for (uint32_t i = 0; i < listing->count; i++)
		say(listing->names[i], &all);
	for (uint32_t i = 0; (code = rh_diagnostic_code_at(i, &title, &doc)) != NULL; i++) {
		char shown[16];

		ck_assert_uint_gt(strlen(title), 5);
		ck_assert_uint_gt(strlen(doc), 20);
		ck_assert_str_eq(rh_diagnostic_doc(code), doc);
		if (strcmp(code, "E001") == 0 || strcmp(code, "E002") == 0)
			continue; /* below */
		if (strncmp(code, "E13", 3) == 0 || strcmp(code, "W018") == 0)
			continue; /* of settings: tests/cmd/test_config.sh */
		snprintf(shown, sizeof(shown), "[%s]", code);
		ck_assert_msg(strstr(rh_buf_str(&all), shown) != NULL, "%s is never shown", code);
	}
	ck_assert_ptr_null(rh_diagnostic_doc("E999"));
	rh_buf_release(&all);
	free(listing);
}
END_TEST

/* What loading a path says, in `out`. */
static void say_file(const char *path, struct rh_buf *out)
{
	struct rh_registry registry;
	struct rh_diagnostics diagnostics;
	struct rh_load_options options = {.registry = &registry};

	test_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	ck_assert_ptr_null(rh_load_file(path, &options, &diagnostics));
	rh_diagnostics_print(&diagnostics, out);
	rh_diagnostics_release(&diagnostics);
}

START_TEST(missing_file_and_directory)
{
	struct rh_buf out = {0};

	say_file("/nowhere/x.yaml", &out);
	ck_assert_str_eq(rh_buf_str(&out), "/nowhere/x.yaml: error[E001]: cannot be read: No such "
					   "file or directory\n");
	rh_buf_reset(&out);
	say_file("/", &out);
	ck_assert_str_eq(rh_buf_str(&out),
			 "/: error[E001]: this is a directory, not a scenario file\n"
			 "      name a .yaml file in it\n");
	rh_buf_release(&out);
}
END_TEST

static uint64_t cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* 100 MB are refused by their size alone, from a file and from memory. */
START_TEST(hundred_megabytes)
{
	struct rh_registry registry;
	struct rh_load_options options = {.registry = &registry};
	struct rh_diagnostics diagnostics;
	char path[] = "/tmp/rehearse-large-XXXXXX";
	uint64_t start_ms = cpu_ms();
	struct rh_buf out = {0};
	int file = mkstemp(path);
	char *text;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(ftruncate(file, 100000000), 0);
	close(file);
	say_file(path, &out);
	unlink(path);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "error[E002]: the file has 100000000 bytes; "
						       "a scenario may have 16 MB"));
	rh_buf_release(&out);
	test_registry_fill(&registry);
	text = calloc(1, 17000000);
	rh_diagnostics_init(&diagnostics);
	ck_assert_ptr_null(rh_load_text("x", text, 17000000, &options, &diagnostics));
	ck_assert_str_eq(diagnostics.items[0].code, "E002");
	rh_diagnostics_release(&diagnostics);
	free(text);
	ck_assert_uint_lt(cpu_ms() - start_ms, 500);
}
END_TEST

START_TEST(json)
{
	struct rh_diagnostics diagnostics;
	struct rh_complaint complaint = {.code = "E012",
					 .place = {.line = 1, .column = 3, .end_column = 5},
					 .path = "a\"b",
					 .hint = "tab\there"};
	struct rh_buf out = {0};

	rh_diagnostics_init(&diagnostics);
	rh_diagnostics_source(&diagnostics, "f.yaml", "\xC3\xA9 ab", 5);
	rh_complain(&diagnostics, &complaint, "text");
	rh_complain(&diagnostics, &complaint, "text");
	rh_diagnostics_json(&diagnostics, &out);
	ck_assert_str_eq(
		rh_buf_str(&out),
		"[{\"severity\":\"error\",\"code\":\"E012\",\"file\":\"f.yaml\",\"line\":1,"
		"\"column\":3,\"endColumn\":5,\"offset\":3,\"path\":\"a\\\"b\","
		"\"message\":\"text\",\"hint\":\"tab\\there\"}]");
	rh_buf_release(&out);
	rh_diagnostics_release(&diagnostics);
}
END_TEST

START_TEST(suggestions)
{
	static const char *const words[] = {"latency", "loss", "jitter", "blockInterval"};

	ck_assert_str_eq(rh_suggest("latancy", words, 4), "latency");
	ck_assert_str_eq(rh_suggest("ltaency", words, 4), "latency");
	ck_assert_str_eq(rh_suggest("block_interval", words, 4), "blockInterval");
	ck_assert_str_eq(rh_suggest("los", words, 4), "loss");
	ck_assert_ptr_null(rh_suggest("colour", words, 4));
	ck_assert_ptr_null(rh_suggest("", words, 4));
	ck_assert_ptr_null(rh_suggest("x", words, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnostics");
	TCase *tests = tcase_create("diagnostics");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, golden);
	tcase_add_test(tests, every_code_is_shown);
	tcase_add_test(tests, missing_file_and_directory);
	tcase_add_test(tests, hundred_megabytes);
	tcase_add_test(tests, json);
	tcase_add_test(tests, suggestions);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
