/* How the store fills and changes a directory; what others read of it is in account.h. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_DIRECTORY_H
#define HUITANG_ATTENDANCE_DIRECTORY_H

#include <sqlite3.h>

#include "attendance/account.h"

struct session {
	uint8_t hash[SESSION_HASH_BYTES];
	int64_t account;
	int64_t created_us, expires_us;         /* wall */
};

/**
 * Reads all of it: what holds now, and sessions that have not expired.
 *
 * Owns:   *ret is the caller's; end it with directory_destroy().
 * Errors: -ENOMEM, -EBADMSG, -EIO.
 */
int directory_load(struct directory **ret, sqlite3 *db, int64_t now_wall_us);
struct directory *directory_destroy(struct directory *d);

/** Errors: -ENOMEM, -EEXIST. */
int directory_add_session(struct directory *d, const struct session *session);

/** False when there was none. */
bool directory_remove_session(struct directory *d, const uint8_t hash[SESSION_HASH_BYTES]);

const struct session *directory_session(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES]);

/** The oldest session of an account; *ret_n is how many it has. NULL when none. */
const struct session *directory_oldest_session(const struct directory *d, int64_t account, size_t *ret_n);

DEFINE_CLEANUP(struct directory, directory_destroy)

#endif
