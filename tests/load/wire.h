/* A TCP connection that never blocks: what is written waits until it can go, what comes gathers until it is taken. Plain text. */
#ifndef LOAD_WIRE_H
#define LOAD_WIRE_H

#include <glib.h>
#include <netinet/in.h>

#include "tests/load/hub.h"

#define WIRE_MOST (4 << 20)     /* bytes that may gather */

struct wire {
	struct watch watch;
	struct hub *hub;        /* given */
	bool connected, closed;
	GByteArray *in, *out;   /* owned */
	void (*on_bytes)(struct wire *w);       /* `in` grew: take from its front with wire_take() */
	void (*on_closed)(struct wire *w, const char *why); /* once; the wire is dead then */
};

/** Embedded. Begins to connect. Errors: -errno; wire_close() in any case. */
int wire_open(struct wire *w, struct hub *hub, const struct sockaddr_in *to);
void wire_close(struct wire *w);

void wire_write(struct wire *w, const void *data, size_t len);
void wire_take(struct wire *w, size_t len);

#endif
