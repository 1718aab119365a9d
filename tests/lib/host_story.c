/*
 * host_story.c - reads commands, drives the host, writes the trace.
 */
#include "tests/lib/host_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/units.h"
#include "core/transaction.h"
#include "tests/lib/model_host.h"

#define WORDS_MAX 12
#define NAMES_MAX 2000

struct block_name {
	uint64_t id;
	char text[16];
};

struct story {
	const struct rh_model *model;
	struct model_host *host;
	struct rh_buf out;
	uint64_t record_mask;
	uint64_t gauge_mask[2]; /* shared, then the model's own */
	struct block_name names[NAMES_MAX];
	uint32_t name_count;
	int64_t gauges[HOST_NODES_MAX][128]; /* last value told */
};

/* ---- names of blocks ------------------------------------------------------------------------- */

static const char *name_of(const struct story *story, uint64_t id)
{
	for (uint32_t i = 0; i < story->name_count; i++) {
		if (story->names[i].id == id)
			return story->names[i].text;
	}
	return id == 0 ? "none" : "?";
}

static void name_block(struct story *story, uint64_t id, const char *finder, uint64_t height)
{
	char text[16];
	char again = 'b';

	if (name_of(story, id)[0] != '?')
		return;
	if (finder == NULL)
		snprintf(text, sizeof(text), "g");
	else
		snprintf(text, sizeof(text), "%.4s%u", finder, (unsigned)height);
	for (uint32_t i = 0; i < story->name_count; i++) {
		if (strcmp(story->names[i].text, text) == 0) {
			snprintf(text, sizeof(text), "%.4s%u%c", finder, (unsigned)height, again++);
			i = 0;
		}
	}
	RH_ASSERT(story->name_count < NAMES_MAX);
	story->names[story->name_count].id = id;
	memcpy(story->names[story->name_count++].text, text, sizeof(text));
}

/* ---- the trace ------------------------------------------------------------------------------- */

static void line_begin(struct story *story, uint32_t node)
{
	char time[RH_TIME_TEXT];

	rh_buf_printf(&story->out, "%-13s %s  ", rh_clock_text(time, story->host->now_ns),
		      story->host->nodes[node].name);
}

static void tell_gauge(struct story *story, const struct rh_record *record)
{
	uint32_t gauge = record->index;
	int64_t *last = &story->gauges[record->node][gauge];
	bool is_news = *last != (int64_t)record->a;
	const char *name;

	RH_ASSERT(gauge < 128);
	*last = (int64_t)record->a;
	if (!is_news || !(story->gauge_mask[gauge / 64] >> (gauge % 64) & 1))
		return;
	name = gauge < 64 ? rh_gauge_info(gauge)->name
			  : story->model->gauges[gauge - RH_GAUGE_MODEL].name;
	line_begin(story, record->node);
	rh_buf_printf(&story->out, "%s = %lld\n", name, (long long)record->a);
}

static void tell_tx(struct story *story, const struct rh_record *record)
{
	char stage[24];

	rh_buf_printf(&story->out, "tx %s %u.%u@%u",
		      rh_record_stage_text(stage, record->kind, record->stage),
		      (unsigned)rh_tx_sender(record->a), (unsigned)rh_tx_nonce(record->a),
		      (unsigned)(record->a & 0xfffff));
	if (record->stage == RH_TX_INCLUDED)
		rh_buf_printf(&story->out, " in %s", name_of(story, record->b));
	if (record->text != NULL)
		rh_buf_printf(&story->out, ": %.*s", (int)record->text_len, record->text);
}

static void on_record(void *ctx, const struct rh_record *record)
{
	struct story *story = ctx;

	if (record->kind == RH_RECORD_BLOCK && record->d < story->host->node_count)
		name_block(story, record->a, story->host->nodes[record->d].name, record->c);
	if (record->kind == RH_RECORD_HEAD && record->b == 0 && record->c == 0)
		name_block(story, record->a, NULL, 0);
	if (record->kind == RH_RECORD_GAUGE)
		tell_gauge(story, record);
	if (record->kind == RH_RECORD_GAUGE || !(story->record_mask >> record->kind & 1))
		return;
	line_begin(story, record->node);
	if (record->kind == RH_RECORD_BLOCK) {
		char stage[24];

		rh_buf_printf(&story->out, "block %s %s on %s",
			      rh_record_stage_text(stage, record->kind, record->stage),
			      name_of(story, record->a), name_of(story, record->b));
		if (record->text != NULL)
			rh_buf_printf(&story->out, ": %.*s", (int)record->text_len, record->text);
	} else if (record->kind == RH_RECORD_HEAD) {
		rh_buf_printf(&story->out, "head %s -> %s", name_of(story, record->b),
			      name_of(story, record->a));
	} else if (record->kind == RH_RECORD_REORG) {
		rh_buf_printf(&story->out, "reorg of %u below %s down to %s", (unsigned)record->c,
			      name_of(story, record->d), name_of(story, record->b));
	} else if (record->kind == RH_RECORD_FINALIZED) {
		rh_buf_printf(&story->out, "final %s", name_of(story, record->a));
	} else if (record->kind == RH_RECORD_TX) {
		tell_tx(story, record);
	}
	rh_buf_text(&story->out, "\n");
}

/* ---- commands -------------------------------------------------------------------------------- */

static int64_t parse_span(const char *text)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"ms", RH_NS_PER_MS},
		     {"s", RH_NS_PER_SEC},
		     {"m", RH_NS_PER_MIN},
		     {"h", RH_NS_PER_HOUR},
		     {"d", 24 * RH_NS_PER_HOUR}};
	char *end;
	int64_t value = strtoll(text, &end, 10);

	for (size_t i = 0; i < RH_ARRAY_LEN(units); i++) {
		if (strcmp(end, units[i].unit) == 0)
			return value * (int64_t)units[i].ns;
	}
	rh_fatal("no span: %s", text);
}

static uint32_t node_of(const struct story *story, const char *name)
{
	for (uint32_t i = 0; i < story->host->node_count; i++) {
		if (story->host->nodes[i].name[0] == name[0])
			return i;
	}
	rh_fatal("no such node: %s", name);
}

static void show(struct story *story)
{
	for (uint32_t i = 0; i < story->host->node_count; i++) {
		line_begin(story, i);
		rh_buf_printf(&story->out, "%s\n",
			      story->host->nodes[i].is_up
				      ? name_of(story, (uint64_t)story->gauges[i][RH_GAUGE_HEAD])
				      : "down");
	}
}

static void watch(struct story *story, const char *word)
{
	int kind = rh_record_kind_by_name(word);

	if (kind >= 0) {
		story->record_mask |= UINT64_C(1) << kind;
		return;
	}
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++) {
		if (strcmp(rh_gauge_info(i)->name, word) == 0)
			story->gauge_mask[0] |= UINT64_C(1) << i;
	}
	for (uint32_t i = 0; i < story->model->gauge_count; i++) {
		if (strcmp(story->model->gauges[i].name, word) == 0)
			story->gauge_mask[1] |= UINT64_C(1) << i;
	}
}

static void cut(struct story *story, const char *left, const char *right)
{
	struct model_host *host = story->host;

	for (const char *a = left; *a != 0; a++) {
		for (const char *b = right; *b != 0; b++) {
			host->is_cut[node_of(story, a)][node_of(story, b)] = true;
			host->is_cut[node_of(story, b)][node_of(story, a)] = true;
		}
	}
}

/* The price stands in the salt, so that the id tells it. */
static void pay(struct story *story, char **word, int count)
{
	struct rh_event event = {.class = RH_CLASS_INPUT, .kind = RH_TX_SUBMIT};
	struct rh_tx_order order = {.amount = 1000, .size_bytes = 100};
	char *dot;

	if (count < 4)
		rh_fatal("pay NODE WALLET.NONCE PRICE");
	order.sender = (uint32_t)strtoul(word[2], &dot, 10);
	order.nonce = (uint32_t)strtoul(dot + 1, NULL, 10);
	order.price = order.salt = (uint32_t)atoi(word[3]);
	if (count > 4)
		order.flags = strcmp(word[4], "huge") == 0 ? RH_TX_HUGE : RH_TX_FORGED;
	event.key = event.id = rh_tx_key(&order);
	event.arg = rh_tx_arg(&order);
	event.from = node_of(story, word[1]);
	host_step(story->host, event.from, &event);
}

static void open_nodes(struct story *story, uint32_t count)
{
	story->host = host_new(story->model, count, 1);
	story->host->on_record = on_record;
	story->host->ctx = story;
}

/* Commands that set the scene. */
static bool prepare(struct story *story, char **word, int count)
{
	struct model_host *host = story->host;

	if (strcmp(word[0], "nodes") == 0) {
		open_nodes(story, (uint32_t)atoi(word[1]));
	} else if (strcmp(word[0], "set") == 0) {
		host_set(host, -1, word[1], word[2]);
	} else if (strcmp(word[0], "node") == 0) {
		host_set(host, (int)node_of(story, word[1]), word[2], word[3]);
	} else if (strcmp(word[0], "delay") == 0) {
		host->delay_ns = (uint64_t)parse_span(word[1]);
	} else if (strcmp(word[0], "bytes") == 0) {
		host->uses_bytes = true;
	} else if (strcmp(word[0], "mining") == 0) {
		host->is_mining = strcmp(word[1], "off") != 0;
	} else if (strcmp(word[0], "trace") == 0) {
		for (int i = 1; i < count; i++)
			watch(story, word[i]);
	} else if (strcmp(word[0], "links") == 0) {
		host_unlink(host);
		for (uint32_t i = 0; i < host->node_count; i++)
			host_link(host, i, (i + 1) % host->node_count);
	} else {
		return false;
	}
	return true;
}

static void act(struct story *story, char **word, int count)
{
	struct model_host *host = story->host;

	if (strcmp(word[0], "start") == 0)
		host_start(host);
	else if (strcmp(word[0], "run") == 0)
		host_run(host, host->now_ns + (uint64_t)parse_span(word[1]));
	else if (strcmp(word[0], "mine") == 0)
		host_action(host, node_of(story, word[1]), 0,
			    count > 2 ? (uint64_t)atoi(word[2]) : 1);
	else if (strcmp(word[0], "pay") == 0)
		pay(story, word, count);
	else if (strcmp(word[0], "cut") == 0)
		cut(story, word[1], word[2]);
	else if (strcmp(word[0], "heal") == 0)
		memset(host->is_cut, 0, sizeof(host->is_cut));
	else if (strcmp(word[0], "crash") == 0)
		host_crash(host, node_of(story, word[1]), false);
	else if (strcmp(word[0], "amnesia") == 0)
		host_crash(host, node_of(story, word[1]), true);
	else if (strcmp(word[0], "restart") == 0)
		host_restart(host, node_of(story, word[1]));
	else if (strcmp(word[0], "clock") == 0)
		host_clock(host, node_of(story, word[1]), parse_span(word[2]));
	else if (strcmp(word[0], "show") == 0)
		show(story);
	else
		rh_fatal("no such command: %s", word[0]);
}

static void command(struct story *story, char *line)
{
	char *word[WORDS_MAX];
	int count = 0;
	char *save = NULL;

	for (char *at = strtok_r(line, " \t", &save); at != NULL && count < WORDS_MAX;
	     at = strtok_r(NULL, " \t", &save))
		word[count++] = at;
	if (count == 0 || word[0][0] == '#')
		return;
	if (!prepare(story, word, count))
		act(story, word, count);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void read_file(const char *path, struct rh_buf *text)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t got;

	if (file == NULL)
		rh_fatal("cannot open %s", path);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		rh_buf_put(text, chunk, got);
	fclose(file);
}

static void write_file(const char *path, const char *commands, size_t len, const char *trace)
{
	FILE *file = fopen(path, "wb");

	RH_ASSERT(file != NULL);
	fwrite(commands, 1, len, file);
	fprintf(file, "----\n%s", trace);
	fclose(file);
}

bool host_story(const struct rh_model *model, const char *path)
{
	struct story *story = calloc(1, sizeof(*story));
	struct rh_buf text = {0};
	struct rh_buf commands = {0};
	const char *expected;
	char *save = NULL;
	size_t len;
	bool is_same;

	RH_ASSERT(story != NULL);
	story->model = model;
	memset(story->gauges, 0x80, sizeof(story->gauges));
	read_file(path, &text);
	expected = strstr(rh_buf_str(&text), "----\n");
	len = expected != NULL ? (size_t)(expected - (const char *)text.data) : text.len;
	expected = expected != NULL ? expected + 5 : "";
	rh_buf_put(&commands, text.data, len);
	for (char *line = strtok_r((char *)commands.data, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		command(story, line);
	host_free(story->host);
	is_same = strcmp(rh_buf_str(&story->out), expected) == 0;
	if (getenv("REHEARSE_STORY_WRITE") != NULL) {
		write_file(path, (const char *)text.data, len, rh_buf_str(&story->out));
		is_same = true;
	} else if (!is_same) {
		printf("%s: the trace differs\n---- expected\n%s---- got\n%s", path, expected,
		       rh_buf_str(&story->out));
	}
	rh_buf_release(&story->out);
	rh_buf_release(&text);
	rh_buf_release(&commands);
	free(story);
	return is_same;
}
