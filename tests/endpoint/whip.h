/* WHIP and WHEP clients: an endpoint whose offer goes out by POST and whose resource is ended by DELETE (RFC 9725). */
#ifndef ENDPOINT_WHIP_H
#define ENDPOINT_WHIP_H

#include "endpoint.h"
#include "http.h"

struct whip {
	struct endpoint *endpoint;      /* owned */
	char *location;                 /* owned: absolute URL of the resource, NULL when refused */
	char *etag, *link;              /* owned, may be NULL; the first Link */
	long status;                    /* of the POST */
	char *answer;                   /* owned */
};

/** POSTs the endpoint's offer to `url` and takes the answer. `e` is owned from here on. Owns: the caller's; never NULL. */
struct whip *whip_open(struct endpoint *e, const char *url, const char *token);

/** DELETE; the status. */
long whip_delete(struct whip *w, const char *token);

/** Frees without DELETE: as a crashed client. */
struct whip *whip_free(struct whip *w);

#endif
