/*
 * Forgetting a person (records.md, The chain and the right to be forgotten). What is deleted: the identity; payload and key of each
 * act about the person, of each event in a room that bears the name (joins, chat, hands), of leave and appeals; devices, links, password
 * and login. Records that were merged into the person's are the person. What stays: the chain, facts and times of presence under the
 * pseudonyms, so that sealed figures still add up.
 *
 * The list of erasures lies outside data folder and backups: one line each, "ORDER<tab>TIME<tab>PSEUDONYM". A folder that was restored
 * from a backup made before forgets again when it is opened.
 *
 * Inside attendance/ only. Thread: the store's from store_start() on, before that control.
 */
#ifndef HUITANG_ATTENDANCE_ERASURE_H
#define HUITANG_ATTENDANCE_ERASURE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/erasure_order.h"

struct erasure {
	int64_t person;
	char order[ERASURE_ORDER_BYTES];        /* number of the order: a name as utf8_is_name(), without tab */
};

/** Where the list is: DIR.erasures beside the data folder. mem_free(); NULL: no memory. */
char *erasure_list_path(const char *dir);

/** Deletes, in the transaction under way. Errors: -EINVAL no such person; of db_errno(). */
int erasure_write(sqlite3 *db, int64_t person, int64_t wall_us);

/** Whether what was erased may still be read in file or log: erasure_traces_gone() was not said since. */
bool erasure_left_traces(sqlite3 *db);

/** Appends to the list and waits until it is on disk. Errors: -errno. */
int erasure_list_add(const char *path, const struct erasure *e, const char *pseudonym, int64_t wall_us);

/**
 * Both ways round: who is on the list and not erased is erased now, who is erased and not on the list is added to it.
 * *ret_n is how many were erased.
 *
 * Errors: of db_errno(); -errno of the list; -EBADMSG a line that is none.
 */
int erasure_replay(sqlite3 *db, const char *path, int64_t wall_us, int *ret_n);

/** Writes the file anew, without what deleted rows have left in it: into the log, which is to be emptied then. Errors: of db_errno(). */
int erasure_rewrite(sqlite3 *db);

/** The log is moved into the file, and cut off. Errors: -EBUSY somebody reads in it: try again; others of db_errno(). */
int erasure_empty_log(sqlite3 *db);

/** Both have been done since the last erasure. Errors: of db_errno(). */
int erasure_traces_gone(sqlite3 *db);

#endif
