/*
 * file.c - a whole file into memory, within a limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/rundir.h"

#define CHUNK_BYTES ((size_t)64 * 1024)

static int read_all(struct rh_buf *out, int fd, const char *path, size_t limit_bytes,
		    struct rh_err *err)
{
	size_t start = out->len;
	struct stat info;

	if (fstat(fd, &info) != 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot read %.900s", path);
	if (S_ISDIR(info.st_mode))
		return rh_err_set(err, RH_E_INPUT, "%.900s: is a directory", path);
	for (;;) {
		size_t had = out->len;
		ssize_t got = read(fd, rh_buf_extend(out, CHUNK_BYTES), CHUNK_BYTES);

		out->len = had + (got > 0 ? (size_t)got : 0);
		out->data[out->len] = 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rh_err_sys(err, RH_E_IO, errno, "cannot read %.900s", path);
		if (out->len - start > limit_bytes)
			return rh_err_set(err, RH_E_LIMIT, "%.800s: is longer than %zu bytes", path,
					  limit_bytes);
		if (got == 0)
			return 0;
	}
}

int rh_file_read(struct rh_buf *out, const char *path, size_t limit_bytes, struct rh_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return rh_err_set(err, RH_E_NOT_FOUND, "%.900s: there is no such file", path);
	if (fd < 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot read %.900s", path);
	rc = read_all(out, fd, path, limit_bytes, err);
	close(fd);
	return rc;
}
