/* The durable state as text. See room_write_durable(). */
#include "classroom/room_state.h"

#include <errno.h>

#include "classroom/json_text.h"

struct bars_writer {
	json_t *object;
	bool failed;
};

static void write_bar(void *user, const char *name)
{
	struct bars_writer *w = user;

	w->failed |= json_object_set_new(w->object, name, json_true()) != 0;
}

static json_t *write_bars(const struct room *r)
{
	struct bars_writer w = { .object = json_object() };

	if (!w.object)
		return NULL;
	bar_each(r->bars, write_bar, &w);
	if (!w.failed)
		return w.object;
	json_decref(w.object);
	return NULL;
}

/* What only some seats have: left out it is none. */
static int add_marks(json_t *to, const struct seat *s)
{
	json_t *orgs = json_array();
	int r = orgs ? 0 : -1;

	for (unsigned i = 0; r == 0 && i < s->n_orgs; i++)
		r = json_array_append_new(orgs, json_integer((json_int_t)s->orgs[i]));
	if (r < 0 || json_object_set(to, "orgs", orgs) < 0) {
		json_decref(orgs);
		return -1;
	}
	json_decref(orgs);
	if (s->hand)
		r = json_object_set_new(to, "hand", json_pack("[s, I]", s->speaker ? s->speaker : "", (json_int_t)s->hand_wall_us));
	if (r == 0 && s->acting)
		r = json_object_set_new(to, "acting", json_string(role_name(s->before)));
	return r;
}

static json_t *write_plain_seat(const struct seat *s)
{
	json_t *blocked = payload_write_sources(s->blocked);

	if (!blocked)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:b, s:o, s:i, s:b, s:b, s:b}", "key", s->key, "via", s->via, "name", s->name, "org",
	                 s->org, "site", (json_int_t)s->site, "person", s->person, "kind", seat_kind_name(s->kind), "granted", role_name(s->granted), "role", role_name(s->role),
	                 "room_muted", s->room_muted, "blocked", blocked, "denied", (int)s->denied, "floor", s->has_floor, "staged", s->staged, "down", s->down);
}

static json_t *write_seat(const struct seat *s)
{
	json_t *seat = write_plain_seat(s);

	if (!seat || add_marks(seat, s) == 0)
		return seat;
	json_decref(seat);
	return NULL;
}

static json_t *write_seats(const struct room *r)
{
	json_t *object = json_object();

	for (const struct entry *e = r->by_id; object && e; e = e->hh_id.next)
		if (json_object_set_new(object, e->seat.id, write_seat(&e->seat)) != 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *write_line(const struct chat_line *line)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:b}", "id", (json_int_t)line->id, "seat", line->seat, "name", line->name, "text",
	                 line->text, "wall_us", (json_int_t)line->wall_us, "to_host", line->to_host);
}

static json_t *write_chat(const struct room *r)
{
	const struct chat_line *lines[CHAT_LINES];
	size_t n = chat_last(&r->chat, lines, CHAT_LINES);
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_array_append_new(list, write_line(lines[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *write_room(const struct room *r)
{
	return json_pack("{s:s, s:b, s:b, s:b, s:b, s:i, s:s, s:I}", "epoch", r->epoch, "open", r->open, "ended", r->ended, "locked",
	                 r->locked, "lobby", r->lobby, "mute", (int)r->mute, "host", r->host ? r->host->seat.id : "", "opened_us",
	                 (json_int_t)r->opened_us);
}

static const char *id_of(const struct entry *e)
{
	return e ? e->seat.id : "";
}

static json_t *write_floor(const struct room *r)
{
	const struct floor *f = &r->floor;
	json_t *hands = json_array(), *all;

	for (const struct entry *e = r->hands; hands && e; e = e->hand_next)
		if (json_array_append_new(hands, json_string(e->seat.id)) != 0) {
			json_decref(hands);
			return NULL;
		}
	all = hands ? json_pack("{s:O, s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "hands", hands, "holder", id_of(f->holder), "speaker", f->speaker, "began",
	                        (json_int_t)f->began_wall_us, "until", (json_int_t)f->until_wall_us, "stage", id_of(r->stage.entry), "spotlight",
	                        id_of(r->spotlight.entry), "rightful", id_of(r->rightful)) : NULL;
	json_decref(hands);
	return all;
}

static json_t *write_rules(const struct room *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->rules.n; i++) {
		const struct source_rule *rule = &r->rules.list[i];

		if (json_array_append_new(list, json_pack("[i, i, i, I, i]", (int)rule->source, (int)rule->scope, (int)rule->role, (json_int_t)rule->org,
		                                          (int)rule->word)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *write_all(const struct room *r)
{
	json_t *all = write_room(r);

	if (!all)
		return NULL;
	if (json_object_set_new(all, "bars", write_bars(r)) == 0 && json_object_set_new(all, "seats", write_seats(r)) == 0 &&
	    json_object_set_new(all, "chat", write_chat(r)) == 0 &&
	    json_object_set_new(all, "floor", write_floor(r)) == 0 && json_object_set_new(all, "rules", write_rules(r)) == 0)
		return all;
	json_decref(all);
	return NULL;
}

int room_write_durable(const struct room *r, char **ret)
{
	json_t *all = write_all(r);
	char *text = json_text(all, JSON_SORT_KEYS);

	json_decref(all);
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}
