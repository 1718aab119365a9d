/*
 * records.h - records and counters on their way from a node to the parent.
 */
#ifndef LIVE_WIRE_RECORDS_H
#define LIVE_WIRE_RECORDS_H

#include "core/base/buf.h"
#include "core/record.h"

/* What a node has done since its process began. */
struct live_counters {
	uint64_t steps;	       /* events given to the model */
	uint64_t copies;       /* messages sent, one for each peer */
	uint64_t refused;      /* copies that came and could not be decoded */
	uint64_t memory_bytes; /* of the model's space */
};

void live_counters_put(struct rh_buf *out, const struct live_counters *counters);
void live_counters_get(struct rh_reader *reader, struct live_counters *counters);

void live_record_put(struct rh_buf *out, const struct rh_record *record);
/* The text is borrowed from what the reader reads. */
void live_record_get(struct rh_reader *reader, struct rh_record *record);

#endif
