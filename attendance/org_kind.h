/* What an organisation may be: a closed list, so that duties and reports can speak of it. Pure. */
#ifndef HUITANG_ATTENDANCE_ORG_KIND_H
#define HUITANG_ATTENDANCE_ORG_KIND_H

#include <stdbool.h>
#include <string.h>

#include "media/base/macros.h"

/* 市, 县区, 乡镇街道, 党委, 党总支, 党支部, 党小组, 站点, 联合支部, 网格, other. */
static const char *const org_kinds[] = { "city", "county", "township", "committee", "general_branch", "branch", "group", "station", "joint", "network", "other" };

static inline bool org_kind_known(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(org_kinds); i++)
		if (strcmp(org_kinds[i], kind) == 0)
			return true;
	return false;
}

#endif
