/* See class_plan.h. */
#include "classroom/class_plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "classroom/class_kind.h"
#include "media/base/utf8.h"

#define ZONES "/usr/share/zoneinfo/"
#define AGENDA_TITLE_BYTES 201
#define AGENDA_MINUTES_MAX 720

static int read_text(const json_t *from, const char *name, const char **ret)
{
	const json_t *j = json_object_get(from, name);

	if (j && !json_is_string(j))
		return -EBADMSG;
	*ret = j ? json_string_value(j) : *ret;
	return 0;
}

static int read_number(const json_t *from, const char *name, int64_t *ret)
{
	const json_t *j = json_object_get(from, name);

	if (j && (!json_is_integer(j) || json_integer_value(j) < 0 || json_integer_value(j) > INT64_MAX / 1000))
		return -EBADMSG;
	*ret = json_integer_value(j);
	return 0;
}

static int read_list(const json_t *from, const char *name, const json_t **ret)
{
	const json_t *j = json_object_get(from, name);

	if (j && !json_is_array(j))
		return -EBADMSG;
	*ret = j;
	return 0;
}

int class_plan_parse(struct class_plan *ret, const json_t *from)
{
	struct class_plan p = { .title = "", .kind = "", .campaign = "", .way = "video", .subject = "", .zone = CLASS_ZONE_USUAL };
	int64_t start_ms, end_ms;

	if (read_number(from, "class", &p.number) < 0 || read_number(from, "org", &p.org) < 0 || read_number(from, "target", &p.target) < 0 ||
	    read_number(from, "start_ms", &start_ms) < 0 || read_number(from, "end_ms", &end_ms) < 0)
		return -EBADMSG;
	if (read_text(from, "title", &p.title) < 0 || read_text(from, "kind", &p.kind) < 0 || read_text(from, "campaign", &p.campaign) < 0 ||
	    read_text(from, "way", &p.way) < 0 || read_text(from, "subject", &p.subject) < 0 || read_text(from, "zone", &p.zone) < 0)
		return -EBADMSG;
	if (read_list(from, "agenda", &p.agenda) < 0 || read_list(from, "hosts", &p.hosts) < 0)
		return -EBADMSG;
	p.subtree = json_is_true(json_object_get(from, "subtree"));
	p.start_us = start_ms * 1000;
	p.end_us = end_ms * 1000;
	*ret = p;
	return 0;
}

static json_t *list_or_empty(const json_t *list)
{
	return list ? json_deep_copy(list) : json_array();
}

json_t *class_plan_write(const struct class_plan *p)
{
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:o, s:o}", "class", (json_int_t)p->number, "org",
	                 (json_int_t)p->org, "title", p->title, "kind", p->kind, "campaign", p->campaign, "way", p->way, "subject", p->subject, "zone",
	                 p->zone, "start_ms", (json_int_t)(p->start_us / 1000), "end_ms", (json_int_t)(p->end_us / 1000), "target",
	                 (json_int_t)p->target, "subtree", p->subtree, "agenda", list_or_empty(p->agenda), "hosts", list_or_empty(p->hosts));
}

static bool is_zone(const char *zone)
{
	char path[sizeof(ZONES) + CLASS_ZONE_BYTES];

	if (!utf8_fits(zone, CLASS_ZONE_BYTES) || !*zone || strstr(zone, "..") || strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") != strlen(zone))
		return false;
	memcpy(path, ZONES, sizeof(ZONES));
	strcat(path, zone);
	return access(path, R_OK) == 0;
}

static bool is_text_or_empty(const char *text, size_t bytes)
{
	return utf8_fits(text, bytes) && (!*text || utf8_is_name(text));
}

static bool is_item(const json_t *item)
{
	const json_t *minutes = json_object_get(item, "minutes"), *speaker = json_object_get(item, "speaker");
	const char *title = json_string_value(json_object_get(item, "title"));

	return title && utf8_fits(title, AGENDA_TITLE_BYTES) && utf8_is_name(title) && json_object_size(item) <= 3 &&
	       (!minutes || (json_is_integer(minutes) && json_integer_value(minutes) >= 0 && json_integer_value(minutes) <= AGENDA_MINUTES_MAX)) &&
	       (!speaker || (json_is_string(speaker) && is_text_or_empty(json_string_value(speaker), AGENDA_TITLE_BYTES)));
}

static bool is_agenda(const json_t *agenda)
{
	const json_t *item;
	size_t i;

	if (json_array_size(agenda) > CLASS_AGENDA_MAX)
		return false;
	json_array_foreach(agenda, i, item)
		if (!is_item(item))
			return false;
	return true;
}

static bool are_hosts(const json_t *hosts)
{
	const json_t *host;
	size_t i;

	if (json_array_size(hosts) < 1 || json_array_size(hosts) > CLASS_HOSTS_MAX)
		return false;
	json_array_foreach(hosts, i, host)
		if (!json_is_integer(host) || json_integer_value(host) <= 0)
			return false;
	return true;
}

static enum class_fault check_times(const struct class_plan *p, int64_t now_us, const char **ret_field)
{
	*ret_field = "start_ms";
	if (p->start_us < now_us)
		return CLASS_FAULT_PAST;
	if (p->start_us - now_us > CLASS_FARTHEST_US)
		return CLASS_FAULT_FAR;
	*ret_field = "end_ms";
	if (p->end_us <= p->start_us)
		return CLASS_FAULT_ENDS_FIRST;
	return p->end_us - p->start_us > CLASS_LONGEST_US ? CLASS_FAULT_LONG : CLASS_FINE;
}

static enum class_fault check_words(const struct class_plan *p, const char **ret_field)
{
	*ret_field = "title";
	if (!utf8_fits(p->title, CLASS_TITLE_BYTES) || !utf8_is_name(p->title))
		return CLASS_FAULT_TEXT;
	*ret_field = "kind";
	if (!class_kind(p->kind))
		return CLASS_FAULT_KIND;
	*ret_field = "way";
	if (!class_way(p->way))
		return CLASS_FAULT_WAY;
	*ret_field = "campaign";
	if (!is_text_or_empty(p->campaign, CLASS_CAMPAIGN_BYTES))
		return CLASS_FAULT_TEXT;
	*ret_field = "subject";
	return is_text_or_empty(p->subject, CLASS_SUBJECT_BYTES) ? CLASS_FINE : CLASS_FAULT_TEXT;
}

enum class_fault class_plan_check(const struct class_plan *p, int64_t now_us, const char **ret_field)
{
	enum class_fault fault = check_words(p, ret_field);

	if (fault == CLASS_FINE)
		fault = check_times(p, now_us, ret_field);
	if (fault != CLASS_FINE)
		return fault;
	*ret_field = "zone";
	if (!is_zone(p->zone))
		return CLASS_FAULT_ZONE;
	*ret_field = "agenda";
	if (!is_agenda(p->agenda))
		return CLASS_FAULT_AGENDA;
	*ret_field = "hosts";
	return are_hosts(p->hosts) ? CLASS_FINE : CLASS_FAULT_HOSTS;
}
