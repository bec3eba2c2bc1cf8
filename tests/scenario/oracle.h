/* The oracle (tests/oracle): what a stranger computes from `huitang export` against what the server says. */
#ifndef SCENARIO_ORACLE_H
#define SCENARIO_ORACLE_H

#include <stdbool.h>

#include "server.h"

/**
 * Exports the journal and reports the room, while the server runs or not. Fails the scenario when a line does not fit the schema, the chain
 * does not hold, or presence computed from the export differs from the report. Notes how many rows of which kinds there were.
 */
bool oracle_agrees(struct server *s, const char *room);

/**
 * The same of reports of periods: of the organisation at every level from one day to another ("2026-11-26"), what `huitang report --org` says against what is
 * computed from the export and the tree.
 */
bool oracle_agrees_period(struct server *s, const char *org, const char *from, const char *to);

#endif
