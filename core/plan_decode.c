/*
 * plan_decode.c - a plan from its canonical bytes, which are not to be trusted.
 *
 * Everything that others rely on is checked here: indices, orders, windows, limits, words.  A list
 * is made only after its count was compared with the bytes that are left, so damaged bytes cannot
 * ask for memory.
 */
#include <string.h>

#include "core/jitter.h"
#include "core/params.h"
#include "core/plan.h"
#include "core/plan_bytes.h"

struct decoder {
	struct rh_reader reader;
	struct rh_plan *plan;
	struct rh_arena *arena;
	const struct rh_registry *registry;
	struct rh_err *err;
	bool is_bad;
};

/* Notes the first thing that is wrong; what follows is read as zeros. */
static bool damaged(struct decoder *decoder, const char *what)
{
	if (!decoder->is_bad)
		rh_err_set(decoder->err, RH_E_CORRUPT, "plan bytes: %s", what);
	decoder->is_bad = true;
	return false;
}

static uint64_t get_number(struct decoder *decoder, uint64_t max, const char *what)
{
	uint64_t number = rh_read_varint(&decoder->reader);

	if (decoder->reader.is_bad)
		damaged(decoder, "they end too early");
	else if (number > max)
		damaged(decoder, what);
	return decoder->is_bad ? 0 : number;
}

static uint64_t get_time(struct decoder *decoder)
{
	return get_number(decoder, RH_PLAN_TIME_MAX, "a time is out of range");
}

static uint32_t get_byte(struct decoder *decoder, uint32_t max, const char *what)
{
	uint32_t number = rh_read_u8(&decoder->reader);

	if (decoder->reader.is_bad)
		damaged(decoder, "they end too early");
	else if (number > max)
		damaged(decoder, what);
	return decoder->is_bad ? 0 : number;
}

/* A count of items that take at least `item_bytes` each. */
static uint32_t get_count(struct decoder *decoder, size_t item_bytes)
{
	size_t left = decoder->reader.len - decoder->reader.pos;

	return (uint32_t)get_number(
		decoder, left / item_bytes < UINT32_MAX ? left / item_bytes : UINT32_MAX - 1,
		"a count is larger than the bytes that follow");
}

static const char *get_text(struct decoder *decoder)
{
	size_t len;
	const uint8_t *bytes = rh_read_bytes(&decoder->reader, &len);

	if (decoder->reader.is_bad || (len != 0 && memchr(bytes, 0, len) != NULL)) {
		damaged(decoder, "a text is not right");
		return "";
	}
	return len != 0 ? rh_arena_text(decoder->arena, (const char *)bytes, len) : "";
}

static const char *get_name(struct decoder *decoder)
{
	const char *name = get_text(decoder);

	if (name[0] == 0 || strlen(name) > 250)
		damaged(decoder, "a name is empty or too long");
	return name;
}

static void *get_params(struct decoder *decoder, const struct rh_key *keys, uint32_t size)
{
	void *params;

	if (decoder->is_bad)
		return NULL;
	params = rh_params_decode(decoder->arena, &decoder->reader, keys, size);
	if (params == NULL)
		damaged(decoder, "parameters do not fit their table of keys");
	return params;
}

static uint32_t *get_ascending(struct decoder *decoder, uint32_t *count, uint64_t end)
{
	uint32_t wanted = get_count(decoder, 1);
	uint32_t *numbers = RH_ARENA_ARRAY(decoder->arena, (size_t)wanted + 1, uint32_t);
	uint64_t at = 0;

	*count = 0;
	for (uint32_t i = 0; i < wanted && !decoder->is_bad; i++) {
		uint64_t step = get_number(decoder, UINT32_MAX, "a list is not ascending");

		at += step;
		if ((i > 0 && step == 0) || at >= end)
			damaged(decoder, "a list names what is not there");
		numbers[i] = (uint32_t)at;
	}
	*count = decoder->is_bad ? 0 : wanted;
	return numbers;
}

static void get_model(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;
	const char *name = get_name(decoder);
	char why[200] = "";

	if (decoder->is_bad)
		return;
	plan->model = rh_registry_model(decoder->registry, name);
	if (plan->model == NULL) {
		decoder->is_bad = true;
		rh_err_set(decoder->err, RH_E_NOT_FOUND,
			   "plan bytes: this program has no model \"%.60s\"", name);
		return;
	}
	plan->params = get_params(decoder, plan->model->keys, plan->model->params_size);
	if (plan->params != NULL && plan->model->check != NULL &&
	    plan->model->check(plan->params, why, sizeof(why)) != 0)
		damaged(decoder, "the model refuses its parameters");
}

static void get_header(struct decoder *decoder)
{
	const uint8_t *magic = rh_read_raw(&decoder->reader, RH_PLAN_MAGIC_LEN);
	struct rh_plan *plan = decoder->plan;

	if (magic == NULL || memcmp(magic, RH_PLAN_MAGIC, RH_PLAN_MAGIC_LEN) != 0) {
		damaged(decoder, "they do not begin like a plan");
		return;
	}
	if (rh_read_u16(&decoder->reader) != RH_PLAN_VERSION) {
		damaged(decoder, "they are of another version");
		return;
	}
	plan->name = get_name(decoder);
	plan->description = get_text(decoder);
	plan->hypothesis = get_text(decoder);
	plan->seed = rh_read_u64(&decoder->reader);
	plan->rng = (enum rh_rng_kind)get_byte(decoder, RH_RNG_PHILOX, "unknown generator");
	plan->ties = (enum rh_ties)get_byte(decoder, RH_TIES_RANDOM, "unknown order of ties");
	plan->duration_ns = get_time(decoder);
	plan->timeout_ns = get_time(decoder);
	plan->genesis_unix_s = get_number(decoder, UINT64_C(40000000000), "genesis out of range");
	plan->slot_ns = get_time(decoder);
	plan->slots_per_epoch = get_number(decoder, UINT32_MAX, "slots out of range");
	plan->genesis_delay_ns = get_time(decoder);
	plan->block_ns = get_time(decoder);
	plan->rollback_when = get_byte(decoder, 7, "unknown cause of a rollback");
	plan->rollback_timeout_ns = get_time(decoder);
	if (plan->duration_ns == 0 || plan->timeout_ns < plan->duration_ns)
		damaged(decoder, "duration and timeout do not fit");
	plan->modes = get_byte(decoder, RH_PLAN_MODE_SIM | RH_PLAN_MODE_LIVE, "unknown mode");
	plan->sample_every_ns = get_time(decoder);
	get_model(decoder);
}

static void get_groups(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;
	uint32_t count = get_count(decoder, 3);
	uint64_t first = 0;

	plan->groups = RH_ARENA_ARRAY(decoder->arena, (size_t)count + 1, struct rh_plan_group);
	for (uint32_t i = 0; i < count && !decoder->is_bad; i++) {
		plan->groups[i].name = get_name(decoder);
		plan->groups[i].first_node = (uint32_t)first;
		plan->groups[i].node_count =
			(uint32_t)get_number(decoder, RH_PLAN_NODES_MAX, "a group is too large");
		plan->groups[i].client_model = get_text(decoder);
		plan->groups[i].execution = get_text(decoder);
		plan->groups[i].consensus = get_text(decoder);
		first += plan->groups[i].node_count;
		if (first > RH_PLAN_NODES_MAX)
			damaged(decoder, "too many nodes");
	}
	plan->group_count = count;
	plan->node_count = (uint32_t)first;
}

static void get_node(struct decoder *decoder, struct rh_plan_node *node)
{
	struct rh_plan *plan = decoder->plan;
	uint64_t region;

	node->name = get_name(decoder);
	node->name64 = rh_name64(node->name);
	region = get_number(decoder, plan->region_count, "a region is not there");
	node->region = region == 0 ? RH_NONE : (uint32_t)region - 1;
	node->up_bps = get_number(decoder, INT64_MAX, "a rate is out of range");
	node->down_bps = get_number(decoder, INT64_MAX, "a rate is out of range");
	node->start_ns = get_time(decoder);
	node->clock_offset_ns = rh_read_svarint(&decoder->reader);
	node->clock_drift_ppb = rh_read_svarint(&decoder->reader);
	if (node->clock_offset_ns < -INT64_C(86400000000000) ||
	    node->clock_offset_ns > INT64_C(86400000000000) || node->clock_drift_ppb < -1000000 ||
	    node->clock_drift_ppb > 1000000)
		damaged(decoder, "a clock is out of range");
	if (decoder->is_bad)
		return;
	node->params = get_params(decoder, plan->model->node_keys, plan->model->node_params_size);
	if (node->params == NULL)
		return;
	node->weight = plan->model->weight != NULL ? plan->model->weight(node->params) : 0;
	if (node->weight > UINT64_MAX - plan->weight_total)
		damaged(decoder, "weights do not fit 64 bits");
	else
		plan->weight_total += node->weight;
}

static void get_nodes(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;
	uint32_t count = get_count(decoder, 2);

	if (count > RH_PLAN_REGIONS_MAX) {
		damaged(decoder, "too many regions");
		return;
	}
	plan->regions = RH_ARENA_ARRAY(decoder->arena, (size_t)count + 1, const char *);
	plan->region_count = count;
	for (uint32_t i = 0; i < count && !decoder->is_bad; i++)
		plan->regions[i] = get_name(decoder);
	get_groups(decoder);
	if (decoder->is_bad)
		return;
	/* A node takes at least nine bytes, so its count is bounded by what is left. */
	if (get_count(decoder, 9) != plan->node_count)
		damaged(decoder, "the groups do not have as many nodes as there are");
	if (decoder->is_bad)
		return;
	plan->nodes =
		RH_ARENA_ARRAY(decoder->arena, (size_t)plan->node_count + 1, struct rh_plan_node);
	for (uint32_t g = 0; g < plan->group_count; g++) {
		const struct rh_plan_group *group = &plan->groups[g];

		for (uint32_t i = 0; i < group->node_count && !decoder->is_bad; i++) {
			plan->nodes[group->first_node + i].group = g;
			get_node(decoder, &plan->nodes[group->first_node + i]);
		}
	}
}

static void get_bases(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->base_count = get_count(decoder, 10);
	plan->bases =
		RH_ARENA_ARRAY(decoder->arena, (size_t)plan->base_count + 1, struct rh_link_state);
	for (uint32_t i = 0; i < plan->base_count && !decoder->is_bad; i++) {
		plan->bases[i].jitter_ns = get_time(decoder);
		plan->bases[i].loss_threshold = rh_read_u64(&decoder->reader);
		plan->bases[i].rate_bps = get_number(decoder, INT64_MAX, "a rate is out of range");
	}
	plan->bootstrap = get_ascending(decoder, &plan->bootstrap_count, plan->node_count);
}

static void get_report(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->report.formats = (uint32_t)get_number(decoder, 127, "unknown format of a report");
	plan->report.wishes = (uint32_t)get_number(decoder, 7, "unknown wish for a report");
	plan->report.plots = get_ascending(decoder, &plan->report.plot_count,
					   RH_GAUGE_MODEL + (uint64_t)plan->model->gauge_count);
}

static void get_links(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;
	uint64_t least = RH_TIME_NEVER;

	get_bases(decoder);
	plan->link_count = get_count(decoder, 4);
	plan->links =
		RH_ARENA_ARRAY(decoder->arena, (size_t)plan->link_count + 1, struct rh_plan_link);
	if (plan->base_count != 0)
		plan->link_bases =
			RH_ARENA_ARRAY(decoder->arena, (size_t)plan->link_count + 1, uint32_t);
	for (uint32_t i = 0; i < plan->link_count && !decoder->is_bad; i++) {
		struct rh_plan_link *link = &plan->links[i];
		const struct rh_plan_link *last = i > 0 ? link - 1 : NULL;
		uint64_t b;

		link->a = (uint32_t)get_number(decoder, UINT32_MAX, "a link leads nowhere");
		b = link->a + get_number(decoder, UINT32_MAX, "a link leads nowhere");
		link->b = (uint32_t)b;
		link->delay_ns[0] = get_time(decoder);
		link->delay_ns[1] = get_time(decoder);
		if (plan->base_count != 0)
			plan->link_bases[i] = (uint32_t)get_number(
				decoder, plan->base_count, "a link is of a kind that is not there");
		if (b >= plan->node_count || link->a >= b || link->delay_ns[0] == 0 ||
		    link->delay_ns[1] == 0 ||
		    (last != NULL &&
		     (last->a > link->a || (last->a == link->a && last->b >= link->b))))
			damaged(decoder, "a link is not right");
	}
	plan->jitter =
		(enum rh_jitter_law)get_byte(decoder, RH_JITTER_PARETO, "unknown law of jitter");
	plan->jitter_ppm = get_number(decoder, 10000000, "jitter out of range");
	plan->loss_threshold = rh_read_u64(&decoder->reader);
	plan->lookahead_ns = get_time(decoder);
	for (uint32_t i = 0; i < 2 * plan->link_count && !decoder->is_bad; i++) {
		uint64_t bound = rh_link_min_ns(plan, i);

		least = bound < least ? bound : least;
	}
	if (plan->lookahead_ns == 0 || plan->lookahead_ns > least)
		damaged(decoder, "the lookahead is not that of the links");
}

static void get_phases(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->phase_count = get_count(decoder, 4);
	plan->phases =
		RH_ARENA_ARRAY(decoder->arena, (size_t)plan->phase_count + 1, struct rh_plan_phase);
	for (uint32_t i = 0; i < plan->phase_count && !decoder->is_bad; i++) {
		struct rh_plan_phase *phase = &plan->phases[i];
		const struct rh_plan_phase *last = i > 0 ? phase - 1 : NULL;

		phase->name = get_name(decoder);
		phase->start_ns = get_time(decoder);
		phase->duration_ns = get_time(decoder);
		if (phase->start_ns != (last != NULL ? last->start_ns + last->duration_ns : 0))
			damaged(decoder, "the phases do not follow each other");
	}
}

/* Times are in order where they are known, and nobody waits for a step that stands behind him. */
static bool is_in_place(const struct rh_plan *plan, const struct rh_plan_step *step)
{
	uint32_t index = (uint32_t)(step - plan->steps);
	const struct rh_plan_step *last = index > 0 ? step - 1 : NULL;

	if (step->after != RH_NONE && step->after >= index)
		return false;
	if ((step->phase == RH_NONE) != (step->part != RH_PART_ACTIONS) ||
	    (step->phase != RH_NONE && step->phase >= plan->phase_count))
		return false;
	if (step->until_ns < step->at_ns ||
	    (step->until_ns != RH_TIME_NEVER && step->until_ns > RH_PLAN_TIME_MAX))
		return false;
	if (last == NULL || last->part < step->part)
		return true;
	if (last->part > step->part || (last->after != RH_NONE && step->after == RH_NONE))
		return false;
	return step->after != RH_NONE || last->at_ns <= step->at_ns;
}

static void get_step(struct decoder *decoder, struct rh_plan_step *step)
{
	struct rh_plan *plan = decoder->plan;
	const char *type;

	step->name = get_name(decoder);
	step->name64 = rh_name64(step->name);
	step->label = get_text(decoder);
	type = get_name(decoder);
	step->type = decoder->is_bad ? NULL : rh_registry_action(decoder->registry, type);
	if (step->type == NULL) {
		damaged(decoder, "a fault is not known to this program");
		return;
	}
	step->params = get_params(decoder, step->type->keys, step->type->params_size);
	step->phase = rh_read_u32(&decoder->reader);
	step->part = (enum rh_part)get_byte(decoder, RH_PART_CLEANUP, "unknown part of a run");
	step->after = rh_read_u32(&decoder->reader);
	step->at_ns = get_time(decoder);
	step->until_ns = rh_read_u64(&decoder->reader);
	step->timeout_ns = rh_read_u64(&decoder->reader);
	step->condition = rh_read_u32(&decoder->reader);
	step->unless = rh_read_u32(&decoder->reader);
	step->only_if = (enum rh_only_if)get_byte(decoder, RH_ONLY_PASSED, "unknown `if`");
	step->series = rh_read_u32(&decoder->reader);
	step->workload = rh_read_u32(&decoder->reader);
	step->on_failure = (enum rh_on_failure)get_byte(decoder, RH_ON_FAILURE_IGNORE,
							"unknown answer to a failure");
	step->verify = (enum rh_verify)get_byte(decoder, RH_VERIFY_NONE, "unknown verification");
	step->is_disabled = get_byte(decoder, 1, "neither disabled nor not") != 0;
	if (!is_in_place(plan, step))
		damaged(decoder, "the times of a step do not fit");
	step->edges = get_ascending(decoder, &step->edge_count, 2 * (uint64_t)plan->link_count);
	step->nodes = get_ascending(decoder, &step->node_count, plan->node_count);
	step->steps = get_ascending(decoder, &step->step_count, plan->step_count);
	step->gauges = get_ascending(decoder, &step->gauge_count,
				     RH_GAUGE_MODEL + (uint64_t)plan->model->gauge_count);
}

static void get_steps(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->step_count = get_count(decoder, 20);
	plan->steps =
		RH_ARENA_ARRAY(decoder->arena, (size_t)plan->step_count + 1, struct rh_plan_step);
	for (uint32_t i = 0; i < plan->step_count && !decoder->is_bad; i++)
		get_step(decoder, &plan->steps[i]);
}

/* The sentence type counts gauges: a number that no gauge has is damage. */
static bool is_gauge_known(const struct rh_plan *plan, const struct rh_plan_assertion *assertion)
{
	const struct rh_key *key = assertion->type->keys;
	int64_t gauge;

	for (; key != NULL && key->name != NULL; key++) {
		if (key->type != RH_KEY_INT || strcmp(key->name, "gauge") != 0)
			continue;
		memcpy(&gauge, (const char *)assertion->params + key->offset, sizeof(gauge));
		if (gauge < 0 || (gauge >= RH_GAUGE_SHARED_COUNT &&
				  (gauge < RH_GAUGE_MODEL ||
				   gauge >= RH_GAUGE_MODEL + plan->model->gauge_count)))
			return false;
	}
	return true;
}

/* An index, or none. */
static bool is_there(uint32_t index, uint32_t count)
{
	return index == RH_NONE || index < count;
}

static void get_assertion(struct decoder *decoder, struct rh_plan_assertion *assertion)
{
	struct rh_plan *plan = decoder->plan;
	const char *type;

	assertion->name = get_text(decoder);
	assertion->text = get_text(decoder);
	type = get_name(decoder);
	assertion->type = decoder->is_bad ? NULL : rh_registry_assertion(decoder->registry, type);
	if (assertion->type == NULL) {
		damaged(decoder, "an assertion type is not known to this program");
		return;
	}
	assertion->params =
		get_params(decoder, assertion->type->keys, assertion->type->params_size);
	assertion->mode =
		(enum rh_assert_mode)get_byte(decoder, RH_MODE_FINAL, "unknown mode of a check");
	assertion->role = (enum rh_assert_role)get_byte(decoder, RH_ROLE_CONDITION,
							"unknown role of a check");
	assertion->phase = rh_read_u32(&decoder->reader);
	assertion->after = rh_read_u32(&decoder->reader);
	assertion->during = rh_read_u32(&decoder->reader);
	assertion->since = rh_read_u32(&decoder->reader);
	assertion->from_ns = get_time(decoder);
	assertion->until_ns = rh_read_u64(&decoder->reader);
	assertion->hold_ns = get_time(decoder);
	assertion->quorum =
		(enum rh_quorum_kind)get_byte(decoder, RH_QUORUM_COUNT, "unknown quorum");
	assertion->quorum_count =
		(uint32_t)get_number(decoder, UINT32_MAX, "a quorum is too large");
	assertion->weight = (uint32_t)get_number(decoder, UINT32_MAX, "a weight is too large");
	assertion->severity =
		(enum rh_severity)get_byte(decoder, RH_SEVERITY_EXTREME, "unknown severity");
	assertion->is_warning = get_byte(decoder, 1, "neither warning nor not") != 0;
	assertion->expects_failure = get_byte(decoder, 1, "neither expected nor not") != 0;
	if (decoder->is_bad)
		return;
	if (!is_there(assertion->phase, plan->phase_count) ||
	    !is_there(assertion->after, plan->step_count) ||
	    !is_there(assertion->during, plan->step_count) ||
	    !is_there(assertion->since, plan->step_count) ||
	    assertion->until_ns < assertion->from_ns ||
	    (assertion->until_ns != RH_TIME_NEVER && assertion->until_ns > RH_PLAN_TIME_MAX) ||
	    !is_gauge_known(plan, assertion))
		damaged(decoder, "a check is not right");
	assertion->nodes = get_ascending(decoder, &assertion->node_count, plan->node_count);
}

static void get_assertions(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->assertion_count = get_count(decoder, 20);
	plan->assertions = RH_ARENA_ARRAY(decoder->arena, (size_t)plan->assertion_count + 1,
					  struct rh_plan_assertion);
	for (uint32_t i = 0; i < plan->assertion_count && !decoder->is_bad; i++)
		get_assertion(decoder, &plan->assertions[i]);
}

/* Steps name assertions and workloads, which are read after them. */
static void check_steps(struct decoder *decoder)
{
	const struct rh_plan *plan = decoder->plan;

	for (uint32_t i = 0; i < plan->step_count && !decoder->is_bad; i++) {
		const struct rh_plan_step *step = &plan->steps[i];
		bool needs_load = step->type->effect == RH_EFFECT_ON_RUN &&
				  step->type->run_op == RH_RUN_OP_WORKLOAD;

		if ((needs_load && step->workload == RH_NONE) ||
		    !is_there(step->condition, plan->assertion_count) ||
		    !is_there(step->unless, plan->assertion_count) ||
		    !is_there(step->series, plan->step_count) ||
		    !is_there(step->workload, plan->workload_count))
			damaged(decoder, "a step names what is not there");
	}
}

static void get_workload(struct decoder *decoder, struct rh_plan_workload *workload)
{
	struct rh_plan *plan = decoder->plan;
	const char *type;

	workload->name = get_name(decoder);
	workload->name64 = rh_name64(workload->name);
	type = get_name(decoder);
	workload->type = decoder->is_bad ? NULL : rh_registry_workload(decoder->registry, type);
	if (workload->type == NULL) {
		damaged(decoder, "a kind of workload is not known to this program");
		return;
	}
	workload->params = get_params(decoder, workload->type->keys, workload->type->params_size);
	workload->start_ns = get_time(decoder);
	workload->until_ns = get_time(decoder);
	workload->nodes = get_ascending(decoder, &workload->node_count, plan->node_count);
}

static void get_workloads(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->workload_count = get_count(decoder, 12);
	plan->workloads = RH_ARENA_ARRAY(decoder->arena, (size_t)plan->workload_count + 1,
					 struct rh_plan_workload);
	for (uint32_t i = 0; i < plan->workload_count && !decoder->is_bad; i++)
		get_workload(decoder, &plan->workloads[i]);
	check_steps(decoder);
}

static void get_limits(struct decoder *decoder)
{
	struct rh_plan *plan = decoder->plan;

	plan->trace_level =
		(enum rh_trace_level)get_byte(decoder, RH_TRACE_FULL, "unknown level of trace");
	plan->reaction_ns = get_time(decoder);
	plan->limit_memory = get_number(decoder, INT64_MAX, "a limit is out of range");
	plan->limit_self_events = get_number(decoder, INT64_MAX, "a limit is out of range");
	plan->limit_messages = get_number(decoder, INT64_MAX, "a limit is out of range");
	if (!decoder->is_bad)
		get_report(decoder);
	if (plan->reaction_ns == 0)
		damaged(decoder, "there is no reaction grid");
	if (decoder->reader.is_bad)
		damaged(decoder, "they end too early");
	else if (decoder->reader.pos != decoder->reader.len)
		damaged(decoder, "something follows the plan");
}

int rh_plan_decode(struct rh_plan **plan, const uint8_t *bytes, size_t len,
		   const struct rh_registry *registry, struct rh_err *err)
{
	static void (*const parts[])(struct decoder *) = {
		get_header, get_nodes,	    get_links,	   get_phases,
		get_steps,  get_assertions, get_workloads, get_limits,
	};
	struct rh_err local = {0};
	struct decoder decoder = {.registry = registry, .err = err != NULL ? err : &local};

	*plan = NULL;
	decoder.plan = rh_alloc(1, sizeof(*decoder.plan));
	decoder.arena = &decoder.plan->arena;
	rh_arena_init(decoder.arena);
	decoder.plan->path = "";
	rh_reader_init(&decoder.reader, bytes, len);
	for (size_t i = 0; i < RH_ARRAY_LEN(parts) && !decoder.is_bad; i++)
		parts[i](&decoder);
	if (decoder.is_bad) {
		rh_plan_free(decoder.plan);
		RH_ASSERT(decoder.err->code < 0);
		return decoder.err->code;
	}
	*plan = decoder.plan;
	return 0;
}
