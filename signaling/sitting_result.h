/*
 * What comes of a class: computed once it is closed and that is on disk, and written with its postings in one act. A server that was killed
 * before does it after its start.
 *
 *   CLOSED, without a result ─► (turn of an act) store_read(credit_close_read) ─► changes: RESULT, CREDIT_POSTED … ─► on disk
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_SITTING_RESULT_H
#define HUITANG_SIGNALING_SITTING_RESULT_H

#include "signaling/sitting.h"

/** Each second: begins it where it is due. */
void sitting_result_on_second(struct sitting *t);

#endif
