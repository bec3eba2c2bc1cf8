/* `huitang report --format json`, read. */
#ifndef SCENARIO_REPORT_H
#define SCENARIO_REPORT_H

#include <stdbool.h>

#include "server.h"

struct report_row {
	unsigned rows;                  /* with this name */
	unsigned seconds, reconnects;   /* of the last of them */
	char seat[33], role[16], kind[16], state[16];
	char first_join[40], last_leave[40];
};

/** Finds rows by name. False when there is none or the report cannot be read. */
bool report_row(struct server *s, const char *room, const char *name, struct report_row *ret);

#endif
