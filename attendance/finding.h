/*
 * Findings: what somebody who looked from above wrote about a site in a class, and what the site answered. They are events of the class
 * (docs/class.md, 81 and 82); the table `finding` is their index, so that they are found long after the class is over. Texts stand in the journal alone.
 */
#ifndef HUITANG_ATTENDANCE_FINDING_H
#define HUITANG_ATTENDANCE_FINDING_H

#include "attendance/store.h"
#include "classroom/event.h"

#define FINDINGS_A_PAGE 500
#define FINDING_TEXT_BYTES 2000

/* Without its texts. */
struct finding {
	int64_t id;                     /* row of the journal that wrote it */
	int64_t class, number;          /* of the class, from 1 */
	int64_t site, org;              /* about which; in whose right it was written */
	int64_t look_us, written_us;    /* wall: when it was seen, when written */
	int64_t answered_us;            /* wall; 0: not yet */
	char author[PERSON_ID_BYTES];   /* pseudonym */
	char answerer[PERSON_ID_BYTES]; /* pseudonym; "" not yet, or the site itself */
};

/** Between store_open() and store_start(): all, the oldest first. `on_finding` returns 0, or an error that ends it. Errors: -ENOMEM, -EIO. */
int findings_load(struct store *s, int (*on_finding)(void *user, const struct finding *f), void *user);

/* What findings_read_texts() is asked: ids, at most FINDINGS_A_PAGE of them. */
struct finding_texts {
	uint32_t n;
	int64_t ids[];
};

/** For store_read(): {"id": {text?, answer?}, …}; what was erased is left out. */
int findings_read_texts(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
