/* One HTTP/1.1 request on a connection of its own, without blocking. */
#ifndef LOAD_REQUEST_H
#define LOAD_REQUEST_H

#include "tests/load/wire.h"

/* What http://host:port/path says. */
struct address {
	struct sockaddr_in to;
	char host[128];                 /* with the port */
	char path[512];                 /* begins with / */
};

/** Errors: -EINVAL not plain HTTP; -ENOENT no such host. Waits for the name server. */
int address_read(struct address *ret, const char *url);

struct reply {
	int status;                     /* 0: none came, `why` tells */
	const char *why;
	const char *location;           /* NULL none */
	const char *body;               /* ends with 0 */
	size_t body_len;
};

struct request;

struct ask {
	const char *method;
	const struct address *address;
	const char *path;               /* NULL: the address' */
	const char *bearer, *type;      /* NULL none */
	const char *body;               /* NULL none */
	int64_t patience_us;            /* 0: 15 s */
};

/**
 * Asks. `on_reply` is called once, never from in here; the request is gone when it returns.
 *
 * Owns:   the request ends itself, or earlier by request_cancel().
 */
struct request *request_begin(struct hub *hub, const struct ask *ask, void (*on_reply)(void *user, const struct reply *r), void *user);
void request_cancel(struct request *r);

#endif
