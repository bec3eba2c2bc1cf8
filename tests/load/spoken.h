/*
 * The last voices of an endpoint on a line, sealed: what is asked for goes again as it was, since there is no RTX for sound. (Sealed a second
 * time a number would be refused.)
 */
#ifndef LOAD_SPOKEN_H
#define LOAD_SPOKEN_H

#include "tests/load/peer.h"

#define SPOKEN 64
#define SPOKEN_BYTES 640

struct spoken {
	struct {
		uint16_t seq, len;      /* len 0: nothing is here */
		uint8_t data[SPOKEN_BYTES];
	} kept[SPOKEN];
};

/** Sends what was written to port_room(), and keeps it, if it is no longer than SPOKEN_BYTES. */
void spoken_send(struct spoken *s, struct peer *p, uint16_t seq, size_t len);

/** Sends it again; false: it is not kept. */
bool spoken_repeat(const struct spoken *s, struct peer *p, uint16_t seq);

#endif
