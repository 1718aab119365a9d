/*
 * folder.c - making, finding and removing private folders.
 */
#define _GNU_SOURCE /* mkdtemp, flock, O_DIRECTORY */
#include "live/process/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *base_folder(void)
{
	const char *base = getenv("TMPDIR");

	return base != NULL && base[0] == '/' ? base : "/tmp";
}

/* Opens and locks; -1 when it is not ours to have. */
static int open_locked(int base_fd, const char *name)
{
	struct stat info;
	int fd = openat(base_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	/* Removed by a sweep between making and locking: its last link is gone. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &info) != 0 ||
	    info.st_uid != geteuid() || info.st_nlink == 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int live_folder_make(struct live_folder *folder, struct rh_err *err)
{
	int tries = 0;

	folder->fd = -1;
	while (folder->fd < 0 && tries++ < 10) {
		int len = snprintf(folder->path, sizeof(folder->path), "%s/%sXXXXXX", base_folder(),
				   LIVE_FOLDER_PREFIX);

		if (len < 0 || (size_t)len >= sizeof(folder->path))
			return rh_err_set(err, RH_E_WORLD, "the path in TMPDIR is too long");
		if (mkdtemp(folder->path) == NULL)
			break;
		folder->fd = open_locked(AT_FDCWD, folder->path);
		if (folder->fd < 0)
			rmdir(folder->path);
	}
	if (folder->fd >= 0)
		return 0;
	return rh_err_sys(err, RH_E_WORLD, errno,
			  "no private folder can be made in %.800s: name another one in TMPDIR",
			  base_folder());
}

static void empty(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;

	if (folder == NULL) {
		if (own >= 0)
			close(own);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	}
	closedir(folder);
}

void live_folder_remove(struct live_folder *folder)
{
	if (folder->fd < 0)
		return;
	empty(folder->fd);
	rmdir(folder->path);
	close(folder->fd);
	folder->fd = -1;
}

uint32_t live_folder_sweep(void)
{
	const char *base = base_folder();
	DIR *all = opendir(base);
	struct dirent *entry;
	uint32_t count = 0;

	if (all == NULL)
		return 0;
	while ((entry = readdir(all)) != NULL) {
		int fd;

		if (strncmp(entry->d_name, LIVE_FOLDER_PREFIX, strlen(LIVE_FOLDER_PREFIX)) != 0)
			continue;
		fd = open_locked(dirfd(all), entry->d_name);
		if (fd < 0)
			continue;
		empty(fd);
		count += unlinkat(dirfd(all), entry->d_name, AT_REMOVEDIR) == 0;
		close(fd);
	}
	closedir(all);
	return count;
}

char *live_folder_last_line(const struct live_folder *folder, const char *name, char *text,
			    size_t size)
{
	int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)(size - 1) ? end - (off_t)(size - 1) : 0;
	ssize_t got = fd < 0 ? 0 : pread(fd, text, size - 1, from);
	char *line;

	RH_ASSERT(size > 1);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = 0;
	while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == '\r'))
		text[--got] = 0;
	line = strrchr(text, '\n');
	if (line != NULL)
		memmove(text, line + 1, strlen(line + 1) + 1);
	return text;
}
