/* Pages of a board (look_board.h) for one viewer, and what of it a viewer has been shown. Thread: control. */
#ifndef HUITANG_SIGNALING_LOOK_PAGE_H
#define HUITANG_SIGNALING_LOOK_PAGE_H

#include "signaling/look_json.h"

#define LOOK_ORGS_A_PAGE 2000

/* Ids of organisations or of seats. Zeroed is none. */
struct look_marks {
	struct look_mark *hash;         /* owned */
};

/** Whether it is new. Without memory it stays new, and is shown again. */
bool look_marks_add(struct look_marks *m, const char *id);
bool look_marks_add_org(struct look_marks *m, int64_t org);
bool look_marks_has_org(const struct look_marks *m, int64_t org);
void look_marks_clear(struct look_marks *m);

/** One after another behind NULL; the one that was returned may be removed. */
const char *look_marks_next(const struct look_marks *m, const char *after);
void look_marks_remove(struct look_marks *m, const char *id);

struct look_page {
	const struct look_board *board; /* given */
	const struct look_sight *sight; /* given */
	json_t *orgs, *sites, *seats;   /* owned: lists to which is added */
	struct look_marks *orgs_shown, *sites_shown, *seats_shown;      /* given */
};

/** Adds a row in sight, with the organisations above it that were not shown yet. */
void look_page_site(struct look_page *p, const struct look_row *row);
void look_page_seat(struct look_page *p, const struct look_row *row);

/** Up to `n` sites in sight behind `after` (0: from the first); *ret_next is the cursor of the next page, 0 none. False: there is no such site in sight. */
bool look_page_sites(struct look_page *p, int64_t after, size_t n, int64_t *ret_next);

/** Up to `n` seats in sight; whether there are more. */
bool look_page_seats(struct look_page *p, size_t n);

#endif
