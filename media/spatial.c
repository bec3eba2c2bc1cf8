/* See spatial.h. */
#include "media/spatial.h"

#include "media/base/macros.h"
#include "media/temporal.h"
#include "media/vp9.h"

void spatial_begin(struct spatial *s)
{
	s->begun = false;
	s->highest = s->before = 0;
}

static void begin_picture(struct spatial *s, struct temporal *t, const struct vp9_descriptor *d, uint32_t rtp)
{
	s->begun = true;
	s->picture_rtp = rtp;
	s->aim = s->wanted;
	s->before = s->highest;
	s->highest = MIN(s->highest, s->aim);
	s->key = vp9_is_key(d);
	t->highest = MIN(t->highest, t->wanted);
	if (s->key)
		s->highest = 0;
	if (s->key || (d->switching_up && d->tid <= t->highest))
		t->highest = t->wanted;
}

bool spatial_admits(struct spatial *s, struct temporal *t, const struct vp9_descriptor *d, uint32_t rtp)
{
	if (!s->begun || s->picture_rtp != rtp)
		begin_picture(s, t, d, rtp);
	/* Of a keyframe all layers may begin, also behind one that is on its way still. */
	if (d->sid > s->highest && d->sid <= s->aim && !d->inter_picture && (s->key || d->sid == s->highest + 1))
		s->highest = d->sid;
	return d->sid <= s->highest && d->tid <= t->highest;
}

bool spatial_admits_late(struct spatial *s, struct temporal *t, const struct vp9_descriptor *d, uint32_t rtp)
{
	if (s->begun && s->picture_rtp == rtp)
		return spatial_admits(s, t, d, rtp);
	return d->sid <= s->highest && d->tid <= t->highest;
}

/* A keyframe's layers may yet come, up to the wanted one. */
static uint8_t highest_of_picture(const struct spatial *s)
{
	return s->key ? s->aim : s->highest;
}

bool spatial_ends_picture(const struct spatial *s, const struct vp9_descriptor *d)
{
	return d->ends && d->sid == highest_of_picture(s);
}

bool spatial_hides(const struct spatial *s, const struct temporal *t, const struct vp9_descriptor *from, uint32_t from_rtp,
                   const struct vp9_descriptor *to, uint32_t to_rtp)
{
	uint16_t mask = to->wide_picture_id ? 0x7fff : 0x7f;
	bool same = from_rtp == to_rtp, next = to->picture_id_at && to->begins && to->sid == 0 && ((to->picture_id - from->picture_id) & mask) == 1;
	uint8_t highest = same ? highest_of_picture(s) : s->before;

	if (!same && !next)
		return false;
	return from->tid > t->highest || from->sid > highest || (from->ends && from->sid == highest);
}
