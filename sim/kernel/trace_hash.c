/*
 * trace_hash.c - setting up the words of the trace hash, and its checkpoints.
 */
#include "sim/kernel/trace_hash.h"

#include <string.h>

void sim_trace_init(struct sim_trace *trace, struct rh_space *space, const uint64_t *names64,
		    uint32_t node_count)
{
	uint64_t words = SIM_TRACE_HEAD_WORDS + UINT64_C(5) * node_count;
	uint32_t i;

	memset(trace, 0, sizeof(*trace));
	trace->words = rh_space_alloc(space, words * sizeof(uint64_t));
	trace->node_count = node_count;
	trace->next_ns = UINT64_C(1) << SIM_CHECKPOINT_LOG2;
	for (i = 0; i < node_count; i++)
		sim_trace_node(space, trace, i)->name64 = names64[i];
}

void sim_trace_ahead_init(struct sim_trace *trace, struct rh_space *space, uint32_t thread_count)
{
	trace->thread_count = thread_count;
	trace->ahead = rh_space_alloc(space, (uint64_t)thread_count * 2 * trace->node_count *
						     sizeof(struct sim_trace_ahead));
}

void sim_trace_recall(const struct rh_space *space, const struct sim_trace *trace, uint32_t node,
		      uint64_t time_ns, uint64_t source_name64)
{
	struct sim_trace_ahead *ahead = sim_trace_ahead(space, trace, 0) +
					(time_ns >> SIM_CHECKPOINT_LOG2 & 1) * trace->node_count +
					node;

	RH_ASSERT(node < trace->node_count && time_ns < sim_trace_near_ns(trace));
	ahead->sum -= sim_trace_arrival_word(time_ns, source_name64);
	ahead->count--;
}

void sim_trace_take_in(const struct rh_space *space, const struct sim_trace *trace)
{
	uint64_t stretch = (trace->next_ns >> SIM_CHECKPOINT_LOG2) - 1;

	for (uint32_t thread = 0; thread < trace->thread_count; thread++) {
		struct sim_trace_ahead *ahead =
			sim_trace_ahead(space, trace, thread) + (stretch & 1) * trace->node_count;

		for (uint32_t i = 0; i < trace->node_count; i++) {
			struct sim_trace_node *node = sim_trace_node(space, trace, i);

			node->sum += ahead[i].sum;
			node->duplicates += ahead[i].count;
		}
		memset(ahead, 0, trace->node_count * sizeof(*ahead));
	}
}

static struct rh_hash128 hash_words(struct rh_space *space, const uint64_t *words, uint64_t count)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	(void)space;
	return rh_hash128(words, count * sizeof(uint64_t));
#else
	rh_off copy = rh_space_alloc(space, count * sizeof(uint64_t));
	uint64_t *swapped = rh_at(space, copy);
	struct rh_hash128 hash;
	uint64_t i;

	for (i = 0; i < count; i++)
		swapped[i] = __builtin_bswap64(words[i]);
	hash = rh_hash128(swapped, count * sizeof(uint64_t));
	rh_space_free(space, copy, count * sizeof(uint64_t));
	return hash;
#endif
}

void sim_trace_checkpoint(struct rh_space *space, struct sim_trace *trace, uint64_t c_ns)
{
	uint64_t count = SIM_TRACE_HEAD_WORDS + UINT64_C(5) * trace->node_count;
	uint64_t *words = rh_at(space, trace->words);
	struct sim_checkpoint *checkpoint;
	struct rh_hash128 hash;

	RH_ASSERT(c_ns <= trace->next_ns);
	words[0] = c_ns;
	hash = hash_words(space, words, count);
	words[1] = hash.low;
	words[2] = hash.high;
	checkpoint = rh_vec_push(space, &trace->checkpoints, sizeof(*checkpoint));
	checkpoint->time_ns = c_ns;
	checkpoint->hash = hash;
	if (c_ns == trace->next_ns)
		trace->next_ns += UINT64_C(1) << SIM_CHECKPOINT_LOG2;
}
