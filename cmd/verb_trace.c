/*
 * verb_trace.c - `rehearse trace cat|stats RUN`: the records of a run as text, and counts of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/stored.h"
#include "cmd/times.h"
#include "core/scenario/diag.h"

#define SUGGESTED_MAX 1000 /* names that are tried for a misspelt one */

struct filter {
	int kind; /* -1: all */
	const char *node;
	uint64_t head; /* stop after so many; 0: never */
	uint64_t from_ns;
	uint64_t until_ns; /* the first moment that is not wanted any more */
};

static bool wants(const struct filter *filter, const struct rh_trace_reader *reader,
		  const struct rh_record *record)
{
	if (filter->kind >= 0 && record->kind != filter->kind)
		return false;
	return filter->node == NULL ||
	       strcmp(rh_trace_node_name(reader, record->node), filter->node) == 0;
}

/* A name that no node has would print nothing at all. */
static int check_node(const struct filter *filter, const struct rh_trace_reader *reader)
{
	uint32_t node_count = rh_trace_info(reader)->node_count;
	const char *names[SUGGESTED_MAX + 1] = {"world"};
	uint32_t name_count = 1;
	const char *near;

	if (filter->node == NULL || strcmp(filter->node, "world") == 0)
		return 0;
	for (uint32_t i = 0; i < node_count; i++) {
		const char *name = rh_trace_node_name(reader, i);

		if (strcmp(name, filter->node) == 0)
			return 0;
		if (name_count <= SUGGESTED_MAX)
			names[name_count++] = name;
	}
	near = rh_suggest(filter->node, names, name_count);
	if (near != NULL)
		return cmd_usage("this run has no node \"%s\": did you mean \"%s\"?", filter->node,
				 near);
	return cmd_usage("this run has no node \"%s\"; its first is \"%s\"", filter->node,
			 node_count > 0 ? names[1] : "world");
}

/* A damaged file is read up to the damage; what is there is printed, and the damage is the error. */
static int cat(struct rh_trace_reader *reader, const struct filter *filter, bool as_json,
	       struct rh_err *err)
{
	struct rh_names names;
	struct rh_buf line = {0};
	struct rh_record record;
	uint64_t count = 0;
	int rc;

	rh_trace_names(&names, reader);
	if (filter->from_ns > 0 && (rc = rh_trace_seek(reader, filter->from_ns, err)) != 0)
		return rc;
	while ((rc = rh_trace_next(reader, &record, err)) == 1) {
		if (record.time_ns >= filter->until_ns) {
			rc = 0;
			break;
		}
		if (!wants(filter, reader, &record))
			continue;
		rh_buf_reset(&line);
		if (as_json)
			rh_record_json(&line, &record, &names);
		else
			rh_record_print(&line, &record, &names);
		rh_buf_text(&line, "\n");
		if (fputs(rh_buf_str(&line), stdout) == EOF)
			break;
		if (++count == filter->head) {
			rc = 0;
			break;
		}
	}
	rh_buf_release(&line);
	return rc < 0 ? rc : 0;
}

static int stats(struct rh_trace_reader *reader, struct rh_err *err)
{
	const struct rh_trace_info *info = rh_trace_info(reader);
	uint64_t counts[RH_RECORD_KIND_COUNT] = {0};
	char text[RH_HASH_TEXT];
	char clock[RH_TIME_TEXT];
	struct rh_record record;
	uint64_t total = 0;
	uint64_t last_ns = 0;
	int rc;

	while ((rc = rh_trace_next(reader, &record, err)) == 1) {
		counts[record.kind]++;
		total++;
		last_ns = record.time_ns;
	}
	printf("scenario   %s, seed %" PRIu64 ", %" PRIu32 " nodes\n", info->scenario, info->seed,
	       info->node_count);
	printf("file       %s\n", info->is_complete ? "complete" : "cut short: no footer");
	printf("records    %" PRIu64 ", last at %s\n", total, rh_clock_text(clock, last_ns));
	if (info->checkpoint_count > 0)
		printf("trace hash %s (%zu checkpoints)\n",
		       rh_hash128_text(text, info->checkpoints[info->checkpoint_count - 1].hash),
		       info->checkpoint_count);
	for (uint32_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		if (counts[kind] > 0)
			printf("  %-10s %12" PRIu64 "\n", rh_record_info(kind)->text, counts[kind]);
	}
	return rc;
}

static int make_filter(struct filter *filter, const struct cmd_args *args)
{
	const char *kind = cmd_option_value(args, "kind");
	const char *head = cmd_option_value(args, "head");
	bool has_until;
	const char *names[RH_RECORD_KIND_COUNT];
	const char *near;

	*filter = (struct filter){.kind = -1, .node = cmd_option_value(args, "node")};
	if (head != NULL && !cmd_number("head", head, UINT64_MAX, &filter->head))
		return 2;
	if (!cmd_time_option(args, "from", NULL, &filter->from_ns) ||
	    !cmd_time_option(args, "until", &has_until, &filter->until_ns))
		return 2;
	if (!has_until)
		filter->until_ns = RH_TIME_NEVER;
	if (kind == NULL)
		return 0;
	filter->kind = rh_record_kind_by_name(kind);
	if (filter->kind >= 0)
		return 0;
	for (uint32_t i = 0; i < RH_RECORD_KIND_COUNT; i++)
		names[i] = rh_record_info(i)->text;
	near = rh_suggest(kind, names, RH_RECORD_KIND_COUNT);
	if (near != NULL)
		return cmd_usage("no kind of record \"%s\": did you mean \"%s\"?", kind, near);
	return cmd_usage("no kind of record \"%s\": see docs/TRACE.md", kind);
}

static int trace(const struct cmd_args *args)
{
	bool is_cat = strcmp(args->operands[0], "cat") == 0;
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	struct filter filter;
	char path[4200];
	int rc;

	if (!is_cat && strcmp(args->operands[0], "stats") != 0)
		return cmd_usage("trace knows cat and stats, not \"%s\"", args->operands[0]);
	rc = make_filter(&filter, args);
	if (rc != 0)
		return rc;
	rc = cmd_trace_path(path, args->operands[1]);
	if (rc != 0)
		return rc;
	rc = rh_trace_open(&reader, path, &err);
	if (rc != 0)
		return cmd_fail(&err);
	rc = check_node(&filter, reader);
	if (rc != 0) {
		rh_trace_reader_close(reader);
		return rc;
	}
	rc = is_cat ? cat(reader, &filter, cmd_option_given(args, "json"), &err)
		    : stats(reader, &err);
	rh_trace_reader_close(reader);
	if (rc < 0) {
		fflush(stdout);
		return cmd_fail(&err);
	}
	return 0;
}

static const struct cmd_option options[] = {
	{"kind", 'k', "KIND", "only records of this kind (head, block, fault, ...)"},
	{"node", 'n', "NAME", "only records of this node; \"world\" for the run's own"},
	{"from", 0, "TIME", "only records at or after this time of the run: 1h25m"},
	{"until", 'u', "TIME", "only records before this time"},
	{"head", 0, "N", "stop after N records"},
	{"json", 0, NULL, "one JSON object a line"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {
	"trace stats runs/quickstart-1", "trace cat runs/quickstart-1 --kind reorg | less",
	"trace cat runs/too-strict-1 --from 1h25m --until 1h26m", NULL};

const struct cmd_verb cmd_verb_trace = {
	.name = "trace",
	.summary = "the records of a run: cat prints them, stats counts them",
	.operands = "cat|stats RUN",
	.words = "cat|stats",
	.operands_min = 2,
	.operands_max = 2,
	.options = options,
	.examples = examples,
	.run = trace,
};
