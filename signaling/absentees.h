/*
 * Who is missing, noted once in each class: some minutes after it was opened (setting absentees-after-s) each site that lacks somebody gets its row in the journal
 * (ABSENTEES_NOTED) and a notice, and so do those above it, one for all of their sites: the organisations from the site's parent up to whoever holds the class.
 *
 * All of it is one act, so that after kill -9 either all is there or nothing, and then it is done by the server that starts. Thread: control.
 */
#ifndef HUITANG_SIGNALING_ABSENTEES_H
#define HUITANG_SIGNALING_ABSENTEES_H

#include "signaling/sitting.h"

/** Each second. */
void absentees_on_second(struct sitting *t, struct instant now);

#endif
