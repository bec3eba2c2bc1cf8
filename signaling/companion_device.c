/* See companion_device.h. */
#include "signaling/companion_device.h"

#include <stdio.h>
#include <string.h>

#include "signaling/companion.h"

struct companion_device {
	char name[COMPANION_DEVICE_BYTES];
	char person[PERSON_ID_BYTES];           /* who was the first */
	bool shared;
	UT_hash_handle hh;
};

bool companion_device_shared(struct sitting *t, const char *device, const char *person)
{
	struct companion_device *d;

	HASH_FIND_STR(t->devices, device, d);
	if (!d && HASH_COUNT(t->devices) < COMPANION_DEVICES_MAX && (d = mem_zalloc(sizeof(*d)))) {
		snprintf(d->name, sizeof(d->name), "%s", device);
		snprintf(d->person, sizeof(d->person), "%s", person);
		HASH_ADD_STR(t->devices, name, d);
		if (!HASH_ADDED(hh, d))
			d = mem_free(d);
	}
	if (d)
		d->shared = d->shared || strcmp(d->person, person) != 0;
	return d && d->shared;
}

void companion_devices_forget(struct sitting *t)
{
	struct companion_device *d, *next;

	HASH_ITER(hh, t->devices, d, next) {
		HASH_DEL(t->devices, d);
		mem_free(d);
	}
}
