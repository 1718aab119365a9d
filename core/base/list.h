/*
 * list.h - intrusive doubly linked list: the link lives in the item, the list owns nothing.
 * For objects of one process; not for memory in a space (it holds pointers).
 */
#ifndef CORE_BASE_LIST_H
#define CORE_BASE_LIST_H

#include <stddef.h>

#include "core/base/assert.h"

struct rh_list {
	struct rh_list *next;
	struct rh_list *prev;
};

#define rh_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void rh_list_init(struct rh_list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool rh_list_is_empty(const struct rh_list *head)
{
	return head->next == head;
}

static inline void rh_list_insert_before(struct rh_list *where, struct rh_list *item)
{
	item->prev = where->prev;
	item->next = where;
	where->prev->next = item;
	where->prev = item;
}

static inline void rh_list_push(struct rh_list *head, struct rh_list *item) /* at the end */
{
	rh_list_insert_before(head, item);
}

static inline void rh_list_remove(struct rh_list *item)
{
	RH_ASSERT(item->prev->next == item && item->next->prev == item);
	item->prev->next = item->next;
	item->next->prev = item->prev;
	rh_list_init(item);
}

#define rh_list_each(item, head) \
	for ((item) = (head)->next; (item) != (head); (item) = (item)->next)
#define rh_list_each_safe(item, after, head) \
	for ((item) = (head)->next, (after) = (item)->next; (item) != (head); \
	     (item) = (after), (after) = (item)->next)

#endif
