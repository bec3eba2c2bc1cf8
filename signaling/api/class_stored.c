/* Classes that are in memory, and those that are over for good and are read from the journal: one way for both. */
#include <errno.h>

#include "attendance/class_record.h"
#include "signaling/api_class.h"
#include "signaling/server.h"

/* What happened in it is not read: its asks are none, and nobody is signed in. */
struct sitting *api_class_recall(struct server *s, const json_t *record)
{
	struct sitting *t = mem_zalloc(sizeof(*t));
	const json_t *row;
	size_t i;

	if (!t)
		return NULL;
	t->server = s;
	t->number = json_integer_value(json_object_get(record, "class"));
	if (class_create(&t->class, t->number) < 0)
		return api_class_forget(t);
	json_array_foreach(json_object_get(record, "events"), i, row) {
		const char *payload = json_string_value(json_array_get(row, 2));
		struct event ev = { .kind = (enum event_kind)json_integer_value(json_array_get(row, 0)), .room = class_room(t->class), .seat = "", .actor = "",
			            .payload = payload ? payload : "", .wall_us = json_integer_value(json_array_get(row, 1)) };

		if (class_apply(t->class, &ev) == -ENOMEM)
			return api_class_forget(t);
	}
	return class_plan(t->class)->org ? t : api_class_forget(t);
}

struct sitting *api_class_forget(struct sitting *t)
{
	if (!t)
		return NULL;
	class_destroy(t->class);
	return mem_free(t);
}

void api_class_stored(struct api_call *c, const json_t *record, const json_t *rows, api_class_fn show)
{
	struct sitting *t = api_class_recall(c->server, record);

	if (t && api_sees_class(c, t))
		show(c, t, rows);
	else
		api_not_there(c);
	api_class_forget(t);
}

void api_class_shown(struct api_call *c, api_class_fn show, void (*found)(struct api_call *c, const json_t *rows))
{
	struct sitting *t = sitting_find(c->server, c->ids[0]);
	const struct class_record_query q = { c->ids[0] };

	if (!t)
		api_read(c, class_record_read, &q, sizeof(q), found);
	else if (api_sees_class(c, t))
		show(c, t, NULL);
	else
		api_not_there(c);
}

/* ---- acts ---- */

static void refuse(struct api_call *c, struct sitting *t, const json_t *rows)
{
	(void)rows;
	if (class_state(t->class) == CLASS_CANCELLED)
		api_class_fine(c, CLASS_FAULT_CANCELLED, NULL);
	else
		api_class_fine(c, CLASS_FAULT_SEALED, NULL);
}

static void refuse_stored(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, refuse);
}

struct sitting *api_seen_class(struct api_call *c)
{
	struct sitting *t = sitting_find(c->server, c->ids[0]);
	const struct class_record_query q = { c->ids[0] };

	if (t && api_sees_class(c, t))
		return t;
	if (t)
		api_not_there(c);
	else
		api_read(c, class_record_read, &q, sizeof(q), refuse_stored);
	return NULL;
}
