/* Which phones signed in several persons of one class: shown, not refused (records.md, Presence). In memory only. Thread: control. */
#ifndef HUITANG_SIGNALING_COMPANION_DEVICE_H
#define HUITANG_SIGNALING_COMPANION_DEVICE_H

#include "signaling/sitting.h"

#define COMPANION_DEVICES_MAX 20000     /* of one class; further ones are not told apart */

/** Notes that a person signs in by a device (a page's own random name for it), and says whether another one did before. */
bool companion_device_shared(struct sitting *t, const char *device, const char *person);

void companion_devices_forget(struct sitting *t);

#endif
