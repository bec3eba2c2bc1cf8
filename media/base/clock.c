/* See clock.h. */
#include "media/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static _Thread_local const struct clock_elsewhen *elsewhen;      /* NULL: now */

void clock_live_in(const struct clock_elsewhen *now)
{
	elsewhen = now;
}

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_boot_us(void)
{
	return elsewhen ? elsewhen->boot_us : read_us(CLOCK_BOOTTIME);
}

int64_t clock_wall_us(void)
{
	return elsewhen ? elsewhen->wall_us : read_us(CLOCK_REALTIME);
}

void clock_boot_id(char ret[CLOCK_ID_BYTES])
{
	FILE *f;

	memset(ret, 0, CLOCK_ID_BYTES);
	if (elsewhen) {
		memcpy(ret, elsewhen->boot_id, CLOCK_ID_BYTES);
		return;
	}
	f = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (!f)
		return;
	if (!fgets(ret, CLOCK_ID_BYTES, f))
		ret[0] = 0;
	ret[strcspn(ret, "\n")] = 0;
	fclose(f);
}
