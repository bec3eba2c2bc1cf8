/*
 * The minutes that the server makes by itself, version 1: once the result of a class is written and every ballot in it is counted, in one act. A server that
 * was killed before does it after its start.
 *
 *   CLOSED, with a result, no minutes ─► (turn of an act) store_read(minutes_facts_read) ─► minutes_write() ─► changes: MINUTES_WRITTEN … ─► on disk
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_SITTING_MINUTES_H
#define HUITANG_SIGNALING_SITTING_MINUTES_H

#include "signaling/sitting.h"

/** Each second: begins it where it is due. */
void sitting_minutes_on_second(struct sitting *t);

#endif
