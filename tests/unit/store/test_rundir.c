/*
 * test_rundir.c - run directories are made, refused, taken by force, closed and found again; files
 * in them are whole or not there; events.jsonl is the same for the same records.
 */
#include <errno.h>
#include <sys/wait.h>

#include "core/store/outfile.h"
#include "tests/unit/store/made_plan.h"

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(numbered)
{
	struct rh_rundir a;
	struct rh_rundir b;
	struct rh_err err = {0};
	char path[4200];
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(rh_rundir_open(&a, NULL, "quick", false, &err), 0);
	ck_assert_str_eq(a.path, "runs/quick-1");
	ck_assert_str_eq(rh_rundir_file(path, &a, "trace.rht"), "runs/quick-1/trace.rht");
	ck_assert(is_there("runs/quick-1/RUNNING"));
	ck_assert_int_eq(rh_rundir_open(&b, NULL, "quick", false, &err), 0);
	ck_assert_str_eq(b.path, "runs/quick-2");
	ck_assert_int_eq(rh_rundir_write(&a, "run.json", "{}\n", 3, &err), 0);
	ck_assert_int_eq(rh_rundir_close(&a, &err), 0);
	ck_assert(!is_there("runs/quick-1/RUNNING"));
	/* The first free number, also where one was removed. */
	ck_assert_int_eq(rh_rundir_close(&b, &err), 0);
	ck_assert_int_eq(system("rm -r runs/quick-1"), 0);
	ck_assert_int_eq(rh_rundir_open(&a, NULL, "quick", false, &err), 0);
	ck_assert_str_eq(a.path, "runs/quick-1");
	/* A name cannot lead elsewhere. */
	ck_assert_int_eq(rh_rundir_open(&a, NULL, "../a b/c", false, &err), 0);
	ck_assert_str_eq(a.path, "runs/-.-a-b-c-1");
	ck_assert_int_eq(rh_rundir_open(&a, NULL, "", false, &err), 0);
	ck_assert_str_eq(a.path, "runs/run-1");
	leave_folder(folder);
}
END_TEST

/* Many processes at once: each has a directory of its own. */
START_TEST(race)
{
	struct rh_rundir rundir;
	struct rh_err err = {0};
	char folder[64];
	char path[64];

	enter_folder(folder);
	for (int i = 0; i < 8; i++) {
		if (fork() == 0) {
			for (int n = 0; n < 10; n++) {
				if (rh_rundir_open(&rundir, NULL, "x", false, &err) != 0 ||
				    rh_rundir_close(&rundir, &err) != 0)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 8; i++) {
		int status;

		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	for (int i = 1; i <= 80; i++) {
		snprintf(path, sizeof(path), "runs/x-%d", i);
		ck_assert_msg(is_there(path), "%s", path);
	}
	ck_assert(!is_there("runs/x-81"));
	leave_folder(folder);
}
END_TEST

START_TEST(given)
{
	struct rh_rundir rundir;
	struct rh_err err = {0};
	char folder[64];

	enter_folder(folder);
	/* made with what is missing above it */
	ck_assert_int_eq(rh_rundir_open(&rundir, "a/b/c/", "x", false, &err), 0);
	ck_assert_str_eq(rundir.path, "a/b/c");
	/* going on */
	ck_assert_int_eq(rh_rundir_open(&rundir, "a/b/c", "x", false, &err), RH_E_EXISTS);
	ck_assert_str_eq(err.text, "a/b/c: a run is going on here, or was cut short "
				   "(--force replaces it)");
	/* whole */
	ck_assert_int_eq(rh_rundir_write(&rundir, "run.json", "{}\n", 3, &err), 0);
	ck_assert_int_eq(rh_rundir_write(&rundir, "verdict.json", "{}\n", 3, &err), 0);
	ck_assert_int_eq(rh_rundir_close(&rundir, &err), 0);
	ck_assert_int_eq(rh_rundir_open(&rundir, "a/b/c", "x", false, &err), RH_E_EXISTS);
	ck_assert_str_eq(err.text, "a/b/c: already holds a run (--force replaces it)");
	/* by force: the old run goes, what is not of a run stays */
	put_file("a/b/c/notes.txt", "mine");
	ck_assert_int_eq(rh_rundir_open(&rundir, "a/b/c", "x", true, &err), 0);
	ck_assert(!is_there("a/b/c/run.json"));
	ck_assert(!is_there("a/b/c/verdict.json"));
	ck_assert(is_there("a/b/c/notes.txt"));
	ck_assert(is_there("a/b/c/RUNNING"));
	/* an empty directory, a file, no name */
	ck_assert_int_eq(mkdir("empty", 0777), 0);
	ck_assert_int_eq(rh_rundir_open(&rundir, "empty", "x", false, &err), 0);
	put_file("file", "");
	ck_assert_int_eq(rh_rundir_open(&rundir, "file", "x", false, &err), RH_E_INPUT);
	ck_assert_str_eq(err.text, "file: is no directory");
	ck_assert_int_eq(rh_rundir_open(&rundir, "file/under", "x", false, &err), RH_E_IO);
	ck_assert_int_eq(rh_rundir_open(&rundir, "", "x", false, &err), RH_E_INPUT);
	leave_folder(folder);
}
END_TEST

/* A directory that cannot be written: root may write anywhere, so it asks the kernel's own. */
START_TEST(read_only)
{
	struct rh_rundir rundir;
	struct rh_err err = {0};
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(rh_rundir_open(&rundir, "/proc/nothing", "x", false, &err), RH_E_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "/proc/nothing"));
	ck_assert_int_eq(rh_rundir_open(&rundir, "/proc", "x", false, &err), RH_E_IO);
	if (geteuid() != 0) {
		ck_assert_int_eq(mkdir("closed", 0555), 0);
		ck_assert_int_eq(rh_rundir_open(&rundir, "closed", "x", false, &err), RH_E_IO);
		ck_assert_int_eq(err.sys_errno, EACCES);
	}
	leave_folder(folder);
}
END_TEST

START_TEST(files)
{
	struct rh_rundir rundir;
	struct rh_buf bytes = {0};
	struct rh_err err = {0};
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(rh_rundir_open(&rundir, "a", "x", false, &err), 0);
	put_file("from.yaml", "one: 1\n");
	ck_assert_int_eq(rh_rundir_copy(&rundir, "scenario.yaml", "from.yaml", &err), 0);
	ck_assert_int_eq(rh_file_read(&bytes, "a/scenario.yaml", 7, &err), 0);
	ck_assert_str_eq(rh_buf_str(&bytes), "one: 1\n");
	rh_buf_reset(&bytes);
	ck_assert_int_eq(rh_file_read(&bytes, "a/scenario.yaml", 6, &err), RH_E_LIMIT);
	ck_assert_str_eq(err.text, "a/scenario.yaml: is longer than 6 bytes");
	rh_buf_reset(&bytes);
	ck_assert_int_eq(rh_file_read(&bytes, "/dev/zero", 1000000, &err), RH_E_LIMIT);
	ck_assert_int_eq(rh_file_read(&bytes, "none", 10, &err), RH_E_NOT_FOUND);
	ck_assert_str_eq(err.text, "none: there is no such file");
	ck_assert_int_eq(rh_file_read(&bytes, "from.yaml/none", 10, &err), RH_E_NOT_FOUND);
	ck_assert_int_eq(rh_file_read(&bytes, "a", 10, &err), RH_E_INPUT);
	ck_assert_str_eq(err.text, "a: is a directory");
	ck_assert_int_eq(rh_rundir_copy(&rundir, "x", "none", &err), RH_E_NOT_FOUND);
	ck_assert(!is_there("a/x"));
	/* /dev/full refuses every write: as a part it shows what a full disk leaves. */
	ck_assert_int_eq(symlink("/dev/full", "a/full.part"), 0);
	ck_assert_int_eq(rh_rundir_write(&rundir, "full", "text", 4, &err), RH_E_IO);
	ck_assert_int_eq(err.sys_errno, ENOSPC);
	ck_assert(!is_there("a/full"));
	ck_assert(!is_there("a/full.part"));
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

static void put_run(const char *dir, const char *plan_hash, const char *trace_hash,
		    const char *status)
{
	struct rh_rundir rundir;
	struct rh_err err = {0};
	char json[400];
	int len =
		snprintf(json, sizeof(json),
			 "{\"schemaVersion\":1,\"scenario\":\"\\\"planHash\\\":\\\"no\",\"status\":"
			 "\"%s\",\"traceHash\":\"%s\",\"planHash\":\"%s\"}\n",
			 status, trace_hash, plan_hash);

	ck_assert_int_eq(rh_rundir_open(&rundir, dir, "x", false, &err), 0);
	ck_assert_int_eq(rh_rundir_write(&rundir, "run.json", json, (size_t)len, &err), 0);
	ck_assert_int_eq(rh_rundir_close(&rundir, &err), 0);
	usleep(20000); /* the next one is later by the clock of the file system */
}

START_TEST(last_run)
{
	struct rh_rundir rundir;
	struct rh_err err = {0};
	char hash[33];
	char found[4096];
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(rh_rundir_open(&rundir, "runs/now", "x", false, &err), 0);
	ck_assert(!rh_rundir_find_last(hash, found, &rundir, "aa"));
	put_run("runs/a", "aa", "11111111111111111111111111111111", "completed");
	put_run("runs/b", "bb", "22222222222222222222222222222222", "completed");
	ck_assert(rh_rundir_find_last(hash, found, &rundir, "aa"));
	ck_assert_str_eq(found, "runs/a");
	ck_assert_str_eq(hash, "11111111111111111111111111111111");
	put_run("runs/c", "aa", "33333333333333333333333333333333", "completed");
	ck_assert(rh_rundir_find_last(hash, found, &rundir, "aa"));
	ck_assert_str_eq(found, "runs/c");
	/* neither cancelled runs nor those that were cut short count */
	put_run("runs/d", "aa", "44444444444444444444444444444444", "cancelled");
	put_run("runs/e", "aa", "55555555555555555555555555555555", "completed");
	put_file("runs/e/RUNNING", "");
	put_run("runs/f", "aa", "", "completed");
	put_file("runs/g", "a file");
	ck_assert(rh_rundir_find_last(hash, found, &rundir, "aa"));
	ck_assert_str_eq(found, "runs/c");
	ck_assert(!rh_rundir_find_last(hash, found, &rundir, "cc"));
	/* in the working directory itself */
	ck_assert_int_eq(chdir("runs"), 0);
	ck_assert_int_eq(rh_rundir_open(&rundir, "here", "x", false, &err), 0);
	ck_assert(rh_rundir_find_last(hash, found, &rundir, "bb"));
	ck_assert_str_eq(found, "b");
	leave_folder(folder);
}
END_TEST

static void write_events(const char *path, int expected)
{
	struct rh_events_writer *writer;
	struct made_plan made;
	struct rh_err err = {0};
	uint64_t state = 1;
	uint64_t time_ns = 0;
	char text[300];

	ck_assert_int_eq(rh_events_create(&writer, path, made_plan(&made), &err), 0);
	for (int i = 0; i < 5000; i++) {
		struct rh_record record = made_record(&state, &time_ns, text);

		rh_events_sink(writer)->take(rh_events_sink(writer)->ctx, &record, 1);
	}
	ck_assert_int_eq(rh_events_close(writer, &err), expected);
}

START_TEST(events)
{
	struct rh_buf a = {0};
	struct rh_buf b = {0};
	struct rh_err err = {0};
	size_t lines = 0;
	char folder[64];

	enter_folder(folder);
	write_events("a", 0);
	write_events("b", 0);
	ck_assert(!is_there("a.part"));
	ck_assert_int_eq(rh_file_read(&a, "a", SIZE_MAX / 2, &err), 0);
	ck_assert_int_eq(rh_file_read(&b, "b", SIZE_MAX / 2, &err), 0);
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.data, b.data, a.len);
	for (size_t i = 0; i < a.len; i++)
		lines += a.data[i] == '\n';
	ck_assert_uint_eq(lines, 5000);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&a), ",\"seq\":4999,"));
	ck_assert_int_eq(symlink("/dev/full", "full.part"), 0);
	write_events("full", RH_E_IO);
	ck_assert(!is_there("full"));
	rh_buf_release(&a);
	rh_buf_release(&b);
	leave_folder(folder);
}
END_TEST

/* What could not be finished does not look whole. */
START_TEST(abandoned_events)
{
	struct rh_events_writer *writer;
	struct made_plan made;
	struct rh_err err = {0};
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(rh_events_create(&writer, "a", made_plan(&made), &err), 0);
	ck_assert(is_there("a.part"));
	rh_events_abandon(writer);
	ck_assert(!is_there("a.part"));
	ck_assert(!is_there("a"));
	leave_folder(folder);
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_test(tests, numbered);
	tcase_add_test(tests, race);
	tcase_add_test(tests, given);
	tcase_add_test(tests, read_only);
	tcase_add_test(tests, files);
	tcase_add_test(tests, last_run);
	tcase_add_test(tests, events);
	tcase_add_test(tests, abandoned_events);
}

int main(void)
{
	return run_suite("rundir", add);
}
