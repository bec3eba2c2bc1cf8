/*
 * The result of a class computed from the database: its rows of the journal, twins as they were merged, and what the persons' other classes had
 * claimed by then. Once as the class closes, and again whenever somebody wants to know whether it was right (credit_verify.h).
 */
#ifndef HUITANG_ATTENDANCE_CREDIT_COMPUTE_H
#define HUITANG_ATTENDANCE_CREDIT_COMPUTE_H

#include <sqlite3.h>

#include "attendance/class_result.h"
#include "attendance/store.h"

/* Ended by credit_computed_done(). */
struct credit_computed {
	struct class_result *fold;      /* owned: the rows are its */
	struct result_head head;
	struct result_row *rows;
	size_t n;
	bool erased;                    /* rows that count have lost their payload: it is not what it was */
};

/**
 * As it was before the row `before` of the journal; INT64_MAX: now. Inside attendance/ only.
 *
 * Errors: -EAGAIN the class was not closed by then; -EBADMSG, -EIO, -ENOMEM.
 */
int credit_compute(sqlite3 *db, int64_t class, int64_t before, struct credit_computed *ret);
void credit_computed_done(struct credit_computed *c);

struct credit_close_query {
	int64_t class;
};

/**
 * For store_read(), once CLASS_CLOSED is on disk. Arguments: struct credit_close_query. Text: {"results": [payload…], "postings": [{class, payload}…]}: RESULT
 * of this class, and CREDIT_POSTED of the class named (another one where this class takes moments from it), to be written in this order, in one transaction, before
 * another class is asked about: numbers of entries go on from the highest.
 *
 * Errors: -EEXIST the class has a result; those of credit_compute().
 */
int credit_close_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
