/*
 * How clients' cameras are coded (picture_coding.h): as their seats chose, while everybody who has a path for pictures here can play it,
 * players and walls that look on too, and the client itself can send it; else as usual. Who comes and cannot play it has the sender fall
 * back at once; it goes back to the choice some seconds after the last of them has left.
 */
#ifndef HUITANG_SIGNALING_CODING_H
#define HUITANG_SIGNALING_CODING_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/picture_coding.h"

struct meeting;

/* Embedded in a client; zeroed: as usual, nothing told, as a page begins on a new path. */
struct coding {
	bool told;
	enum picture_coding now, choice;        /* as told */
	unsigned lacking;
	int64_t able_us;                        /* since when all can play the choice, 0: they cannot */
};

/** Looks anew and tells who is to change. Each second, and when somebody was negotiated or a choice was made. */
void coding_update(struct meeting *m, int64_t now_us);

#endif
