/*
 * trace_source.c - the bytes of a trace file, taken one checked section at a time.
 */
#include "core/store/trace_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

int rh_trace_source_open(struct rh_trace_source *source, const char *path, struct rh_err *err)
{
	struct stat info;

	snprintf(source->path, sizeof(source->path), "%s", path);
	source->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return rh_err_set(err, RH_E_NOT_FOUND, "%.900s: there is no such file", path);
	if (source->fd < 0 || fstat(source->fd, &info) != 0)
		return rh_err_sys(err, RH_E_IO, errno, "cannot read %.900s", path);
	if (S_ISDIR(info.st_mode))
		return rh_err_set(err, RH_E_INPUT, "%.900s: is a directory", path);
	if (!S_ISREG(info.st_mode))
		return rh_err_set(err, RH_E_INPUT, "%.900s: is no regular file", path);
	source->size = (uint64_t)info.st_size;
	return 0;
}

void rh_trace_source_bytes(struct rh_trace_source *source, const uint8_t *bytes, size_t len)
{
	RH_ASSERT(bytes != NULL || len == 0);
	snprintf(source->path, sizeof(source->path), "trace");
	source->bytes = bytes == NULL ? (const uint8_t *)"" : bytes;
	source->size = len;
	source->fd = -1;
}

void rh_trace_source_close(struct rh_trace_source *source)
{
	ZSTD_freeDCtx(source->unpacker);
	rh_buf_release(&source->packed);
	if (source->bytes == NULL && source->fd >= 0)
		close(source->fd);
}

int rh_trace_source_damage(const struct rh_trace_source *source, struct rh_err *err,
			   uint64_t offset, const char *what)
{
	return rh_err_set(err, RH_E_CORRUPT, "%s: damaged at byte %" PRIu64 ": %s", source->path,
			  offset, what);
}

/* false when the file does not have these bytes */
static bool read_at(const struct rh_trace_source *source, uint64_t offset, uint8_t *bytes,
		    size_t len)
{
	size_t done = 0;

	if (offset > source->size || len > source->size - offset)
		return false;
	if (source->bytes != NULL) {
		memcpy(bytes, source->bytes + offset, len);
		return true;
	}
	while (done < len) {
		ssize_t got = pread(source->fd, bytes + done, len - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

int rh_trace_source_magic(const struct rh_trace_source *source, struct rh_err *err)
{
	size_t len = source->size < TRACE_MAGIC_BYTES ? (size_t)source->size : TRACE_MAGIC_BYTES;
	uint8_t magic[TRACE_MAGIC_BYTES] = {0};

	if (len == 0)
		return rh_err_set(err, RH_E_CORRUPT, "%s: damaged at byte 0: the file is empty",
				  source->path);
	if (!read_at(source, 0, magic, len))
		return rh_trace_source_damage(source, err, 0, "the file cannot be read");
	if (memcmp(magic, TRACE_MAGIC, len) != 0)
		return rh_err_set(err, RH_E_INPUT,
				  "%s: is no trace file (it does not begin with %s)", source->path,
				  TRACE_MAGIC);
	if (len < TRACE_MAGIC_BYTES)
		return rh_trace_source_damage(source, err, len, "the file was cut short");
	return 0;
}

static bool read_head(const struct rh_trace_source *source, uint64_t offset,
		      struct rh_trace_section *section)
{
	uint8_t bytes[SECTION_HEAD_BYTES];
	struct rh_reader in;

	if (!read_at(source, offset, bytes, sizeof(bytes)))
		return false;
	rh_reader_init(&in, bytes, sizeof(bytes));
	section->mark = rh_read_u32(&in);
	section->raw_size = rh_read_u32(&in);
	section->packed_size = rh_read_u32(&in);
	section->count = rh_read_u32(&in);
	section->first_ns = rh_read_u64(&in);
	section->last_ns = rh_read_u64(&in);
	section->check = rh_read_u64(&in);
	return true;
}

/* NULL, or what is wrong with the sizes that the head claims. */
static const char *head_trouble(const struct rh_trace_source *source, uint64_t offset,
				const struct rh_trace_section *section)
{
	uint64_t left = source->size - offset - SECTION_HEAD_BYTES;
	bool is_table = section->mark == MARK_HEADER || section->mark == MARK_FOOTER;

	if (!is_table && section->mark != MARK_BLOCK)
		return "no section begins here";
	if (section->raw_size > (is_table ? TABLE_RAW_MAX : BLOCK_RAW_MAX) ||
	    section->packed_size > ZSTD_compressBound(section->raw_size) ||
	    section->count > BLOCK_RECORDS)
		return "a section claims a size beyond the limits";
	if (section->packed_size > left)
		return "the file was cut short in a section";
	return NULL;
}

/* Unpacks `packed` into exactly raw_size bytes of `raw`. */
static bool unpack(struct rh_trace_source *source, const uint8_t *packed,
		   const struct rh_trace_section *section, struct rh_buf *raw)
{
	size_t len;

	/* The frame itself says how much it holds: a mismatch is seen before memory is taken. */
	if (ZSTD_getFrameContentSize(packed, section->packed_size) != section->raw_size)
		return false;
	if (source->unpacker == NULL)
		source->unpacker = ZSTD_createDCtx();
	if (source->unpacker == NULL)
		rh_fatal("out of memory for a decompressor");
	rh_buf_reset(raw);
	len = ZSTD_decompressDCtx(source->unpacker, rh_buf_extend(raw, section->raw_size),
				  section->raw_size, packed, section->packed_size);
	return !ZSTD_isError(len) && len == section->raw_size;
}

int rh_trace_source_section(struct rh_trace_source *source, uint64_t offset,
			    struct rh_trace_section *section, struct rh_buf *raw,
			    struct rh_err *err)
{
	const uint8_t *packed;
	const char *trouble;

	if (!read_head(source, offset, section))
		return rh_err_set(err, RH_E_CORRUPT,
				  "the file was cut short in the head of a section");
	trouble = head_trouble(source, offset, section);
	if (trouble != NULL)
		return rh_err_set(err, RH_E_CORRUPT, "%s", trouble);
	if (source->bytes != NULL) {
		packed = source->bytes + offset + SECTION_HEAD_BYTES;
	} else {
		rh_buf_reset(&source->packed);
		packed = rh_buf_extend(&source->packed, section->packed_size);
		if (!read_at(source, offset + SECTION_HEAD_BYTES, source->packed.data,
			     section->packed_size))
			return rh_err_set(err, RH_E_CORRUPT, "the file cannot be read");
	}
	if (!unpack(source, packed, section, raw) ||
	    rh_trace_section_check(section, raw->data) != section->check)
		return rh_err_set(err, RH_E_CORRUPT, "the checksum of a section does not agree");
	return 0;
}

bool rh_trace_source_trailer(const struct rh_trace_source *source, uint64_t *footer_offset)
{
	uint8_t bytes[TRAILER_BYTES];
	struct rh_reader in;
	uint64_t check;

	if (source->size < TRAILER_BYTES ||
	    !read_at(source, source->size - TRAILER_BYTES, bytes, sizeof(bytes)))
		return false;
	rh_reader_init(&in, bytes, sizeof(bytes));
	*footer_offset = rh_read_u64(&in);
	check = rh_read_u64(&in);
	return check == rh_trace_trailer_check(*footer_offset) &&
	       memcmp(bytes + 16, TRACE_END_MAGIC, TRACE_MAGIC_BYTES) == 0;
}
