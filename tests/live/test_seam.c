/*
 * test_seam.c - shows that a hosted node process is the same node as a simulated one: every event
 * that the simulator gave to a node, given to a process of live/node, brings back the same effects,
 * records and digest of the state, byte for byte.  Over the wire goes what a message's `encode`
 * wrote, a crash is SIGKILL, and what is known after it comes from the journal in its file.
 *
 * And that the comparison can fail: another seed in the process, and a message with one wrong bit,
 * are noticed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/units.h"
#include "core/run/run.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "live/node/node.h"
#include "live/node/seam.h"
#include "live/wire/stream.h"
#include "models/registry.h"
#include "sim/world.h"
#include "tests/lib/frame.h"

/* ---- recording a simulated run --------------------------------------------------------------- */

struct entry {
	struct rh_buf given;
	struct rh_buf answer;
	uint32_t node;
	enum rh_class class;
	bool is_restart;
};

static struct {
	const struct rh_model *inner;
	struct rh_model model;
	struct rh_digest *digest;
	struct entry *entries;
	uint32_t count;
	uint32_t cap;
	uint32_t kinds[64]; /* messages by kind */
} recorder;

/* Stands between the simulator and the model. */
static void record_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx)
{
	struct entry *entry;

	if (recorder.count == recorder.cap) {
		recorder.cap = recorder.cap == 0 ? 1024 : 2 * recorder.cap;
		recorder.entries =
			rh_realloc(recorder.entries, recorder.cap * sizeof(*recorder.entries));
	}
	entry = &recorder.entries[recorder.count++];
	*entry = (struct entry){.node = env->node, .class = event->class};
	entry->is_restart =
		event->class == RH_CLASS_ACTION && event->kind == RH_EVENT_START && event->key > 0;
	if (event->class == RH_CLASS_MESSAGE)
		recorder.kinds[event->kind]++;
	live_given_put(&entry->given, recorder.inner, env->params, env->clock_ns, env->clock_ns,
		       event);
	recorder.inner->step(env, event, fx);
	live_answer_put(&entry->answer, recorder.inner, env, fx, recorder.digest);
}

static void forget_recording(void)
{
	for (uint32_t i = 0; i < recorder.count; i++) {
		rh_buf_release(&recorder.entries[i].given);
		rh_buf_release(&recorder.entries[i].answer);
	}
	free(recorder.entries);
	rh_digest_free(recorder.digest);
	memset(&recorder, 0, sizeof(recorder));
}

static struct rh_registry registry;

static struct rh_plan *load(const char *path, const char *const *sets, size_t count)
{
	struct rh_load_options options = {.registry = &registry, .sets = sets, .set_count = count};
	struct rh_diagnostics diagnostics;
	struct rh_err err;
	struct rh_plan *plan;

	memset(&registry, 0, sizeof(registry));
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_faults, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_workloads, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_assertions, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_models, &err), 0);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_file(path, &options, &diagnostics);
	ck_assert_ptr_nonnull(plan);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

/* Plays the plan up to a time, with the recorder in the place of its model. */
static void record_run(struct rh_plan *plan, uint64_t until_ns)
{
	struct rh_run_options options = {
		.world = {.record_mask = rh_record_mask(RH_TRACE_FULL)},
		.has_until = true,
		.until_ns = until_ns,
	};
	struct rh_run_result result;
	struct rh_err err;

	recorder.inner = plan->model;
	recorder.model = *plan->model;
	recorder.model.step = record_step;
	recorder.digest = rh_digest_new();
	plan->model = &recorder.model;
	ck_assert_int_eq(rh_run(&result, plan, &sim_world_ops, &options, &err), 0);
	plan->model = recorder.inner;
	rh_judge_close(result.judge);
	free((void *)result.stats.checkpoints);
}

/* ---- a process to replay in ------------------------------------------------------------------ */

struct hosted {
	const struct rh_plan *plan;
	uint32_t node;
	uint32_t life;
	pid_t pid;
	struct live_stream control;
};

static void be_born(struct hosted *hosted)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fflush(NULL);
	hosted->pid = fork();
	ck_assert(hosted->pid >= 0);
	if (hosted->pid == 0) {
		struct live_node_setup setup = {
			.plan = hosted->plan,
			.node = hosted->node,
			.life = hosted->life,
			.control_fd = ends[1],
			.listen_fd = -1,
			.record_mask = rh_record_mask(RH_TRACE_FULL),
		};

		close(ends[0]);
		_exit(live_node_run(&setup));
	}
	close(ends[1]);
	live_stream_open(&hosted->control, ends[0]);
	hosted->life++;
}

/* As a crash, or after the last event: what is not in the journal's file is gone. */
static void die(struct hosted *hosted)
{
	ck_assert_int_eq(kill(hosted->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(hosted->pid, NULL, 0), hosted->pid);
	live_stream_close(&hosted->control);
}

/* The process's answer; its type is LIVE_FAILED when it could make no sense of the event. */
static struct live_frame ask(struct hosted *hosted, const struct rh_buf *given)
{
	struct live_frame frame = {0};
	struct rh_err err;
	size_t begin = live_frame_begin(&hosted->control.out, LIVE_REPLAY);
	int got = 0;

	rh_buf_put(&hosted->control.out, given->data, given->len);
	live_frame_end(&hosted->control.out, begin);
	for (;;) {
		struct pollfd entry = {.fd = hosted->control.fd, .events = POLLIN};

		while ((got = live_stream_next(&hosted->control, &frame, &err)) == 1) {
			if (frame.type == LIVE_REPLAYED || frame.type == LIVE_FAILED)
				return frame;
		}
		ck_assert_int_eq(got, 0);
		ck_assert_msg(!hosted->control.is_ended, "the process of node %u has gone",
			      hosted->node);
		live_stream_write(&hosted->control);
		if (live_stream_wants_write(&hosted->control))
			entry.events |= POLLOUT;
		poll(&entry, 1, 30000);
		live_stream_read(&hosted->control);
	}
}

/* Number of the first entry whose answer differs, or recorder.count. */
static uint32_t replay(const struct rh_plan *plan, uint32_t node)
{
	struct hosted hosted = {.plan = plan, .node = node};
	uint32_t at;

	be_born(&hosted);
	for (at = 0; at < recorder.count; at++) {
		const struct entry *entry = &recorder.entries[at];
		struct live_frame answer;

		if (entry->node != node)
			continue;
		if (entry->is_restart) {
			die(&hosted);
			be_born(&hosted);
		}
		answer = ask(&hosted, &entry->given);
		if (answer.type != LIVE_REPLAYED || answer.len != entry->answer.len ||
		    memcmp(answer.bytes, entry->answer.data, answer.len) != 0)
			break;
	}
	die(&hosted);
	return at;
}

/* Journals stand in the working folder: each test has one of its own. */
static char home[4096];
static char folder[4200];

static void enter_folder(void)
{
	ck_assert_ptr_nonnull(getcwd(home, sizeof(home)));
	snprintf(folder, sizeof(folder), "%s/seam-XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(uint32_t node_count)
{
	char name[64];

	for (uint32_t i = 0; i < node_count; i++)
		unlink(live_node_journal_name(name, sizeof(name), i));
	ck_assert_int_eq(chdir(home), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static uint32_t count_of(enum rh_class class)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < recorder.count; i++)
		count += recorder.entries[i].class == class;
	return count;
}

static bool has_restart(void)
{
	for (uint32_t i = 0; i < recorder.count; i++) {
		if (recorder.entries[i].is_restart)
			return true;
	}
	return false;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static const char *const relays[] = {"model.with.relay=inventory", "model.with.relay=flood",
				     "model.with.relay=headers", "model.with.relay=compact"};

START_TEST(test_every_answer_is_the_same)
{
	struct rh_plan *plan = load("scenarios/smoke/four.yaml", &relays[_i], 1);
	uint32_t kinds = 0;

	/* In these eight minutes stand a cut, a crash and a restart. */
	record_run(plan, 8 * RH_NS_PER_MIN);
	ck_assert_uint_gt(recorder.count, 1000);
	ck_assert(has_restart());
	ck_assert_uint_gt(count_of(RH_CLASS_TIMER), 100);
	ck_assert_uint_gt(count_of(RH_CLASS_MESSAGE), 500);
	for (uint32_t i = 0; i < plan->model->message_count; i++)
		kinds += recorder.kinds[i] > 0;
	printf("%s: %u events, %u of work, %u messages of %u kinds\n", relays[_i], recorder.count,
	       count_of(RH_CLASS_WORK), count_of(RH_CLASS_MESSAGE), kinds);
	enter_folder();
	for (uint32_t node = 0; node < plan->node_count; node++) {
		uint32_t at = replay(plan, node);

		ck_assert_msg(at == recorder.count, "node %u: the answer to event %u differs", node,
			      at);
	}
	leave_folder(plan->node_count);
	forget_recording();
	rh_plan_free(plan);
}
END_TEST

/* Payments, some of them spoiled, and a node that comes back: inputs and lists of transactions. */
START_TEST(test_money_is_the_same)
{
	struct rh_plan *plan = load("scenarios/live/payments.yaml", NULL, 0);

	record_run(plan, 12 * RH_NS_PER_SEC);
	ck_assert(has_restart());
	ck_assert_uint_gt(count_of(RH_CLASS_INPUT), 200);
	/* Behind the eight kinds of the relay: announced, asked for, delivered. */
	for (uint32_t i = 8; i < plan->model->message_count; i++)
		ck_assert_uint_gt(recorder.kinds[i], 100);
	enter_folder();
	for (uint32_t node = 0; node < plan->node_count; node++)
		ck_assert_uint_eq(replay(plan, node), recorder.count);
	leave_folder(plan->node_count);
	forget_recording();
	rh_plan_free(plan);
}
END_TEST

START_TEST(test_another_seed_is_noticed)
{
	struct rh_plan *plan = load("scenarios/smoke/four.yaml", NULL, 0);

	record_run(plan, RH_NS_PER_MIN);
	plan->seed++;
	enter_folder();
	ck_assert_uint_lt(replay(plan, 0), recorder.count);
	leave_folder(plan->node_count);
	forget_recording();
	rh_plan_free(plan);
}
END_TEST

START_TEST(test_a_wrong_bit_is_noticed)
{
	struct rh_plan *plan = load("scenarios/smoke/four.yaml", NULL, 0);
	uint32_t at = 0;

	record_run(plan, RH_NS_PER_MIN);
	while (recorder.entries[at].class != RH_CLASS_MESSAGE || recorder.entries[at].node != 1)
		at++;
	/* In the content, at the end of what was given. */
	recorder.entries[at].given.data[recorder.entries[at].given.len - 1] ^= 4;
	enter_folder();
	ck_assert_uint_eq(replay(plan, 1), at);
	leave_folder(plan->node_count);
	forget_recording();
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("seam");

	tcase_add_loop_test(frame.tests, test_every_answer_is_the_same, 0,
			    (int)RH_ARRAY_LEN(relays));
	tcase_add_test(frame.tests, test_money_is_the_same);
	tcase_add_test(frame.tests, test_another_seed_is_noticed);
	tcase_add_test(frame.tests, test_a_wrong_bit_is_noticed);
	return frame_run(frame);
}
