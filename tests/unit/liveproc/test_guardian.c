/*
 * test_guardian.c - shows that the guardian starts, reaps and wipes, that a process begins with no
 * file of the parent's, and that nothing is left behind when the caller, a process or the guardian
 * itself goes away.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live/process/guardian.h"
#include "tests/lib/frame.h"

#define COUNT 4

/* How many files of this kind the process has open. */
static uint32_t count_open(const char *target)
{
	DIR *own = opendir("/proc/self/fd");
	struct dirent *entry;
	uint32_t count = 0;

	while (own != NULL && (entry = readdir(own)) != NULL) {
		char path[300], at[300];
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		len = readlink(path, at, sizeof(at) - 1);
		at[len > 0 ? len : 0] = 0;
		count += strcmp(at, target) == 0;
	}
	if (own != NULL)
		closedir(own);
	return count;
}

/* Tells which of the parent's files it has, leaves one of its own, and lives as long as its control
 * socket. */
static int be_a_process(void *ctx, const struct live_birth *birth)
{
	uint32_t said[3] = {count_open("/dev/zero"), birth->life, birth->argument};
	char byte;
	int fd;

	(void)ctx;
	fd = open(birth->index == 1 ? "kept-1" : "kept", O_CREAT | O_WRONLY | O_APPEND, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1)
		return 9;
	close(fd);
	if (send(birth->control_fd, said, sizeof(said), 0) != (ssize_t)sizeof(said))
		return 8;
	fprintf(stderr, "first\nlast words of %u\n", birth->index);
	while (recv(birth->control_fd, &byte, 1, 0) == 1) {
		if (byte == 'q')
			return 7;
	}
	return 0;
}

static char *socket_name(char *name, size_t size, uint32_t index)
{
	snprintf(name, size, "s%u", index);
	return name;
}

static char *kept_name(char *name, size_t size, uint32_t index)
{
	snprintf(name, size, "kept-%u", index);
	return name;
}

static const char *title(void *ctx, uint32_t index)
{
	(void)ctx;
	return index == 0 ? "ward-0" : "ward";
}

static const struct live_trade trade = {.count = COUNT,
					.run = be_a_process,
					.socket_name = socket_name,
					.durable_name = kept_name,
					.title = title};

static void open_guardian(struct live_guardian *guardian)
{
	struct rh_err err;

	ck_assert_msg(live_guardian_open(guardian, &trade, &err) == 0, "%s", err.text);
}

/* The next notice, which must come within ten seconds. */
static struct live_notice await(struct live_guardian *guardian)
{
	struct pollfd entry = {.fd = guardian->fd, .events = POLLIN};
	struct live_notice notice;
	struct rh_err err;

	ck_assert_int_eq(poll(&entry, 1, 10000), 1);
	ck_assert_int_eq(live_guardian_next(guardian, &notice, &err), 1);
	return notice;
}

static struct live_notice spawn(struct live_guardian *guardian, uint32_t index, uint32_t argument)
{
	struct live_notice notice;
	struct rh_err err;

	ck_assert_int_eq(live_guardian_spawn(guardian, index, argument, &err), 0);
	notice = await(guardian);
	ck_assert_int_eq(notice.kind, LIVE_NOTICE_SPAWNED);
	ck_assert_uint_eq(notice.index, index);
	ck_assert_int_ge(notice.control_fd, 0);
	return notice;
}

static void hear(const struct live_notice *notice, uint32_t said[3])
{
	struct pollfd entry = {.fd = notice->control_fd, .events = POLLIN};

	ck_assert_int_eq(poll(&entry, 1, 10000), 1);
	ck_assert_int_eq(recv(notice->control_fd, said, 12, 0), 12);
}

/* Waits until the process does not run any more, though nobody may have reaped it. */
static bool has_gone(pid_t pid)
{
	const struct timespec nap = {0, 5000000};

	for (int tries = 0; tries < 2000; tries++) {
		char path[64];
		char state = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
		file = fopen(path, "r");
		if (file == NULL)
			return true;
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 'Z';
		fclose(file);
		if (state == 'Z' || state == 'X')
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static bool exists(const struct live_guardian *guardian, const char *name)
{
	char path[4300];
	struct stat info;

	snprintf(path, sizeof(path), "%s/%s", guardian->folder.path, name);
	return stat(path, &info) == 0;
}

START_TEST(test_a_life)
{
	struct live_guardian guardian;
	struct live_notice notice;
	struct stat info;
	struct rh_err err;
	uint32_t said[3];
	char text[100];
	pid_t pid;
	int extra[20];

	/* Files of the parent, with and without the flag that closes them. */
	for (size_t i = 1; i < RH_ARRAY_LEN(extra); i++)
		extra[i] = open("/dev/zero", O_RDONLY | (i % 2 ? O_CLOEXEC : 0));
	ck_assert_uint_eq(count_open("/dev/zero"), RH_ARRAY_LEN(extra) - 1);
	open_guardian(&guardian);
	ck_assert_int_eq(stat(guardian.folder.path, &info), 0);
	ck_assert_uint_eq(info.st_mode & 0777, 0700);
	notice = spawn(&guardian, 1, 55);
	pid = notice.pid;
	hear(&notice, said);
	ck_assert_uint_eq(said[0], 0);
	ck_assert_uint_eq(said[1], 0);
	ck_assert_uint_eq(said[2], 55);
	/* Asked to end, it ends with its own status, and its last line can be read. */
	ck_assert_int_eq(send(notice.control_fd, "q", 1, 0), 1);
	close(notice.control_fd);
	notice = await(&guardian);
	ck_assert_int_eq(notice.kind, LIVE_NOTICE_GONE);
	ck_assert(notice.pid == pid && WIFEXITED(notice.status) && WEXITSTATUS(notice.status) == 7);
	live_folder_last_line(&guardian.folder, live_guardian_stderr_name(text, sizeof(text), 1),
			      text, sizeof(text));
	ck_assert_str_eq(text, "last words of 1");
	/* Its next life, and a kill that wipes. */
	notice = spawn(&guardian, 1, 0);
	hear(&notice, said);
	ck_assert_uint_eq(said[1], 1);
	ck_assert(exists(&guardian, "kept-1"));
	ck_assert_int_eq(live_guardian_kill(&guardian, 1, true, &err), 0);
	extra[0] = notice.control_fd; /* its end would end the process as well */
	notice = await(&guardian);
	ck_assert(WIFSIGNALED(notice.status) && WTERMSIG(notice.status) == SIGKILL);
	ck_assert(!exists(&guardian, "kept-1"));
	live_guardian_close(&guardian);
	for (size_t i = 0; i < RH_ARRAY_LEN(extra); i++)
		close(extra[i]);
}
END_TEST

START_TEST(test_close_leaves_nothing)
{
	struct live_guardian guardian;
	pid_t pids[COUNT], pid;
	char path[4096];

	open_guardian(&guardian);
	for (uint32_t i = 0; i < COUNT; i++)
		pids[i] = spawn(&guardian, i, 0).pid;
	pid = guardian.pid;
	memcpy(path, guardian.folder.path, sizeof(path));
	live_guardian_close(&guardian);
	for (uint32_t i = 0; i < COUNT; i++)
		ck_assert(kill(pids[i], 0) != 0 && errno == ESRCH);
	ck_assert(kill(pid, 0) != 0 && errno == ESRCH);
	ck_assert(access(path, F_OK) != 0);
}
END_TEST

/* In a parent of its own, which is then killed in the middle of its run. */
START_TEST(test_the_parent_is_killed)
{
	struct shared {
		pid_t pids[COUNT + 1];
		char path[4096];
	} shared;
	int ends[2];
	pid_t parent;

	ck_assert_int_eq(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		struct live_guardian guardian;

		open_guardian(&guardian);
		for (uint32_t i = 0; i < COUNT; i++)
			shared.pids[i] = spawn(&guardian, i, 0).pid;
		shared.pids[COUNT] = guardian.pid;
		memcpy(shared.path, guardian.folder.path, sizeof(shared.path));
		if (write(ends[1], &shared, sizeof(shared)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	for (size_t done = 0; done < sizeof(shared);) {
		ssize_t got = read(ends[0], (char *)&shared + done, sizeof(shared) - done);

		ck_assert_int_gt(got, 0);
		done += (size_t)got;
	}
	ck_assert_int_eq(kill(parent, SIGKILL), 0);
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	for (uint32_t i = 0; i <= COUNT; i++)
		ck_assert(has_gone(shared.pids[i]));
	ck_assert(access(shared.path, F_OK) != 0);
	close(ends[0]);
}
END_TEST

START_TEST(test_the_guardian_is_killed)
{
	struct live_guardian guardian;
	struct live_notice notice;
	struct pollfd entry;
	struct rh_err err;
	pid_t pids[COUNT];
	char path[4096];

	open_guardian(&guardian);
	for (uint32_t i = 0; i < COUNT; i++)
		pids[i] = spawn(&guardian, i, 0).pid;
	memcpy(path, guardian.folder.path, sizeof(path));
	ck_assert_int_eq(kill(guardian.pid, SIGKILL), 0);
	entry = (struct pollfd){.fd = guardian.fd, .events = POLLIN};
	ck_assert_int_eq(poll(&entry, 1, 10000), 1);
	ck_assert_int_eq(live_guardian_next(&guardian, &notice, &err), RH_E_WORLD);
	for (uint32_t i = 0; i < COUNT; i++)
		ck_assert(has_gone(pids[i]));
	live_guardian_close(&guardian);
	ck_assert(access(path, F_OK) != 0);
}
END_TEST

/* A folder that nobody holds is removed by the next run; one that is held stays. */
START_TEST(test_sweep)
{
	struct live_folder held, left;
	struct rh_err err;
	char file[4200];
	int fd;

	ck_assert_int_eq(live_folder_make(&held, &err), 0);
	ck_assert_int_eq(live_folder_make(&left, &err), 0);
	snprintf(file, sizeof(file), "%s/node-0.journal", left.path);
	fd = open(file, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_uint_eq(live_folder_sweep(), 0);
	close(left.fd); /* as if all its processes were killed */
	ck_assert_uint_eq(live_folder_sweep(), 1);
	ck_assert(access(left.path, F_OK) != 0);
	ck_assert(access(held.path, F_OK) == 0);
	live_folder_remove(&held);
	ck_assert(access(held.path, F_OK) != 0);
}
END_TEST

/* Each test sees only its own folders. */
static char own[4096];

static void setup(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(own, sizeof(own), "%s/guardian-XXXXXX", base != NULL ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(own));
	setenv("TMPDIR", own, 1);
}

static void teardown(void)
{
	ck_assert_int_eq(rmdir(own), 0);
}

int main(void)
{
	struct frame frame = frame_open("guardian");

	if (frame.can_abort)
		tcase_add_checked_fixture(frame.tests, setup, teardown);
	tcase_add_test(frame.tests, test_a_life);
	tcase_add_test(frame.tests, test_close_leaves_nothing);
	tcase_add_test(frame.tests, test_the_parent_is_killed);
	tcase_add_test(frame.tests, test_the_guardian_is_killed);
	tcase_add_test(frame.tests, test_sweep);
	return frame_run(frame);
}
