/*
 * host_story.h - a story: commands for a small network (model_host.h), a line of dashes, and the
 * trace that they must give, all as text that a person has read.
 *
 *	nodes 3              a, b, c, all linked (`links ring`: a-b, b-c, ... , z-a)
 *	set KEY VALUE        of the model          node a KEY VALUE    of a node
 *	delay 100ms          of every link         bytes               messages travel as bytes
 *	mining off           nothing is found but by `mine`
 *	start                everybody; before `trace`, nobody is watched
 *	trace KIND...        kinds of records to be shown: block head reorg finalized tx, or gauge names
 *	run 5s               lets time pass
 *	mine a [N]           the model's action 0 with N (1)
 *	pay a W.N PRICE [forged|huge]   node a gets nonce N of wallet W from outside, 100 bytes
 *	cut ab cd            no message between the two sides    heal   all cuts end
 *	crash a | amnesia a | restart a | clock a 3h | clock a -10s
 *	show                 each node's head
 *
 * Blocks are called by their finder and height, and a further letter for another block of the same
 * finder at the same height: b7, b7b.  The first line of the story is the first block, g.
 * Transactions are called by wallet, nonce and price: 3.1@25.
 */
#ifndef TESTS_LIB_HOST_STORY_H
#define TESTS_LIB_HOST_STORY_H

#include "core/model.h"

/* Plays the story in `path`; false when the trace differs, and both are printed then.  With
 * REHEARSE_STORY_WRITE=1 in the environment the file is written again instead. */
bool host_story(const struct rh_model *model, const char *path);

#endif
