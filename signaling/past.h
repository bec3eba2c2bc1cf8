/*
 * The demo's past: months in which its county held classes, wrote minutes, appealed, moved branches. Nothing of it is written beside the product: a server
 * of that time lives through it on clocks of its own (past_world.h), and all that happens is asked of the same addresses and rules as today (past/months.c). Then it
 * stops, and the server that is to run finds a data folder like any other.
 */
#ifndef HUITANG_SIGNALING_PAST_H
#define HUITANG_SIGNALING_PAST_H

#include "signaling/config.h"

/**
 * Makes the past where the data folder has no database yet; else changes nothing. It takes some seconds. A folder is given a whole past or none.
 *
 * Thread: the only one. Errors: -errno; a line of the log says at what. The data folder is as it was then.
 */
int past_make(const struct config *config);

#endif
