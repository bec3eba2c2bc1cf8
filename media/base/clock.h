/* The machine's clocks. Only the outermost loops read them; everything below is given `now_us`. */
#ifndef HUITANG_BASE_CLOCK_H
#define HUITANG_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_ID_BYTES 37

/** CLOCK_BOOTTIME in microseconds: never steps, counts on through suspend. All `now_us` arguments are of this clock. */
int64_t clock_boot_us(void);

/** Wall time, UTC, microseconds since 1970: for records and for NTP times in sender reports, never for spans. */
int64_t clock_wall_us(void);

/** The kernel's boot id as text (36 characters and 0), "" when it cannot be read. Times of one boot can be subtracted. */
void clock_boot_id(char ret[CLOCK_ID_BYTES]);

/* Another time, and another boot of the machine: for who makes up a past (signaling/past/). */
struct clock_elsewhen {
	int64_t wall_us, boot_us;
	char boot_id[CLOCK_ID_BYTES];
};

/** What all three say to this thread alone from now on: `now` stands still until whoever owns it changes it. NULL: the machine's clocks again. */
void clock_live_in(const struct clock_elsewhen *now);

#endif
