/*
 * journal.h - a node's journal: entries in memory, and those that were synced in a file.
 *
 * A crash is the end of the process, so what it loses is what was never written: entries go to the
 * file when the model syncs, and the next process of the node reads them from there.  The file is
 *
 *   | key u64 | size u32 | has_object u32 | checksum u64 | bytes |   an entry, one behind the other
 *
 * An object is written as it stands in memory: the file is read by the same program on the same
 * machine within one run, and by nobody else.  An entry that was cut in the writing ends the file.
 */
#ifndef LIVE_NODE_JOURNAL_H
#define LIVE_NODE_JOURNAL_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "live/node/objects.h"

struct live_journal_entry {
	uint64_t key;
	struct rh_handle ref; /* counted */
};

struct live_journal {
	int fd; /* -1: none */
	struct live_journal_entry *entries;
	uint32_t count;
	uint32_t cap;
	uint32_t synced;
};

/* Opens the file in the working folder, made if missing, and reads its entries. */
int live_journal_open(struct live_journal *journal, struct live_objects *objects, const char *path,
		      struct rh_err *err) RH_MUST_USE;
void live_journal_close(struct live_journal *journal);
void live_journal_append(struct live_journal *journal, struct live_objects *objects, uint64_t key,
			 struct rh_handle ref);
/* Writes what is not in the file yet. */
int live_journal_sync(struct live_journal *journal, const struct live_objects *objects,
		      struct rh_err *err) RH_MUST_USE;

#endif
