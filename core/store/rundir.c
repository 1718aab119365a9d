/*
 * rundir.c - makes, fills, closes and finds run directories.
 *
 * mkdir and O_EXCL decide who owns a directory, so two runs started at one moment never share one.
 */
#include "core/store/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/outfile.h"

#define NUMBER_MAX     1000000
#define SIBLINGS_MAX   10000
#define RUN_JSON_MAX   ((size_t)16 * 1024 * 1024)
#define COPY_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* What a run leaves; of a forced directory it is removed, run.json first. */
static const char *const run_files[] = {
	"run.json",  "RUNNING",	    "verdict.json", "host.json",     "events.jsonl",
	"trace.rht", "report.html", "plan.yaml",    "scenario.yaml",
};

char *rh_rundir_file(char path[4200], const struct rh_rundir *rundir, const char *name)
{
	RH_ASSERT(strlen(name) < 100);
	snprintf(path, 4200, "%s/%s", rundir->path, name);
	return path;
}

/* mkdir with all that is missing above it. */
static int make_folders(const char *path, struct rh_err *err)
{
	char part[4096];

	for (size_t i = 1; path[i] != 0; i++) {
		if (path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (mkdir(part, 0777) != 0 && errno != EEXIST && errno != EROFS)
			return rh_err_sys(err, RH_E_IO, errno, "cannot make the directory %.900s",
					  part);
	}
	return 0;
}

static bool holds(const struct rh_rundir *rundir, const char *name)
{
	char path[4200];

	return access(rh_rundir_file(path, rundir, name), F_OK) == 0;
}

static int remove_old_run(const struct rh_rundir *rundir, struct rh_err *err)
{
	char path[4200];

	for (size_t i = 0; i < RH_ARRAY_LEN(run_files); i++) {
		rh_rundir_file(path, rundir, run_files[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return rh_err_sys(err, RH_E_IO, errno, "cannot remove %.900s", path);
	}
	return 0;
}

static int put_marker(const struct rh_rundir *rundir, struct rh_err *err)
{
	static const char text[] = "A run is going on here, or was cut short.\n";
	char path[4200];
	int fd = open(rh_rundir_file(path, rundir, "RUNNING"),
		      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int sys_errno = 0;

	if (fd < 0 && errno == EEXIST)
		return rh_err_set(err, RH_E_EXISTS, "%.900s: another run is going on here",
				  rundir->path);
	if (fd < 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot write in %.900s", rundir->path);
	if (write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1)
		sys_errno = errno == 0 ? ENOSPC : errno;
	if (close(fd) != 0 && sys_errno == 0)
		sys_errno = errno;
	if (sys_errno == 0)
		return 0;
	unlink(path);
	return rh_err_sys(err, RH_E_IO, sys_errno, "cannot write in %.900s", rundir->path);
}

static int use_given(struct rh_rundir *rundir, const char *dir, bool is_forced, struct rh_err *err)
{
	size_t len = strlen(dir);
	struct stat info;
	bool is_new;
	int rc;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (len == 0 || len >= sizeof(rundir->path))
		return rh_err_set(err, RH_E_INPUT,
				  len == 0 ? "the output directory has no name"
					   : "the path of the output directory is too long");
	memcpy(rundir->path, dir, len);
	rundir->path[len] = 0;
	rc = make_folders(rundir->path, err);
	if (rc != 0)
		return rc;
	is_new = mkdir(rundir->path, 0777) == 0;
	if (!is_new && stat(rundir->path, &info) != 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot make the directory %.900s",
				  rundir->path);
	if (!is_new && !S_ISDIR(info.st_mode))
		return rh_err_set(err, RH_E_INPUT, "%.900s: is no directory", rundir->path);
	if (is_forced)
		rc = remove_old_run(rundir, err);
	else if (holds(rundir, "run.json"))
		rc = rh_err_set(err, RH_E_EXISTS,
				"%.800s: already holds a run (--force replaces it)", rundir->path);
	else if (holds(rundir, "RUNNING"))
		rc = rh_err_set(err, RH_E_EXISTS,
				"%.800s: a run is going on here, or was cut short "
				"(--force replaces it)",
				rundir->path);
	if (rc == 0)
		rc = put_marker(rundir, err);
	if (rc != 0 && is_new)
		rmdir(rundir->path);
	return rc;
}

/* A scenario's name as a file name: what could lead elsewhere becomes '-'. */
static void file_name(char name[101], const char *text)
{
	size_t len = 0;

	for (; len < 100 && text[len] != 0; len++) {
		char c = text[len];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9') || c == '_' || c == '-' ||
				(c == '.' && len > 0);

		name[len] = is_plain ? c : '-';
	}
	name[len] = 0;
	if (len == 0)
		memcpy(name, "run", 4);
}

static int use_next(struct rh_rundir *rundir, const char *parent, const char *scenario_name,
		    struct rh_err *err)
{
	char name[101];
	int rc;

	if (strlen(parent) > 3900)
		return rh_err_set(err, RH_E_INPUT, "the path of the output directory is too long");
	file_name(name, scenario_name);
	rc = make_folders(parent, err);
	if (rc != 0)
		return rc;
	if (mkdir(parent, 0777) != 0 && errno != EEXIST)
		return rh_err_sys(err, RH_E_IO, errno, "cannot make the directory %.900s", parent);
	for (unsigned n = 1; n <= NUMBER_MAX; n++) {
		snprintf(rundir->path, sizeof(rundir->path), "%.3900s/%s-%u", parent, name, n);
		if (mkdir(rundir->path, 0777) == 0) {
			rc = put_marker(rundir, err);
			if (rc != 0)
				rmdir(rundir->path);
			return rc;
		}
		if (errno != EEXIST)
			return rh_err_sys(err, RH_E_IO, errno, "cannot make the directory %.900s",
					  rundir->path);
	}
	return rh_err_set(err, RH_E_LIMIT, "%.500s/%s-1 to -%d are all taken: remove some", parent,
			  name, NUMBER_MAX);
}

int rh_rundir_open(struct rh_rundir *rundir, const char *dir, const char *scenario_name,
		   bool is_forced, struct rh_err *err)
{
	memset(rundir, 0, sizeof(*rundir));
	return dir != NULL ? use_given(rundir, dir, is_forced, err)
			   : use_next(rundir, "runs", scenario_name, err);
}

int rh_rundir_open_in(struct rh_rundir *rundir, const char *parent, const char *scenario_name,
		      struct rh_err *err)
{
	memset(rundir, 0, sizeof(*rundir));
	return use_next(rundir, parent, scenario_name, err);
}

int rh_rundir_write(const struct rh_rundir *rundir, const char *name, const void *bytes, size_t len,
		    struct rh_err *err)
{
	struct rh_outfile file;
	char path[4200];
	int rc = rh_outfile_open(&file, rh_rundir_file(path, rundir, name), err);

	if (rc != 0)
		return rc;
	rh_buf_put(&file.pending, bytes, len);
	return rh_outfile_close(&file, err);
}

int rh_rundir_copy(const struct rh_rundir *rundir, const char *name, const char *from_path,
		   struct rh_err *err)
{
	struct rh_buf bytes = {0};
	int rc = rh_file_read(&bytes, from_path, COPY_BYTES_MAX, err);

	if (rc == 0)
		rc = rh_rundir_write(rundir, name, bytes.data, bytes.len, err);
	rh_buf_release(&bytes);
	return rc;
}

int rh_rundir_close(const struct rh_rundir *rundir, struct rh_err *err)
{
	char path[4200];

	if (unlink(rh_rundir_file(path, rundir, "RUNNING")) != 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot remove %.900s", path);
	return 0;
}

/* ---- the last run of the same plan ----------------------------------------------------------- */

/* The text value of a key in one of our own documents.  `"key":` cannot stand within a string
 * there, since its quotes would be escaped. */
static bool text_value(char *value, size_t size, const char *json, const char *key)
{
	char pattern[40];
	const char *at;
	size_t len;

	snprintf(pattern, sizeof(pattern), "\"%s\":\"", key);
	at = strstr(json, pattern);
	if (at == NULL)
		return false;
	at += strlen(pattern);
	len = strcspn(at, "\"\\");
	if (len >= size || at[len] != '"')
		return false;
	memcpy(value, at, len);
	value[len] = 0;
	return true;
}

/* Reads the run in `sibling`; false when it is not a whole run of that plan. */
static bool read_sibling(const struct rh_rundir *sibling, const char *plan_hash_text,
			 char trace_hash[33], struct timespec *when)
{
	struct rh_buf json = {0};
	struct stat info;
	char path[4200];
	char plan_hash[33];
	char status[40];
	bool is_found;

	if (holds(sibling, "RUNNING") ||
	    stat(rh_rundir_file(path, sibling, "run.json"), &info) != 0)
		return false;
	is_found = rh_file_read(&json, path, RUN_JSON_MAX, NULL) == 0 &&
		   text_value(plan_hash, sizeof(plan_hash), rh_buf_str(&json), "planHash") &&
		   strcmp(plan_hash, plan_hash_text) == 0 &&
		   text_value(trace_hash, 33, rh_buf_str(&json), "traceHash") &&
		   trace_hash[0] != 0 &&
		   text_value(status, sizeof(status), rh_buf_str(&json), "status") &&
		   strcmp(status, "cancelled") != 0;
	rh_buf_release(&json);
	*when = info.st_mtim;
	return is_found;
}

static bool is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

bool rh_rundir_find_last(char trace_hash[33], char found_path[4096], const struct rh_rundir *rundir,
			 const char *plan_hash_text)
{
	const char *slash = strrchr(rundir->path, '/');
	const char *own_name = slash == NULL ? rundir->path : slash + 1;
	int parent_len = slash == NULL ? 0 : (int)(slash - rundir->path) + 1;
	char parent[4096];
	const struct dirent *entry;
	struct timespec latest = {0};
	bool is_found = false;
	unsigned seen = 0;
	DIR *folder;

	snprintf(parent, sizeof(parent), "%.*s", parent_len, rundir->path);
	folder = opendir(parent_len == 0 ? "." : parent);
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL && seen++ < SIBLINGS_MAX) {
		struct rh_rundir sibling;
		struct timespec when;
		char hash[33];

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, own_name) == 0 ||
		    (size_t)parent_len + strlen(entry->d_name) >= sizeof(sibling.path))
			continue;
		memcpy(sibling.path, parent, (size_t)parent_len);
		memcpy(sibling.path + parent_len, entry->d_name, strlen(entry->d_name) + 1);
		if (!read_sibling(&sibling, plan_hash_text, hash, &when) ||
		    (is_found && !is_later(when, latest)))
			continue;
		is_found = true;
		latest = when;
		memcpy(trace_hash, hash, sizeof(hash));
		memcpy(found_path, sibling.path, sizeof(sibling.path));
	}
	closedir(folder);
	return is_found;
}
