/*
 * phold.c - PHOLD as a model.
 */
#include "bench/models/phold.h"

#include "bench/bench.h"
#include "core/base/dist.h"

#define PURPOSE_PEER (RH_PURPOSE_PLUGIN + 1)
#define MEAN_NS	     RH_NS_PER_MS
#define PPM	     1000000

struct phold_params {
	uint32_t is_mesh;
};

struct phold_state {
	uint64_t row; /* what the draws of this node have in common */
	uint64_t sent;
};

/* The draws are those of rh_env_draw(): (node, number of the message). */
static void phold_step(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx)
{
	const struct phold_params *params = env->params;
	struct phold_state *state = env->state;
	uint32_t position;
	uint64_t draw;

	(void)event;
	if (state->sent == 0)
		state->row =
			rh_rng_absorb(env->rng, rh_rng_key(env->rng, PURPOSE_PEER), env->name64);
	draw = rh_rng_absorb(env->rng, state->row, state->sent++);
	position = (uint32_t)rh_uniform(draw, env->peer_count);
	/* Where everybody is a neighbour, who it is needs no look into a list of all of them. */
	if (params->is_mesh)
		rh_fx_send(fx, position + (position >= env->node), 0, 0, (struct rh_handle){0, 0});
	else
		rh_fx_send_at(fx, env, position, 0, 0, (struct rh_handle){0, 0});
}

static const struct rh_message_kind messages[] = {{.name = "ball"}};

const struct rh_model bench_phold_model = {
	.name = "bench-phold",
	.doc = "One message a node is on its way, always.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct phold_state),
	.params_size = sizeof(struct phold_params),
	.messages = messages,
	.message_count = 1,
	.step = phold_step,
};

/* The jitter law adds an exponential with a mean of `jitter_ppm` of the link's delay. */
struct rh_plan *bench_phold_plan(const struct bench_phold *phold)
{
	struct rh_plan *plan = bench_plan_new(&bench_phold_model, phold->nodes);
	struct phold_params *params = plan->params;
	uint64_t base_ns = phold->has_lookahead ? MEAN_NS : 1;

	params->is_mesh = phold->cycles == 0;
	plan->jitter = RH_JITTER_EXPONENTIAL;
	plan->jitter_ppm = MEAN_NS / base_ns * PPM;
	if (phold->cycles == 0)
		bench_plan_full(plan, base_ns);
	else
		bench_plan_cycles(plan, phold->cycles, base_ns);
	bench_plan_end(plan);
	return plan;
}

uint64_t bench_phold_end_ns(const struct bench_phold *phold)
{
	return phold->events * (phold->has_lookahead ? 2 : 1) * MEAN_NS / phold->nodes;
}
