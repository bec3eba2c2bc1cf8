/*
 * Who was erased by order is forgotten in memory, too: rooms that run, classes, imports (attendance/erasure.h does it on disk, directory_apply() in the directory).
 * What pages show already, they show until they are opened anew.
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_FORGETTING_H
#define HUITANG_SIGNALING_FORGETTING_H

#include "attendance/changes.h"

struct server;

/** Of changes that are on disk, before the directory has them: names are still known. For acts.h. */
void forgetting_apply(struct server *s, const struct changes *c);

#endif
