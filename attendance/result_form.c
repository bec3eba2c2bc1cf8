/* See result_form.h. */
#include "attendance/result_form.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/journal.h"
#include "attendance/local_day.h"
#include "media/base/mem.h"

#define HEAD_BYTES 400                  /* of a payload beside its rows, at most */

/* ---- claims ---- */

static json_t *make_claim(const struct spans *claim, int64_t began_us)
{
	json_t *list = json_array();
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < claim->n; i++)
		r = json_array_append_new(list, json_pack("[I, I]", (json_int_t)(claim->list[i].from_us - began_us), (json_int_t)(claim->list[i].to_us - began_us)));
	if (r == 0)
		return list;
	json_decref(list);
	return NULL;
}

char *claim_write(const struct spans *claim, int64_t began_us)
{
	json_t *list = make_claim(claim, began_us);
	char *text = list ? json_dumps(list, JSON_COMPACT) : NULL;

	json_decref(list);
	return text;
}

int claim_parse(struct spans *ret, const json_t *claim, int64_t began_us)
{
	json_int_t from, to, last = -1;
	const json_t *one;
	size_t i;
	int r = json_is_array(claim) ? 0 : -EBADMSG;

	json_array_foreach(claim, i, one) {
		if (json_unpack((json_t *)one, "[I, I!]", &from, &to) < 0 || from <= last || to <= from || to > INT64_MAX / 4)
			r = -EBADMSG;
		if (r == 0)
			r = spans_add(ret, (struct span){ began_us + from, began_us + to });
		if (r < 0)
			break;
		last = to;
	}
	if (r < 0)
		spans_done(ret);
	return r;
}

/* ---- rows ---- */

static json_t *make_row(const struct result_head *head, const struct result_row *row)
{
	json_t *to = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "person", row->person, "home", (json_int_t)row->home, "site",
	                       (json_int_t)row->site, "present_s", (json_int_t)row->present_s, "unproved_s", (json_int_t)row->unproved_s, "gap_s",
	                       (json_int_t)row->gap_s, "met", (json_int_t)row->met, "sent", (json_int_t)row->sent, "counted_s", (json_int_t)row->counted_s,
	                       "milli_hours", (json_int_t)row->milli_hours, "reason", credit_reason_word(row->reason));
	int r = to ? 0 : -ENOMEM;

	if (r == 0 && row->claim.n > 0)
		r = json_object_set_new(to, "hour_s", json_integer(row->hour_s));
	if (r == 0 && row->claim.n > 0)
		r = json_object_set_new(to, "claim", make_claim(&row->claim, head->began_us));
	if (r == 0)
		return to;
	json_decref(to);
	return NULL;
}

static int give(const struct result_head *head, json_t *rows, bool last, result_payload_fn made, void *user)
{
	char day[DAY_BYTES], *text;
	json_t *all;
	int r;

	day_write(day, head->day);
	all = json_pack("{s:I, s:I, s:s, s:I, s:i, s:i, s:O, s:b}", "rule_version", (json_int_t)head->rule_version, "began_us", (json_int_t)head->began_us, "day",
	                day, "window_s", (json_int_t)head->window_s, "day_cap", (int)head->day_cap, "year_cap", (int)head->year_cap, "rows", rows, "last", (int)last);
	text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	r = text ? made(user, text) : -ENOMEM;
	free(text);
	json_decref(all);
	return r;
}

struct filling {
	json_t *rows;                   /* owned */
	size_t bytes;
};

/* Puts a row into the event that is filled, which is given away first where it has no room. */
static int fill(struct filling *f, const struct result_head *head, const struct result_row *row, result_payload_fn made, void *user)
{
	json_t *one = make_row(head, row);
	size_t bytes = one ? json_dumpb(one, NULL, 0, JSON_COMPACT) + 1 : 0;
	int r = one ? 0 : -ENOMEM;

	if (bytes > JOURNAL_PAYLOAD_MAX - HEAD_BYTES)
		r = -EMSGSIZE;
	if (r == 0 && (f->bytes + bytes > JOURNAL_PAYLOAD_MAX - HEAD_BYTES || json_array_size(f->rows) == RESULT_ROWS_MAX)) {
		r = give(head, f->rows, false, made, user);
		json_array_clear(f->rows);
		f->bytes = 0;
	}
	if (r == 0 && json_array_append(f->rows, one) < 0)
		r = -ENOMEM;
	f->bytes += bytes;
	json_decref(one);
	return r;
}

int result_write(const struct result_head *head, const struct result_row *rows, size_t n, result_payload_fn made, void *user)
{
	struct filling f = { .rows = json_array() };
	int r = f.rows ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = fill(&f, head, &rows[i], made, user);
	if (r == 0)
		r = give(head, f.rows, true, made, user);
	json_decref(f.rows);
	return r;
}

static int parse_row(struct result_row *ret, const json_t *from, int64_t began_us)
{
	json_int_t home, site, present, unproved, gap, met, sent, counted, milli, hour = 0;
	const char *person, *reason;
	const json_t *claim = NULL;

	if (json_unpack((json_t *)from, "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s?I, s?o}", "person", &person, "home", &home, "site", &site, "present_s",
	                &present, "unproved_s", &unproved, "gap_s", &gap, "met", &met, "sent", &sent, "counted_s", &counted, "milli_hours", &milli, "reason", &reason,
	                "hour_s", &hour, "claim", &claim) < 0)
		return -EBADMSG;
	if (!*person || strlen(person) >= SEAT_ID_BYTES || credit_reason_parse(&ret->reason, reason) < 0 || met < 0 || sent < met || sent > UINT32_MAX)
		return -EBADMSG;
	if (present < 0 || unproved < 0 || gap < 0 || counted < 0 || milli < 0 || (claim && (hour <= 0 || hour > INT32_MAX)))
		return -EBADMSG;
	snprintf(ret->person, sizeof(ret->person), "%s", person);
	ret->home = home;
	ret->site = site;
	ret->present_s = present;
	ret->unproved_s = unproved;
	ret->gap_s = gap;
	ret->met = (uint32_t)met;
	ret->sent = (uint32_t)sent;
	ret->counted_s = counted;
	ret->milli_hours = milli;
	ret->hour_s = claim ? (int32_t)hour : 0;
	return claim ? claim_parse(&ret->claim, claim, began_us) : 0;
}

static int parse_head(struct result_head *ret, const json_t *payload)
{
	json_int_t version, began, window;
	const char *day;

	if (json_unpack((json_t *)payload, "{s:I, s:I, s:s, s:I, s:i, s:i}", "rule_version", &version, "began_us", &began, "day", &day, "window_s", &window, "day_cap",
	                &ret->day_cap, "year_cap", &ret->year_cap) < 0)
		return -EBADMSG;
	if (day_parse(&ret->day, day) < 0 || window < 0 || ret->day_cap < 0 || ret->year_cap < 0 || began < 0 || began > INT64_MAX / 4)
		return -EBADMSG;
	ret->rule_version = version;
	ret->began_us = began;
	ret->window_s = window;
	return 0;
}

int result_parse(struct result_part *ret, const json_t *payload, int64_t class)
{
	const json_t *rows = json_object_get(payload, "rows"), *row;
	struct result_part part = { .head = { .class = class }, .last = json_is_true(json_object_get(payload, "last")) };
	int r = json_is_array(rows) && json_array_size(rows) <= RESULT_ROWS_MAX ? parse_head(&part.head, payload) : -EBADMSG;
	size_t i;

	if (r < 0)
		return r;
	part.rows = mem_calloc(json_array_size(rows) + 1, sizeof(*part.rows));
	if (!part.rows)
		return -ENOMEM;
	json_array_foreach(rows, i, row) {
		r = parse_row(&part.rows[part.n++], row, part.head.began_us);
		if (r < 0)
			break;
	}
	if (r == 0)
		*ret = part;
	else
		result_part_done(&part);
	return r;
}

void result_part_done(struct result_part *part)
{
	for (size_t i = 0; i < part->n; i++)
		spans_done(&part->rows[i].claim);
	part->rows = mem_free(part->rows);
	part->n = 0;
}
