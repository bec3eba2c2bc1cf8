/* The report as JSON. */
#include "report.h"

#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "stage.h"

static void copy(char *to, size_t size, const json_t *row, const char *field)
{
	const char *text = json_string_value(json_object_get(row, field));

	g_strlcpy(to, text ? text : "", size);
}

static void take(struct report_row *ret, const json_t *row)
{
	ret->rows++;
	ret->seconds = (unsigned)json_integer_value(json_object_get(row, "seconds_present"));
	ret->reconnects = (unsigned)json_integer_value(json_object_get(row, "reconnects"));
	copy(ret->seat, sizeof(ret->seat), row, "seat");
	copy(ret->role, sizeof(ret->role), row, "role");
	copy(ret->kind, sizeof(ret->kind), row, "kind");
	copy(ret->state, sizeof(ret->state), row, "state");
	copy(ret->first_join, sizeof(ret->first_join), row, "first_join");
	copy(ret->last_leave, sizeof(ret->last_leave), row, "last_leave");
}

bool report_row(struct server *s, const char *room, const char *name, struct report_row *ret)
{
	const char *const arguments[] = { "report", "--data", s->data, "--room", room, "--format", "json", NULL };
	struct outcome *o = server_command(arguments);
	json_t *report = json_loads(o->out, JSON_REJECT_DUPLICATES, NULL), *row;
	size_t i;

	*ret = (struct report_row){ 0 };
	CHECK(o->status == 0 && report, "huitang report: %d %s", o->status, o->err);
	json_array_foreach(json_object_get(report, "seats"), i, row) {
		const char *is = json_string_value(json_object_get(row, "name"));

		if (is && !strcmp(is, name))
			take(ret, row);
	}
	json_decref(report);
	outcome_free(o);
	return ret->rows > 0;
}
