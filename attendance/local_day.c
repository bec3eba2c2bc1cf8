/* See local_day.h. ICU has the zones with it, so that the machine's own table does not matter. */
#include "attendance/local_day.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ZONE_CHARS 65

/* ICU takes an unknown name for Etc/Unknown, which is UTC. */
static int open_calendar(const char *zone, UCalendar **ret)
{
	UChar wide[ZONE_CHARS], known[ZONE_CHARS];
	UErrorCode error = U_ZERO_ERROR;
	UBool system = 0;
	int32_t len;

	if (!*zone || strlen(zone) >= ZONE_CHARS)
		return -EINVAL;
	u_uastrncpy(wide, zone, ZONE_CHARS);
	len = (int32_t)strlen(zone);
	ucal_getCanonicalTimeZoneID(wide, len, known, ZONE_CHARS, &system, &error);
	if (U_FAILURE(error) || !system)
		return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EINVAL;
	*ret = ucal_open(wide, len, "en", UCAL_GREGORIAN, &error);
	return U_FAILURE(error) ? -ENOMEM : 0;
}

int local_day(const char *zone, int64_t wall_us, int32_t *ret)
{
	UErrorCode error = U_ZERO_ERROR;
	UCalendar *calendar = NULL;
	int32_t day;
	int r = open_calendar(zone, &calendar);

	if (r < 0)
		return r;
	ucal_setMillis(calendar, (UDate)wall_us / 1000, &error);
	day = ucal_get(calendar, UCAL_YEAR, &error) * 10000 + (ucal_get(calendar, UCAL_MONTH, &error) + 1) * 100 + ucal_get(calendar, UCAL_DATE, &error);
	ucal_close(calendar);
	if (U_FAILURE(error))
		return -EINVAL;
	*ret = day;
	return 0;
}

void day_write(char ret[DAY_BYTES], int32_t day)
{
	unsigned d = day > 0 ? (unsigned)day : 0;

	snprintf(ret, DAY_BYTES, "%04u-%02u-%02u", d / 10000 % 10000, d / 100 % 100, d % 100);
}

int day_parse(int32_t *ret, const char *text)
{
	static const char form[] = "dddd-dd-dd";
	int32_t day = 0;

	for (size_t i = 0; i < sizeof(form); i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (form[i] == 'd' ? !digit : text[i] != form[i])
			return -EINVAL;
		day = digit ? day * 10 + (text[i] - '0') : day;
	}
	if (day / 10000 < 1 || day / 100 % 100 < 1 || day / 100 % 100 > 12 || day % 100 < 1 || day % 100 > 31)
		return -EINVAL;
	*ret = day;
	return 0;
}
