/* What the writers write the readers read back, byte for byte as documented; a short or mad input
 * is noticed, never read past. */
#include "core/base/buf.h"
#include "tests/lib/frame.h"

START_TEST(known_bytes)
{
	static const uint8_t expected[] = {
		0x01, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x90, 0x78, 0x56, 0x34,
		0x12, 0x00, 0x7F, 0x80, 0x01, 0xAC, 0x02, 0x00, 0x01, 0x02, 0x03, 0x02, 'h',  'i'};
	struct rh_buf buf;

	rh_buf_init(&buf);
	ck_assert_str_eq(rh_buf_str(&buf), "");
	rh_buf_u8(&buf, 1);
	rh_buf_u16(&buf, 0x1234);
	rh_buf_u32(&buf, 0x12345678);
	rh_buf_u64(&buf, UINT64_C(0x1234567890ABCDEF));
	rh_buf_varint(&buf, 0);
	rh_buf_varint(&buf, 127);
	rh_buf_varint(&buf, 128);
	rh_buf_varint(&buf, 300);
	rh_buf_svarint(&buf, 0);
	rh_buf_svarint(&buf, -1);
	rh_buf_svarint(&buf, 1);
	rh_buf_svarint(&buf, -2);
	rh_buf_bytes(&buf, "hi", 2);
	ck_assert_uint_eq(buf.len, sizeof(expected));
	ck_assert_mem_eq(buf.data, expected, sizeof(expected));
	ck_assert_uint_eq(buf.data[buf.len], 0);
	rh_buf_release(&buf);
}
END_TEST

START_TEST(text)
{
	struct rh_buf buf = {NULL, 0, 0};

	rh_buf_text(&buf, "a");
	rh_buf_printf(&buf, "-%d-%s", 42, "b");
	ck_assert_str_eq(rh_buf_str(&buf), "a-42-b");
	rh_buf_printf(&buf, "%01000d", 0);
	ck_assert_uint_eq(buf.len, 1006);
	rh_buf_reset(&buf);
	ck_assert_str_eq(rh_buf_str(&buf), "");
	ck_assert_uint_eq(buf.len, 0);
	memcpy(rh_buf_extend(&buf, 3), "xyz", 3);
	ck_assert_str_eq(rh_buf_str(&buf), "xyz");
	rh_buf_release(&buf);
	rh_buf_release(&buf);
}
END_TEST

static uint64_t some_number(uint64_t i)
{
	uint64_t draw = rh_absorb(6, i);

	switch (i % 4) {
	case 0:
		return draw >> (draw & 63);
	case 1:
		return UINT64_MAX << (draw & 63);
	case 2:
		return UINT64_C(1) << (draw & 63);
	default:
		return (UINT64_C(1) << (draw & 63)) - 1;
	}
}

START_TEST(round_trip)
{
	struct rh_buf buf = {NULL, 0, 0};
	struct rh_reader reader;
	uint64_t i;

	for (i = 0; i < 5000; i++) {
		rh_buf_varint(&buf, some_number(i));
		rh_buf_svarint(&buf, (int64_t)some_number(i));
		rh_buf_u64(&buf, some_number(i));
		rh_buf_u32(&buf, (uint32_t)some_number(i));
		rh_buf_u16(&buf, (uint16_t)some_number(i));
		rh_buf_u8(&buf, (uint8_t)some_number(i));
		rh_buf_bytes(&buf, &i, i % 8);
	}
	rh_reader_init(&reader, buf.data, buf.len);
	for (i = 0; i < 5000; i++) {
		const uint8_t *bytes;
		size_t len;

		ck_assert_uint_eq(rh_read_varint(&reader), some_number(i));
		ck_assert_int_eq(rh_read_svarint(&reader), (int64_t)some_number(i));
		ck_assert_uint_eq(rh_read_u64(&reader), some_number(i));
		ck_assert_uint_eq(rh_read_u32(&reader), (uint32_t)some_number(i));
		ck_assert_uint_eq(rh_read_u16(&reader), (uint16_t)some_number(i));
		ck_assert_uint_eq(rh_read_u8(&reader), (uint8_t)some_number(i));
		bytes = rh_read_bytes(&reader, &len);
		ck_assert_ptr_nonnull(bytes);
		ck_assert_uint_eq(len, i % 8);
		ck_assert_int_eq(memcmp(bytes, &i, len), 0);
	}
	ck_assert_uint_eq(reader.pos, buf.len);
	ck_assert(!reader.is_bad);
	rh_read_u8(&reader);
	ck_assert(reader.is_bad);
	rh_buf_release(&buf);
}
END_TEST

START_TEST(short_input)
{
	static const uint8_t bytes[] = {0x85, 1, 2};
	struct rh_reader reader;
	size_t len = 99;

	rh_reader_init(&reader, bytes, sizeof(bytes));
	ck_assert_uint_eq(rh_read_u64(&reader), 0);
	ck_assert(reader.is_bad);
	ck_assert_uint_eq(rh_read_u8(&reader), 0); /* bad stays bad */
	rh_reader_init(&reader, bytes, sizeof(bytes));
	ck_assert_ptr_null(rh_read_bytes(&reader, &len)); /* says 133 bytes, holds 1 */
	ck_assert_uint_eq(len, 0);
	ck_assert(reader.is_bad);
	rh_reader_init(&reader, bytes, 1);
	ck_assert_uint_eq(rh_read_varint(&reader), 0); /* ends within */
	ck_assert(reader.is_bad);
	rh_reader_init(&reader, NULL, 0);
	ck_assert_ptr_nonnull(rh_read_raw(&reader, 0));
	ck_assert(!reader.is_bad);
	ck_assert_ptr_null(rh_read_raw(&reader, 1));
	ck_assert(reader.is_bad);
}
END_TEST

START_TEST(numbers_too_large)
{
	static const uint8_t most[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 1};
	static const uint8_t more[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2};
	static const uint8_t endless[] = {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0};
	struct rh_reader reader;

	rh_reader_init(&reader, most, sizeof(most));
	ck_assert_uint_eq(rh_read_varint(&reader), UINT64_MAX);
	ck_assert(!reader.is_bad);
	rh_reader_init(&reader, more, sizeof(more));
	ck_assert_uint_eq(rh_read_varint(&reader), 0);
	ck_assert(reader.is_bad);
	rh_reader_init(&reader, endless, sizeof(endless));
	ck_assert_uint_eq(rh_read_varint(&reader), 0);
	ck_assert(reader.is_bad);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("buf");

	tcase_add_test(frame.tests, known_bytes);
	tcase_add_test(frame.tests, text);
	tcase_add_test(frame.tests, round_trip);
	tcase_add_test(frame.tests, short_input);
	tcase_add_test(frame.tests, numbers_too_large);
	return frame_run(frame);
}
