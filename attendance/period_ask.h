/*
 * A question for a report of a period with all that its asker may see, as one block of bytes that goes to another thread: which organisations' rows, the
 * persons of which, and under what names. Made where the directory is (control), read where the database is.
 *
 * Rows of organisations and persons that are not in it are not shown: they add up to one line without names, so that what is shown still makes the
 * total. It is the same block as long as the asker sees the same: its mark tells whether rights have changed while the database was read.
 */
#ifndef HUITANG_ATTENDANCE_PERIOD_ASK_H
#define HUITANG_ATTENDANCE_PERIOD_ASK_H

#include "attendance/authority.h"
#include "attendance/period_report.h"

#define PERIOD_MARK_BYTES 17

struct period_seen_org {
	int64_t id;
	uint32_t order;                 /* in lists: by pinyin */
	bool persons;                   /* those who belong there may be named */
	bool ranked;                    /* policy allows rankings there */
};

struct period_seen_person {
	char pseudonym[SEAT_ID_BYTES];
	int64_t id;
	uint32_t order;                 /* in lists: by pinyin */
	uint32_t name;                  /* where it begins in the texts */
};

struct period_ask {
	struct period_query query;
	uint64_t offset;                /* rows before the page; `limit` rows, 0: all */
	uint32_t limit;
	bool by_rate;                   /* the highest rate first, where policy allows it; else by name */
	char mark[PERIOD_MARK_BYTES];   /* of what the asker sees, and query.alone */
	uint32_t n_orgs, n_people, n_texts;
	/* n_orgs period_seen_org by id, n_people period_seen_person by pseudonym, n_texts bytes of names, each ended by 0 */
	_Alignas(8) uint8_t seen[];
};

/**
 * `viewer` NULL sees all (a command on the data folder itself). Persons only where query->level asks for them. *ret_len is for store_read().
 *
 * Owns:   *ret is the caller's, mem_free().
 * Thread: the directory's.
 * Errors: -ENOMEM.
 */
int period_ask_make(struct period_ask **ret, size_t *ret_len, const struct directory *d, const struct principal *viewer, int64_t now_us, const struct period_query *query);

/** NULL: not seen. */
const struct period_seen_org *period_ask_org(const struct period_ask *a, int64_t id);
const struct period_seen_person *period_ask_person(const struct period_ask *a, const char *pseudonym);
const char *period_ask_name(const struct period_ask *a, const struct period_seen_person *p);

/** Whether `len` bytes are such a block: for whoever is handed one. */
bool period_ask_fits(const void *args, size_t len);

#endif
