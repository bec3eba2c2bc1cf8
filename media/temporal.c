/* See temporal.h. */
#include "media/temporal.h"

#include "media/base/macros.h"
#include "media/payload.h"

bool temporal_admits(struct temporal *t, const struct vp8_descriptor *d, bool keyframe)
{
	if (d->starts_frame) {
		t->highest = MIN(t->highest, t->wanted);
		if (keyframe)
			t->highest = t->wanted;
		else if (d->layer_sync && d->tid <= t->wanted)
			t->highest = MAX(t->highest, d->tid);
	}
	return d->tid <= t->highest;
}
