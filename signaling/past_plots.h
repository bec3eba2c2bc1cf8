/* The demo county's classes: which, when, by whom, for whom, and what came of them. */
#ifndef HUITANG_SIGNALING_PAST_PLOTS_H
#define HUITANG_SIGNALING_PAST_PLOTS_H

#include "signaling/past_lesson.h"

#define PLOT_LESSONS_MAX 24
#define PLOT_MEMBER_BRANCH "member"     /* instead of a name: where the demo's member belongs */

struct plot_lesson {
	int days;                       /* from today; before it: held */
	int at_minutes, minutes_long;   /* of the day */
	const char *host;               /* login */
	const char *org, *target;       /* names */
	bool subtree;
	bool minutes, sealed;
	struct lesson_plot plot;
	const char *finder, *finding_site, *finding, *finding_answer;
	const char *late, *appeal, *decision;   /* login of who comes too late, and what that one writes, and is told */
};

/** *ret_n of them. */
const struct plot_lesson *plot_lessons(size_t *ret_n);

#endif
