/*
 * test_journal.c - shows that a journal's file gives back what was synced and nothing else, that an
 * entry which was cut in the writing ends it, and that objects are freed with their last reference.
 */
#include <stdio.h>
#include <unistd.h>

#include "live/node/journal.h"
#include "tests/lib/frame.h"

static char path[4200];

static void open_both(struct live_journal *journal, struct live_objects *objects)
{
	struct rh_err err;

	*objects = (struct live_objects){0};
	ck_assert_msg(live_journal_open(journal, objects, path, &err) == 0, "%s", err.text);
}

static void close_both(struct live_journal *journal, struct live_objects *objects)
{
	live_journal_close(journal);
	live_objects_release(objects);
}

static void store(struct live_journal *journal, struct live_objects *objects, uint64_t key,
		  const char *text)
{
	struct rh_handle ref = {0, 0};

	if (text != NULL)
		memcpy(live_object_new(objects, (uint32_t)strlen(text), &ref), text, strlen(text));
	live_journal_append(journal, objects, key, ref);
	live_object_drop(objects, ref);
}

static void setup(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/journal-%ld", base != NULL ? base : "/tmp",
		 (long)getpid());
	unlink(path);
}

static void teardown(void)
{
	unlink(path);
}

START_TEST(test_what_was_synced)
{
	struct live_journal journal;
	struct live_objects objects;
	struct rh_err err;

	open_both(&journal, &objects);
	ck_assert_uint_eq(journal.count, 0);
	store(&journal, &objects, 5, "five");
	store(&journal, &objects, 6, NULL);
	store(&journal, &objects, 7, "");
	ck_assert_int_eq(live_journal_sync(&journal, &objects, &err), 0);
	store(&journal, &objects, 8, "lost");
	ck_assert_uint_eq(journal.count, 4);
	close_both(&journal, &objects);

	open_both(&journal, &objects);
	ck_assert_uint_eq(journal.count, 3);
	ck_assert_uint_eq(journal.entries[0].key, 5);
	ck_assert_uint_eq(live_object_size(&objects, journal.entries[0].ref), 4);
	ck_assert(memcmp(live_object_at(&objects, journal.entries[0].ref), "five", 4) == 0);
	ck_assert_uint_eq(journal.entries[1].ref.index, 0);
	ck_assert_uint_eq(live_object_size(&objects, journal.entries[2].ref), 0);
	/* It goes on from there. */
	store(&journal, &objects, 9, "nine");
	ck_assert_int_eq(live_journal_sync(&journal, &objects, &err), 0);
	close_both(&journal, &objects);
	open_both(&journal, &objects);
	ck_assert_uint_eq(journal.count, 4);
	ck_assert_uint_eq(journal.entries[3].key, 9);
	close_both(&journal, &objects);
}
END_TEST

/* The file ends anywhere. */
START_TEST(test_cut)
{
	struct live_journal journal;
	struct live_objects objects;
	struct rh_err err;
	off_t whole;

	open_both(&journal, &objects);
	store(&journal, &objects, 1, "abcdefgh");
	ck_assert_int_eq(live_journal_sync(&journal, &objects, &err), 0);
	whole = lseek(journal.fd, 0, SEEK_END);
	for (off_t cut = 1; cut < whole; cut++) {
		store(&journal, &objects, 2, "ijklmnop");
		ck_assert_int_eq(live_journal_sync(&journal, &objects, &err), 0);
		close_both(&journal, &objects);
		ck_assert_int_eq(truncate(path, whole + cut), 0);
		open_both(&journal, &objects);
		ck_assert_uint_eq(journal.count, 1);
		ck_assert_int_eq(lseek(journal.fd, 0, SEEK_END), whole);
	}
	close_both(&journal, &objects);
}
END_TEST

START_TEST(test_objects)
{
	struct live_objects objects = {0};
	struct rh_handle a, b;
	const void *at;

	at = live_object_new(&objects, 10, &a);
	live_object_new(&objects, 20, &b);
	ck_assert_ptr_eq(live_object_at(&objects, a), at);
	live_object_keep(&objects, a);
	live_object_drop(&objects, a);
	ck_assert_ptr_eq(live_object_at(&objects, a), at);
	live_object_drop(&objects, a);
	ck_assert_uint_eq(objects.live_count, 1);
	live_object_new(&objects, 30, &a);
	ck_assert_uint_eq(a.index, 1);
	ck_assert_uint_eq(a.generation, 2);
	ck_assert_ptr_null(live_object_at(&objects, (struct rh_handle){0, 0}));
	live_objects_release(&objects);
}
END_TEST

START_TEST(test_stale_handle)
{
	struct live_objects objects = {0};
	struct rh_handle a, b;

	live_object_new(&objects, 10, &a);
	live_object_drop(&objects, a);
	live_object_new(&objects, 10, &b);
	live_object_at(&objects, a);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("journal");

	tcase_add_checked_fixture(frame.tests, setup, teardown);
	tcase_add_test(frame.tests, test_what_was_synced);
	tcase_add_test(frame.tests, test_cut);
	tcase_add_test(frame.tests, test_objects);
	frame_add_abort(frame, test_stale_handle);
	return frame_run(frame);
}
