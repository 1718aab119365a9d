/*
 * team.h - a few threads that do one job together, again and again.
 *
 * A job is a function of a share number.  The caller takes share 0 itself and comes back when all
 * shares are done; what each share has written is then seen by all.  Between jobs the others first spin
 * for some microseconds, since in a busy simulation the next window is about to begin, and then sleep on a
 * futex, so that a thread that has lost its processor is not waited for by burning another.
 */
#ifndef SIM_TEAM_TEAM_H
#define SIM_TEAM_TEAM_H

#include <stdint.h>

struct sim_team;

typedef void sim_team_job(void *ctx, uint32_t share);

/* `count` shares: the caller and count - 1 threads. */
struct sim_team *sim_team_open(uint32_t count, sim_team_job *job, void *ctx);
void sim_team_run(struct sim_team *team);
void sim_team_close(struct sim_team *team); /* NULL is none */

#endif
