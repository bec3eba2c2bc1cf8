/* See class_kind.h. */
#include "classroom/class_kind.h"

#include <string.h>

#include "media/base/macros.h"

static const struct class_kind kinds[] = {
	{ "members_meeting", "支部党员大会", "Members' meeting" },
	{ "committee_meeting", "支委会", "Committee meeting" },
	{ "group_meeting", "党小组会", "Group meeting" },
	{ "lecture", "党课", "Party lecture" },
	{ "theme_day", "主题党日", "Theme day" },
	{ "organisation_life", "组织生活会", "Organisation life meeting" },
	{ "review", "民主评议党员", "Review of members" },
	{ "training", "培训", "Training" },
	{ "meeting", "会议", "Meeting" },
};

static const struct class_kind ways[] = {
	{ "video", "视频", "By video" },
	{ "hall", "现场", "In the hall" },
	{ "mixed", "视频与现场", "Video and hall" },
};

const struct class_kind *class_kinds(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(kinds);
	return kinds;
}

const struct class_kind *class_ways(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(ways);
	return ways;
}

static const struct class_kind *find(const struct class_kind *list, size_t n, const char *id)
{
	for (size_t i = 0; id && i < n; i++)
		if (strcmp(list[i].id, id) == 0)
			return &list[i];
	return NULL;
}

const struct class_kind *class_kind(const char *id)
{
	return find(kinds, ARRAY_LEN(kinds), id);
}

const struct class_kind *class_way(const char *id)
{
	return find(ways, ARRAY_LEN(ways), id);
}
