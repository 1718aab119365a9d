/*
 * verb_init.c - `rehearse init [NAME]`: writes a commented scenario to begin with.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/starters.h"
#include "cmd/verb.h"
#include "core/base/buf.h"

/* The starter with NAME where its name belongs. */
static void fill_in(struct rh_buf *out, const char *text, const char *name)
{
	const char *at;

	while ((at = strstr(text, "@NAME@")) != NULL) {
		rh_buf_put(out, text, (size_t)(at - text));
		rh_buf_text(out, name);
		text = at + strlen("@NAME@");
	}
	rh_buf_text(out, text);
}

static int refuse(const char *path)
{
	struct rh_err err = {0};

	if (errno == EEXIST)
		return cmd_usage("%s is there already: choose another name, or move it away", path);
	rh_err_sys(&err, RH_E_IO, errno, "cannot write %.900s", path);
	return cmd_fail(&err);
}

/* Never over a file that is there. */
static int write_new(const char *path, const struct rh_buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t done = 0;
	int code;

	if (fd < 0)
		return refuse(path);
	while (done < text->len) {
		ssize_t wrote = write(fd, text->data + done, text->len - done);

		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	if (close(fd) == 0 && done == text->len)
		return 0;
	code = refuse(path);
	unlink(path);
	return code;
}

/* "my-net" of "folder/my-net.yaml"; false when it is no name for a scenario. */
static bool name_of(char name[101], const char *operand)
{
	const char *slash = strrchr(operand, '/');
	size_t len;

	snprintf(name, 101, "%s", slash == NULL ? operand : slash + 1);
	len = strlen(name);
	if (len > 5 && strcmp(name + len - 5, ".yaml") == 0)
		name[len - 5] = 0;
	len = strlen(name);
	if (len > 9 && strcmp(name + len - 9, ".template") == 0)
		name[len - 9] = 0;
	return name[0] != 0 && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-_.") == strlen(name);
}

static int init(const struct cmd_args *args)
{
	const char *kind = cmd_option_value(args, "from");
	const struct cmd_starter *starter = cmd_starter_find(kind == NULL ? "quickstart" : kind);
	const char *operand = args->operand_count > 0 ? args->operands[0] : NULL;
	struct rh_buf text = {0};
	char name[101] = "my-scenario";
	char path[4200];
	int code = 0;

	if (starter == NULL)
		return cmd_usage("--from is one of " CMD_STARTER_WORDS ", not \"%s\"", kind);
	if (operand != NULL && !name_of(name, operand))
		return cmd_usage("\"%s\" is no name of a scenario: letters, digits, '-', '_', '.'",
				 operand);
	fill_in(&text, starter->text, name);
	if (operand == NULL) {
		fputs(rh_buf_str(&text), stdout);
		rh_buf_release(&text);
		return 0;
	}
	snprintf(path, sizeof(path), "%.4000s%s", operand,
		 strstr(operand, ".yaml") != NULL ? "" : starter->ending);
	code = write_new(path, &text);
	rh_buf_release(&text);
	if (code == 0) {
		printf("wrote     %s: %s\n", path, starter->doc);
		if (starter->next == NULL)
			printf("look      %s run %s --dry-run\n", args->program, path);
		else
			printf("look      %s plan %s%s\n", args->program, path, starter->next);
		printf("run       %s run %s%s\n", args->program, path,
		       starter->next == NULL ? "" : starter->next);
	}
	return code;
}

static const struct cmd_option options[] = {
	{"from", 'f', "NAME", "which one to begin with: " CMD_STARTER_WORDS},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"init my-net", "init > my-net.yaml", NULL};

const struct cmd_verb cmd_verb_init = {
	.name = "init",
	.summary = "write a commented scenario to begin with",
	.operands = "[NAME]",
	.operands_max = 1,
	.about = "Without NAME the text goes to standard output. A file that is there is never "
		 "written over.",
	.options = options,
	.examples = examples,
	.run = init,
};
