/*
 * journal.c - appending, syncing and reading back.
 */
#include "live/node/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/hash.h"

#define ENTRY_HEAD 24

static uint64_t checksum(uint64_t key, const void *bytes, size_t size)
{
	return rh_hash64(bytes, size) ^ key * UINT64_C(0x9E3779B97F4A7C15);
}

void live_journal_append(struct live_journal *journal, struct live_objects *objects, uint64_t key,
			 struct rh_handle ref)
{
	if (journal->count == journal->cap) {
		journal->cap = journal->cap == 0 ? 64 : 2 * journal->cap;
		journal->entries =
			rh_realloc(journal->entries, journal->cap * sizeof(*journal->entries));
	}
	live_object_keep(objects, ref);
	journal->entries[journal->count++] = (struct live_journal_entry){key, ref};
}

static int write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		len -= (size_t)put;
	}
	return 0;
}

int live_journal_sync(struct live_journal *journal, const struct live_objects *objects,
		      struct rh_err *err)
{
	struct rh_buf bytes = {0};
	int rc = 0;

	for (uint32_t i = journal->synced; i < journal->count; i++) {
		const struct live_journal_entry *entry = &journal->entries[i];
		bool has_object = entry->ref.index != 0;
		uint32_t size = has_object ? live_object_size(objects, entry->ref) : 0;
		const void *object = has_object ? live_object_at(objects, entry->ref) : "";

		rh_buf_u64(&bytes, entry->key);
		rh_buf_u32(&bytes, size);
		rh_buf_u32(&bytes, has_object);
		rh_buf_u64(&bytes, checksum(entry->key, object, size));
		rh_buf_put(&bytes, object, size);
	}
	if (bytes.len > 0 && write_all(journal->fd, bytes.data, bytes.len) != 0)
		rc = rh_err_sys(err, RH_E_IO, errno, "the journal cannot be written");
	journal->synced = journal->count;
	rh_buf_release(&bytes);
	return rc;
}

/* False at the end, or at an entry that is not whole. */
static bool read_entry(struct live_journal *journal, struct live_objects *objects,
		       struct rh_reader *reader)
{
	uint64_t key = rh_read_u64(reader);
	uint32_t size = rh_read_u32(reader);
	bool has_object = rh_read_u32(reader) != 0;
	uint64_t sum = rh_read_u64(reader);
	const uint8_t *bytes = rh_read_raw(reader, size);
	struct rh_handle ref = {0, 0};

	if (reader->is_bad || checksum(key, size > 0 ? (const void *)bytes : "", size) != sum)
		return false;
	if (has_object) {
		void *object = live_object_new(objects, size, &ref);

		if (size > 0)
			memcpy(object, bytes, size);
	}
	live_journal_append(journal, objects, key, ref);
	live_object_drop(objects, ref);
	return true;
}

static int read_file(int fd, struct rh_buf *bytes)
{
	struct stat info;
	size_t done = 0;

	if (fstat(fd, &info) != 0)
		return -1;
	if (info.st_size == 0)
		return 0;
	rh_buf_extend(bytes, (size_t)info.st_size);
	while (done < bytes->len) {
		ssize_t got = pread(fd, bytes->data + done, bytes->len - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	bytes->len = done;
	return 0;
}

int live_journal_open(struct live_journal *journal, struct live_objects *objects, const char *path,
		      struct rh_err *err)
{
	struct rh_buf bytes = {0};
	struct rh_reader reader;
	size_t whole = 0;
	int rc = 0;

	memset(journal, 0, sizeof(*journal));
	journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (journal->fd < 0 || read_file(journal->fd, &bytes) != 0) {
		rc = rh_err_sys(err, RH_E_IO, errno, "the journal %s cannot be read", path);
		goto out;
	}
	rh_reader_init(&reader, bytes.data, bytes.len);
	while (reader.pos + ENTRY_HEAD <= bytes.len && read_entry(journal, objects, &reader))
		whole = reader.pos;
	journal->synced = journal->count;
	if (whole < bytes.len && ftruncate(journal->fd, (off_t)whole) != 0)
		rc = rh_err_sys(err, RH_E_IO, errno, "the journal %s cannot be cut", path);
out:
	rh_buf_release(&bytes);
	return rc;
}

void live_journal_close(struct live_journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	free(journal->entries);
	memset(journal, 0, sizeof(*journal));
	journal->fd = -1;
}
