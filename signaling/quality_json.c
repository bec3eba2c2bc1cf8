/* Figures of lines in JSON: losses in thousandths, rates in bits a second. */
#include "signaling/room_quality.h"

#include "media/base/macros.h"
#include "media/base/mem.h"

static int permille(uint8_t lost)
{
	return (lost * 1000 + 128) / 256;
}

static json_int_t bps(uint16_t kbps)
{
	return (json_int_t)kbps * 1000;
}

static void put_layer(json_t *o, uint8_t layer)
{
	if (layer < MAX_LAYERS)
		json_object_set_new(o, "layer", json_integer(layer));
}

static json_t *write_second(const struct quality_second *s)
{
	json_t *o = json_pack("{s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:i}", "rtt_ms", (int)s->rtt_ms, "loss_down", permille(s->down_lost), "loss_up",
			      permille(s->up_lost), "estimate_bps", bps(s->estimate_kbps), "sent_bps", bps(s->sent_kbps), "received_bps",
			      bps(s->received_kbps), "suspended", (int)s->suspended, "freezes", (int)s->freezes);

	put_layer(o, s->layer);
	return o;
}

json_t *quality_write_seconds(const struct quality *q, size_t n)
{
	struct quality_second rows[QUALITY_SECONDS];
	json_t *list = json_array();

	n = quality_seconds(q, rows, MIN(n, (size_t)QUALITY_SECONDS));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, write_second(&rows[i]));
	return list;
}

json_t *quality_write_slots(const struct quality *q, uint32_t at_s)
{
	struct quality_slot_second s;
	json_t *list = json_array();

	for (uint8_t i = 0; i < MAX_SLOTS; i++) {
		json_t *o;

		if (quality_slot_seconds(q, i, &s, 1) == 0 || at_s - s.at_s > QUALITY_NOW_SECONDS || (s.layer == STATS_NO_LAYER && !s.suspended))
			continue;
		o = json_pack("{s:i, s:I, s:i, s:i, s:b}", "slot", (int)i, "bps", bps(s.kbps), "loss", permille(s.lost), "jitter_ms", (int)s.jitter_ms,
			      "suspended", s.suspended);
		put_layer(o, s.layer);
		json_array_append_new(list, o);
	}
	return list;
}

json_t *quality_write_now(const struct seat_quality *q, uint32_t at_s)
{
	struct quality_second now;
	json_t *o;

	if (!quality_now(q->quality, at_s, &now))
		return NULL;
	o = write_second(&now);
	json_object_set_new(o, "seat", json_string(q->seat));
	json_object_set_new(o, "cpu_limited", json_boolean(q->cpu_limited));
	return o;
}

static json_t *write_minute(const struct quality_minute *m)
{
	json_t *layers = json_array();

	for (unsigned i = 0; i < MAX_LAYERS; i++)
		json_array_append_new(layers, json_integer(m->layer_s[i]));
	return json_pack("{s:I, s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:o, s:i, s:I, s:i, s:i}", "start_s", (json_int_t)m->start_s,
			 "seconds", (int)m->seconds, "rtt_ms", (int)m->rtt_ms, "rtt_max_ms", (int)m->rtt_max_ms, "estimate_bps", bps(m->estimate_kbps),
			 "estimate_min_bps", bps(m->estimate_min_kbps), "sent_bps", bps(m->sent_kbps), "received_bps", bps(m->received_kbps),
			 "loss_down", permille(m->down_lost), "loss_down_max", permille(m->down_lost_max), "loss_up", permille(m->up_lost),
			 "loss_up_max", permille(m->up_lost_max), "suspended_s", (int)m->suspended_s, "layer_s", layers, "freezes", (int)m->freezes,
			 "freeze_ms", (json_int_t)m->freeze_ms, "dropped", (int)m->dropped, "cpu_limited", (int)m->cpu_limited);
}

static json_t *write_minutes(const struct quality *q)
{
	CLEANUP(mem_freep) struct quality_minute *rows = mem_zalloc((QUALITY_MINUTES_MAX + 1) * sizeof(*rows));
	json_t *list = json_array();
	size_t n = rows ? quality_minutes(q, rows, QUALITY_MINUTES_MAX + 1) : 0;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, write_minute(&rows[i]));
	return list;
}

json_t *quality_write_meeting(const struct seat_quality *q, uint32_t at_s, bool rows)
{
	struct quality_minute total;
	json_t *o = json_object(), *now = quality_write_now(q, at_s);

	quality_total(q->quality, &total);
	json_object_set_new(o, "seat", json_string(q->seat));
	json_object_set_new(o, "total", write_minute(&total));
	if (now)
		json_object_set_new(o, "now", now);
	if (rows) {
		json_object_set_new(o, "minutes", write_minutes(q->quality));
		json_object_set_new(o, "last_seconds", quality_write_seconds(q->quality, QUALITY_SECONDS));
		json_object_set_new(o, "slots", quality_write_slots(q->quality, at_s));
	}
	return o;
}
