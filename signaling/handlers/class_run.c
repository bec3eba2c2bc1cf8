/* class.open, class.pause, class.resume, class.close: W and its pauses, by who leads the room of a class. */
#include "signaling/commands.h"

#include <errno.h>

#include "signaling/sitting_clock.h"
#include "signaling/sitting_rule.h"

int call_class(struct call *c, struct sitting **ret)
{
	*ret = sitting_of(c->server, c->meeting->id);
	return *ret ? 0 : refuse(&c->why, WIRE_NOT_FOUND, "class");
}

int call_class_fault(struct call *c, enum class_fault fault)
{
	return fault == CLASS_FINE ? 0 : refuse(&c->why, WIRE_NOT_NOW, class_fault_code(fault));
}

int call_class_write(struct call *c, struct sitting *t, enum event_kind kind, const char *actor, json_t *payload)
{
	uint64_t ticket = c->meeting ? c->meeting->ticket : 0;
	int r = sitting_write(t, c->now, kind, c->client ? c->client->seat : "", actor, payload, ticket);

	if (r < 0)
		return r == -ENOMEM ? r : refuse(&c->why, WIRE_NOT_RECORDED, "");
	if (c->meeting)
		c->meeting->ticket = 0;
	return 0;
}

static int change(struct call *c, enum class_fault fault, struct sitting *t, enum event_kind kind)
{
	int r = call_class_fault(c, fault);

	return r < 0 ? r : call_class_write(c, t, kind, "", json_object());
}

int class_open_handle(struct call *c)
{
	struct sitting *t;
	enum class_fault fault;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	fault = class_may_open(t->class, c->now.wall_us);
	if (fault == CLASS_FINE && (sitting_freeze(t, c->now) < 0 || sitting_choose_rules(t, c->now) < 0))
		return refuse(&c->why, WIRE_NOT_RECORDED, "");
	return change(c, fault, t, EVENT_CLASS_OPENED);
}

int class_pause_handle(struct call *c)
{
	struct sitting *t;
	int r = call_class(c, &t);

	return r < 0 ? r : change(c, class_state(t->class) == CLASS_OPEN ? CLASS_FINE : CLASS_FAULT_NOT_OPEN, t, EVENT_CLASS_PAUSED);
}

int class_resume_handle(struct call *c)
{
	struct sitting *t;
	int r = call_class(c, &t);

	return r < 0 ? r : change(c, class_state(t->class) == CLASS_PAUSED ? CLASS_FINE : CLASS_FAULT_NOT_OPEN, t, EVENT_CLASS_RESUMED);
}

int class_close_handle(struct call *c)
{
	struct sitting *t;
	enum class_state state;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	state = class_state(t->class);
	return change(c, state == CLASS_OPEN || state == CLASS_PAUSED ? CLASS_FINE : CLASS_FAULT_NOT_OPEN, t, EVENT_CLASS_CLOSED);
}
