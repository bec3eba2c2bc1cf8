/*
 * Lines of "KIND PAYLOAD" as the journal would give them to a class's asks. Whatever they are: bounded, sums agree, and a refused line changes
 * nothing. An answer from a stranger follows each.
 */
#include <string.h>

#include "classroom/asks.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

#define LINES_MAX 64

static int on_event(void *user, const struct event *ev)
{
	(void)user;
	MUST(ev->payload[0] == '{');
	return 0;
}

static void on_ask(void *user, const struct ask *ask)
{
	(void)user;
	MUST(ask->id > 0);
}

static bool where(void *user, const char *person, int64_t *ret_site)
{
	(void)user;
	*ret_site = person[15] - '0';
	return person[14] == '0';
}

static const struct ask_events events = { .on_event = on_event, .on_state = on_ask, .on_tally = on_ask, .where = where };
static const enum event_kind kinds[] = { EVENT_ASK_OPENED, EVENT_ASK_ANSWERED, EVENT_ASK_REFUSED, EVENT_ASK_CLOSED, EVENT_BALLOT_COUNTED, EVENT_BALLOT_VOID };

static void check(const struct asks *a)
{
	for (uint32_t id = 1; id < asks_next_id(a); id++) {
		const struct ask *ask = asks_get(a, id);
		const struct ask_site *sites[LINES_MAX + 1];
		size_t n = asks_sites(a, id, 0, sites, ARRAY_LEN(sites));
		uint32_t answered = 0;

		for (size_t i = 0; i < n; i++)
			answered += sites[i]->tally.answered;
		MUST(ask_spec_is_good(&ask->spec) && (ask->spec.kind == ASK_BALLOT || answered == ask->tally.answered));
	}
}

static void apply_line(struct asks *a, char *line)
{
	struct event ev = { .kind = kinds[(uint8_t)line[0] % ARRAY_LEN(kinds)], .room = "class-1", .seat = "", .actor = "00000000000000aa",
		            .payload = line + 1, .wall_us = 1000000000, .boot_us = 1000000 };
	char *before = NULL, *after = NULL;

	MUST(asks_write_durable(a, &before) == 0);
	if (asks_apply(a, &ev) < 0) {
		MUST(asks_write_durable(a, &after) == 0);
		MUST(strcmp(before, after) == 0);
	}
	mem_free(before);
	mem_free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct asks_cfg cfg = { .room = "class-1", .events = &events };
	struct instant now = { 1000000000, 1000000 };
	struct asks *a = NULL;
	char *text = mem_zalloc(size + 1), *rest = text, *line;

	MUST(text && asks_create(&a, &cfg) == 0);
	memcpy(text, data, size);
	for (unsigned i = 0; i < LINES_MAX && (line = strsep(&rest, "\n")); i++) {
		struct ask_answer x = { .ask = i / 4, .person = "0000000000000001", .choice = i, .by = { ACTOR_PERSON, "0000000000000001" } };

		if (line[0])
			apply_line(a, line);
		MUST((unsigned)asks_answer(a, now, &x) < ASK_VERDICTS);
		check(a);
	}
	asks_tick(a, (struct instant){ INT64_MAX / 4, INT64_MAX / 4 });
	asks_destroy(a);
	mem_free(text);
	return 0;
}
