/* See number.h. */
#include "attendance/table/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "attendance/table/table.h"

#define DAY_S 86400
#define DAYS_END 2958466                /* the first day of year 10000, in the 1900 system */
#define DAYS_1970 25569                 /* 1970-01-01 in the 1900 system, whose first two months are off by one */
#define DAYS_1904 1462                  /* between the two systems */
#define DIGITS_LOST_FROM 1e15           /* a number keeps 15 digits */

enum number_kind number_kind_of_id(unsigned id)
{
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56)
		return NUMBER_TIME;
	if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
		return NUMBER_DATE;
	return NUMBER_PLAIN;
}

/* "[h]", "[mm]": hours that pass 24. Other brackets hold colours, conditions, languages. */
static bool is_elapsed(const char *at)
{
	size_t n = strspn(at + 1, "hHmMsS");

	return n > 0 && at[1 + n] == ']';
}

/* Steps over what stands in a code as it is; true when it did. */
static bool skip_literal(const char **at)
{
	const char *end;

	switch (**at) {
	case '\\':
	case '_':
	case '*':
		*at += (*at)[1] ? 2 : 1;
		return true;
	case '"':
		end = strchr(*at + 1, '"');
		break;
	case '[':
		if (is_elapsed(*at))
			return false;
		end = strchr(*at, ']');
		break;
	default:
		return false;
	}
	*at = end ? end + 1 : *at + strlen(*at);
	return true;
}

enum number_kind number_kind_of_code(const char *at)
{
	bool day = false, month = false, clock = false;

	if (strncasecmp(at, "general", 7) == 0)
		return NUMBER_PLAIN;
	while (*at && *at != ';') {
		char c = (char)tolower((unsigned char)*at);

		if (skip_literal(&at))
			continue;
		day |= c == 'y' || c == 'd';
		month |= c == 'm';
		clock |= c == 'h' || c == 's';
		at++;
	}
	/* An m beside hours or seconds is minutes. */
	if (day || (month && !clock))
		return NUMBER_DATE;
	return clock ? NUMBER_TIME : NUMBER_PLAIN;
}

static void write_plain(char ret[NUMBER_TEXT_BYTES], unsigned *ret_notes, double x)
{
	double size = fabs(x);

	*ret_notes = size >= DIGITS_LOST_FROM ? CELL_NOTE_LOST_DIGITS : 0;
	if (x == 0)
		snprintf(ret, NUMBER_TEXT_BYTES, "0");
	else if (size < 1e21 && floor(x) == x)
		snprintf(ret, NUMBER_TEXT_BYTES, "%.0f", x);
	else
		snprintf(ret, NUMBER_TEXT_BYTES, "%.15g", x);
}

static void write_clock(char ret[NUMBER_TEXT_BYTES], double x)
{
	long s = lround(x * DAY_S) % DAY_S;

	snprintf(ret, NUMBER_TEXT_BYTES, "%02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* `days` in the 1900 system. Its day 60 is a 29 February that never was; the days before are one later than they seem. */
static bool write_date(char ret[NUMBER_TEXT_BYTES], double days)
{
	int64_t s;
	time_t t;
	struct tm tm;

	if (!(days >= 1) || days >= DAYS_END || (days >= 60 && days < 61))
		return false;
	s = llround((days + (days < 60)) * DAY_S);
	t = (time_t)(s - (int64_t)DAYS_1970 * DAY_S);
	if (!gmtime_r(&t, &tm) || tm.tm_year + 1900 > 9999)
		return false;
	if (s % DAY_S == 0)
		snprintf(ret, NUMBER_TEXT_BYTES, "%04d-%02d-%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday);
	else
		snprintf(ret, NUMBER_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday,
		         tm.tm_hour, tm.tm_min, tm.tm_sec);
	return true;
}

int number_write(char ret[NUMBER_TEXT_BYTES], unsigned *ret_notes, const char *value, enum number_kind kind, bool from_1904)
{
	char *end;
	double x;

	if (!value[0] || value[strspn(value, "0123456789+-.eE")])
		return -EINVAL;
	x = strtod(value, &end);
	if (*end || !isfinite(x))
		return -EINVAL;
	*ret_notes = 0;
	if (kind == NUMBER_TIME && x >= 0 && x < 1)
		write_clock(ret, x);
	else if (kind == NUMBER_PLAIN)
		write_plain(ret, ret_notes, x);
	else if (!write_date(ret, x + (from_1904 ? DAYS_1904 : 0))) {
		write_plain(ret, ret_notes, x);
		*ret_notes |= CELL_NOTE_ERROR;
	}
	return 0;
}
