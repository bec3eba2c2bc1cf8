/* Which day it is somewhere, as a number and as a text. */
#ifndef HUITANG_ATTENDANCE_LOCAL_DAY_H
#define HUITANG_ATTENDANCE_LOCAL_DAY_H

#include <stdint.h>

#define DAY_BYTES 11

/** *ret: 20261126, the day of a moment in an IANA zone. Errors: -EINVAL no such zone; -ENOMEM. */
int local_day(const char *zone, int64_t wall_us, int32_t *ret);

/** "2026-11-26". */
void day_write(char ret[DAY_BYTES], int32_t day);

/** Errors: -EINVAL not ten characters of that form, or no month or day of that number. */
int day_parse(int32_t *ret, const char *text);

#endif
