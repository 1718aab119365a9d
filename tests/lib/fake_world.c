/*
 * fake_world.c - see fake_world.h.
 */
#include "tests/lib/fake_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum answer { ANSWER_DONE, ANSWER_FAILED, ANSWER_REFUSED, ANSWER_SILENT };

struct rule { /* for one ticket */
	uint32_t ticket;
	enum answer answer;
	uint64_t after_ns;
	uint64_t touched;
};

struct due { /* a record, and when it becomes known */
	uint64_t known_ns;
	struct rh_record record;
};

struct fake_world {
	struct rh_world base;
	const struct rh_plan *plan;
	struct rh_buf *log;
	struct due *dues;
	size_t due_count;
	size_t due_cap;
	struct rule rules[64];
	size_t rule_count;
	uint64_t fails_ns;
	uint64_t now_ns;
	uint64_t wake_ns;
	uint64_t events;
	struct rh_checkpoint checkpoint;
};

/* ---- the script ------------------------------------------------------------------------------ */

static uint64_t read_time(const char *text, const char **end)
{
	char *after;
	uint64_t number = strtoull(text, &after, 10);

	if (strncmp(after, "ms", 2) == 0) {
		*end = after + 2;
		return number * RH_NS_PER_MS;
	}
	if (*after != 's')
		rh_fatal("script: no time at \"%.20s\"", text);
	*end = after + 1;
	return number * RH_NS_PER_SEC;
}

static uint32_t read_node(const struct rh_plan *plan, const char *name)
{
	if (strcmp(name, "world") == 0)
		return RH_NODE_WORLD;
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (strcmp(plan->nodes[i].name, name) == 0)
			return i;
	}
	rh_fatal("script: no node %s", name);
}

static uint16_t read_stage(int kind, const char *name)
{
	char word[24];

	if (kind < 0)
		rh_fatal("script: unknown kind before %s", name);
	for (uint32_t stage = 0; stage < 16; stage++) {
		rh_record_stage_text(word, (uint32_t)kind, stage);
		if (strcmp(word, name) == 0 || (name[0] == '-' && word[0] == '?'))
			return (uint16_t)stage;
	}
	rh_fatal("script: unknown stage %s", name);
}

static void read_record(const struct rh_plan *plan, struct due *due, const char *line)
{
	struct rh_record *record = &due->record;
	char node[40], kind[24], stage[24];
	uint64_t *fields[] = {&record->a, &record->b, &record->c, &record->d};
	const char *at;
	int used = 0;

	memset(due, 0, sizeof(*due));
	record->time_ns = read_time(line, &at);
	due->known_ns = record->time_ns;
	if (*at == '@')
		due->known_ns = read_time(at + 1, &at);
	if (sscanf(at, " %39s %23s %23s%n", node, kind, stage, &used) != 3)
		rh_fatal("script: %.60s", line);
	record->node = read_node(plan, node);
	record->kind = (uint16_t)rh_record_kind_by_name(kind);
	record->stage = read_stage(rh_record_kind_by_name(kind), stage);
	at += used;
	for (size_t i = 0; i < RH_ARRAY_LEN(fields);) {
		char *after;

		at += strspn(at, " \t");
		if (*at == '\n' || *at == 0)
			break;
		if (*at == '#') {
			record->index = (uint32_t)strtoul(at + 1, &after, 10);
		} else {
			*fields[i++] = (uint64_t)strtoll(at, &after, 10);
		}
		if (after == at)
			rh_fatal("script: no number at \"%.20s\"", at);
		at = after;
	}
}

static void add_due(struct fake_world *world, const struct due *due)
{
	size_t at = world->due_count;

	if (world->due_count == world->due_cap) {
		world->due_cap = world->due_cap == 0 ? 64 : 2 * world->due_cap;
		world->dues = rh_realloc(world->dues, world->due_cap * sizeof(*world->dues));
	}
	/* In the order in which they become known; equal ones as they came. */
	while (at > 0 && world->dues[at - 1].known_ns > due->known_ns) {
		world->dues[at] = world->dues[at - 1];
		at--;
	}
	world->dues[at] = *due;
	world->due_count++;
}

static void read_rule(struct fake_world *world, const char *line)
{
	struct rule *rule = &world->rules[world->rule_count++];
	char answer[24], after[24] = "+0s";
	const char *end;

	RH_ASSERT(world->rule_count <= RH_ARRAY_LEN(world->rules));
	memset(rule, 0, sizeof(*rule));
	if (sscanf(line, "ticket %" SCNu32 " %23s %23s %" SCNu64, &rule->ticket, answer, after,
		   &rule->touched) < 2)
		rh_fatal("script: %.60s", line);
	if (strcmp(answer, "failed") == 0)
		rule->answer = ANSWER_FAILED;
	else if (strcmp(answer, "refused") == 0)
		rule->answer = ANSWER_REFUSED;
	else if (strcmp(answer, "silent") == 0)
		rule->answer = ANSWER_SILENT;
	else if (strcmp(answer, "done") != 0)
		rh_fatal("script: %.60s", line);
	rule->after_ns = after[0] == '+' ? read_time(after + 1, &end) : 0;
}

static void read_script(struct fake_world *world, const char *script)
{
	const char *line = script;

	while (*line != 0) {
		const char *end = strchr(line, '\n');
		struct due due;
		const char *rest;

		line += strspn(line, " \t");
		if (strncmp(line, "ticket ", 7) == 0) {
			read_rule(world, line);
		} else if (strncmp(line, "fails ", 6) == 0) {
			world->fails_ns = read_time(line + 6, &rest);
		} else if (*line != '\n' && *line != 0) {
			read_record(world->plan, &due, line);
			add_due(world, &due);
		}
		if (end == NULL)
			break;
		line = end + 1;
	}
}

void fake_script_each(const struct rh_plan *plan,
		      void (*take)(void *ctx, const struct rh_record *record), void *ctx)
{
	struct fake_world world = {.plan = plan};

	read_script(&world, plan_fake(plan)->script);
	for (size_t i = 0; i < world.due_count; i++)
		take(ctx, &world.dues[i].record);
	free(world.dues);
}

/* ---- the world ------------------------------------------------------------------------------- */

static struct fake_world *fake(struct rh_world *world)
{
	return (struct fake_world *)(void *)world;
}

static int fake_open(struct rh_world **out, const struct rh_plan *plan,
		     const struct rh_world_options *options, struct rh_err *err)
{
	struct fake_world *world = rh_alloc(1, sizeof(*world));

	(void)options;
	(void)err;
	world->base.ops = &fake_world_ops;
	world->plan = plan;
	world->log = plan_fake(plan)->log;
	world->fails_ns = RH_TIME_NEVER;
	world->wake_ns = RH_TIME_NEVER;
	read_script(world, plan_fake(plan)->script);
	*out = &world->base;
	return 0;
}

static uint32_t fake_capabilities(const struct rh_world *world, const struct rh_plan *plan)
{
	(void)world;
	return ((1u << 12) - 1) & ~plan_fake(plan)->cannot;
}

static void give(struct fake_world *world, const struct rh_sink *sink, uint64_t below_ns)
{
	size_t count = 0;

	while (count < world->due_count && world->dues[count].known_ns < below_ns) {
		struct rh_record record = world->dues[count++].record;

		world->events++;
		sink->take(sink->ctx, &record, 1);
		/* The sink may have woken the world: what is known later comes later. */
		if (world->wake_ns < below_ns)
			below_ns = world->wake_ns;
	}
	if (count > 0)
		memmove(world->dues, world->dues + count,
			(world->due_count - count) * sizeof(*world->dues));
	world->due_count -= count;
}

/* Behind the first record that may not wait. */
static uint64_t flush_point(const struct fake_world *world, const struct rh_sink *sink)
{
	uint64_t grid = world->plan->reaction_ns;

	for (size_t i = 0; i < world->due_count; i++) {
		if (((sink->calm_mask >> world->dues[i].record.kind) & 1) == 0)
			return (world->dues[i].known_ns / grid + 1) * grid;
	}
	return RH_TIME_NEVER;
}

static int fake_run_until(struct rh_world *base, uint64_t time_ns, const struct rh_sink *sink,
			  uint64_t *now_ns, struct rh_err *err)
{
	struct fake_world *world = fake(base);

	RH_ASSERT(time_ns >= world->now_ns);
	if (world->fails_ns < time_ns) {
		*now_ns = world->now_ns;
		return rh_err_set(err, RH_E_WORLD, "the script breaks the world down");
	}
	/* Records that may wake are all given, and the time with them, before the next point of the
	 * reaction grid is passed. */
	for (uint64_t point_ns; (point_ns = flush_point(world, sink)) < time_ns;) {
		give(world, sink, world->wake_ns < point_ns ? world->wake_ns : point_ns);
		if (world->wake_ns <= point_ns)
			break;
		if (sink->advance != NULL)
			sink->advance(sink->ctx, point_ns);
		if (world->wake_ns <= point_ns)
			break;
	}
	give(world, sink, world->wake_ns < time_ns ? world->wake_ns : time_ns);
	if (world->wake_ns < time_ns) {
		time_ns = world->wake_ns < world->now_ns ? world->now_ns : world->wake_ns;
		world->wake_ns = RH_TIME_NEVER;
	} else if (world->wake_ns == time_ns) {
		world->wake_ns = RH_TIME_NEVER;
	}
	world->now_ns = time_ns;
	if (sink->advance != NULL)
		sink->advance(sink->ctx, time_ns);
	*now_ns = time_ns;
	return 0;
}

static void fake_wake(struct rh_world *base, uint64_t cause_ns)
{
	struct fake_world *world = fake(base);
	uint64_t grid = world->plan->reaction_ns;
	uint64_t from_ns = cause_ns == 0 ? world->now_ns : cause_ns;
	uint64_t point_ns = (from_ns / grid + 1) * grid;

	if (point_ns < world->wake_ns)
		world->wake_ns = point_ns;
}

static const struct rule *rule_of(const struct fake_world *world, uint32_t ticket)
{
	for (size_t i = 0; i < world->rule_count; i++) {
		if (world->rules[i].ticket == ticket)
			return &world->rules[i];
	}
	return NULL;
}

/* The answer to a ticket: now, later, or not at all. */
static int answer(struct fake_world *world, uint32_t ticket, uint32_t step, struct rh_err *err)
{
	const struct rule *rule = rule_of(world, ticket);
	struct due due = {.known_ns = world->now_ns + (rule == NULL ? 0 : rule->after_ns)};

	if (rule != NULL && rule->answer == ANSWER_REFUSED)
		return rh_err_set(err, RH_E_WORLD, "ticket %" PRIu32 " is refused", ticket);
	if (rule != NULL && rule->answer == ANSWER_SILENT)
		return 0;
	due.record = (struct rh_record){
		.time_ns = due.known_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_ACTION,
		.stage = rule != NULL && rule->answer == ANSWER_FAILED ? RH_ACTION_FAILED
								       : RH_ACTION_DONE,
		.index = ticket,
		.a = step,
		.b = rule == NULL ? 0 : rule->touched,
	};
	add_due(world, &due);
	return 0;
}

/* ---- what it was asked ----------------------------------------------------------------------- */

static void log_links(struct rh_buf *log, const struct rh_link_set *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rh_link_state *state = &links[i].state;

		rh_buf_printf(log, " %" PRIu32 ":", links[i].edge);
		if (state->is_cut)
			rh_buf_text(log, "cut");
		if (state->drops_in_flight)
			rh_buf_text(log, "!");
		if (state->delay_ns != 0)
			rh_buf_printf(log, "+%" PRIu64 "ms", state->delay_ns / RH_NS_PER_MS);
		if (state->loss_threshold != 0)
			rh_buf_printf(log, "loss%" PRIu64 "%%",
				      (uint64_t)(((unsigned __int128)state->loss_threshold * 100 +
						  (UINT64_C(1) << 63)) >>
						 64));
		if (state->rate_bps != 0)
			rh_buf_printf(log, "rate%" PRIu64, state->rate_bps);
	}
}

static void log_nodes(struct fake_world *world, const uint32_t *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rh_buf_printf(world->log, " %s", world->plan->nodes[nodes[i]].name);
}

static void log_head(struct fake_world *world, const char *what, uint32_t ticket, uint32_t step)
{
	char when[RH_TIME_TEXT];

	rh_buf_printf(world->log, "%s %s %" PRIu32 " %s", rh_span_exact(when, world->now_ns), what,
		      ticket, step < world->plan->step_count ? world->plan->steps[step].name : "-");
}

static int fake_start(struct rh_world *base, const struct rh_action *action, uint32_t ticket,
		      struct rh_err *err)
{
	static const char *const ops[] = {"nothing", "crash", "crash-amnesia",
					  "restart", "pause", "resume"};
	struct fake_world *world = fake(base);

	if (world->log != NULL) {
		log_head(world, "start", ticket, action->step);
		if (action->kind == RH_ACTION_NODES)
			rh_buf_printf(world->log, " %s", ops[action->node_op]);
		if (action->kind == RH_ACTION_MODEL)
			rh_buf_printf(world->log, " model-%u", (unsigned)action->model_action);
		if (action->kind == RH_ACTION_CLOCK)
			rh_buf_printf(world->log, " by %" PRId64 "ns %" PRId64 "ppb",
				      action->clock_step_ns, action->clock_drift_ppb);
		log_links(world->log, action->links, action->link_count);
		log_nodes(world, action->nodes, action->node_count);
		rh_buf_u8(world->log, '\n');
	}
	return answer(world, ticket, action->step, err);
}

static int fake_verify(struct rh_world *base, const struct rh_expectation *expected,
		       uint32_t ticket, struct rh_err *err)
{
	struct fake_world *world = fake(base);

	if (world->log != NULL) {
		log_head(world, "verify", ticket, expected->step);
		log_links(world->log, expected->links, expected->link_count);
		log_nodes(world, expected->nodes, expected->node_count);
		for (size_t i = 0; expected->clocks != NULL && i < expected->node_count; i++)
			rh_buf_printf(world->log, " %" PRId64 "ns %" PRId64 "ppb",
				      expected->clocks[i].offset_ns, expected->clocks[i].drift_ppb);
		if (expected->node_count > 0 && expected->clocks == NULL)
			rh_buf_text(world->log, expected->nodes_are_up ? " up" : " down");
		rh_buf_u8(world->log, '\n');
	}
	return answer(world, ticket, expected->step, err);
}

static int fake_submit(struct rh_world *base, uint32_t node, const struct rh_submission *submission,
		       uint32_t ticket, struct rh_err *err)
{
	struct fake_world *world = fake(base);
	const struct rule *rule = rule_of(world, ticket);
	char when[RH_TIME_TEXT];

	RH_ASSERT(submission->at_ns <= world->now_ns);
	if (world->log != NULL)
		rh_buf_printf(world->log, "%s submit %s %" PRIu64 "\n",
			      rh_span_exact(when, world->now_ns), world->plan->nodes[node].name,
			      submission->key);
	if (rule != NULL && rule->answer == ANSWER_REFUSED)
		return rh_err_set(err, RH_E_WORLD, "the submission is refused");
	return 0;
}

static int fake_snapshot(struct rh_world *world, struct rh_buf *out, struct rh_err *err)
{
	(void)world;
	(void)out;
	return rh_err_set(err, RH_E_UNSUPPORTED, "a scripted world has no snapshots");
}

static int fake_restore(struct rh_world *world, const uint8_t *bytes, size_t len,
			struct rh_err *err)
{
	(void)world;
	(void)bytes;
	(void)len;
	return rh_err_set(err, RH_E_UNSUPPORTED, "a scripted world has no snapshots");
}

static int fake_finish(struct rh_world *base, const struct rh_sink *sink, struct rh_err *err)
{
	struct fake_world *world = fake(base);

	(void)err;
	world->wake_ns = RH_TIME_NEVER;
	give(world, sink, world->now_ns + 1);
	world->checkpoint = (struct rh_checkpoint){world->now_ns, {world->events, 1}};
	if (world->log != NULL)
		rh_buf_text(world->log, "finish\n");
	return 0;
}

static void fake_stats(const struct rh_world *base, struct rh_world_stats *stats)
{
	const struct fake_world *world = (const struct fake_world *)(const void *)base;

	*stats = (struct rh_world_stats){.events = world->events,
					 .trace_hash = world->checkpoint.hash,
					 .checkpoints = &world->checkpoint,
					 .checkpoint_count = 1};
}

static void fake_close(struct rh_world *base)
{
	free(fake(base)->dues);
	free(base);
}

const struct rh_world_ops fake_world_ops = {
	.name = "fake",
	.open = fake_open,
	.capabilities = fake_capabilities,
	.run_until = fake_run_until,
	.wake = fake_wake,
	.start = fake_start,
	.submit = fake_submit,
	.verify = fake_verify,
	.snapshot = fake_snapshot,
	.restore = fake_restore,
	.finish = fake_finish,
	.stats = fake_stats,
	.close = fake_close,
};

/* ---- transcripts ----------------------------------------------------------------------------- */

void transcript_print(struct rh_buf *out, const struct rh_plan *plan,
		      const struct rh_record *record)
{
	const struct rh_record_info *info = rh_record_info(record->kind);
	const uint64_t fields[] = {record->a, record->b, record->c, record->d};
	size_t count = RH_ARRAY_LEN(fields);
	char when[RH_TIME_TEXT], stage[24];

	rh_buf_printf(out, "%s %s %s %s", rh_span_exact(when, record->time_ns),
		      record->node < plan->node_count ? plan->nodes[record->node].name : "world",
		      info->text, rh_record_stage_text(stage, record->kind, record->stage));
	if (info->fields[0][0] != 0)
		rh_buf_printf(out, " #%" PRIu32, record->index);
	while (count > 0 && fields[count - 1] == 0)
		count--;
	for (size_t i = 0; i < count; i++)
		rh_buf_printf(out, " %" PRId64, (int64_t)fields[i]);
	if (record->text_len > 0)
		rh_buf_printf(out, " \"%.*s\"", (int)record->text_len, record->text);
	rh_buf_u8(out, '\n');
}

static void transcript_take(void *ctx, const struct rh_record *records, size_t count)
{
	struct transcript *transcript = ctx;

	for (size_t i = 0; i < count; i++) {
		if (!((transcript->hidden >> records[i].kind) & 1))
			transcript_print(&transcript->text, transcript->plan, &records[i]);
	}
}

const struct rh_sink *transcript_open(struct transcript *transcript, const struct rh_plan *plan)
{
	memset(transcript, 0, sizeof(*transcript));
	transcript->plan = plan;
	transcript->sink = (struct rh_sink){.take = transcript_take, .ctx = transcript};
	return &transcript->sink;
}
