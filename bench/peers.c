/*
 * peers.c - other simulators, beside ours in the same round: drivers of bench/peers, which print one
 * line of key=value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"

static bool is_python(const char *driver)
{
	const char *dot = strrchr(driver, '.');

	return dot != NULL && strcmp(dot, ".py") == 0;
}

/* The driver must tell the reference hash, when there is one. */
static bool has_hash(const char *line, const char *hash)
{
	const char *at = strstr(line, "hash=");

	return hash == NULL || (at != NULL && strncmp(at + 5, hash, strlen(hash)) == 0);
}

void bench_play_peer(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct bench_peer *peer = ctx;
	struct rh_buf out = {0};
	char path[1024];
	char command[2048];
	double cpu_s, events;

	snprintf(path, sizeof(path), "%s/%s", bench->peers, peer->driver);
	if (access(path, R_OK) != 0) {
		bench_skip(turn, "%s is not installed (make bench-peers)", peer->package);
		return;
	}
	snprintf(command, sizeof(command), "%s'%s' %s", is_python(path) ? "/usr/bin/python3 " : "",
		 path, peer->args);
	if (!bench_command(command, &out, NULL) ||
	    !bench_number(rh_buf_str(&out), "cpu_s", &cpu_s) ||
	    !bench_number(rh_buf_str(&out), "events", &events) || cpu_s <= 0)
		bench_wrong(turn, "%s failed", command);
	else if (!has_hash(rh_buf_str(&out), peer->hash))
		bench_wrong(turn, "%s printed another hash than %s", command, peer->hash);
	else
		turn->figures[0] = events * 1e-6 / cpu_s;
	rh_buf_release(&out);
}
