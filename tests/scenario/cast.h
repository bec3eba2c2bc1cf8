/* Who is on the stage of most scenarios: a server, its host and two participants with microphone and camera. */
#ifndef SCENARIO_CAST_H
#define SCENARIO_CAST_H

#include "attendee.h"

struct cast {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann, *bob;  /* numbers 100, 200, 300 */
};

/** They enter ROOM of a new server. False: a check has failed. */
bool cast_enter(struct cast *c);

#endif
