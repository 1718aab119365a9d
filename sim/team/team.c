/*
 * team.c - two counters and two futexes: `round` says which job it is, `left` how many still do it.
 *
 * A member waits for `round` to change, does its share, and takes one off `left`; the last one wakes the
 * caller.  Release and acquire on these two words order everything else, so the shares themselves need no
 * locks.
 */
#define _GNU_SOURCE /* syscall */
#include "sim/team/team.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/arena.h"

#define SPINS 4000 /* some 20 us */

struct member {
	struct sim_team *team;
	pthread_t thread;
	uint32_t share;
};

struct sim_team {
	sim_team_job *job;
	void *ctx;
	uint32_t count;
	bool is_over;
	uint32_t round;
	uint32_t left;
	struct member *members;
};

static void sleep_while(uint32_t *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake_all(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static void pause_a_little(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#endif
}

/* Returns when the word is no longer `value`. */
static void wait_while(uint32_t *word, uint32_t value)
{
	for (uint32_t i = 0; i < SPINS; i++) {
		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
			return;
		pause_a_little();
	}
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		sleep_while(word, value);
}

static void *live(void *ctx)
{
	struct member *member = ctx;
	struct sim_team *team = member->team;
	uint32_t round = 0;

	for (;;) {
		wait_while(&team->round, round);
		round++;
		if (__atomic_load_n(&team->is_over, __ATOMIC_ACQUIRE))
			return NULL;
		team->job(team->ctx, member->share);
		if (__atomic_sub_fetch(&team->left, 1, __ATOMIC_ACQ_REL) == 0)
			wake_all(&team->left);
	}
}

struct sim_team *sim_team_open(uint32_t count, sim_team_job *job, void *ctx)
{
	struct sim_team *team = rh_alloc(1, sizeof(*team));

	team->job = job;
	team->ctx = ctx;
	team->count = count;
	team->members = rh_alloc(count, sizeof(*team->members));
	for (uint32_t i = 1; i < count; i++) {
		struct member *member = &team->members[i];
		int error;

		member->team = team;
		member->share = i;
		error = pthread_create(&member->thread, NULL, live, member);
		if (error != 0)
			rh_fatal("cannot start a thread: %s", strerror(error));
	}
	return team;
}

void sim_team_run(struct sim_team *team)
{
	uint32_t left;

	__atomic_store_n(&team->left, team->count - 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&team->round, 1, __ATOMIC_RELEASE);
	wake_all(&team->round);
	team->job(team->ctx, 0);
	while ((left = __atomic_load_n(&team->left, __ATOMIC_ACQUIRE)) != 0)
		wait_while(&team->left, left);
}

void sim_team_close(struct sim_team *team)
{
	if (team == NULL)
		return;
	__atomic_store_n(&team->is_over, true, __ATOMIC_RELEASE);
	__atomic_add_fetch(&team->round, 1, __ATOMIC_RELEASE);
	wake_all(&team->round);
	for (uint32_t i = 1; i < team->count; i++)
		pthread_join(team->members[i].thread, NULL);
	free(team->members);
	free(team);
}
