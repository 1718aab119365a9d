/*
 * events.c - writes events.jsonl: one JSON object a record.
 *
 * Lines hold virtual time only, and nothing of the machine, so equal runs give equal bytes.
 */
#include "core/store/events.h"

#include <stdlib.h>

#include "core/store/outfile.h"
#include "core/store/trace.h"

struct rh_events_writer {
	struct rh_sink sink;
	struct rh_outfile file;
	struct rh_arena arena;
	struct rh_names names;
	uint64_t seq;
};

static void take(void *ctx, const struct rh_record *records, size_t count)
{
	struct rh_events_writer *writer = ctx;

	for (size_t i = 0; i < count; i++) {
		rh_record_json(&writer->file.pending, &records[i], &writer->names);
		rh_buf_put(&writer->file.pending, "\n", 1);
		rh_outfile_drain(&writer->file);
		writer->seq++;
	}
}

int rh_events_create(struct rh_events_writer **writer, const char *path, const struct rh_plan *plan,
		     struct rh_err *err)
{
	struct rh_events_writer *made = rh_alloc(1, sizeof(*made));
	int rc = rh_outfile_open(&made->file, path, err);

	*writer = NULL;
	if (rc != 0) {
		free(made);
		return rc;
	}
	made->sink = (struct rh_sink){.take = take, .ctx = made};
	rh_plan_names(&made->names, &made->arena, plan);
	made->names.seq = &made->seq;
	*writer = made;
	return 0;
}

const struct rh_sink *rh_events_sink(struct rh_events_writer *writer)
{
	return &writer->sink;
}

int rh_events_close(struct rh_events_writer *writer, struct rh_err *err)
{
	int rc = rh_outfile_close(&writer->file, err);

	rh_arena_release(&writer->arena);
	free(writer);
	return rc;
}

void rh_events_abandon(struct rh_events_writer *writer)
{
	rh_outfile_abandon(&writer->file);
	rh_arena_release(&writer->arena);
	free(writer);
}
