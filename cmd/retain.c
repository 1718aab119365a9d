/*
 * retain.c - removes earlier runs of a scenario.
 *
 * Only what is surely a run goes: a directory whose name is that of the new one but for the number, with a run.json and
 * without RUNNING.  Links are removed, never followed.
 */
#define _GNU_SOURCE /* nftw */
#include "cmd/retain.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/arena.h"

#define RUNS_MAX	4096
#define DESCRIPTORS_MAX 16

/* The number behind the last dash of "NAME-12", or 0. */
static uint64_t number_of(const char *name, size_t *stem)
{
	const char *dash = strrchr(name, '-');
	uint64_t number = 0;

	if (dash == NULL || dash[1] == 0 || strlen(dash) > 10 ||
	    strspn(dash + 1, "0123456789") != strlen(dash + 1))
		return 0;
	for (const char *at = dash + 1; *at != 0; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	*stem = (size_t)(dash - name);
	return number;
}

struct runs {
	char parent[4096];
	char stem[256];
	/* The newest first, by the time of run.json: a number that became free is given again. */
	uint64_t numbers[RUNS_MAX];
	struct timespec times[RUNS_MAX];
	size_t count;
};

static void path_of(char path[4400], const struct runs *runs, uint64_t number, const char *file)
{
	snprintf(path, 4400, "%.3900s/%s-%" PRIu64 "%s%s", runs->parent, runs->stem, number,
		 file[0] == 0 ? "" : "/", file);
}

static bool is_whole(struct timespec *when, const struct runs *runs, uint64_t number)
{
	struct stat info;
	char path[4400];

	path_of(path, runs, number, "");
	if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return false;
	path_of(path, runs, number, "RUNNING");
	if (access(path, F_OK) == 0)
		return false;
	path_of(path, runs, number, "run.json");
	if (stat(path, &info) != 0)
		return false;
	*when = info.st_mtim;
	return true;
}

static bool is_newer(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static void add(struct runs *runs, uint64_t number, struct timespec when)
{
	size_t at = runs->count;

	if (runs->count == RUNS_MAX)
		return;
	for (; at > 0 && is_newer(when, runs->times[at - 1]); at--) {
		runs->numbers[at] = runs->numbers[at - 1];
		runs->times[at] = runs->times[at - 1];
	}
	runs->numbers[at] = number;
	runs->times[at] = when;
	runs->count++;
}

/* The other runs of the same name; false when the directory's name has no number. */
static bool find_runs(struct runs *runs, const char *run_dir)
{
	const char *slash = strrchr(run_dir, '/');
	const char *name = slash == NULL ? run_dir : slash + 1;
	size_t stem = 0;
	uint64_t own = number_of(name, &stem);
	const struct dirent *entry;
	DIR *dir;

	runs->count = 0;
	snprintf(runs->parent, sizeof(runs->parent), "%.*s",
		 slash == NULL ? 1 : (int)(slash - run_dir), slash == NULL ? "." : run_dir);
	snprintf(runs->stem, sizeof(runs->stem), "%.*s", (int)stem, name);
	dir = own == 0 ? NULL : opendir(runs->parent);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = 0;
		uint64_t number = number_of(entry->d_name, &len);
		struct timespec when;

		if (number != 0 && number != own && len == stem &&
		    strncmp(entry->d_name, name, stem) == 0 && is_whole(&when, runs, number))
			add(runs, number, when);
	}
	if (dir != NULL)
		closedir(dir);
	return dir != NULL;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)where;
	return type == FTW_DP || type == FTW_DNR ? rmdir(path) : unlink(path);
}

/* False after a message.  `value` stays as it is when the option is not there. */
static bool read_option(const struct cmd_args *args, const char *name, uint64_t max,
			uint64_t *value)
{
	const char *text = cmd_option_value(args, name);

	if (text == NULL)
		return true;
	if (!cmd_number(name, text, max, value))
		return false;
	if (*value == 0)
		cmd_usage("--%s wants at least 1", name);
	return *value > 0;
}

bool cmd_retain_options(const struct cmd_args *args)
{
	uint64_t ignored = 1;

	return read_option(args, "keep-runs", 1000000, &ignored) &&
	       read_option(args, "retention-days", 36500, &ignored);
}

int cmd_retain(const struct cmd_args *args, const char *run_dir)
{
	const char *keep_text = cmd_option_value(args, "keep-runs");
	const char *days_text = cmd_option_value(args, "retention-days");
	struct runs *runs;
	uint64_t keep = UINT64_MAX;
	uint64_t days = 0;
	time_t now_s = time(NULL);
	int code = 0;

	if (!read_option(args, "keep-runs", 1000000, &keep) ||
	    !read_option(args, "retention-days", 36500, &days))
		return 2;
	if (keep_text == NULL && days_text == NULL)
		return 0;
	runs = rh_alloc(1, sizeof(*runs));
	if (!find_runs(runs, run_dir))
		runs->count = 0;
	for (size_t i = 0; i < runs->count && code == 0; i++) {
		char path[4400];

		/* The new run is the first of those that stay. */
		if (i + 1 < keep &&
		    (days_text == NULL || now_s - runs->times[i].tv_sec <= (time_t)(days * 86400)))
			continue;
		path_of(path, runs, runs->numbers[i], "");
		if (nftw(path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS) != 0) {
			fprintf(stderr, "rehearse: error: cannot remove the old run %s: %s\n", path,
				strerror(errno));
			code = 3;
		}
	}
	free(runs);
	return code;
}
