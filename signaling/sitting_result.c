/* See sitting_result.h. */
#include "signaling/sitting_result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "attendance/credit_compute.h"
#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/reads.h"
#include "signaling/server.h"

#define AGAIN_S 5               /* after a failure */

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const int64_t *class = data;
	struct sitting *t = sitting_find(s, *class);

	(void)sequence;
	if (t)
		t->counting = false;
	if (error)
		log_event(LOG_ERROR, "class.result_not_written class=%" PRId64 " err=%d", *class, error);
}

/* It is tried again. */
static void give_up(struct server *s, int64_t class, int error)
{
	struct sitting *t = sitting_find(s, class);

	if (t) {
		t->counting = false;
		t->count_wait_s = AGAIN_S;
	}
	if (error != -EAGAIN)
		log_event(LOG_ERROR, "class.result_failed class=%" PRId64 " err=%d", class, error);
	acts_pass(s);
}

static void add_event(struct changes *c, enum event_kind kind, int64_t class, const json_t *payload)
{
	char room[ROOM_ID_BYTES], *text = json_dumps(payload, JSON_COMPACT);

	snprintf(room, sizeof(room), "class-%" PRId64, class);
	changes_event(c, kind, room, "", text);
	free(text);
}

static struct changes *write_all(struct server *s, int64_t class, const json_t *found)
{
	const json_t *results = json_object_get(found, "results"), *postings = json_object_get(found, "postings"), *j;
	const struct sitting *t = sitting_find(s, class);
	struct act act = { .name = "class.result", .org = t ? class_plan(t->class)->org : 0 };
	struct changes *c = changes_new();
	char detail[64];
	size_t i;

	snprintf(detail, sizeof(detail), "{\"class\":%" PRId64 ",\"postings\":%zu}", class, json_array_size(postings));
	act.detail = detail;
	if (!c || changes_set_act(c, &act) < 0)
		return changes_destroy(c);
	json_array_foreach(results, i, j)
		add_event(c, EVENT_RESULT, class, j);
	json_array_foreach(postings, i, j)
		add_event(c, EVENT_CREDIT_POSTED, json_integer_value(json_object_get(j, "class")), json_object_get(j, "payload"));
	return c;
}

static void on_computed(struct server *s, const void *data, const char *text, int error)
{
	const int64_t *class = data;
	json_t *found = text ? json_loads(text, 0, NULL) : NULL;
	struct changes *c = found && !error ? write_all(s, *class, found) : NULL;
	int r = error;

	json_decref(found);
	if (!r)
		r = c ? acts_post(s, c, on_written, class, sizeof(*class)) : -ENOMEM;
	if (r < 0)
		give_up(s, *class, r);
}

static void begin(struct server *s, const void *data)
{
	const int64_t *class = data;
	struct credit_close_query q = { .class = *class };
	int r;

	r = reads_begin(s, credit_close_read, &q, sizeof(q), on_computed, class, sizeof(*class));
	if (r < 0)
		give_up(s, *class, r);
}

void sitting_result_on_second(struct sitting *t)
{
	bool due = class_state(t->class) == CLASS_CLOSED && !class_has_result(t->class) && !t->counting;

	if (!due || !server_records(t->server))
		return;
	if (t->count_wait_s > 0) {
		t->count_wait_s--;
		return;
	}
	t->counting = acts_enqueue(t->server, begin, &t->number, sizeof(t->number)) == 0;
}
