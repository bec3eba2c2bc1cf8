/* Which day it is somewhere. */
#ifndef HUITANG_ATTENDANCE_LOCAL_DAY_H
#define HUITANG_ATTENDANCE_LOCAL_DAY_H

#include <stdint.h>

/** *ret: 20261126, the day of a moment in an IANA zone. Errors: -EINVAL no such zone; -ENOMEM. */
int local_day(const char *zone, int64_t wall_us, int32_t *ret);

#endif
