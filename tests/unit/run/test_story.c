/* The runner against a scripted world: what it asks, when, and what the stream of records says. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/run/run.h"
#include "tests/lib/fake_world.h"

int main(void) {
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	struct rh_buf log = {0};
	struct transcript t;
	struct rh_run_options o = {.sink_count = 1};
	struct rh_run_result r;
	struct rh_err err = {0};
	plan_add_link(plan, 0, 1);
	plan_add_phase(plan, "all", 0, SECONDS(10));
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(4), (uint32_t[]){0,1,UINT32_MAX}))->is_cut = true;
	plan_add_step(plan, "crash-1", &made_crash, SECONDS(3), SECONDS(5), (uint32_t[]){1,UINT32_MAX});
	plan_add_check(plan, "one head", RH_MODE_EVENTUALLY, SECONDS(1), SECONDS(9), (struct rh_that){RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1});
	plan_add_check(plan, "shallow", RH_MODE_ALWAYS, 0, SECONDS(10), (struct rh_that){RH_AGG_MAX, RH_GAUGE_REORG_DEPTH, RH_OP_LE, 6});
	plan_fake(plan)->log = &log;
	plan_fake(plan)->script = "1s n-0 head moved 7 0 1\n2s n-1 head moved 7 0 1\n3s n-1 gauge value #4 3\n3s@5s n-1 gauge value #4 9\n6s n-1 gauge value #4 11\n";
	o.sinks[0] = transcript_open(&t, plan);
	int rc = rh_run(&r, plan, &fake_world_ops, &o, &err);
	printf("rc %d %s\n%s\n%s\n", rc, err.text, rh_buf_str(&log), rh_buf_str(&t.text));
	struct rh_buf v = {0};
	rh_verdict_print(r.judge, plan, &v);
	printf("%s\n", rh_buf_str(&v));
	return 0;
}
