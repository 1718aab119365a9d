/*
 * test_trace.c - what is written to a trace is read back, record for record; whatever is cut off or
 * changed in a file is noticed, and no record is ever given that was not written.
 */
#include <errno.h>
#include <sys/mount.h>

#include "core/store/trace_format.h"
#include "tests/unit/store/made_plan.h"

/* Records of a test, by number, so that they need not be kept. */
struct stream {
	uint64_t state;
	uint64_t time_ns;
	char text[300];
};

static struct rh_record next_record(struct stream *stream)
{
	return made_record(&stream->state, &stream->time_ns, stream->text);
}

static void give(const struct rh_sink *sink, uint64_t seed, size_t count)
{
	struct stream stream = {.state = seed};

	for (size_t i = 0; i < count; i++) {
		struct rh_record record = next_record(&stream);

		sink->take(sink->ctx, &record, 1);
	}
}

static void write_trace(const char *path, uint64_t seed, size_t count, enum rh_trace_level level)
{
	const struct rh_checkpoint checkpoints[] = {{1 << 30, {1, 2}}, {UINT64_C(5) << 30, {3, 4}}};
	struct rh_trace_writer *writer;
	struct rh_err err = {0};
	struct made_plan made;

	ck_assert_int_eq(rh_trace_create(&writer, path, made_plan(&made), level, &err), 0);
	give(rh_trace_sink(writer), seed, count);
	ck_assert_int_eq(rh_trace_close(writer, checkpoints, 2, &err), 0);
}

static struct rh_buf load(const char *path)
{
	struct rh_buf bytes = {0};
	struct rh_err err = {0};

	ck_assert_int_eq(rh_file_read(&bytes, path, SIZE_MAX / 2, &err), 0);
	return bytes;
}

/* Reads to the end or the damage; every record is compared with what was written.  Returns what
 * ended it; *count is how many came. */
static int compare(struct rh_trace_reader *reader, uint64_t seed, size_t *count, struct rh_err *err)
{
	struct stream stream = {.state = seed};
	struct rh_record record;
	int rc;

	*count = 0;
	while ((rc = rh_trace_next(reader, &record, err)) == 1) {
		struct rh_record expected = next_record(&stream);

		ck_assert_msg(same_record(&record, &expected), "record %zu differs", *count);
		++*count;
	}
	return rc;
}

/* The same of bytes; a file that cannot even be opened gave no record. */
static int compare_bytes(const uint8_t *bytes, size_t len, uint64_t seed, size_t *count,
			 struct rh_err *err)
{
	struct rh_trace_reader *reader;
	uint8_t *copy = malloc(len + 1); /* of the exact size, so that a read beyond is seen */
	int rc;

	memcpy(copy, bytes, len);
	copy = realloc(copy, len == 0 ? 1 : len);
	*count = 0;
	rc = rh_trace_open_bytes(&reader, copy, len, err);
	if (rc == 0) {
		rc = compare(reader, seed, count, err);
		rh_trace_reader_close(reader);
	}
	free(copy);
	return rc;
}

START_TEST(round_trip)
{
	static const size_t counts[] = {0, 1, 2, 1000, 65536, 65537, 140000};
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	char folder[64];
	size_t count;

	enter_folder(folder);
	for (size_t i = 0; i < RH_ARRAY_LEN(counts); i++) {
		const struct rh_trace_info *info;

		write_trace("a.rht", i, counts[i], RH_TRACE_FULL);
		ck_assert_int_eq(access("a.rht.part", F_OK), -1);
		ck_assert_int_eq(rh_trace_open(&reader, "a.rht", &err), 0);
		info = rh_trace_info(reader);
		ck_assert(info->is_complete);
		ck_assert_uint_eq(info->record_count, counts[i]);
		ck_assert_uint_eq(info->seed, 7);
		ck_assert_uint_eq(info->genesis_unix_s, 1767225600);
		ck_assert_uint_eq(info->node_count, MADE_NODES);
		ck_assert_str_eq(info->scenario, "made");
		ck_assert_uint_eq(info->level, RH_TRACE_FULL);
		ck_assert_uint_eq(info->checkpoint_count, 2);
		ck_assert_uint_eq(info->checkpoints[1].time_ns, UINT64_C(5) << 30);
		ck_assert_uint_eq(info->checkpoints[1].hash.high, 4);
		ck_assert_str_eq(rh_trace_node_name(reader, 19), "n-19");
		ck_assert_str_eq(rh_trace_node_name(reader, RH_NODE_WORLD), "world");
		ck_assert_str_eq(rh_trace_node_name(reader, 20), "?");
		ck_assert_str_eq(rh_trace_gauge_name(reader, RH_GAUGE_HEADS), "heads");
		ck_assert_str_eq(rh_trace_gauge_name(reader, RH_GAUGE_MODEL), "made.orphans");
		ck_assert_int_eq(compare(reader, i, &count, &err), 0);
		ck_assert_uint_eq(count, counts[i]);
		rh_trace_reader_close(reader);
	}
	leave_folder(folder);
}
END_TEST

START_TEST(equal_records_give_equal_bytes)
{
	struct rh_buf a;
	struct rh_buf b;
	char folder[64];

	enter_folder(folder);
	write_trace("a.rht", 5, 3000, RH_TRACE_FULL);
	write_trace("b.rht", 5, 3000, RH_TRACE_FULL);
	a = load("a.rht");
	b = load("b.rht");
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.data, b.data, a.len);
	rh_buf_release(&a);
	rh_buf_release(&b);
	leave_folder(folder);
}
END_TEST

START_TEST(levels_keep_their_kinds)
{
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	struct rh_record record;
	char folder[64];
	bool has_peer;

	enter_folder(folder);
	for (uint32_t level = RH_TRACE_VERDICT; level <= RH_TRACE_FULL; level++) {
		write_trace("a.rht", 5, 3000, (enum rh_trace_level)level);
		ck_assert_int_eq(rh_trace_open(&reader, "a.rht", &err), 0);
		has_peer = false;
		while (rh_trace_next(reader, &record, &err) == 1) {
			ck_assert_uint_le(rh_record_info(record.kind)->level, level);
			has_peer |= record.kind == RH_RECORD_PEER;
		}
		ck_assert(has_peer == (level >= RH_TRACE_NODE));
		rh_trace_reader_close(reader);
	}
	leave_folder(folder);
}
END_TEST

/* Seeking gives what skipping gives, at every kind of place, with and without an index. */
START_TEST(seek)
{
	struct rh_err err = {0};
	struct rh_trace_reader *reader;
	struct rh_buf bytes;
	uint64_t draws = 3;
	uint64_t last_ns = 0;
	struct rh_record record;
	char folder[64];

	enter_folder(folder);
	write_trace("a.rht", 11, 70000, RH_TRACE_FULL);
	bytes = load("a.rht");
	for (int round = 0; round < 2; round++) {
		size_t len = round == 0 ? bytes.len : bytes.len - 1;

		ck_assert_int_eq(rh_trace_open_bytes(&reader, bytes.data, len, &err), 0);
		ck_assert(rh_trace_info(reader)->is_complete == (round == 0));
		while (rh_trace_next(reader, &record, &err) == 1)
			last_ns = record.time_ns;
		for (int i = 0; i < 16; i++) {
			uint64_t at_ns =
				i < 2 ? (uint64_t)i * (last_ns + 1) : made_draw(&draws) % last_ns;
			struct stream stream = {.state = 11};
			struct rh_record expected = next_record(&stream);
			size_t number = 1;
			int rc = rh_trace_seek(reader, at_ns, &err);

			while (expected.time_ns < at_ns && number < 70000) {
				expected = next_record(&stream);
				number++;
			}
			if (expected.time_ns < at_ns) {
				ck_assert_int_eq(rc, round == 0 ? 0 : RH_E_CORRUPT);
				ck_assert_int_ne(rh_trace_next(reader, &record, &err), 1);
				continue;
			}
			ck_assert_int_eq(rc, 0);
			for (int n = 0; n < 5 && number <= 70000; n++, number++) {
				ck_assert_int_eq(rh_trace_next(reader, &record, &err), 1);
				ck_assert(same_record(&record, &expected));
				expected = next_record(&stream);
			}
		}
		rh_trace_reader_close(reader);
	}
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

/* The offsets at which sections begin, by walking their heads. */
static size_t section_offsets(const struct rh_buf *bytes, size_t offsets[16])
{
	size_t at = TRACE_MAGIC_BYTES;
	size_t count = 0;

	while (at + TRAILER_BYTES < bytes->len) {
		struct rh_reader in;

		ck_assert_uint_lt(count, 16);
		offsets[count++] = at;
		rh_reader_init(&in, bytes->data + at, SECTION_HEAD_BYTES);
		rh_read_u64(&in);
		at += SECTION_HEAD_BYTES + rh_read_u32(&in);
	}
	return count;
}

/* Cut at each section and at many other places: all blocks before the cut come, then the place. */
START_TEST(truncation)
{
	struct rh_err err = {0};
	struct rh_buf bytes;
	size_t offsets[16];
	size_t section_count;
	uint64_t draws = 1;
	char folder[64];
	size_t count;

	enter_folder(folder);
	write_trace("a.rht", 2, 100000, RH_TRACE_FULL);
	bytes = load("a.rht");
	section_count = section_offsets(&bytes, offsets);
	/* header, several blocks, footer */
	ck_assert_uint_ge(section_count, 5);
	ck_assert_int_eq(compare_bytes(bytes.data, bytes.len, 2, &count, &err), 0);
	ck_assert_uint_eq(count, 100000);
	for (size_t i = 0; i < section_count; i++) {
		size_t before = 0;

		ck_assert_int_eq(compare_bytes(bytes.data, offsets[i], 2, &count, &err),
				 RH_E_CORRUPT);
		ck_assert_ptr_nonnull(strstr(err.text, "damaged at byte "));
		if (i >= 2)
			ck_assert_uint_gt(count, before);
		before = count;
		/* In the middle of a section the blocks before it are still there. */
		ck_assert_int_eq(compare_bytes(bytes.data, offsets[i] + 50, 2, &count, &err),
				 RH_E_CORRUPT);
		ck_assert_uint_eq(count, before);
	}
	for (int i = 0; i < 16; i++) {
		size_t len = made_draw(&draws) % bytes.len;
		int rc = compare_bytes(bytes.data, len, 2, &count, &err);

		ck_assert_int_eq(rc, RH_E_CORRUPT);
	}
	for (size_t len = bytes.len - TRAILER_BYTES; len < bytes.len; len += 5) {
		ck_assert_int_eq(compare_bytes(bytes.data, len, 2, &count, &err), RH_E_CORRUPT);
		ck_assert_uint_eq(count, 100000);
	}
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

/* Every byte of a small file cut away, one after the other. */
START_TEST(truncation_of_a_small_file)
{
	struct rh_err err = {0};
	struct rh_buf bytes;
	char folder[64];
	size_t count;

	enter_folder(folder);
	write_trace("a.rht", 3, 20, RH_TRACE_FULL);
	bytes = load("a.rht");
	for (size_t len = 0; len < bytes.len; len++) {
		ck_assert_int_eq(compare_bytes(bytes.data, len, 3, &count, &err), RH_E_CORRUPT);
		ck_assert(count == 0 || count == 20);
	}
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

/* Each single bit changed: the change is told, or it changed nothing that can be read. */
START_TEST(bit_flips)
{
	struct rh_err err = {0};
	struct rh_buf bytes;
	size_t harmless = 0;
	char folder[64];
	size_t count;

	enter_folder(folder);
	write_trace("a.rht", 4, 30, RH_TRACE_FULL);
	bytes = load("a.rht");
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		int rc;

		bytes.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		rc = compare_bytes(bytes.data, bytes.len, 4, &count, &err);
		if (rc == 0) {
			ck_assert_uint_eq(count, 30);
			harmless++;
		} else {
			/* The first bytes make it another kind of file. */
			ck_assert_int_eq(rc, bit < 64 ? RH_E_INPUT : RH_E_CORRUPT);
		}
		bytes.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
	}
	/* Bits of a packed frame that do not matter exist, but are few. */
	ck_assert_uint_lt(harmless, 64);
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

/* Sizes that a section may claim, but must not be believed. */
START_TEST(hostile_sizes)
{
	static const uint32_t sizes[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
	struct rh_err err = {0};
	struct rh_buf bytes;
	size_t offsets[16];
	size_t section_count;
	char folder[64];
	size_t count;

	enter_folder(folder);
	write_trace("a.rht", 4, 30, RH_TRACE_FULL);
	bytes = load("a.rht");
	section_count = section_offsets(&bytes, offsets);
	for (size_t i = 0; i < section_count; i++) {
		for (size_t field = 0; field < 4; field++) {
			uint8_t *at = bytes.data + offsets[i] + 4 * field;
			uint8_t saved[4];

			memcpy(saved, at, 4);
			for (size_t s = 0; s < RH_ARRAY_LEN(sizes); s++) {
				for (int b = 0; b < 4; b++)
					at[b] = (uint8_t)(sizes[s] >> (8 * b));
				if (memcmp(saved, at, 4) == 0)
					continue;
				ck_assert_int_eq(
					compare_bytes(bytes.data, bytes.len, 4, &count, &err),
					RH_E_CORRUPT);
			}
			memcpy(at, saved, 4);
		}
	}
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

/* Bytes behind the end, a trace in a trace: the end must be the end. */
START_TEST(appended_bytes)
{
	struct rh_err err = {0};
	struct rh_buf bytes;
	char folder[64];
	size_t count;

	enter_folder(folder);
	write_trace("a.rht", 4, 30, RH_TRACE_FULL);
	bytes = load("a.rht");
	rh_buf_u8(&bytes, 0);
	ck_assert_int_eq(compare_bytes(bytes.data, bytes.len, 4, &count, &err), RH_E_CORRUPT);
	ck_assert_uint_eq(count, 30);
	rh_buf_release(&bytes);
	leave_folder(folder);
}
END_TEST

START_TEST(what_is_no_trace)
{
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	char folder[64];
	FILE *file;

	enter_folder(folder);
	ck_assert_int_eq(rh_trace_open(&reader, "none.rht", &err), RH_E_NOT_FOUND);
	ck_assert_ptr_null(reader);
	ck_assert_str_eq(err.text, "none.rht: there is no such file");
	ck_assert_int_eq(rh_trace_open(&reader, ".", &err), RH_E_INPUT);
	ck_assert_str_eq(err.text, ".: is a directory");
	ck_assert_int_eq(rh_trace_open(&reader, "/dev/zero", &err), RH_E_INPUT);
	file = fopen("text", "w");
	fputs("apiVersion: rehearse/v1\n", file);
	fclose(file);
	ck_assert_int_eq(rh_trace_open(&reader, "text", &err), RH_E_INPUT);
	ck_assert_str_eq(err.text, "text: is no trace file (it does not begin with RHTRACE1)");
	file = fopen("empty", "w");
	fclose(file);
	ck_assert_int_eq(rh_trace_open(&reader, "empty", &err), RH_E_CORRUPT);
	leave_folder(folder);
}
END_TEST

/* A disk without room: close tells it, and neither the file nor its part is left. */
START_TEST(full_disk)
{
	struct rh_trace_writer *writer;
	struct rh_err err = {0};
	struct made_plan made;
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(mkdir("small", 0777), 0);
	if (mount("none", "small", "tmpfs", 0, "size=64k") != 0) {
		fprintf(stderr, "full_disk: skipped, a tmpfs cannot be mounted here (%s)\n",
			strerror(errno));
		leave_folder(folder);
		return;
	}
	ck_assert_int_eq(
		rh_trace_create(&writer, "small/a.rht", made_plan(&made), RH_TRACE_FULL, &err), 0);
	give(rh_trace_sink(writer), 1, 100000);
	ck_assert_int_eq(rh_trace_close(writer, NULL, 0, &err), RH_E_IO);
	ck_assert_int_eq(err.sys_errno, ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot write small/a.rht"));
	ck_assert_int_eq(access("small/a.rht", F_OK), -1);
	ck_assert_int_eq(access("small/a.rht.part", F_OK), -1);
	ck_assert_int_eq(umount("small"), 0);
	leave_folder(folder);
}
END_TEST

START_TEST(abandoned)
{
	struct rh_trace_writer *writer;
	struct rh_err err = {0};
	struct made_plan made;
	char folder[64];

	enter_folder(folder);
	ck_assert_int_eq(
		rh_trace_create(&writer, "none/a.rht", made_plan(&made), RH_TRACE_FULL, &err),
		RH_E_IO);
	ck_assert_int_eq(err.sys_errno, ENOENT);
	ck_assert_int_eq(rh_trace_create(&writer, "a.rht", &made.plan, RH_TRACE_FULL, &err), 0);
	give(rh_trace_sink(writer), 1, 100);
	ck_assert_int_eq(access("a.rht.part", F_OK), 0);
	rh_trace_abandon(writer);
	ck_assert_int_eq(access("a.rht.part", F_OK), -1);
	ck_assert_int_eq(access("a.rht", F_OK), -1);
	leave_folder(folder);
}
END_TEST

/* A text beyond the limit is cut, and the file stays readable. */
START_TEST(long_text)
{
	static char text[TEXT_BYTES_MAX + 100];
	struct rh_record record = {.kind = RH_RECORD_NOTE, .text = text};
	struct rh_trace_writer *writer;
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	struct made_plan made;
	char folder[64];

	enter_folder(folder);
	memset(text, 'x', sizeof(text));
	record.text_len = sizeof(text);
	ck_assert_int_eq(rh_trace_create(&writer, "a.rht", made_plan(&made), RH_TRACE_FULL, &err),
			 0);
	for (int i = 0; i < 3; i++)
		rh_trace_sink(writer)->take(rh_trace_sink(writer)->ctx, &record, 1);
	ck_assert_int_eq(rh_trace_close(writer, NULL, 0, &err), 0);
	ck_assert_int_eq(rh_trace_open(&reader, "a.rht", &err), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(rh_trace_next(reader, &record, &err), 1);
		ck_assert_uint_eq(record.text_len, TEXT_BYTES_MAX);
	}
	ck_assert_int_eq(rh_trace_next(reader, &record, &err), 0);
	rh_trace_reader_close(reader);
	leave_folder(folder);
}
END_TEST

/* A plan of many links takes tens of megabytes in the header; here a description does. */
START_TEST(large_plan)
{
	size_t len = (size_t)70 << 20;
	char *description = malloc(len + 1);
	struct rh_trace_writer *writer;
	struct rh_trace_reader *reader;
	struct rh_record record;
	struct rh_err err = {0};
	struct made_plan made;
	struct rh_plan *plan;
	char folder[64];

	enter_folder(folder);
	memset(description, 'x', len);
	description[len] = 0;
	plan = made_plan(&made);
	plan->description = description;
	ck_assert_int_eq(rh_trace_create(&writer, "a.rht", plan, RH_TRACE_FULL, &err), 0);
	give(rh_trace_sink(writer), 1, 10);
	ck_assert_int_eq(rh_trace_close(writer, NULL, 0, &err), 0);
	ck_assert_int_eq(rh_trace_open(&reader, "a.rht", &err), 0);
	ck_assert_uint_gt(rh_trace_info(reader)->plan_len, len);
	ck_assert_int_eq(rh_trace_next(reader, &record, &err), 1);
	rh_trace_reader_close(reader);
	free(description);
	leave_folder(folder);
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_test(tests, round_trip);
	tcase_add_test(tests, equal_records_give_equal_bytes);
	tcase_add_test(tests, levels_keep_their_kinds);
	tcase_add_test(tests, seek);
	tcase_add_test(tests, truncation);
	tcase_add_test(tests, truncation_of_a_small_file);
	tcase_add_test(tests, bit_flips);
	tcase_add_test(tests, hostile_sizes);
	tcase_add_test(tests, appended_bytes);
	tcase_add_test(tests, what_is_no_trace);
	tcase_add_test(tests, full_disk);
	tcase_add_test(tests, abandoned);
	tcase_add_test(tests, long_text);
	tcase_add_test(tests, large_plan);
}

int main(void)
{
	return run_suite("trace", add);
}
