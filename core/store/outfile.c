/*
 * outfile.c - a file that appears whole or not at all.
 */
#include "core/store/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_BYTES (256 * 1024)

/* The name under which the file is written until it is whole. */
static char *part_path(char part[RH_PATH_MAX + 8], const struct rh_outfile *file)
{
	snprintf(part, RH_PATH_MAX + 8, "%s.part", file->path);
	return part;
}

int rh_outfile_open(struct rh_outfile *file, const char *path, struct rh_err *err)
{
	char part[RH_PATH_MAX + 8];

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	if (strlen(path) >= sizeof(file->path))
		return rh_err_set(err, RH_E_INPUT, "%.80s...: the path is too long", path);
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = open(part_path(part, file), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file->fd < 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot write %.900s", path);
	return 0;
}

static void flush(struct rh_outfile *file)
{
	size_t done = 0;

	while (done < file->pending.len && file->sys_errno == 0) {
		ssize_t len = write(file->fd, file->pending.data + done, file->pending.len - done);

		if (len > 0)
			done += (size_t)len;
		else if (len == 0)
			file->sys_errno = EIO;
		else if (errno != EINTR)
			file->sys_errno = errno;
	}
	file->flushed_bytes += file->pending.len;
	rh_buf_reset(&file->pending);
}

void rh_outfile_drain(struct rh_outfile *file)
{
	RH_ASSERT(file->fd >= 0);
	if (file->pending.len >= DRAIN_BYTES)
		flush(file);
}

uint64_t rh_outfile_offset(const struct rh_outfile *file)
{
	return file->flushed_bytes + file->pending.len;
}

int rh_outfile_close(struct rh_outfile *file, struct rh_err *err)
{
	char part[RH_PATH_MAX + 8];
	int sys_errno;

	RH_ASSERT(file->fd >= 0);
	flush(file);
	if (close(file->fd) != 0 && file->sys_errno == 0)
		file->sys_errno = errno;
	file->fd = -1;
	rh_buf_release(&file->pending);
	part_path(part, file);
	if (file->sys_errno == 0 && rename(part, file->path) != 0)
		file->sys_errno = errno;
	if (file->sys_errno == 0)
		return 0;
	sys_errno = file->sys_errno;
	unlink(part);
	return rh_err_sys(err, RH_E_IO, sys_errno, "cannot write %.900s", file->path);
}

void rh_outfile_abandon(struct rh_outfile *file)
{
	char part[RH_PATH_MAX + 8];

	rh_buf_release(&file->pending);
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	unlink(part_path(part, file));
}
