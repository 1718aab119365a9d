/*
 * node.h - one node of a model as a process of its own.
 *
 *   control socket ──► START, actions, inputs ─┐                       ┌──► records, DONE ──► control
 *   neighbours' sockets ──► decode ────────────┼──► step ──► effects ──┼──► encode ──► delay ──► sockets
 *   timers, work ──────────────────────────────┘                       └──► timers, work, journal
 *
 * The process is a single loop: it sleeps until a socket has something or something of its own is
 * due, takes that as an event, and acts on what the step asked for.  Its files stand in the working
 * folder of the process: the sockets by which neighbours connect, and its journal.
 *
 * Time is that of the world: nanoseconds of CLOCK_MONOTONIC behind the moment that START names.
 */
#ifndef LIVE_NODE_NODE_H
#define LIVE_NODE_NODE_H

#include "core/plan.h"

struct live_node_setup {
	const struct rh_plan *plan; /* borrowed */
	uint32_t node;
	uint32_t life;		 /* processes that this node had before */
	int control_fd;		 /* taken */
	int listen_fd;		 /* taken; -1: no neighbours (replay) */
	const bool *runs;	 /* by node: connect to those neighbours that run */
	uint32_t expected_count; /* links that must stand before the node is ready */
	uint64_t record_mask;
};

/* Until the other side of the control socket closes: 0; or 1 after a LIVE_FAILED. */
int live_node_run(const struct live_node_setup *setup);

/* The file names in the working folder. */
char *live_node_socket_name(char *name, size_t size, uint32_t node);
char *live_node_journal_name(char *name, size_t size, uint32_t node);

/* Can every kind of message of this model travel as bytes?  RH_E_UNSUPPORTED names the first that
 * cannot. */
int live_node_check_model(const struct rh_model *model, struct rh_err *err) RH_MUST_USE;

#endif
