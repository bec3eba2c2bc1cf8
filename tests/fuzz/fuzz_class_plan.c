/* A plan from a request: what is taken can be written, and reads again as itself. */
#include <string.h>

#include "classroom/class_plan.h"
#include "tests/fuzz/must.h"

static void check(const struct class_plan *p)
{
	MUST(*p->title && strlen(p->title) < CLASS_TITLE_BYTES && strlen(p->campaign) < CLASS_CAMPAIGN_BYTES && strlen(p->subject) < CLASS_SUBJECT_BYTES);
	MUST(strlen(p->zone) < CLASS_ZONE_BYTES && p->end_us > p->start_us && p->end_us - p->start_us <= CLASS_LONGEST_US);
	MUST(json_array_size(p->agenda) <= CLASS_AGENDA_MAX);
	MUST(json_array_size(p->hosts) >= 1 && json_array_size(p->hosts) <= CLASS_HOSTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *from = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL), *written, *again_written;
	const char *field = NULL;
	struct class_plan plan, again;

	if (from && class_plan_parse(&plan, from) == 0 && class_plan_check(&plan, 1000000, &field) == CLASS_FINE) {
		check(&plan);
		written = class_plan_write(&plan);
		MUST(written && class_plan_parse(&again, written) == 0);
		MUST(class_plan_check(&again, 1000000, &field) == CLASS_FINE);
		again_written = class_plan_write(&again);
		MUST(json_equal(written, again_written));
		json_decref(again_written);
		json_decref(written);
	}
	json_decref(from);
	return 0;
}
