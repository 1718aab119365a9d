/*
 * verb_completion.c - `rehearse completion bash|zsh|fish`: completion scripts made from the option tables.
 *
 * The scripts are complete in themselves: nothing is asked of the program while a user types, so a broken file of
 * settings or a plugin cannot slow a shell down.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/settings.h"
#include "core/base/buf.h"

enum kind { KIND_NONE, KIND_WORDS, KIND_FILE, KIND_DIR, KIND_VERB };

/* What an argument or an operand is, from how the help writes it. */
static enum kind kind_of(const char *text)
{
	if (strstr(text, "FILE") != NULL)
		return KIND_FILE;
	if (strstr(text, "DIR") != NULL || strstr(text, "RUN") != NULL)
		return KIND_DIR;
	if (strstr(text, "VERB") != NULL)
		return KIND_VERB;
	return strchr(text, '|') != NULL ? KIND_WORDS : KIND_NONE;
}

/* "a|b|c" with blanks between. */
static void put_words(struct rh_buf *out, const char *words)
{
	for (; *words != 0; words++)
		rh_buf_put(out, *words == '|' ? " " : words, 1);
}

static void put_verbs(struct rh_buf *out)
{
	for (size_t i = 0; cmd_verbs[i] != NULL; i++)
		rh_buf_printf(out, "%s ", cmd_verbs[i]->name);
	rh_buf_text(out, "help");
}

static void put_settings(struct rh_buf *out)
{
	for (size_t i = 0; cmd_settings_table[i].key.name != NULL; i++)
		rh_buf_printf(out, "%s%s", i == 0 ? "" : " ", cmd_settings_table[i].key.name);
}

/* The words that may stand as an operand. */
static void put_operand_words(struct rh_buf *out, const struct cmd_verb *verb)
{
	if (verb == &cmd_verb_config)
		put_settings(out);
	else if (kind_of(verb->operands) == KIND_VERB)
		put_verbs(out);
	else if (verb->words != NULL)
		put_words(out, verb->words);
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void put_bash_argument(struct rh_buf *out, const struct cmd_verb *verb,
			      const struct cmd_option *option)
{
	enum kind kind = option->argument == NULL ? KIND_NONE : kind_of(option->argument);

	if (option->argument == NULL)
		return;
	rh_buf_printf(out, "\t%s:--%s", verb->name, option->name);
	if (option->letter != 0)
		rh_buf_printf(out, "|%s:-%c", verb->name, option->letter);
	rh_buf_text(out, ") echo ");
	if (kind == KIND_WORDS) {
		rh_buf_text(out, "words ");
		put_words(out, option->argument);
	} else {
		rh_buf_text(out, kind == KIND_FILE ? "file" : kind == KIND_DIR ? "dir" : "text");
	}
	rh_buf_text(out, " ;;\n");
}

static void put_bash_tables(struct rh_buf *out)
{
	const struct cmd_option *option;

	rh_buf_text(out, "_rehearse_options() { # VERB\n\tcase $1 in\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		rh_buf_printf(out, "\t%s) echo \"", cmd_verbs[i]->name);
		for (int k = 0; (option = cmd_option_at(cmd_verbs[i], k)) != NULL; k++)
			rh_buf_printf(out, "--%s ", option->name);
		rh_buf_text(out, "--help\" ;;\n");
	}
	rh_buf_text(out, "\tesac\n}\n\n_rehearse_argument() { # VERB:OPTION\n\tcase $1 in\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		for (int k = 0; (option = cmd_option_at(cmd_verbs[i], k)) != NULL; k++)
			put_bash_argument(out, cmd_verbs[i], option);
	}
	rh_buf_text(out, "\tesac\n}\n\n_rehearse_operand() { # VERB\n\tcase $1 in\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		struct rh_buf words = {0};

		put_operand_words(&words, cmd_verbs[i]);
		if (words.len > 0)
			rh_buf_printf(out, "\t%s) echo \"%s %s\" ;;\n", cmd_verbs[i]->name,
				      kind_of(cmd_verbs[i]->operands) == KIND_DIR ? "dir" : "words",
				      rh_buf_str(&words));
		else if (kind_of(cmd_verbs[i]->operands) != KIND_NONE)
			rh_buf_printf(out, "\t%s) echo %s ;;\n", cmd_verbs[i]->name,
				      kind_of(cmd_verbs[i]->operands) == KIND_FILE ? "file"
										   : "dir");
		rh_buf_release(&words);
	}
	rh_buf_text(out, "\tesac\n}\n\n");
}

static const char bash_body[] =
	"_rehearse() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb what i\n"
	"\tCOMPREPLY=() verb='' what=''\n"
	"\t# `--mode=live` is three words for bash\n"
	"\tif [ \"$cur\" = \"=\" ]; then\n"
	"\t\tcur=\n"
	"\telif [ \"$prev\" = \"=\" ] && [ \"$COMP_CWORD\" -ge 2 ]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t--config | --log-level)\n"
	"\t\t\t[ \"${COMP_WORDS[i + 1]}\" = \"=\" ] && ((i++))\n"
	"\t\t\t((i++))\n"
	"\t\t\t;;\n"
	"\t\t-* | =) ;;\n"
	"\t\t*) verb=${COMP_WORDS[i]} && break ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tif [ -z \"$verb\" ]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$_rehearse_verbs\" -- \"$cur\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tcase $prev in\n"
	"\t-*) what=$(_rehearse_argument \"$verb:$prev\") ;;\n"
	"\tesac\n"
	"\tif [ -z \"$what\" ]; then\n"
	"\t\tcase $cur in\n"
	"\t\t-*) what=\"words $(_rehearse_options \"$verb\")\" ;;\n"
	"\t\t*) what=$(_rehearse_operand \"$verb\") ;;\n"
	"\t\tesac\n"
	"\tfi\n"
	"\tcase $what in\n"
	"\twords*) COMPREPLY=($(compgen -W \"${what#words }\" -- \"$cur\")) ;;\n"
	"\tfile) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	"\tdir*) # words and folders\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tCOMPREPLY=($(compgen -d -W \"${what#dir}\" -- \"$cur\"))\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _rehearse rehearse\n";

static void put_bash(struct rh_buf *out)
{
	rh_buf_text(out, "# bash completion of rehearse, made by `rehearse completion bash`\n"
			 "# shellcheck shell=bash disable=SC2207\n\n_rehearse_verbs=\"");
	put_verbs(out);
	rh_buf_text(out, "\"\n\n");
	put_bash_tables(out);
	rh_buf_text(out, bash_body);
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* Text between single quotes; in _arguments a bracket and a colon end the text. */
static void put_zsh_text(struct rh_buf *out, const char *text, const char *escaped)
{
	for (; *text != 0; text++) {
		if (*text == '\'')
			rh_buf_text(out, "'\\'");
		else if (strchr(escaped, *text) != NULL)
			rh_buf_text(out, "\\");
		rh_buf_put(out, text, 1);
	}
}

static void put_zsh_action(struct rh_buf *out, const char *argument, const char *words)
{
	enum kind kind = kind_of(argument);

	if (words[0] != 0)
		rh_buf_printf(out, "(%s)", words);
	else if (kind == KIND_FILE)
		rh_buf_text(out, "_files");
	else if (kind == KIND_DIR)
		rh_buf_text(out, "_files -/");
	else
		rh_buf_text(out, " ");
}

static void put_zsh_option(struct rh_buf *out, const struct cmd_option *option)
{
	struct rh_buf words = {0};

	rh_buf_text(out, "\t\t\t'*'");
	if (option->letter != 0)
		rh_buf_printf(out, "{-%c,--%s}", option->letter, option->name);
	else
		rh_buf_printf(out, "--%s", option->name);
	rh_buf_text(out, "'[");
	put_zsh_text(out, option->doc, "[]:\\");
	rh_buf_text(out, "]");
	if (option->argument != NULL) {
		bool is_words = kind_of(option->argument) == KIND_WORDS;

		if (is_words)
			put_words(&words, option->argument);
		rh_buf_text(out, ":");
		put_zsh_text(out, is_words ? "word" : option->argument, "[]:\\");
		rh_buf_text(out, ":");
		put_zsh_action(out, option->argument, rh_buf_str(&words));
	}
	rh_buf_text(out, "' \\\n");
	rh_buf_release(&words);
}

static void put_zsh(struct rh_buf *out)
{
	const struct cmd_option *option;

	rh_buf_text(out, "#compdef rehearse\n"
			 "# zsh completion of rehearse, made by `rehearse completion zsh`\n\n"
			 "_rehearse() {\n\tlocal -a verbs\n\tverbs=(\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		rh_buf_printf(out, "\t\t'%s:", cmd_verbs[i]->name);
		put_zsh_text(out, cmd_verbs[i]->summary, ":\\");
		rh_buf_text(out, "'\n");
	}
	rh_buf_text(out, "\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe verb verbs\n\t\treturn\n"
			 "\tfi\n\tlocal verb=$words[2]\n\tshift words\n\t((CURRENT--))\n"
			 "\tcase $verb in\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		struct rh_buf words = {0};

		rh_buf_printf(out, "\t%s)\n\t\t_arguments \\\n", cmd_verbs[i]->name);
		for (int k = 0; (option = cmd_option_at(cmd_verbs[i], k)) != NULL; k++)
			put_zsh_option(out, option);
		put_operand_words(&words, cmd_verbs[i]);
		rh_buf_text(out, "\t\t\t'*--help[help of this verb]' \\\n\t\t\t'*:operand:");
		put_zsh_action(out, cmd_verbs[i]->operands, rh_buf_str(&words));
		rh_buf_text(out, "'\n\t\t;;\n");
		rh_buf_release(&words);
	}
	rh_buf_text(out, "\tesac\n}\n\nif [ \"$funcstack[1]\" = _rehearse ]; then\n"
			 "\t_rehearse \"$@\"\nelse\n\tcompdef _rehearse rehearse\nfi\n");
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void put_fish_text(struct rh_buf *out, const char *text)
{
	rh_buf_text(out, "'");
	for (; *text != 0; text++) {
		if (*text == '\'' || *text == '\\')
			rh_buf_text(out, "\\");
		rh_buf_put(out, text, 1);
	}
	rh_buf_text(out, "'");
}

static void put_fish_option(struct rh_buf *out, const struct cmd_verb *verb,
			    const struct cmd_option *option)
{
	enum kind kind = option->argument == NULL ? KIND_NONE : kind_of(option->argument);

	rh_buf_printf(out, "complete -c rehearse -n '__fish_seen_subcommand_from %s' -l %s",
		      verb->name, option->name);
	if (option->letter != 0)
		rh_buf_printf(out, " -s %c", option->letter);
	if (kind == KIND_WORDS) {
		rh_buf_text(out, " -x -a '");
		put_words(out, option->argument);
		rh_buf_text(out, "'");
	} else if (kind == KIND_DIR) {
		rh_buf_text(out, " -x -a '(__fish_complete_directories)'");
	} else if (option->argument != NULL) {
		rh_buf_text(out, kind == KIND_FILE ? " -r -F" : " -x");
	}
	rh_buf_text(out, " -d ");
	put_fish_text(out, option->doc);
	rh_buf_text(out, "\n");
}

static void put_fish(struct rh_buf *out)
{
	const struct cmd_option *option;

	rh_buf_text(out, "# fish completion of rehearse, made by `rehearse completion fish`\n"
			 "complete -c rehearse -n __fish_use_subcommand -f\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		const struct cmd_verb *verb = cmd_verbs[i];
		enum kind kind = kind_of(verb->operands);
		struct rh_buf words = {0};

		rh_buf_printf(out, "complete -c rehearse -n __fish_use_subcommand -a %s -d ",
			      verb->name);
		put_fish_text(out, verb->summary);
		rh_buf_text(out, "\n");
		for (int k = 0; (option = cmd_option_at(verb, k)) != NULL; k++)
			put_fish_option(out, verb, option);
		put_operand_words(&words, verb);
		if (words.len > 0)
			rh_buf_printf(out,
				      "complete -c rehearse -n '__fish_seen_subcommand_from %s' "
				      "-f -a '%s'\n",
				      verb->name, rh_buf_str(&words));
		else if (kind == KIND_NONE)
			rh_buf_printf(
				out,
				"complete -c rehearse -n '__fish_seen_subcommand_from %s' -f\n",
				verb->name);
		rh_buf_release(&words);
	}
}

static int completion(const struct cmd_args *args)
{
	const char *shell = args->operands[0];
	struct rh_buf text = {0};
	int code = 0;

	if (strcmp(shell, "bash") == 0)
		put_bash(&text);
	else if (strcmp(shell, "zsh") == 0)
		put_zsh(&text);
	else if (strcmp(shell, "fish") == 0)
		put_fish(&text);
	else
		code = cmd_usage("completion is for bash, zsh or fish, not \"%s\"", shell);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	return code;
}

static const struct cmd_option options[] = {
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {
	"completion bash > ~/.local/share/bash-completion/completions/rehearse", NULL};

const struct cmd_verb cmd_verb_completion = {
	.name = "completion",
	.summary = "a script that completes verbs, options and files in a shell",
	.operands = "bash|zsh|fish",
	.operands_min = 1,
	.operands_max = 1,
	.words = "bash|zsh|fish",
	.options = options,
	.examples = examples,
	.run = completion,
};
