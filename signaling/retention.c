/* See retention.h. */
#include "signaling/retention.h"

#include <stdio.h>
#include <time.h>

#include "attendance/erasure_order.h"
#include "attendance/person_state.h"
#include "attendance/retention_plan.h"
#include "media/base/log.h"
#include "media/base/mem.h"
#include "signaling/acts.h"
#include "signaling/server.h"
#include "signaling/tickets.h"

#define LOOK_EVERY_US 60000000
#define HOUR_US (3600LL * 1000000)
#define SOON_HOURS 20
#define LATE_HOURS 36
#define NIGHT_BEGINS_HOUR 2
#define NIGHT_ENDS_HOUR 5
#define PERSONS_AT_ONCE 16              /* as many as one transaction lists outside (writer.c) */

bool retention_is_due(int64_t last_us, int64_t now_us, int hour)
{
	int64_t since_us = now_us - last_us;
	bool night = hour >= NIGHT_BEGINS_HOUR && hour < NIGHT_ENDS_HOUR;

	return last_us == 0 || since_us >= LATE_HOURS * HOUR_US || (night && since_us >= SOON_HOURS * HOUR_US);
}

static int local_hour(int64_t wall_us)
{
	time_t t = wall_us / 1000000;
	struct tm local;

	localtime_r(&t, &local);
	return local.tm_hour;
}

/* ---- persons ---- */

static void end_facts(struct changes *c, struct directory *d, const struct person *p, int64_t now_us)
{
	static const enum fact_type types[] = { FACT_MEMBERSHIP, FACT_POST, FACT_CATEGORY, FACT_GRANT };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		for (const struct fact *f = NULL; (f = directory_fact_of(p, types[i], f));)
			if (!f->valid_to_us || f->valid_to_us > now_us)
				changes_fact_ends(c, f, now_us, directory_next_fact_id(d, types[i]));
}

static void order_of_today(char ret[ERASURE_ORDER_BYTES], int64_t now_us)
{
	time_t t = now_us / 1000000;
	struct tm local;

	localtime_r(&t, &local);
	strftime(ret, ERASURE_ORDER_BYTES, "retention-%Y-%m-%d", &local);
}

/* Up to sixteen of one organisation, so that the act stands in its log. *ret_org: whose. */
static unsigned gather(struct changes *c, struct directory *d, int64_t now_us, int64_t *ret_org)
{
	char order[ERASURE_ORDER_BYTES];
	const struct person *p = NULL;
	unsigned n = 0;

	order_of_today(order, now_us);
	while (n < PERSONS_AT_ONCE && (p = directory_next_person(d, p))) {
		int64_t due_us = person_erase_us(d, p, now_us);

		if (!due_us || due_us > now_us || (n && p->last_org != *ret_org))
			continue;
		*ret_org = p->last_org;
		end_facts(c, d, p, now_us);
		changes_person_erased(c, p->id, order);
		n++;
	}
	return n;
}

static int name_act(struct changes *c, int64_t org, unsigned n)
{
	struct act act = { .name = "person.expire", .org = org };
	char detail[48];

	snprintf(detail, sizeof(detail), "{\"persons\":%u}", n);
	act.detail = detail;
	return changes_set_act(c, &act);
}

static void on_erased(struct server *s, const void *data, int64_t sequence, int error)
{
	(void)sequence;
	s->retention.people = !error;
	log_event(error ? LOG_WARNING : LOG_INFO, "retention.persons n=%u err=%d", *(const unsigned *)data, error);
}

static void erase_people(struct server *s, const void *data)
{
	struct changes *c = changes_new();
	int64_t org = 0;
	unsigned n = c ? gather(c, s->directory, server_now().wall_us, &org) : 0;

	(void)data;
	s->retention.people = false;
	if (n && name_act(c, org, n) == 0 && acts_post(s, STEAL(c), on_erased, &n, sizeof(n)) == 0)
		return;
	changes_destroy(c);
	acts_pass(s);
}

/* ---- runs ---- */

static void on_finished(struct server *s, const void *data, int64_t sequence, int error)
{
	(void)sequence;
	s->retention.running = false;
	s->retention.people = true;
	if (!error)
		s->retention.last_us = *(const int64_t *)data;
	log_event(LOG_INFO, "retention.finished err=%d", error);
}

static void begin(struct server *s, int64_t now_us)
{
	struct retention_plan *plan;
	uint64_t ticket;
	size_t bytes;

	if (retention_plan_make(&plan, &bytes, s->directory, now_us) < 0)
		return;
	ticket = tickets_add(s->tickets, on_finished, &now_us, sizeof(now_us));
	s->retention.running = ticket && store_retain(s->store, plan, ticket) == 0;
	if (!s->retention.running)
		tickets_cancel(s->tickets, ticket);
	mem_free(plan);
}

void retention_on_tick(struct server *s)
{
	struct instant now = server_now();

	if (s->closing || !server_records(s) || (s->retention.looked_us && now.boot_us - s->retention.looked_us < LOOK_EVERY_US))
		return;
	s->retention.looked_us = now.boot_us;
	if (s->retention.people)
		acts_enqueue(s, erase_people, "", 0);
	if (!s->retention.running && retention_is_due(s->retention.last_us, now.wall_us, local_hour(now.wall_us)))
		begin(s, now.wall_us);
}
