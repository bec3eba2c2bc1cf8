/* What all parts of one run share. One thread; nothing here is global. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "tests/load/options.h"
#include "tests/load/port.h"
#include "tests/load/totals.h"

struct site;

struct load {
	struct options options;
	char room[65];
	char *token, *viewer_token;     /* owned; NULL none */
	struct hub *hub;                /* owned, as the next ones */
	struct port *port;
	struct lines *lines;
	struct line_model line;         /* that holds now */
	struct site *sites[PORT_ENDPOINTS];
	unsigned n_sites;
	struct totals totals;
};

#endif
