/* The text map against a plain array: the same content, in the order of insertion, whatever was
 * removed between. */
#include <stdio.h>

#include "core/base/list.h"
#include "core/base/map.h"
#include "tests/lib/frame.h"

enum { KEYS = 400 };

struct oracle {
	char keys[KEYS][16];
	int order[KEYS]; /* keys present, oldest first */
	int count;
	uint64_t values[KEYS];
};

static int place_of(const struct oracle *oracle, int key)
{
	int i;

	for (i = 0; i < oracle->count; i++) {
		if (oracle->order[i] == key)
			return i;
	}
	return -1;
}

static void check_same(const struct rh_map *map, const struct oracle *oracle)
{
	const struct rh_map_entry *entry;
	int seen = 0;

	rh_map_each (entry, map) {
		int key = oracle->order[seen++];

		ck_assert_str_eq(entry->key, oracle->keys[key]);
		ck_assert_uint_eq(entry->number, oracle->values[key]);
	}
	ck_assert_int_eq(seen, oracle->count);
	ck_assert_uint_eq(map->live_count, (uint32_t)oracle->count);
}

START_TEST(against_an_array)
{
	static struct oracle oracle;
	struct rh_map map = {0};
	uint64_t state = 11;
	int i;
	int step;

	for (i = 0; i < KEYS; i++)
		snprintf(oracle.keys[i], sizeof(oracle.keys[i]), "key-%d", i);
	for (step = 0; step < 20000; step++) {
		int key = (int)any(&state, step % 3 == 0 ? KEYS : 20);
		const char *text = oracle.keys[key];
		int place = place_of(&oracle, key);
		struct rh_map_entry *entry = rh_map_find(&map, text, strlen(text));
		bool is_new;

		ck_assert_int_eq(entry != NULL, place >= 0);
		if (any(&state, 2) == 0) {
			entry = rh_map_add(&map, text, strlen(text), &is_new);
			ck_assert_int_eq(is_new, place < 0);
			if (is_new) {
				ck_assert_uint_eq(entry->number, 0);
				oracle.order[oracle.count++] = key;
			}
			entry->number = oracle.values[key] = (uint64_t)step;
		} else {
			ck_assert_int_eq(rh_map_remove(&map, text, strlen(text)), place >= 0);
			if (place >= 0) {
				oracle.count--;
				memmove(oracle.order + place, oracle.order + place + 1,
					(size_t)(oracle.count - place) * sizeof(int));
			}
		}
		if (step % 50 == 0)
			check_same(&map, &oracle);
	}
	check_same(&map, &oracle);
	rh_map_release(&map);
	ck_assert_ptr_null(rh_map_find(&map, "key-1", 5));
}
END_TEST

START_TEST(keys_are_bytes)
{
	struct rh_map map;

	rh_map_init(&map);
	rh_map_add(&map, "ab", 2, NULL)->number = 1;
	rh_map_add(&map, "abc", 3, NULL)->number = 2;
	rh_map_add(&map, "", 0, NULL)->number = 3;
	rh_map_add(&map, "a\0b", 3, NULL)->number = 4;
	ck_assert_uint_eq(rh_map_find(&map, "abc", 2)->number, 1);
	ck_assert_uint_eq(rh_map_find(&map, "abc", 3)->number, 2);
	ck_assert_uint_eq(rh_map_find(&map, "x", 0)->number, 3);
	ck_assert_uint_eq(rh_map_find(&map, "a\0b", 3)->number, 4);
	ck_assert_ptr_null(rh_map_find(&map, "a", 1));
	ck_assert_uint_eq(map.live_count, 4);
	rh_map_release(&map);
}
END_TEST

START_TEST(removal_within_a_walk)
{
	static char keys[100][8];
	struct rh_map map = {0};
	struct rh_map_entry *entry;
	uint64_t next = 0;
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%d", i);
		rh_map_add(&map, keys[i], strlen(keys[i]), NULL)->number = (uint64_t)i;
	}
	rh_map_each (entry, &map) {
		ck_assert_uint_eq(entry->number, next++);
		if (next % 3 == 0)
			rh_map_remove(&map, entry->key, entry->key_len);
	}
	ck_assert_uint_eq(next, 100);
	ck_assert_uint_eq(map.live_count, 67);
	rh_map_release(&map);
}
END_TEST

struct link {
	int number;
	struct rh_list list;
};

START_TEST(lists)
{
	struct link links[5];
	struct rh_list head;
	struct rh_list *at;
	struct rh_list *after;
	int sum = 0;
	int i;

	rh_list_init(&head);
	ck_assert(rh_list_is_empty(&head));
	for (i = 0; i < 5; i++) {
		links[i].number = i;
		rh_list_push(&head, &links[i].list);
	}
	rh_list_remove(&links[2].list);
	rh_list_insert_before(&links[0].list, &links[2].list);
	rh_list_each (at, &head)
		sum = sum * 10 + rh_container_of(at, struct link, list)->number;
	ck_assert_int_eq(sum, 20134);
	rh_list_each_safe (at, after, &head)
		rh_list_remove(at);
	ck_assert(rh_list_is_empty(&head));
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("map");

	tcase_add_test(frame.tests, against_an_array);
	tcase_add_test(frame.tests, keys_are_bytes);
	tcase_add_test(frame.tests, removal_within_a_walk);
	tcase_add_test(frame.tests, lists);
	return frame_run(frame);
}
