/*
 * folder.h - the private folder of a live run: mode 0700, flat, locked as long as the run lives.
 *
 * The lock is on the folder itself and is shared by the parent and its guardian; the kernel lets go
 * of it when both are gone.  So a folder whose lock can be had is left over from a run that was
 * killed with its guardian, and whoever opens the next run removes it.
 */
#ifndef LIVE_PROCESS_FOLDER_H
#define LIVE_PROCESS_FOLDER_H

#include <stddef.h>

#include "core/base/err.h"

#define LIVE_FOLDER_PREFIX "rehearse-live-"

struct live_folder {
	int fd; /* holds the lock; -1: none */
	char path[4096];
};

/* In $TMPDIR, else in /tmp. */
int live_folder_make(struct live_folder *folder, struct rh_err *err) RH_MUST_USE;
/* Removes the files and the folder; what is already gone is no error. */
void live_folder_remove(struct live_folder *folder);
/* Removes folders of this user that nobody holds; returns how many. */
uint32_t live_folder_sweep(void);
/* The last line of a file in the folder, without its end; "" when there is none. */
char *live_folder_last_line(const struct live_folder *folder, const char *name, char *text,
			    size_t size);

#endif
