/* stats.report: what only the page knows of its line, and in reply what the server knows of it. */
#include "signaling/commands.h"

#include "signaling/room_quality.h"

#define REPORT_EVERY_US 1000000
#define REPORT_BURST 3

static void read_slots(struct quality_report *r, const json_t *slots)
{
	for (size_t i = 0; i < json_array_size(slots); i++) {
		const json_t *row = json_array_get(slots, i);

		r->slot_freezes[json_integer_value(json_object_get(row, "slot"))] = (uint8_t)json_integer_value(json_object_get(row, "freezes"));
	}
}

static struct quality_report read_report(const struct message *m)
{
	struct quality_report r = {
		.freezes = (uint16_t)message_int(m, "freezes", 0), .freeze_ms = (uint32_t)message_int(m, "freeze_ms", 0),
		.dropped = (uint16_t)message_int(m, "dropped", 0), .cpu_limited = message_bool(m, "cpu_limited"),
	};

	read_slots(&r, json_object_get(m->body, "slots"));
	return r;
}

int stats_report_handle(struct call *c)
{
	struct seat_quality *q = room_quality_find(c->meeting, c->client->seat);
	struct quality_report r = read_report(&c->message);
	int64_t wait_us;

	if (!q)
		return 0;
	wait_us = bucket_spend(&q->reports, c->now.boot_us, REPORT_EVERY_US, REPORT_BURST);
	if (wait_us)
		return refuse_for_now(&c->why, "", wait_us);
	room_quality_report(c->meeting, q, &r);
	json_object_set_new(c->reply, "seconds", quality_write_seconds(q->quality, (size_t)message_int(&c->message, "history", 1)));
	json_object_set_new(c->reply, "line_slots", quality_write_slots(q->quality, (uint32_t)(c->now.boot_us / 1000000)));
	return 0;
}
