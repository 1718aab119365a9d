/*
 * files.c - reads the files that a scenario names, within limits: a chain of 16, 256 in all.
 */
#include "core/scenario/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 256

const char *rh_path_folder(struct rh_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return "";
	return rh_arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

/* Takes the last word of a path away; false when there is none to take. */
static bool go_up(struct rh_buf *out)
{
	size_t at = out->len;

	while (at > 0 && out->data[at - 1] != '/')
		at--;
	if (out->len == at || strcmp((const char *)out->data + at, "..") == 0)
		return false;
	out->len = at > 1 ? at - 1 : at;
	out->data[out->len] = 0;
	return true;
}

const char *rh_path_join(struct rh_arena *arena, const char *folder, const char *name)
{
	struct rh_buf out = {0};
	const char *whole = name[0] == '/' || folder[0] == 0
				    ? rh_arena_text(arena, name, strlen(name))
				    : rh_arena_printf(arena, "%s/%s", folder, name);

	if (whole[0] == '/')
		rh_buf_u8(&out, '/');
	for (const char *at = whole; *at != 0;) {
		size_t len = strcspn(at, "/");
		bool is_up = len == 2 && at[0] == '.' && at[1] == '.';

		if (len != 0 && !(len == 1 && at[0] == '.') && !(is_up && go_up(&out))) {
			if (out.len != 0 && out.data[out.len - 1] != '/')
				rh_buf_u8(&out, '/');
			rh_buf_put(&out, at, len);
		}
		at += len + (at[len] == '/');
	}
	whole = rh_arena_text(arena, rh_buf_str(&out), out.len);
	rh_buf_release(&out);
	return whole;
}

/* Is the path in the folder or below? Both are in the form that rh_path_join gives. */
static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (len == 0)
		return path[0] != '/' && strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0;
	if (strcmp(folder, "/") == 0)
		return path[0] == '/';
	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

int rh_part_read_disk(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err)
{
	struct stat info;
	int rc = 0;
	FILE *file;
	size_t got;

	(void)ctx;
	if (stat(path, &info) != 0)
		return rh_err_set(err, errno == ENOENT ? RH_E_NOT_FOUND : RH_E_IO, "%s",
				  strerror(errno));
	if (S_ISDIR(info.st_mode))
		return rh_err_set(err, RH_E_IO, "this is a directory");
	file = fopen(path, "rb");
	if (file == NULL)
		return rh_err_set(err, RH_E_IO, "%s", strerror(errno));
	do {
		got = fread(rh_buf_extend(content, 65536), 1, 65536, file);
		content->len -= 65536 - got;
	} while (got > 0 && content->len <= RH_COMPOSE_BYTES_MAX);
	if (ferror(file))
		rc = rh_err_set(err, RH_E_IO, "%s", strerror(errno));
	fclose(file);
	return rc;
}

static int read_file(struct rh_loader *loader, struct rh_buf *content, const char *path,
		     struct rh_err *err)
{
	if (loader->options->read == NULL)
		return rh_err_set(err, RH_E_UNSUPPORTED, "no other file can be read here");
	return loader->options->read(loader->options->read_ctx, content, path, err);
}

/* The tree of what was read. */
static struct rh_tree *compose(struct rh_loader *loader, const char *path, struct rh_place place,
			       const struct rh_buf *content)
{
	struct rh_origin origin = {.column = 1};
	struct rh_tree *tree;

	if (content->len > RH_COMPOSE_BYTES_MAX || ++loader->file_count > FILES_MAX) {
		rh_load_complain(loader, "E002", place, NULL, NULL,
				 content->len > RH_COMPOSE_BYTES_MAX
					 ? "\"%.200s\" has more than 16 MB"
					 : "\"%.200s\" is one file too many; 256 are read",
				 path);
		return NULL;
	}
	origin.source = rh_diagnostics_add_source(
		loader->diagnostics, path, content->data != NULL ? (char *)content->data : "",
		content->len);
	tree = rh_compose_from(&loader->scratch, content->data != NULL ? (char *)content->data : "",
			       content->len, &origin, loader->diagnostics);
	if (tree == NULL)
		return NULL;
	loader->file_weight += tree->weight;
	if (loader->file_weight <= RH_COMPOSE_NODES_MAX)
		return tree;
	rh_load_complain(loader, "E006", place, NULL, NULL,
			 "more than 1,000,000 values in the files that are included and used");
	return NULL;
}

/* "a.yaml uses b.yaml uses a.yaml"; false when the path is not in the chain. */
static bool complain_chain(struct rh_loader *loader, const char *path, struct rh_place place)
{
	uint32_t at = 0;
	struct rh_buf text = {0};

	while (at < loader->file_chain_len && strcmp(loader->file_chain[at], path) != 0)
		at++;
	if (at == loader->file_chain_len && at < RH_FILE_CHAIN_MAX)
		return false;
	if (at == loader->file_chain_len) {
		rh_load_complain(loader, "E073", place, NULL, NULL,
				 "a chain of more than %d files that need each other",
				 RH_FILE_CHAIN_MAX);
		return true;
	}
	for (; at < loader->file_chain_len; at++)
		rh_buf_printf(&text, "%.60s needs ", loader->file_chain[at]);
	rh_load_complain(loader, "E073", place, NULL, NULL, "%s%.60s", rh_buf_str(&text), path);
	rh_buf_release(&text);
	return true;
}

static struct rh_tree *open_path(struct rh_loader *loader, const char *path, struct rh_place place)
{
	struct rh_buf content = {0};
	struct rh_err err = {0};
	struct rh_tree *tree = NULL;

	if (complain_chain(loader, path, place))
		return NULL;
	if (read_file(loader, &content, path, &err) != 0)
		rh_load_complain(loader, "E072", place, NULL, NULL,
				 "\"%.200s\" cannot be read: %.200s", path, err.text);
	else
		tree = compose(loader, path, place, &content);
	rh_buf_release(&content);
	if (tree != NULL)
		loader->file_chain[loader->file_chain_len++] = path;
	return tree;
}

static const char *folder_at_hand(struct rh_loader *loader)
{
	return rh_path_folder(&loader->scratch, loader->file_chain[loader->file_chain_len - 1]);
}

struct rh_tree *rh_part_open(struct rh_loader *loader, const char **path, const char *name,
			     struct rh_place place)
{
	const char *root = rh_path_folder(&loader->scratch, loader->file_chain[0]);
	bool is_inside;

	*path = rh_path_join(&loader->scratch, folder_at_hand(loader), name);
	is_inside = loader->options->allows_outside || is_below(*path, root);
	/* Parts of a library may name each other. */
	for (size_t i = 0; i < loader->options->template_dir_count && !is_inside; i++)
		is_inside = loader->file_chain_len > 1 &&
			    is_below(*path, loader->options->template_dirs[i]);
	if (!is_inside) {
		rh_load_complain(loader, "E074", place, NULL, "copy it beside the scenario",
				 "\"%.200s\" lies outside the scenario's folder", *path);
		return NULL;
	}
	return open_path(loader, *path, place);
}

struct rh_tree *rh_part_open_template(struct rh_loader *loader, const char **path, const char *name,
				      struct rh_place place)
{
	struct rh_arena *arena = &loader->scratch;
	const char *folders[2] = {folder_at_hand(loader), NULL};
	const char *file = rh_arena_printf(arena, "%s.template.yaml", name);
	size_t count = 2 + loader->options->template_dir_count;

	folders[1] = rh_path_join(arena, folders[0], "templates");
	for (size_t i = 0; i < count; i++) {
		struct rh_buf content = {0};
		struct rh_err err = {0};
		struct rh_tree *tree = NULL;
		int rc;

		*path = rh_path_join(
			arena, i < 2 ? folders[i] : loader->options->template_dirs[i - 2], file);
		rc = read_file(loader, &content, *path, &err);
		if (rc == 0 && !complain_chain(loader, *path, place))
			tree = compose(loader, *path, place, &content);
		rh_buf_release(&content);
		if (tree != NULL)
			loader->file_chain[loader->file_chain_len++] = *path;
		if (rc == 0)
			return tree;
		if (rc != RH_E_NOT_FOUND) {
			rh_load_complain(loader, "E072", place, NULL, NULL,
					 "\"%.200s\" cannot be read: %.200s", *path, err.text);
			return NULL;
		}
	}
	rh_load_complain(
		loader, "E072", place, NULL, "`rehearse list templates` shows them",
		"no template is called \"%.80s\": there is no %.100s here, in templates/ or "
		"in the library",
		name, file);
	return NULL;
}

void rh_part_close(struct rh_loader *loader)
{
	RH_ASSERT(loader->file_chain_len > 1);
	loader->file_chain_len--;
}

struct rh_tree *rh_part_read(struct rh_loader *loader, const char *path, struct rh_place place)
{
	struct rh_buf content = {0};
	struct rh_err err = {0};
	struct rh_tree *tree = NULL;

	if (read_file(loader, &content, path, &err) != 0)
		rh_load_complain(loader, "E072", place, NULL, NULL,
				 "\"%.200s\" cannot be read: %.200s", path, err.text);
	else
		tree = compose(loader, path, place, &content);
	rh_buf_release(&content);
	return tree;
}
