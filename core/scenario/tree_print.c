/*
 * tree_print.c - a tree as YAML text in block form, which composes to an equal tree again.
 *
 * Texts in which an expression would be read are written so that they stay texts.  The tree is walked
 * by recursion: it is at most as deep as the composer lets a file be.
 */
#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/render.h"

/* May it stand without quotes in block form? */
static bool is_safe(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || strchr(" -?:,[]{}#&*!|>'\"%@`=<", text[0]) != NULL ||
	    text[len - 1] == ' ' || text[len - 1] == ':' || strstr(text, ": ") != NULL ||
	    strstr(text, " #") != NULL)
		return false;
	for (const char *at = text; *at != 0; at++) {
		if ((uint8_t)*at < 0x20 || (uint8_t)*at >= 0x7F)
			return false;
	}
	return true;
}

/* A negative number begins with a sign that could begin an item. */
static bool is_negative(const char *text)
{
	return text[0] == '-' && text[1] >= '0' && text[1] <= '9' && is_safe(text + 1);
}

static void print_scalar(const struct rh_tree *tree, struct rh_buf *out)
{
	struct rh_buf text = {0};
	const char *at = tree->text;

	if (tree->is_plain && at[0] == 0) {
		rh_buf_text(out, "null");
		return;
	}
	for (; *at != 0; at++) {
		if (at[0] == '$' && at[1] == '{') {
			rh_buf_text(&text, "$$");
		} else if (at[0] == '{' && at[1] == '{') {
			rh_buf_text(&text, "${'{{'}");
			at++;
		} else {
			rh_buf_u8(&text, (uint8_t)*at);
		}
	}
	if (tree->is_plain && (is_safe(rh_buf_str(&text)) || is_negative(rh_buf_str(&text))))
		rh_buf_text(out, rh_buf_str(&text));
	else
		rh_json_text(out, rh_buf_str(&text));
	rh_buf_release(&text);
}

static void put_indent(struct rh_buf *out, uint32_t level)
{
	for (uint32_t i = 0; i < level; i++)
		rh_buf_text(out, "  ");
}

/* `is_inline`: the first key of a map stands on the line of its dash. */
static void print_at(const struct rh_tree *tree, uint32_t level, bool is_inline, struct rh_buf *out)
{
	if (tree->kind == RH_TREE_SCALAR) {
		print_scalar(tree, out);
		rh_buf_u8(out, '\n');
		return;
	}
	for (uint32_t i = 0; i < tree->count; i++) {
		bool is_list = tree->kind == RH_TREE_LIST;
		const struct rh_tree *child = is_list ? tree->items[i] : tree->pairs[i].value;
		bool is_block = child->kind != RH_TREE_SCALAR && child->count != 0;

		if (i != 0 || !is_inline)
			put_indent(out, level);
		if (is_list)
			rh_buf_text(out, "-");
		else if (is_safe(tree->pairs[i].key))
			rh_buf_printf(out, "%s:", tree->pairs[i].key);
		else {
			rh_json_text(out, tree->pairs[i].key);
			rh_buf_u8(out, ':');
		}
		rh_buf_u8(out, is_block && !(is_list && child->kind == RH_TREE_MAP) ? '\n' : ' ');
		if (!is_block && child->kind != RH_TREE_SCALAR)
			rh_buf_text(out, child->kind == RH_TREE_LIST ? "[]\n" : "{}\n");
		else
			print_at(child, level + 1, is_list && child->kind == RH_TREE_MAP, out);
	}
}

void rh_tree_print(const struct rh_tree *tree, struct rh_buf *out)
{
	print_at(tree, 0, false, out);
}
