/*
 * files.h - the files that a scenario names: parts that it includes, templates that it uses.
 *
 * Paths are relative to the file that names them, and stay in the scenario's folder unless the options
 * say otherwise: they are compared as text, links of the file system are followed.  Everything is read
 * through one function of the options, so tests and fuzzing need no disk.
 */
#ifndef CORE_SCENARIO_FILES_H
#define CORE_SCENARIO_FILES_H

#include "core/scenario/loader.h"

/*
 * The tree of a file named at `place`, and its path in the scratch arena; NULL after complaining.  The
 * file is then at the end of the chain: rh_part_close() when its own files are done with.
 */
struct rh_tree *rh_part_open(struct rh_loader *loader, const char **path, const char *name,
			     struct rh_place place);
/* The same for a template by its name alone, looked for in the places that the manual lists. */
struct rh_tree *rh_part_open_template(struct rh_loader *loader, const char **path, const char *name,
				      struct rh_place place);
void rh_part_close(struct rh_loader *loader);
/* A file outside the chain and outside all folders, as the person at the keyboard names it. */
struct rh_tree *rh_part_read(struct rh_loader *loader, const char *path, struct rh_place place);

/* As options->read: from disk. */
int rh_part_read_disk(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err);

/* Everything up to the last slash, "" when there is none; in the arena. */
const char *rh_path_folder(struct rh_arena *arena, const char *path);
/* "a/b" and "../c" are "a/c"; what climbs above the start keeps its "..". */
const char *rh_path_join(struct rh_arena *arena, const char *folder, const char *name);

/* `include` of a file, `use` of topology and network: what they name comes below what is written. */
struct rh_tree *rh_load_includes(struct rh_loader *loader, struct rh_tree *root);

#endif
