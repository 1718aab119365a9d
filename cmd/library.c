/*
 * library.c - walks the folders of a library and finds files by name.
 */
#include "cmd/library.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/sort.h"
#include "core/scenario/diag.h"

#define LEVELS	    3
#define FOLDERS_MAX 1024
#define NEAR_MAX    2048

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len > strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static int compare_names(const void *a, const void *b, const void *ctx)
{
	(void)ctx;
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders still to be read: a queue instead of recursion. */
struct walk {
	const char *folders[FOLDERS_MAX];
	int levels[FOLDERS_MAX];
	size_t count;
};

static void take_entry(struct cmd_library *library, struct walk *walk, const char *folder,
		       int level, const char *name)
{
	const char *path;
	struct stat info;

	if (name[0] == '.')
		return;
	path = strcmp(folder, ".") == 0 ? rh_arena_text(&library->arena, name, strlen(name))
					: rh_arena_printf(&library->arena, "%s/%s", folder, name);
	if (stat(path, &info) != 0)
		return;
	if (S_ISDIR(info.st_mode) && level < LEVELS && walk->count < FOLDERS_MAX) {
		walk->folders[walk->count] = path;
		walk->levels[walk->count++] = level + 1;
	}
	if (!S_ISREG(info.st_mode) || (!ends_with(name, ".yaml") && !ends_with(name, ".yml")))
		return;
	if (library->count < CMD_LIBRARY_MAX)
		library->paths[library->count++] = path;
	else
		library->left_out++;
}

static void walk_folder(struct cmd_library *library, const char *top)
{
	struct walk walk = {.folders = {top}, .levels = {1}, .count = 1};

	for (size_t i = 0; i < walk.count; i++) {
		DIR *dir = opendir(walk.folders[i]);
		const struct dirent *entry;

		while (dir != NULL && (entry = readdir(dir)) != NULL)
			take_entry(library, &walk, walk.folders[i], walk.levels[i], entry->d_name);
		if (dir != NULL)
			closedir(dir);
	}
}

static void sort_paths(struct cmd_library *library)
{
	size_t kept = 0;

	rh_sort((void *)library->paths, library->count, sizeof(library->paths[0]), compare_names,
		NULL);
	for (size_t i = 0; i < library->count; i++) {
		if (kept == 0 || strcmp(library->paths[kept - 1], library->paths[i]) != 0)
			library->paths[kept++] = library->paths[i];
	}
	library->count = kept;
}

void cmd_library_open(struct cmd_library *library, const struct cmd_args *args, const char *option,
		      const char *otherwise)
{
	library->count = 0;
	library->left_out = 0;
	rh_arena_init(&library->arena);
	if (!cmd_option_is(args, option))
		walk_folder(library, otherwise);
	for (uint32_t i = 0; cmd_option_is(args, option) && i < cmd_option_count(args, option); i++)
		walk_folder(library, cmd_option_values(args, option)[i]);
	sort_paths(library);
}

void cmd_library_open_folder(struct cmd_library *library, const char *folder)
{
	library->count = 0;
	library->left_out = 0;
	rh_arena_init(&library->arena);
	walk_folder(library, folder);
	sort_paths(library);
}

void cmd_library_close(struct cmd_library *library)
{
	rh_arena_release(&library->arena);
}

/* "name" of "folder/name.yaml" and of "folder/name.template.yaml" */
static size_t base_of(const char *path, const char **base)
{
	const char *slash = strrchr(path, '/');
	size_t len;

	*base = slash == NULL ? path : slash + 1;
	len = strlen(*base);
	len -= ends_with(*base, ".yaml") ? 5 : ends_with(*base, ".yml") ? 4 : 0;
	if (len > 9 && strncmp(*base + len - 9, ".template", 9) == 0)
		len -= 9;
	return len;
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	for (; *path != 0; path++)
		depth += *path == '/';
	return depth;
}

const char *cmd_library_find(const struct cmd_library *library, const char *name)
{
	const char *found = NULL;
	bool is_unclear = false;

	for (size_t i = 0; i < library->count; i++) {
		const char *base;
		size_t len = base_of(library->paths[i], &base);

		if (strlen(name) != len || strncmp(base, name, len) != 0)
			continue;
		is_unclear = found != NULL && depth_of(found) == depth_of(library->paths[i]);
		if (found == NULL || depth_of(library->paths[i]) < depth_of(found))
			found = library->paths[i];
	}
	return is_unclear ? NULL : found;
}

/* Whether their names are near each other, without folders and the ending that all have. */
static bool is_like(struct rh_arena *arena, const char *asked, const char *found)
{
	const char *base;
	size_t len = base_of(asked, &base);
	const char *ours = rh_arena_text(arena, base, len);
	const char *theirs;

	len = base_of(found, &base);
	theirs = rh_arena_text(arena, base, len);
	return strcmp(ours, theirs) == 0 || rh_suggest(ours, &theirs, 1) != NULL;
}

/* What was near: names of the library, or files beside the one that is missing. */
static void find_near(struct cmd_library *library, const char *operand, char hint[600])
{
	const char *words[NEAR_MAX];
	struct cmd_library *beside = rh_alloc(1, sizeof(*beside));
	const char *slash = strrchr(operand, '/');
	const char *near;
	size_t count = 0;

	rh_arena_init(&beside->arena);
	for (size_t i = 0; i < library->count && count + 1 < NEAR_MAX; i++) {
		const char *base;
		size_t len = base_of(library->paths[i], &base);

		words[count++] = library->paths[i];
		words[count++] = rh_arena_text(&beside->arena, base, len);
	}
	walk_folder(beside,
		    slash == NULL
			    ? "."
			    : rh_arena_text(&beside->arena, operand,
					    slash == operand ? 1 : (size_t)(slash - operand)));
	for (size_t i = 0; i < beside->count && count < NEAR_MAX; i++)
		words[count++] = beside->paths[i];
	near = rh_suggest(operand, words, count);
	if (near != NULL && !is_like(&beside->arena, operand, near))
		near = NULL;
	snprintf(hint, 600, near == NULL ? "%s" : "did you mean %.500s?", near == NULL ? "" : near);
	cmd_library_close(beside);
	free(beside);
}

static bool is_there(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0;
}

static const char *find_in(struct cmd_library *library, struct rh_arena *arena, const char *operand,
			   char hint[600])
{
	const char *found = cmd_library_find(library, operand);

	hint[0] = 0;
	if (found != NULL)
		found = rh_arena_text(arena, found, strlen(found));
	else
		find_near(library, operand, hint);
	cmd_library_close(library);
	free(library);
	return found;
}

const char *cmd_scenario_path(const struct cmd_args *args, struct rh_arena *arena,
			      const char *operand, char hint[600])
{
	struct cmd_library *library;

	const char *path = rh_arena_printf(arena, "%s.yaml", operand);

	hint[0] = 0;
	if (is_there(operand) || is_there(path))
		return is_there(operand) ? operand : path;
	library = rh_alloc(1, sizeof(*library));
	cmd_library_open(library, args, "library", "scenarios");
	return find_in(library, arena, operand, hint);
}

const char *cmd_template_path(const struct cmd_args *args, struct rh_arena *arena, const char *name,
			      char hint[600])
{
	struct cmd_library *library;

	hint[0] = 0;
	if (is_there(name))
		return name;
	library = rh_alloc(1, sizeof(*library));
	cmd_library_open(library, args, "template-dir", "scenarios/templates");
	return find_in(library, arena, name, hint);
}
