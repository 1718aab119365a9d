/*
 * test_stream.c - shows that frames come out of a socket as they went in, however they were cut on
 * the way, that a full socket loses nothing, and that what is no frame is refused.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "live/wire/message.h"
#include "live/wire/records.h"
#include "live/wire/stream.h"
#include "tests/lib/frame.h"

struct pair {
	struct live_stream from;
	struct live_stream to;
};

static void open_pair(struct pair *pair)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	live_stream_open(&pair->from, ends[0]);
	live_stream_open(&pair->to, ends[1]);
}

static void close_pair(struct pair *pair)
{
	live_stream_close(&pair->from);
	live_stream_close(&pair->to);
}

static void put(struct rh_buf *out, enum live_frame_type type, uint32_t len, uint64_t seed)
{
	size_t begin = live_frame_begin(out, type);

	for (uint32_t i = 0; i < len; i++)
		rh_buf_u8(out, (uint8_t)any(&seed, 256));
	live_frame_end(out, begin);
}

START_TEST(test_many_frames)
{
	struct pair pair;
	uint64_t seed = 5;
	uint32_t lens[60];
	uint32_t taken = 0;

	open_pair(&pair);
	/* More than the socket holds: what does not fit waits. */
	for (uint32_t i = 0; i < RH_ARRAY_LEN(lens); i++) {
		lens[i] = (uint32_t)any(&seed, i % 7 == 0 ? 200000 : 50);
		put(&pair.from.out, i % 2 ? LIVE_MESSAGE : LIVE_RECORDS, lens[i], i);
	}
	live_stream_write(&pair.from);
	ck_assert(live_stream_wants_write(&pair.from));
	while (taken < RH_ARRAY_LEN(lens)) {
		struct live_frame frame;
		struct rh_err err;
		int got = live_stream_next(&pair.to, &frame, &err);

		ck_assert_int_ge(got, 0);
		if (got == 0) {
			live_stream_write(&pair.from);
			live_stream_read(&pair.to);
			continue;
		}
		ck_assert_uint_eq(frame.len, lens[taken]);
		ck_assert_int_eq(frame.type, taken % 2 ? LIVE_MESSAGE : LIVE_RECORDS);
		seed = taken;
		for (uint32_t i = 0; i < frame.len; i++)
			ck_assert_uint_eq(frame.bytes[i], any(&seed, 256));
		taken++;
	}
	ck_assert(!live_stream_wants_write(&pair.from));
	close_pair(&pair);
}
END_TEST

START_TEST(test_the_end)
{
	struct pair pair;
	struct live_frame frame;
	struct rh_err err;

	open_pair(&pair);
	put(&pair.from.out, LIVE_READY, 0, 0);
	put(&pair.from.out, LIVE_DONE, 9, 0);
	pair.from.out.len -= 3; /* the last one is cut */
	live_stream_write(&pair.from);
	live_stream_close(&pair.from);
	live_stream_read(&pair.to);
	live_stream_read(&pair.to);
	ck_assert(!live_stream_is_open(&pair.to));
	ck_assert_int_eq(live_stream_next(&pair.to, &frame, &err), 1);
	ck_assert_int_eq(frame.type, LIVE_READY);
	ck_assert_int_eq(live_stream_next(&pair.to, &frame, &err), 0);
	close_pair(&pair);
}
END_TEST

/* Each bit of a frame, one at a time. */
START_TEST(test_damage)
{
	for (uint32_t bit = 0; bit < 8 * (LIVE_FRAME_HEAD + 5); bit++) {
		struct live_stream stream = {.fd = -1};
		struct live_frame frame;
		struct rh_err err;
		int got;

		put(&stream.in, LIVE_MESSAGE, 5, 1);
		stream.in.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		got = live_stream_next(&stream, &frame, &err);
		/* A length that grew waits for more; everything else is refused at once. */
		ck_assert_msg(got == RH_E_CORRUPT || (got == 0 && bit < 32), "bit %u: %d", bit,
			      got);
		live_stream_close(&stream);
	}
}
END_TEST

START_TEST(test_heads_and_records)
{
	const struct live_message head = {
		.kind = 3, .topic = 65535, .from = 4, .id = UINT64_MAX, .key = 17};
	const struct rh_record said = {.time_ns = UINT64_MAX,
				       .node = RH_NODE_WORLD,
				       .kind = RH_RECORD_NODE,
				       .stage = RH_NODE_VANISHED,
				       .index = 7,
				       .text_len = 4,
				       .a = 1,
				       .b = UINT64_MAX,
				       .d = 3,
				       .text = "gone"};
	struct rh_record heard;
	struct live_message got;
	struct rh_reader reader;
	struct rh_buf out = {0};

	live_message_put_head(&out, &head);
	ck_assert_uint_eq(out.len, LIVE_MESSAGE_HEAD);
	ck_assert(!live_message_get(&got, out.data, out.len - 1));
	rh_buf_text(&out, "content");
	ck_assert(live_message_get(&got, out.data, out.len));
	ck_assert(got.kind == 3 && got.topic == 65535 && got.from == 4 && got.id == UINT64_MAX &&
		  got.key == 17 && got.len == 7);
	rh_buf_reset(&out);
	live_record_put(&out, &said);
	rh_reader_init(&reader, out.data, out.len);
	live_record_get(&reader, &heard);
	ck_assert(!reader.is_bad && reader.pos == out.len);
	ck_assert(heard.time_ns == said.time_ns && heard.node == said.node &&
		  heard.kind == said.kind && heard.stage == said.stage &&
		  heard.index == said.index && heard.a == said.a && heard.b == said.b &&
		  heard.c == 0 && heard.d == 3);
	ck_assert_uint_eq(heard.text_len, 4);
	ck_assert(memcmp(heard.text, "gone", 4) == 0);
	rh_buf_release(&out);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("stream");

	tcase_add_test(frame.tests, test_many_frames);
	tcase_add_test(frame.tests, test_the_end);
	tcase_add_test(frame.tests, test_damage);
	tcase_add_test(frame.tests, test_heads_and_records);
	return frame_run(frame);
}
