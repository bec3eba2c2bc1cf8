/* A small circle of rows. */
#include "signaling/answered.h"

void answered_done(struct answered *a)
{
	for (unsigned i = 0; i < ANSWERED_MAX; i++)
		text_unref(a->rows[i].reply);
	*a = (struct answered){ 0 };
}

static struct answered_row *find(const struct answered *a, int64_t id)
{
	for (unsigned i = 0; i < ANSWERED_MAX; i++)
		if (a->rows[i].id == id)
			return (struct answered_row *)&a->rows[i];
	return NULL;
}

enum answered_state answered_find(const struct answered *a, int64_t id, struct text **ret_reply)
{
	const struct answered_row *row = find(a, id);

	if (!row)
		return ANSWERED_NEW;
	if (row->held)
		return ANSWERED_WAITING;
	*ret_reply = row->reply;
	return ANSWERED_READY;
}

/* The oldest whose reply went out. */
static struct answered_row *find_place(const struct answered *a)
{
	for (unsigned i = 0; i < ANSWERED_MAX; i++) {
		const struct answered_row *row = &a->rows[(a->next + i) % ANSWERED_MAX];

		if (!row->held)
			return (struct answered_row *)row;
	}
	return NULL;
}

bool answered_is_full(const struct answered *a)
{
	return !find_place(a);
}

void answered_keep(struct answered *a, int64_t id, struct text *reply, bool held)
{
	struct answered_row *row = find_place(a);

	if (id > a->highest)
		a->highest = id;
	if (!row || !reply || (!held && reply->len > ANSWERED_TEXT_MAX))
		return;
	a->next = (unsigned)(row - a->rows + 1) % ANSWERED_MAX;
	text_unref(row->reply);
	*row = (struct answered_row){ .id = id, .reply = text_ref(reply), .held = held };
}

struct text *answered_release(struct answered *a, int64_t id, struct text *instead)
{
	struct answered_row *row = find(a, id);

	if (!row || !row->held) {
		text_unref(instead);
		return NULL;
	}
	row->held = false;
	if (instead) {
		text_unref(row->reply);
		row->reply = instead;
	}
	return row->reply;
}
