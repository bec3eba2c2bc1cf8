/*
 * Mapping profiles that are kept for an organisation (mapping.h): so that who brings a table of the same headers again need not map them once more.
 * Each is a fact with a name of its own among those of its organisation and kind of table. One serves imports into its organisation, and into those below.
 */
#ifndef HUITANG_ATTENDANCE_IMPORT_PROFILE_H
#define HUITANG_ATTENDANCE_IMPORT_PROFILE_H

#include "attendance/directory.h"
#include "attendance/table/field.h"

#define IMPORT_PROFILES_MAX 40          /* of one organisation */
#define IMPORT_PROFILE_NAME_BYTES 121
#define IMPORT_PROFILE_JSON_BYTES 16384 /* of its headers */

/** Those of one organisation that hold, one after another behind NULL. */
const struct fact *import_profile_next(const struct directory *d, int64_t org, int64_t now_us, const struct fact *after);

enum table_kind import_profile_kind(const struct fact *profile);

/** By name at one organisation; NULL for none. */
const struct fact *import_profile_at(const struct directory *d, int64_t org, enum table_kind kind, const char *name, int64_t now_us);

/** By name for imports into the organisation: its own, or that of the nearest one above. NULL for none. */
const struct fact *import_profile_for(const struct directory *d, int64_t org, enum table_kind kind, const char *name, int64_t now_us);

/** A fact to be added. Texts are borrowed. */
struct fact import_profile_fact(int64_t org, enum table_kind kind, const char *name, const char *headers);

#endif
