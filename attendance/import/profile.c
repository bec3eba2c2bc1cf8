/* See profile.h. `other` of the fact is the kind, from 1, since 0 is nothing there. */
#include "attendance/import/profile.h"

#include <string.h>

const struct fact *import_profile_next(const struct directory *d, int64_t org, int64_t now_us, const struct fact *after)
{
	const struct fact *f = after;

	while ((f = directory_org_fact(d, org, FACT_PROFILE, f)) && !fact_holds(f, now_us))
		;
	return f;
}

enum table_kind import_profile_kind(const struct fact *profile)
{
	return profile->other == 1 + TABLE_ORGANISATIONS ? TABLE_ORGANISATIONS : TABLE_PEOPLE;
}

const struct fact *import_profile_at(const struct directory *d, int64_t org, enum table_kind kind, const char *name, int64_t now_us)
{
	const struct fact *f = NULL;

	while ((f = import_profile_next(d, org, now_us, f)))
		if (import_profile_kind(f) == kind && strcmp(f->text, name) == 0)
			return f;
	return NULL;
}

const struct fact *import_profile_for(const struct directory *d, int64_t org, enum table_kind kind, const char *name, int64_t now_us)
{
	const struct fact *f = NULL;

	for (const struct org *o = directory_org(d, org); o && !f; o = directory_org(d, o->parent))
		f = import_profile_at(d, o->id, kind, name, now_us);
	return f;
}

struct fact import_profile_fact(int64_t org, enum table_kind kind, const char *name, const char *headers)
{
	return (struct fact){ .type = FACT_PROFILE, .org = org, .other = 1 + (int64_t)kind, .text = name, .note = headers };
}
