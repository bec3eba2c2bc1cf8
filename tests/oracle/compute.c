/*
 * The server's own computing of classes, for agree.py: reads sessions of lines as `huitang export` prints them, and writes RESULT's payloads.
 *
 *   in   event lines in the journal's order; {"twin": [from, into]}; {"classes": [number…]} ends a session: these are computed, in this order
 *   out  a line for each payload; {"class": number} behind a class's last; {"open": number} for a class that was not closed
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/result_form.h"

#define ROWS_MAX 100000
#define PERSONS_MAX 64
#define SESSIONS_MAX 16
#define TWINS_MAX 8

struct row {
	struct event event;
	json_t *json;                   /* owned: the texts stand in it */
	char *payload;                  /* owned */
};

/* What a person has of the classes computed so far. */
struct person {
	char id[SEAT_ID_BYTES];
	struct credit_session sessions[SESSIONS_MAX];
	size_t n;
};

static struct row rows[ROWS_MAX];
static size_t n_rows;
static struct person persons[PERSONS_MAX];
static size_t n_persons;
static char twins[TWINS_MAX][2][SEAT_ID_BYTES];
static size_t n_twins;

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "compute: %s\n", what);
	exit(2);
}

static const char *same(void *user, const char *id)
{
	(void)user;
	for (size_t i = 0; i < n_twins; i++)
		if (strcmp(twins[i][0], id) == 0)
			return twins[i][1];
	return id;
}

static struct person *person_of(const char *id)
{
	for (size_t i = 0; i < n_persons; i++)
		if (strcmp(persons[i].id, id) == 0)
			return &persons[i];
	must(n_persons < PERSONS_MAX, "too many persons");
	persons[n_persons] = (struct person){ .n = 0 };
	snprintf(persons[n_persons].id, SEAT_ID_BYTES, "%s", id);
	return &persons[n_persons++];
}

static void take_row(json_t *json)
{
	struct row *row = &rows[n_rows++];
	json_t *payload = json_object_get(json, "payload");
	int kind = 0;
	json_int_t wall = 0, boot = 0;

	must(n_rows < ROWS_MAX, "too many rows");
	*row = (struct row){ .json = json, .payload = json_is_null(payload) ? strdup("") : json_dumps(payload, JSON_COMPACT) };
	must(json_unpack(json, "{s:i, s:I, s:I, s:s, s:s, s:s}", "number", &kind, "wall_us", &wall, "boot_us", &boot, "room", &row->event.room, "seat", &row->event.seat,
	                 "actor", &row->event.actor) == 0, "a line that is no event");
	row->event.kind = (enum event_kind)kind;
	row->event.wall_us = wall;
	row->event.boot_us = boot;
	row->event.payload = row->payload;
}

static const char *boot_id(const struct row *row)
{
	return json_string_value(json_object_get(row->json, "boot_id"));
}

/* The class's rows, each start of the server and the row before it. */
static bool is_wanted(size_t i, const char *room)
{
	const struct event *next = i + 1 < n_rows ? &rows[i + 1].event : NULL;
	const struct event *ev = &rows[i].event;

	return strcmp(ev->room, room) == 0 || (ev->kind == EVENT_SERVER_STARTED && !*ev->room) || (next && next->kind == EVENT_SERVER_STARTED && !*next->room);
}

static void keep_session(const struct result_head *head, const struct result_row *row)
{
	struct person *p = person_of(row->person);
	struct credit_session s = result_session(head, row);

	if (row->claim.n == 0)
		return;
	must(p->n + 1 < SESSIONS_MAX, "too many classes");
	s.claim = (struct spans){ 0 };
	must(spans_add_all(&s.claim, row->claim.list, row->claim.n) == 0, "memory");
	p->sessions[p->n++] = s;
}

/* The list that counting puts in order must not lose what others own in it: it works on a copy. */
static void count(const struct result_head *head, struct result_row *row)
{
	struct credit_session list[SESSIONS_MAX];
	struct person *p = person_of(row->person);

	memcpy(list, p->sessions, p->n * sizeof(list[0]));
	must(result_row_count(row, head, list, p->n) == 0, "counting");
	keep_session(head, row);
}

static int print(void *user, const char *payload)
{
	(void)user;
	puts(payload);
	return 0;
}

static void compute(int64_t class)
{
	struct class_result *c = NULL;
	struct result_head head;
	struct result_row *list;
	char room[ROOM_ID_BYTES];
	size_t n;

	snprintf(room, sizeof(room), "class-%" PRId64, class);
	must(class_result_create(&c, class) == 0, "memory");
	for (size_t i = 0; i < n_rows; i++)
		if (is_wanted(i, room))
			must(class_result_add(c, &rows[i].event, boot_id(&rows[i])) == 0, "a row");
	if (class_result_rows(c, same, NULL, &head, &list, &n) == -EAGAIN) {
		printf("{\"open\": %" PRId64 "}\n", class);
	} else {
		for (size_t i = 0; i < n; i++)
			count(&head, &list[i]);
		must(result_write(&head, list, n, print, NULL) == 0, "writing");
		printf("{\"class\": %" PRId64 "}\n", class);
	}
	class_result_destroy(c);
}

static void end_session(void)
{
	for (size_t i = 0; i < n_rows; i++) {
		json_decref(rows[i].json);
		free(rows[i].payload);
	}
	for (size_t i = 0; i < n_persons; i++)
		for (size_t k = 0; k < persons[i].n; k++)
			spans_done(&persons[i].sessions[k].claim);
	n_rows = n_persons = n_twins = 0;
	fflush(stdout);
}

static void take_twin(const json_t *twin)
{
	must(n_twins < TWINS_MAX, "too many twins");
	for (size_t i = 0; i < 2; i++)
		snprintf(twins[n_twins][i], SEAT_ID_BYTES, "%s", json_string_value(json_array_get(twin, i)));
	n_twins++;
}

static void take_line(const char *line)
{
	json_t *json = json_loads(line, 0, NULL), *classes = json_object_get(json, "classes"), *twin = json_object_get(json, "twin"), *one;
	size_t i;

	must(json != NULL, "a line that is no JSON");
	if (!classes && !twin) {
		take_row(json);
		return;
	}
	if (twin)
		take_twin(twin);
	json_array_foreach(classes, i, one)
		compute(json_integer_value(one));
	if (classes)
		end_session();
	json_decref(json);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0)
		take_line(line);
	free(line);
	return 0;
}
