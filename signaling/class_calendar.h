/*
 * A class for calendars (RFC 5545): one VEVENT in the plan's zone, with its VTIMEZONE. UID stays for the class's life, SEQUENCE grows with each change of the
 * plan, and one that was called off says so; so whoever takes the file again has one entry, as it is now. By libical. Thread: control.
 */
#ifndef HUITANG_SIGNALING_CLASS_CALENDAR_H
#define HUITANG_SIGNALING_CLASS_CALENDAR_H

#include "classroom/class.h"
#include "signaling/text.h"

struct class_calendar {
	const struct class *class;
	const char *uid;                /* of this server and class */
	const char *org;                /* who holds it: name */
	const char *url;                /* its page; "" none */
	const char *hosts;              /* names; "" none */
};

/** Text of the file. Owns: the caller's reference. NULL: no memory, or the zone is not known here any more. */
struct text *class_calendar_write(const struct class_calendar *c);

#endif
