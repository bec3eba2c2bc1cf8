/* See class_calendar.h. */
#include "signaling/class_calendar.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/class_kind.h"

#define REMIND_BEFORE_MINUTES 15
#define DESCRIPTION_BYTES 32768
#define YEAR_US (366 * 86400 * 1000000LL)

static void take_off(icalcomponent **c)
{
	if (*c)
		icalcomponent_free(*c);
}

static void forget_text(char **text)
{
	free(*text);
}

static struct icaltimetype utc(int64_t wall_us)
{
	return icaltime_from_timet_with_zone((time_t)(wall_us / 1000000), 0, icaltimezone_get_utc_timezone());
}

static void add(icalcomponent *to, icalproperty *p)
{
	if (p)
		icalcomponent_add_property(to, p);
}

/* What the zone's clocks show, by its IANA name, as readers know it; libical's own names carry a prefix. */
static void add_time(icalcomponent *event, icalproperty *(*make)(struct icaltimetype t), int64_t wall_us, icaltimezone *zone, const char *name)
{
	bool is_utc = zone == icaltimezone_get_utc_timezone();
	struct icaltimetype t = icaltime_convert_to_zone(utc(wall_us), zone);
	icalproperty *p;

	if (!is_utc)
		t.zone = NULL;
	p = make(t);
	if (p && !is_utc)
		icalproperty_add_parameter(p, icalparameter_new_tzid(name));
	add(event, p);
}

/* Its rules from a year before the class on: what was decided in 1919 is of no use to a calendar. */
static icalcomponent *zone_of(icaltimezone *zone, const char *name, int64_t start_us)
{
	icalcomponent *known = icaltimezone_get_component(zone), *c = known ? icalcomponent_new_clone(known) : NULL;
	icalproperty *id = c ? icalcomponent_get_first_property(c, ICAL_TZID_PROPERTY) : NULL, *own = c ? icalcomponent_get_first_property(c, ICAL_X_PROPERTY) : NULL;

	if (id)
		icalproperty_set_tzid(id, name);
	if (own) {      /* X-LIC-LOCATION: some readers take no extensions here */
		icalcomponent_remove_property(c, own);
		icalproperty_free(own);
	}
	if (c)
		icaltimezone_truncate_vtimezone(c, utc(start_us - YEAR_US), icaltime_null_time(), 0);
	return c;
}

static void describe_agenda(FILE *out, const struct class_plan *p)
{
	const json_t *item;
	size_t i;

	json_array_foreach(p->agenda, i, item) {
		const char *speaker = json_string_value(json_object_get(item, "speaker"));
		json_int_t minutes = json_integer_value(json_object_get(item, "minutes"));

		fprintf(out, "\n%zu. %s", i + 1, json_string_value(json_object_get(item, "title")));
		if (speaker && *speaker)
			fprintf(out, " %s", speaker);
		if (minutes > 0)
			fprintf(out, " %lld′", (long long)minutes);
	}
}

/* Chinese first, as all pages are; who reads it otherwise finds the page behind the address. */
static char *describe(const struct class_calendar *c)
{
	const struct class_plan *p = class_plan(c->class);
	const struct class_kind *kind = class_kind(p->kind), *way = class_way(p->way);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "%s · %s", kind ? kind->zh : p->kind, c->org);
	if (*p->campaign)
		fprintf(out, " · %s", p->campaign);
	if (way)
		fprintf(out, " · %s", way->zh);
	if (*c->hosts)
		fprintf(out, "\n主持人：%s", c->hosts);
	describe_agenda(out, p);
	if (*c->url)
		fprintf(out, "\n%s", c->url);
	if (fclose(out) == 0 && len < DESCRIPTION_BYTES)
		return text;
	free(text);
	return NULL;
}

static icalcomponent *reminder(const char *title)
{
	struct icaltriggertype before = icaltriggertype_from_int(-REMIND_BEFORE_MINUTES * 60);
	icalcomponent *alarm = icalcomponent_new(ICAL_VALARM_COMPONENT);

	add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	add(alarm, icalproperty_new_description(title));
	add(alarm, icalproperty_new_trigger(before));
	return alarm;
}

/* All times of the writing are the plan's own, so that a file of an unchanged plan is the same byte for byte. */
static icalcomponent *event_of(const struct class_calendar *c, icaltimezone *zone)
{
	const struct class_plan *p = class_plan(c->class);
	bool off = class_state(c->class) == CLASS_CANCELLED;
	struct icaltimetype written = utc(class_planned_us(c->class));
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	char *description __attribute__((cleanup(forget_text))) = describe(c);

	add(event, icalproperty_new_uid(c->uid));
	add(event, icalproperty_new_sequence((int)class_revision(c->class) - 1));
	add(event, icalproperty_new_dtstamp(written));
	add(event, icalproperty_new_lastmodified(written));
	add(event, icalproperty_new_status(off ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	add(event, icalproperty_new_summary(p->title));
	add(event, icalproperty_new_description(description ? description : ""));
	add(event, icalproperty_new_location(c->org));
	if (*c->url)
		add(event, icalproperty_new_url(c->url));
	add_time(event, icalproperty_new_dtstart, p->start_us, zone, p->zone);
	add_time(event, icalproperty_new_dtend, p->end_us, zone, p->zone);
	if (!off)
		icalcomponent_add_component(event, reminder(p->title));
	return event;
}

static icaltimezone *zone_named(const char *name)
{
	bool is_utc = strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0;

	icalerror_set_errors_are_fatal(false);  /* else it may abort over a text that it does not like */
	return is_utc ? icaltimezone_get_utc_timezone() : icaltimezone_get_builtin_timezone(name);
}

struct text *class_calendar_write(const struct class_calendar *c)
{
	const char *name = class_plan(c->class)->zone;
	icaltimezone *zone = zone_named(name);
	icalcomponent *cal __attribute__((cleanup(take_off))) = zone ? icalcomponent_new(ICAL_VCALENDAR_COMPONENT) : NULL;
	icalcomponent *rules;
	char *text __attribute__((cleanup(forget_text))) = NULL;

	if (!cal)
		return NULL;
	rules = zone == icaltimezone_get_utc_timezone() ? NULL : zone_of(zone, name, class_plan(c->class)->start_us);
	add(cal, icalproperty_new_version("2.0"));
	add(cal, icalproperty_new_prodid("-//Huitang//Huitang 0.1//ZH"));
	add(cal, icalproperty_new_calscale("GREGORIAN"));
	add(cal, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	if (rules)
		icalcomponent_add_component(cal, rules);
	icalcomponent_add_component(cal, event_of(c, zone));
	text = icalcomponent_as_ical_string_r(cal);
	return text ? text_new(text, strlen(text)) : NULL;
}
