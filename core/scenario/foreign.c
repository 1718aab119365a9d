/*
 * foreign.c - faults and verbs as the source systems spell them, and their parameters.
 *
 * A row says what a word means here and where its parameters go: to one of ours, with a unit behind
 * the number; or, with '=' in front, to the step itself: how long it lasts, whom it meets, how bad it
 * is.  Words of faults are compared in one spelling: NetworkPartition, network_partition and
 * network-partition are the same.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/steps.h"

#define KEYS 5

struct spelling {
	const char *word;
	bool is_verb; /* of a service; else of `fault` */
	enum rh_step_form form;
	const char *is;
	const char *unless; /* with this parameter it is `other` */
	const char *other;
	struct {
		const char *from;
		const char *to;
		const char *unit; /* behind the number */
	} keys[KEYS];
};

#define FAULT false, RH_FORM_FAULT
#define VERB  true, RH_FORM_FAULT
#define NO    NULL, NULL

static const struct spelling spellings[] = {
	/* verbs of a trading coordinator */
	{"inject_latency",
	 VERB,
	 "latency",
	 "operations",
	 "rpc-latency",
	 {{"delayMs", "delay", "ms"}, {"jitterMs", "jitter", "ms"}}},
	{"simulate_downtime", VERB, "crash", NO, {{"durationMs", "=for", "ms"}}},
	{"reject_orders", VERB, "rpc-error", NO, {{"rejectionRate", "rate", ""}}},
	{"partial_fills",
	 VERB,
	 "rpc-partial",
	 NO,
	 {{"fillRate", "rate", ""}, {"intensity", "rate", ""}}},
	{"clear_chaos", true, RH_FORM_CLEAR, "all", NO, {{NULL}}},
	{"clear_all_chaos", true, RH_FORM_CLEAR, "all", NO, {{NULL}}},
	{"restart", true, RH_FORM_NODE, "restart", NO, {{NULL}}},
	/* kinds of a disruption, which are verbs by parameter */
	{"latency", VERB, "latency", NO, {{"intensity", "=level", ""}}},
	{"downtime", VERB, "crash", NO, {{"intensity", "=level", ""}}},
	{"order_rejection", VERB, "rpc-error", NO, {{"intensity", "rate", ""}}},
	/* types of an orchestrator of nodes */
	{"latency",
	 FAULT,
	 "latency",
	 NO,
	 {{"latencyMs", "delay", "ms"}, {"delayMs", "delay", "ms"}, {"jitterMs", "jitter", "ms"}}},
	{"packet-loss",
	 FAULT,
	 "loss",
	 NO,
	 {{"percentage", "loss", "%"},
	  {"lossPercent", "loss", "%"},
	  {"packetLoss", "loss", ""},
	  {"rate", "loss", ""}}},
	{"loss",
	 FAULT,
	 "loss",
	 NO,
	 {{"percentage", "loss", "%"}, {"lossPercent", "loss", "%"}, {"packetLoss", "loss", ""}}},
	{"burst-loss", FAULT, "burst-loss", NO, {{"percentage", "loss", "%"}}},
	{"node-crash", FAULT, "crash", NO, {{NULL}}},
	{"clock-skew",
	 FAULT,
	 "clock-skew",
	 NO,
	 {{"skewMs", "offset", "ms"}, {"skew", "offset", ""}}},
	{"resource-limit",
	 FAULT,
	 "memory",
	 "cpu",
	 "cpu",
	 {{"cpu", "load", ""}, {"memory", "size", ""}, {"memoryPercent", "share", "%"}}},
	/* events of a framework of actors */
	{"network-partition",
	 FAULT,
	 "partition",
	 NO,
	 {{"partitionGroups", "groups", ""}, {"duration", "=for", ""}}},
	{"network-latency-injection",
	 FAULT,
	 "latency",
	 NO,
	 {{"targetPeers", "=target", ""}, {"latency", "delay", ""}, {"duration", "=for", ""}}},
	{"message-corruption",
	 FAULT,
	 "corrupt",
	 "targetMessageTypes",
	 "message-corrupt",
	 {{"corruptionRate", "share", ""},
	  {"targetMessageTypes", "kinds", ""},
	  {"duration", "=for", ""}}},
	{"peer-disconnection",
	 FAULT,
	 "disconnect",
	 NO,
	 {{"targetPeers", "=target", ""}, {"reconnectDelay", "=for", ""}}},
	{"network-congestion",
	 FAULT,
	 "congestion",
	 NO,
	 {{"congestionLevel", "=level", ""}, {"duration", "=for", ""}}},
	{"memory-pressure",
	 FAULT,
	 "memory",
	 NO,
	 {{"targetUsagePercent", "share", "%"},
	  {"targetUsage", "share", ""},
	  {"duration", "=for", ""}}},
	{"cpu-stress",
	 FAULT,
	 "cpu",
	 NO,
	 {{"targetUsagePercent", "load", "%"},
	  {"targetUsage", "load", ""},
	  {"duration", "=for", ""}}},
	{"disk-io-failure",
	 FAULT,
	 "disk-error",
	 NO,
	 {{"failureRate", "share", ""},
	  {"targetOperations", "operations", ""},
	  {"duration", "=for", ""}}},
	{"file-system-corruption",
	 FAULT,
	 "file-corrupt",
	 NO,
	 {{"corruptionProbability", "share", ""}, {"targetFiles", "files", ""}}},
	{"malicious-actor-injection",
	 FAULT,
	 "byzantine",
	 NO,
	 {{"actorCount", "=count", ""},
	  {"attackPatterns", "behaviour", ""},
	  {"duration", "=for", ""}}},
	{"consensus-attack",
	 FAULT,
	 "byzantine",
	 NO,
	 {{"byzantineRatio", "=share", ""},
	  {"attackType", "behaviour", ""},
	  {"duration", "=for", ""}}},
};

/* What a dishonest node does, by other names. */
static const char *const behaviours[][2] = {
	{"double_signing", "equivocate"},
	{"DoubleSigning", "equivocate"},
	{"equivocation", "equivocate"},
	{"vote_flipping", "flip-votes"},
	{"message_delay", "delay"},
	{"message_withholding", "withhold"},
	{"selective_silence", "withhold"},
	{"message_corruption", "corrupt"},
	{"spam", "flood"},
	{"flooding", "flood"},
	{"censorship", "censor"},
	{"invalid_signatures", "invalid-signatures"},
	{"fake_proposals", "fake-proposals"},
};

/* ---- words ----------------------------------------------------------------------------------- */

/* "NetworkPartition", "network_partition" -> "network-partition". */
static const char *one_spelling(struct rh_loader *loader, const char *word)
{
	size_t len = strlen(word);
	char *text = rh_arena_alloc(&loader->scratch, 1, 2 * len + 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_upper = word[i] >= 'A' && word[i] <= 'Z';

		if (is_upper && i > 0 && word[i - 1] != '_' && word[i - 1] != '-')
			text[used++] = '-';
		text[used++] = is_upper		? (char)(word[i] - 'A' + 'a')
			       : word[i] == '_' ? '-'
						: word[i];
	}
	text[used] = 0;
	return text;
}

static const struct spelling *find_spelling(const char *word, bool is_verb)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(spellings); i++) {
		if (spellings[i].is_verb == is_verb && strcmp(spellings[i].word, word) == 0)
			return &spellings[i];
	}
	return NULL;
}

static void tell_strict(struct rh_loader *loader, const struct rh_tree *word, const char *is,
			const char *path)
{
	if (loader->options->is_strict && strcmp(word->text, is) != 0)
		rh_load_complain(loader, "W006", word->place, path, NULL,
				 "\"%.60s\" is written %s in this version", word->text, is);
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* A map of one pair; borrows all of it. */
static struct rh_tree *pair_of(struct rh_loader *loader, const char *key,
			       const struct rh_tree *value)
{
	struct rh_tree *map = rh_tree_copy(loader, NULL, value->place, 1);

	map->pairs[map->count++] = (struct rh_tree_pair){
		.key = key, .place = value->place, .value = (struct rh_tree *)(uintptr_t)value};
	map->height = value->height + 2;
	return map;
}

/* So many, or such a share, of those that the step names. */
static const struct rh_tree *target_of(struct rh_loader *loader, const struct rh_tree *before,
				       const char *mode, const struct rh_tree *value)
{
	const struct rh_tree *map = before;

	if (before == NULL)
		map = rh_tree_copy(loader, NULL, value->place, 0);
	else if (before->kind != RH_TREE_MAP)
		map = pair_of(loader, "select", pair_of(loader, "node", before));
	map = rh_tree_with(loader, map, "mode", mode, value->place);
	return rh_tree_with(loader, map, "value", value->text, value->place);
}

/* 0.3 is low, 0.5 medium, 0.7 high, 0.9 extreme: quarters, upper ends included. */
static bool set_level(struct rh_steps *steps, struct rh_written *written,
		      const struct rh_tree *value)
{
	static const struct rh_key key = {.name = "level", .type = RH_KEY_RATIO};
	static const char *const words[] = {"low", "medium", "high", "extreme"};
	struct rh_value level;
	uint32_t quarter = 0;

	if (!rh_load_scalar(steps->loader, &level, &key, value, written->path))
		return false;
	while (quarter < 3 && level.ratio.num * 4 > level.ratio.den * (quarter + 1))
		quarter++;
	if (rh_load_key(steps->loader, written->tree, "step", "severity") != NULL)
		return true;
	written->tree = rh_tree_with(steps->loader, written->tree, "severity", words[quarter],
				     value->place);
	written->in.severity = quarter + 1;
	return true;
}

static bool set_length(struct rh_steps *steps, struct rh_written *written,
		       const struct rh_tree *value, const char *unit)
{
	static const struct rh_key key = {
		.name = "for", .type = RH_KEY_DURATION, .min = 1, .max = (int64_t)RH_LOAD_TIME_MAX};
	struct rh_loader *loader = steps->loader;
	const char *text = rh_arena_printf(&loader->scratch, "%.200s%s",
					   value->kind == RH_TREE_SCALAR ? value->text : "", unit);
	struct rh_value length;

	if (!rh_load_scalar(loader, &length, &key, rh_tree_scalar(loader, text, value->place),
			    written->path))
		return false;
	if (rh_load_key(loader, written->tree, "step", "for") != NULL)
		return true;
	written->tree = rh_tree_with(loader, written->tree, "for", text, value->place);
	written->in.for_ns = length.number;
	return true;
}

/* What belongs to the step itself. */
static bool to_step(struct rh_steps *steps, struct rh_written *written, const char *to,
		    const struct rh_tree *value, const char *unit)
{
	struct rh_loader *loader = steps->loader;

	if (strcmp(to, "=for") == 0)
		return set_length(steps, written, value, unit);
	if (strcmp(to, "=level") == 0)
		return set_level(steps, written, value);
	if (strcmp(to, "=target") == 0 && written->target == NULL)
		written->target = value;
	else if (strcmp(to, "=count") == 0 && value->kind == RH_TREE_SCALAR)
		written->target = target_of(loader, written->target, "fixed", value);
	else if (strcmp(to, "=share") == 0 && value->kind == RH_TREE_SCALAR)
		written->target = target_of(loader, written->target, "percent", value);
	return true;
}

/* The number with its unit, the word by our name, a list of one as the one. */
static const struct rh_tree *value_of(struct rh_loader *loader, const struct rh_tree *value,
				      const char *to, const char *unit)
{
	if (strcmp(to, "behaviour") == 0) {
		if (value->kind == RH_TREE_LIST && value->count == 1)
			value = value->items[0];
		for (size_t i = 0; i < RH_ARRAY_LEN(behaviours); i++) {
			if (value->kind == RH_TREE_SCALAR &&
			    strcmp(value->text, behaviours[i][0]) == 0)
				return rh_tree_scalar(loader, behaviours[i][1], value->place);
		}
	}
	if (value->kind != RH_TREE_SCALAR || unit[0] == 0)
		return value;
	return rh_tree_scalar(loader,
			      rh_arena_printf(&loader->scratch, "%.200s%s", value->text, unit),
			      value->place);
}

static bool translate_keys(struct rh_steps *steps, struct rh_written *written,
			   const struct spelling *spelling)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *with = written->with;
	struct rh_tree *copy;

	if (with == NULL)
		return true;
	copy = rh_tree_copy(loader, with, with->place, 0);
	copy->count = 0;
	for (uint32_t i = 0; i < with->count; i++) {
		struct rh_tree_pair pair = with->pairs[i];
		size_t k = 0;

		while (k < KEYS && spelling->keys[k].from != NULL &&
		       !rh_key_is(spelling->keys[k].from, pair.key))
			k++;
		if (k < KEYS && spelling->keys[k].from != NULL) {
			const char *to = spelling->keys[k].to;
			const char *unit = spelling->keys[k].unit;

			if (to[0] == '=') {
				if (!to_step(steps, written, to, pair.value, unit))
					return false;
				continue;
			}
			pair.key = to;
			pair.value =
				(struct rh_tree *)(uintptr_t)value_of(loader, pair.value, to, unit);
		}
		copy->pairs[copy->count++] = pair;
	}
	written->with = copy;
	written->in.with = copy; /* lists are read from there */
	return true;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static bool translate(struct rh_steps *steps, struct rh_written *written,
		      const struct spelling *spelling, const struct rh_tree *word)
{
	const char *is = spelling->is;

	if (spelling->unless != NULL && rh_tree_get(written->with, spelling->unless) != NULL)
		is = spelling->other;
	if (!spelling->is_verb)
		tell_strict(steps->loader, word, is, written->path);
	if (!translate_keys(steps, written, spelling))
		return false;
	written->form = spelling->form;
	written->in.form[spelling->form] = rh_tree_scalar(steps->loader, is, word->place);
	return true;
}

/* `service` is the target, and its verb is in the table, a fault, or an action. */
static bool translate_service(struct rh_steps *steps, struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *action = written->in.form[RH_FORM_ACTION];
	const char *name = rh_load_word(loader, action, written->path);
	const struct rh_action_type *type;
	const struct spelling *spelling;

	if (name == NULL)
		return false;
	if (written->target == NULL && strcmp(name, "clear_all_chaos") != 0)
		written->target = written->in.form[RH_FORM_SERVICE];
	spelling = find_spelling(name, true);
	if (spelling != NULL)
		return translate(steps, written, spelling, action);
	type = rh_registry_action(loader->registry, one_spelling(loader, name));
	written->form = type != NULL && type->is_fault ? RH_FORM_FAULT : RH_FORM_ACTION;
	if (written->form == RH_FORM_FAULT)
		written->in.form[RH_FORM_FAULT] = rh_tree_scalar(loader, type->name, action->place);
	return true;
}

bool rh_foreign_step(struct rh_steps *steps, struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *word = written->in.form[RH_FORM_FAULT];
	const struct spelling *spelling;
	const struct rh_action_type *type;
	const char *name;

	if (written->form == RH_FORM_SERVICE)
		return translate_service(steps, written);
	if (written->form != RH_FORM_FAULT || word->kind != RH_TREE_SCALAR || rh_tree_is_null(word))
		return true;
	name = one_spelling(loader, word->text);
	spelling = find_spelling(name, false);
	if (spelling != NULL)
		return translate(steps, written, spelling, word);
	type = rh_registry_action(loader->registry, word->text);
	if (type == NULL)
		type = rh_registry_action(loader->registry, name);
	if (type != NULL && type->is_fault && strcmp(type->name, word->text) != 0) {
		tell_strict(loader, word, type->name, written->path);
		written->in.form[RH_FORM_FAULT] = rh_tree_scalar(loader, type->name, word->place);
	}
	return true;
}
