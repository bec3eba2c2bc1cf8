/* See minutes_read.h. */
#include "attendance/minutes_read.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/class_record.h"
#include "attendance/db.h"
#include "attendance/writes.h"

struct reading {
	int64_t wanted;                 /* 0: the last */
	json_t *versions, *facts, *edit, *sealed;       /* owned */
	int64_t version;
	bool erased;
};

/* Members of objects stay, lists go on. */
static int put_together(json_t *to, json_t *part)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach(part, name, value) {
		json_t *list = json_object_get(to, name);

		if (json_is_array(list) && json_is_array(value))
			r |= json_array_extend(list, value);
		else
			r |= json_object_set(to, name, value);
	}
	return r ? -ENOMEM : 0;
}

static int on_written(struct reading *rd, const struct event *ev, json_t *payload)
{
	int64_t version = json_integer_value(json_object_get(payload, "version"));
	json_t *text = json_object_get(payload, "text");
	int r = version == 1 ? put_together(rd->facts, text) : 0;

	if (!json_is_true(json_object_get(payload, "last")))
		return r;
	if (r == 0)
		r = json_array_append_new(rd->versions, json_pack("{s:I, s:I, s:s}", "version", (json_int_t)version, "at_ms", (json_int_t)(ev->wall_us / 1000), "by", ev->actor)) < 0 ? -ENOMEM : 0;
	if (rd->wanted && rd->wanted != version)
		return r;
	rd->version = version;
	if (version > 1) {
		json_decref(rd->edit);
		rd->edit = json_incref(text);
	}
	return r;
}

static int on_sealed(struct reading *rd, const struct event *ev, json_t *payload)
{
	json_object_set_new(payload, "at_ms", json_integer(ev->wall_us / 1000));
	json_object_set_new(payload, "by", json_string(ev->actor));
	json_decref(rd->sealed);
	rd->sealed = json_incref(payload);
	return 0;
}

static int on_row(void *user, const struct journal_row *row)
{
	const struct event *ev = &row->event;
	struct reading *rd = user;
	json_t *payload = json_loads(ev->payload, 0, NULL);
	int r = 0;

	rd->erased = rd->erased || !*ev->payload;
	if (json_is_object(payload))
		r = ev->kind == EVENT_MINUTES_WRITTEN ? on_written(rd, ev, payload) : on_sealed(rd, ev, payload);
	json_decref(payload);
	return r;
}

static int add_record(struct store_reader *reader, int64_t class, json_t *all)
{
	const struct class_record_query q = { class };
	char *text = NULL;
	int r = class_record_read(reader, &q, sizeof(q), &text);

	if (r == 0)
		r = json_object_set_new(all, "record", json_loads(text, 0, NULL)) < 0 ? -ENOMEM : 0;
	free(text);
	return r;
}

static json_t *all_json(struct reading *rd)
{
	json_t *all = json_pack("{s:O, s:O, s:I, s:O}", "versions", rd->versions, "facts", rd->facts, "version", (json_int_t)rd->version, "edit", rd->edit);

	if (all && rd->sealed)
		json_object_set(all, "sealed", rd->sealed);
	if (all && rd->erased)
		json_object_set_new(all, "erased", json_true());
	return all;
}

int minutes_read(struct store_reader *reader, const void *args, size_t len, char **ret_text)
{
	const struct minutes_query *q = args;
	struct reading rd = { .versions = json_array(), .facts = json_object(), .edit = json_object() };
	json_t *all = NULL;
	int r = len == sizeof(*q) ? 0 : -EINVAL;

	if (r == 0) {
		rd.wanted = q->version;
		r = journal_select(store_reader_db(reader), "j.room = 'class-' || ?1 AND j.kind BETWEEN 94 AND ?2 ORDER BY j.sequence", q->class, EVENT_MINUTES_SEALED, on_row, &rd);
	}
	if (r == 0)
		all = all_json(&rd);
	if (all && rd.sealed)
		r = add_record(reader, q->class, all);
	json_decref(rd.versions);
	json_decref(rd.facts);
	json_decref(rd.edit);
	json_decref(rd.sealed);
	if (all && r == 0)
		*ret_text = json_dumps(all, JSON_COMPACT);
	if (r == 0 && (!all || !*ret_text))
		r = -ENOMEM;
	json_decref(all);
	return r;
}
