/*
 * Stories: a few nodes, every message takes 10 ms, and what happened as text, to be read by people.
 */
#include "tests/lib/frame.h"
#include "tests/unit/relay/loop.h"

/* a - b - c */
static const uint32_t line[][2] = {{0, 1}, {1, 2}};

static struct loop *story_open(enum rh_relay_policy policy, struct rh_buf *text)
{
	struct loop *loop = loop_open(policy, 3, line, 2, 1);

	loop->is_sharp = true;
	loop->story = text;
	return loop;
}

static void story_close(struct loop *loop, struct rh_buf *text, const char *expected)
{
	ck_assert_str_eq(rh_buf_str(text), expected);
	loop_close(loop);
	rh_buf_release(text);
}

START_TEST(flood)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_FLOOD, &text);

	loop_make(loop, 0, 7);
	loop_run(loop);
	story_close(loop, &text,
		    "    0 ms  a makes 7\n"
		    "    0 ms  a -> b  item 7\n"
		    "   10 ms  b -> c  item 7\n");
}
END_TEST

START_TEST(inventory)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_INVENTORY, &text);

	loop_make(loop, 0, 7);
	loop_run(loop);
	story_close(loop, &text,
		    "    0 ms  a makes 7\n"
		    "    0 ms  a -> b  inv 7\n"
		    "   10 ms  b -> a  getdata 7\n"
		    "   20 ms  a -> b  item 7\n"
		    "   30 ms  b -> c  inv 7\n"
		    "   40 ms  c -> b  getdata 7\n"
		    "   50 ms  b -> c  item 7\n");
}
END_TEST

/* c was away while 7 and 8 were made: the header of 9 does not connect. */
START_TEST(headers_after_a_cut)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_HEADERS, &text);

	loop->nodes[2].side = 1;
	loop_make(loop, 0, 7);
	loop_make(loop, 0, 8);
	loop_run(loop);
	rh_buf_reset(&text);
	loop->now_ns = 100 * RH_NS_PER_MS;
	while (loop->event_count > 0)
		loop_event_take(loop); /* timers of what came long ago */
	loop->nodes[2].side = 0;
	loop_make(loop, 1, 9);
	loop_run(loop);
	story_close(loop, &text,
		    "  100 ms  b makes 9\n"
		    "  100 ms  b -> a  headers 9\n"
		    "  100 ms  b -> c  headers 9\n"
		    "  110 ms  a -> b  getdata 9\n"
		    "  110 ms  c -> b  getheaders 9\n"
		    "  120 ms  b -> a  item 9\n"
		    "  120 ms  b -> c  headers 9\n" /* 7, 8 and 9 */
		    "  130 ms  c -> b  getdata 7\n"
		    "  130 ms  c -> b  getdata 8\n"
		    "  130 ms  c -> b  getdata 9\n"
		    "  140 ms  b -> c  item 7\n"
		    "  140 ms  b -> c  item 8\n"
		    "  140 ms  b -> c  item 9\n");
}
END_TEST

/* b lacks a transaction and asks for it: one round trip more. */
START_TEST(compact)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_COMPACT, &text);

	loop->cfg.compact_failure = RH_ALWAYS;
	loop_make(loop, 0, 7);
	loop_run_until(loop, 25 * RH_NS_PER_MS);
	loop->cfg.compact_failure = 0;
	loop_run(loop);
	story_close(loop, &text,
		    "    0 ms  a makes 7\n"
		    "    0 ms  a -> b  cmpctblock 7\n"
		    "   10 ms  b -> a  getblocktxn 7\n"
		    "   20 ms  a -> b  blocktxn 7\n"
		    "   30 ms  b -> c  cmpctblock 7\n");
}
END_TEST

/* The answer is lost; two seconds later b asks again. */
START_TEST(a_lost_item)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_INVENTORY, &text);

	loop->nodes[2].side = 1;
	loop_make(loop, 0, 7);
	loop_run_until(loop, 15 * RH_NS_PER_MS);
	loop->loss = RH_ALWAYS;
	loop_run_until(loop, 25 * RH_NS_PER_MS);
	loop->loss = 0;
	loop_run_until(loop, 3000 * RH_NS_PER_MS);
	story_close(loop, &text,
		    "    0 ms  a makes 7\n"
		    "    0 ms  a -> b  inv 7\n"
		    "   10 ms  b -> a  getdata 7\n"
		    "   20 ms  a -> b  item 7  (lost)\n"
		    " 2010 ms  b -> a  getdata 7\n"
		    " 2020 ms  a -> b  item 7\n"
		    " 2030 ms  b -> c  inv 7  (lost)\n");
}
END_TEST

/* c asks a, who told it first and is gone; b told it, too, and is asked next. */
START_TEST(the_next_announcer)
{
	static const uint32_t triangle[][2] = {{0, 1}, {0, 2}, {1, 2}};
	struct rh_buf text = {0};
	struct loop *loop = loop_open(RH_RELAY_INVENTORY, 3, triangle, 3, 1);

	loop->is_sharp = true;
	loop->story = &text;
	loop_make(loop, 0, 7);
	loop_run_until(loop, 15 * RH_NS_PER_MS);
	loop->nodes[0].side = 1;
	loop->nodes[1].side = 1;
	loop_run_until(loop, 25 * RH_NS_PER_MS);
	loop->nodes[1].side = loop->nodes[2].side = 2;
	loop_run_until(loop, 3000 * RH_NS_PER_MS);
	story_close(loop, &text,
		    "    0 ms  a makes 7\n"
		    "    0 ms  a -> b  inv 7\n"
		    "    0 ms  a -> c  inv 7\n"
		    "   10 ms  b -> a  getdata 7\n"
		    "   10 ms  c -> a  getdata 7\n"
		    "   20 ms  a -> b  item 7\n"
		    "   20 ms  a -> c  item 7  (lost)\n"
		    "   30 ms  b -> c  inv 7\n"
		    " 2010 ms  c -> b  getdata 7\n"
		    " 2020 ms  b -> c  item 7\n");
}
END_TEST

/* b crashes, forgets all, comes back and greets both neighbours. */
START_TEST(a_restart)
{
	struct rh_buf text = {0};
	struct loop *loop = story_open(RH_RELAY_INVENTORY, &text);

	loop_make(loop, 0, 7);
	loop_run(loop);
	rh_buf_reset(&text);
	loop_crash(loop, 1);
	loop->now_ns = loop->nodes[1].env.clock_ns = 3000 * RH_NS_PER_MS;
	model_start(loop, 1);
	loop_run(loop);
	story_close(loop, &text,
		    " 3000 ms  b -> a  getheaders 0\n"
		    " 3000 ms  b -> c  getheaders 0\n"
		    " 3010 ms  a -> b  headers 7\n"
		    " 3010 ms  c -> b  headers 7\n"
		    " 3020 ms  b -> a  getdata 7\n"
		    " 3030 ms  a -> b  item 7\n");
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("relay stories");

	tcase_add_test(frame.tests, flood);
	tcase_add_test(frame.tests, inventory);
	tcase_add_test(frame.tests, headers_after_a_cut);
	tcase_add_test(frame.tests, compact);
	tcase_add_test(frame.tests, a_lost_item);
	tcase_add_test(frame.tests, the_next_announcer);
	tcase_add_test(frame.tests, a_restart);
	return frame_run(frame);
}
