/*
 * outfile.h - a file that appears whole or not at all.
 *
 * Bytes are gathered and written to PATH.part; closing renames it to PATH.  An error (a full disk,
 * a folder that went away) is kept, makes every later write a no-op, and is told by close, which
 * then removes the part: nobody checks a single write, and nothing half-written is left.
 */
#ifndef CORE_STORE_OUTFILE_H
#define CORE_STORE_OUTFILE_H

#include "core/base/buf.h"
#include "core/base/err.h"

#define RH_PATH_MAX 4200

struct rh_outfile {
	char path[RH_PATH_MAX];
	struct rh_buf pending;
	uint64_t flushed_bytes;
	int fd;	       /* -1: closed */
	int sys_errno; /* of the first error */
};

int rh_outfile_open(struct rh_outfile *file, const char *path, struct rh_err *err) RH_MUST_USE;
/* Writes what is pending when it is much; callers append to `pending` and call this now and then.
 */
void rh_outfile_drain(struct rh_outfile *file);
/* Where the next byte will stand. */
uint64_t rh_outfile_offset(const struct rh_outfile *file);
int rh_outfile_close(struct rh_outfile *file, struct rh_err *err) RH_MUST_USE;
void rh_outfile_abandon(struct rh_outfile *file); /* removes the part */

#endif
