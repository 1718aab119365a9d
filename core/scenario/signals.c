/*
 * signals.c - numbers that change with time: the shapes of spec.signals, sampled for a parameter that
 * follows one.
 *
 * Everything is integer arithmetic: a sine is a table of one half turn with straight lines between
 * its 65 points (error below 0.02 % of the swing), a random walk is a keyed draw for each sample
 * (SIGNAL: the signal's name, the number of the sample), so everybody who follows it sees the same
 * walk.  Time counts from the beginning of the step that follows.
 */
#include <string.h>

#include "core/base/dist.h"
#include "core/scenario/steps.h"

/* In the order of the words of `shape`. */
enum shape { SHAPE_STEP, SHAPE_LINEAR, SHAPE_DROP, SHAPE_SINE, SHAPE_WALK };

#define FOLLOWED_MAX 8
#define SHARE_PARTS  INT64_C(1000000000)    /* shares are sampled in parts of a billion */
#define PACE_NS	     (1000 * RH_NS_PER_SEC) /* events in so long: 0.001/s and whole steps of it */
#define HALF_TURN    64
#define ONE	     (INT64_C(1) << 30)

/* (1 - cos(pi * i / 64)) / 2, of 2^30. */
static const int64_t half_turn[HALF_TURN + 1] = {
	0,	    646685,	2585180,    5810817,	10315824,   16089348,	23117481,
	31383291,   40866865,	51545356,   63393038,	76381371,   90479063,	105652152,
	121864085,  139075806,	157245850,  176330443,	196283611,  217057283,	238601414,
	260864103,  283791716,	307329019,  331419309,	356004549,  381025513,	406421921,
	432132593,  458095588,	484248360,  510527905,	536870912,  563213919,	589493464,
	615646236,  641609231,	667319903,  692716311,	717737275,  742322515,	766412805,
	789950108,  812877721,	835140410,  856684541,	877458213,  897411381,	916495974,
	934666018,  951877739,	968089672,  983262761,	997360453,  1010348786, 1022196468,
	1032874959, 1042358533, 1050624343, 1057652476, 1063426000, 1067931007, 1071156644,
	1073095139, 1073741824,
};

struct follower {
	const struct rh_key *key;
	struct rh_in_signal signal;
	uint64_t name64;
	int64_t from;
	int64_t to;
	int64_t change;
	uint64_t walked; /* samples of the walk so far, and where it stands */
	int64_t at;
};

struct rh_followed {
	struct follower followers[FOLLOWED_MAX];
	uint32_t count;
	uint64_t every_ns;
};

/* ---- values ---------------------------------------------------------------------------------- */

static int64_t number_of(const struct rh_key *key, const struct rh_value *value)
{
	if (key->type == RH_KEY_RATIO)
		return (int64_t)rh_mul_div(SHARE_PARTS, value->ratio.num,
					   value->ratio.den == 0 ? 1 : value->ratio.den);
	if (key->type == RH_KEY_PACE)
		return (int64_t)rh_mul_div(PACE_NS, value->ratio.num, value->ratio.den);
	return (int64_t)value->number;
}

static struct rh_value value_of(const struct rh_key *key, int64_t number)
{
	if (key->type == RH_KEY_RATIO)
		return (struct rh_value){.ratio = {(uint64_t)number, SHARE_PARTS}};
	if (key->type == RH_KEY_PACE)
		return (struct rh_value){.number = RH_PACE_NS,
					 .ratio = {(uint64_t)number, PACE_NS}};
	return (struct rh_value){.number = (uint64_t)number};
}

/* from + (to - from) * num / den, towards `from`. */
static int64_t between(int64_t from, int64_t to, uint64_t num, uint64_t den)
{
	__extension__ typedef __int128 wide;

	return (int64_t)(from + ((wide)to - from) * (wide)num / (wide)den);
}

static int64_t sine(const struct follower *follower, uint64_t since_ns)
{
	uint64_t period_ns = follower->signal.period_ns;
	uint64_t phase_ns = since_ns % period_ns;
	uint64_t whole, at;
	int64_t height;

	/* The second half is the first one backwards. */
	if (phase_ns > period_ns / 2)
		phase_ns = period_ns - phase_ns;
	whole = rh_mul_div(phase_ns, (uint64_t)HALF_TURN * 2 * (uint64_t)ONE, period_ns);
	at = whole / (uint64_t)ONE;
	if (at >= HALF_TURN)
		return follower->to;
	height = between(half_turn[at], half_turn[at + 1], whole % (uint64_t)ONE, (uint64_t)ONE);
	return between(follower->from, follower->to, (uint64_t)height, (uint64_t)ONE);
}

/* Goes on from the sample before; one before that would begin anew. */
static int64_t walk(struct follower *follower, struct rh_rng rng, uint64_t since_ns)
{
	__extension__ typedef __int128 wide;
	wide low = follower->from < follower->to ? follower->from : follower->to;
	wide high = follower->from < follower->to ? follower->to : follower->from;
	uint64_t count = since_ns / follower->signal.every_ns;

	if (follower->walked == 0 || count < follower->walked) {
		follower->walked = 0;
		follower->at = follower->from;
	}
	while (follower->walked < count) {
		uint64_t draw =
			rh_draw2(rng, RH_PURPOSE_SIGNAL, follower->name64, ++follower->walked);
		uint64_t width = 2 * (uint64_t)follower->change + 1;
		wide next = (wide)follower->at + rh_uniform(draw, width) - follower->change;

		follower->at = (int64_t)(next < low ? low : next > high ? high : next);
	}
	return follower->at;
}

static int64_t sample(struct follower *follower, struct rh_rng rng, uint64_t since_ns)
{
	const struct rh_in_signal *signal = &follower->signal;
	int64_t from = follower->from;
	int64_t to = follower->to;

	if (since_ns < signal->start_ns)
		return from;
	since_ns -= signal->start_ns;
	switch ((enum shape)signal->shape) {
	case SHAPE_STEP:
		return to;
	case SHAPE_LINEAR:
		return since_ns >= signal->for_ns ? to
						  : between(from, to, since_ns, signal->for_ns);
	case SHAPE_DROP:
		if (since_ns < signal->for_ns)
			return to;
		since_ns -= signal->for_ns;
		return since_ns >= signal->recover_ns
			       ? from
			       : between(to, from, since_ns, signal->recover_ns);
	case SHAPE_SINE:
		return sine(follower, since_ns);
	case SHAPE_WALK:
		return walk(follower, rng, since_ns);
	}
	return from;
}

uint64_t rh_signal_every(const struct rh_followed *followed)
{
	return followed->every_ns;
}

void rh_signal_sample(struct rh_followed *followed, struct rh_rng rng, void *params,
		      uint64_t since_ns)
{
	for (uint32_t i = 0; i < followed->count; i++) {
		struct follower *follower = &followed->followers[i];
		struct rh_value value = value_of(follower->key, sample(follower, rng, since_ns));

		rh_value_store(&value, follower->key, params);
	}
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The signal of that name; its tree, or NULL after complaining. */
static const struct rh_tree *find_signal(struct rh_steps *steps, struct rh_in_signal *in,
					 const char **path, const struct rh_tree *name,
					 const char *step_path)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *all = loader->spec.signals;
	const char *word = rh_load_word(loader, name, step_path);
	const char *names[64];
	uint32_t count = 0;

	for (uint32_t i = 0; word != NULL && all != NULL && i < all->count; i++) {
		const struct rh_tree *own = rh_tree_get(all->items[i], "name");

		if (own == NULL || own->kind != RH_TREE_SCALAR)
			continue;
		if (strcmp(own->text, word) == 0) {
			*path = rh_load_path_at(loader, "signals", i);
			return rh_load_section(loader, in, all->items[i], "signal", *path)
				       ? all->items[i]
				       : NULL;
		}
		if (count < RH_ARRAY_LEN(names))
			names[count++] = own->text;
	}
	if (word != NULL)
		rh_load_complain(loader, "E040", name->place, step_path,
				 rh_load_hint(loader, word, names, count, NULL),
				 "no signal is called \"%.60s\"", word);
	return NULL;
}

/* Keys that another shape has: whoever writes them expects what will not happen. */
static bool check_unused(struct rh_steps *steps, const struct rh_in_signal *in,
			 const struct rh_tree *tree, const char *path)
{
	const struct {
		const char *key;
		bool is_used;
		const char *of;
	} keys[] = {
		{"recover", in->shape == SHAPE_DROP, "drop"},
		{"period", in->shape == SHAPE_SINE, "sine"},
		{"change", in->shape == SHAPE_WALK, "random-walk"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		const struct rh_tree *key = rh_load_key(steps->loader, tree, "signal", keys[i].key);

		if (key == NULL || keys[i].is_used)
			continue;
		rh_load_complain(steps->loader, "E084", key->place, path, "remove it",
				 "`%s` belongs to signals of shape %s", keys[i].key, keys[i].of);
		return false;
	}
	return true;
}

/* The keys that the shape needs; false after complaining. */
static bool check_shape(struct rh_steps *steps, const struct rh_in_signal *in,
			const struct rh_tree *tree, const char *path)
{
	const char *missing = NULL;

	if ((in->shape == SHAPE_LINEAR || in->shape == SHAPE_DROP) && in->for_ns == 0)
		missing = "for";
	else if (in->shape == SHAPE_SINE && in->period_ns == 0)
		missing = "period";
	else if (in->shape == SHAPE_WALK && in->change[0] == 0)
		missing = "change";
	if (missing == NULL)
		return check_unused(steps, in, tree, path);
	rh_load_complain(steps->loader, "E084", tree->place, path, NULL,
			 "a signal of this shape needs key \"%s\"", missing);
	return false;
}

/* A value of the signal as the parameter that follows it would be written. */
static bool read_end(struct rh_steps *steps, int64_t *number, const struct rh_key *key,
		     const struct rh_tree *tree, const char *name, const char *path)
{
	const struct rh_tree *text = rh_load_key(steps->loader, tree, "signal", name);
	struct rh_key any = *key;
	struct rh_value value;

	/* A step of the walk is no value of the parameter. */
	if (strcmp(name, "change") == 0)
		any.min = any.max = 0;
	if (!rh_load_scalar(steps->loader, &value, &any, text,
			    rh_load_path(steps->loader, path, name)))
		return false;
	if (key->type == RH_KEY_PACE && (value.number != RH_PACE_NS || value.ratio.den == 0 ||
					 value.ratio.num / 1000000 > value.ratio.den)) {
		rh_load_complain(steps->loader, "E084", text->place, path, "write 20/s",
				 "a signal of a rate counts by time");
		return false;
	}
	*number = number_of(key, &value);
	if (*number >= 0 || strcmp(name, "change") != 0)
		return true;
	rh_load_complain(steps->loader, "E022", text->place, path, NULL, "a change is at least 0");
	return false;
}

static bool follow(struct rh_steps *steps, struct rh_followed *followed, const struct rh_key *key,
		   const struct rh_tree *name, const char *step_path)
{
	struct follower *follower = &followed->followers[followed->count];
	const char *path = "";
	const struct rh_tree *tree = find_signal(steps, &follower->signal, &path, name, step_path);

	if (tree == NULL || !check_shape(steps, &follower->signal, tree, path))
		return false;
	follower->key = key;
	follower->name64 = rh_name64(follower->signal.name);
	if (!read_end(steps, &follower->from, key, tree, "from", path) ||
	    !read_end(steps, &follower->to, key, tree, "to", path) ||
	    (follower->signal.shape == SHAPE_WALK &&
	     !read_end(steps, &follower->change, key, tree, "change", path)))
		return false;
	if (followed->count == 0 || follower->signal.every_ns < followed->every_ns)
		followed->every_ns = follower->signal.every_ns;
	followed->count++;
	return true;
}

static bool can_follow(const struct rh_key *key)
{
	return key->type == RH_KEY_INT || key->type == RH_KEY_DURATION ||
	       key->type == RH_KEY_SIZE || key->type == RH_KEY_RATE || key->type == RH_KEY_RATIO ||
	       key->type == RH_KEY_PACE;
}

bool rh_find_signals(struct rh_steps *steps, struct rh_followed **out, const struct rh_tree **with,
		     const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	struct rh_followed *followed = NULL;
	struct rh_tree *copy = NULL;

	*out = NULL;
	for (uint32_t i = 0; *with != NULL && i < (*with)->count; i++) {
		const struct rh_tree_pair *pair = &(*with)->pairs[i];
		const struct rh_tree *name = rh_tree_get(pair->value, "signal");
		const struct rh_key *key = written->type->keys;

		while (key != NULL && key->name != NULL && !rh_key_is(key->name, pair->key))
			key++;
		if (name == NULL || key == NULL || key->name == NULL || !can_follow(key))
			continue;
		if (followed == NULL)
			followed = RH_ARENA_NEW(&loader->scratch, struct rh_followed);
		if (followed->count == FOLLOWED_MAX ||
		    !follow(steps, followed, key, name, written->path))
			return false;
		if (copy == NULL) {
			copy = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
			*copy = **with;
			copy->pairs = RH_ARENA_ARRAY(&loader->scratch, (size_t)copy->count + 1,
						     struct rh_tree_pair);
			memcpy(copy->pairs, (*with)->pairs, copy->count * sizeof(*copy->pairs));
		}
		/* The first value stands for it until it is sampled. */
		copy->pairs[i].value = (struct rh_tree *)(uintptr_t)rh_tree_scalar(
			loader, followed->followers[followed->count - 1].signal.from,
			pair->value->place);
	}
	if (copy != NULL)
		*with = copy;
	*out = followed;
	return true;
}
