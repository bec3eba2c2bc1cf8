/*
 * Looks in the audit log: who looked from outside at which seat is an act ("watch") about the seat's organisation and person. A wall that
 * turns its pages comes back to each seat again and again, so that one wall writes of one seat once in an hour.
 */
#ifndef HUITANG_SIGNALING_LOOK_RECORD_H
#define HUITANG_SIGNALING_LOOK_RECORD_H

#include "signaling/look.h"

/** A look begins. What cannot be written now is in the log, and is written with the next look of that wall at that seat. */
void look_record(struct server *s, const struct look *look);

/** The server ends. */
void look_records_drop(struct server *s);

#endif
