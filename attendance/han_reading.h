/*
 * The Mandarin reading of a Han character, without tone: "zhang", "lv" (v stands for u with two dots, as it is typed). The tables are made
 * at build time by han_readings.py from ICU's data: one reading a character, whatever stands beside it; name_reading.h has what
 * surnames do with it.
 */
#ifndef HUITANG_ATTENDANCE_HAN_READING_H
#define HUITANG_ATTENDANCE_HAN_READING_H

#include <stdint.h>

#define HAN_READING_BYTES 7             /* six letters and 0 */
#define HAN_DENSE_FIRST 0x3400
#define HAN_DENSE_LAST 0x9fff

struct han_sparse {
	uint32_t character;
	uint16_t syllable;
};

/* Ordered; the first is "". `han_sparse` is ordered by character. */
extern const char han_syllables[][HAN_READING_BYTES];
extern const unsigned han_syllables_n;
extern const uint16_t han_dense[HAN_DENSE_LAST - HAN_DENSE_FIRST + 1];
extern const struct han_sparse han_sparse[];
extern const unsigned han_sparse_n;

/** The reading of a code point; "" when it is no Han character or ICU knows none. Any thread. */
const char *han_reading(uint32_t character);

/** The first character of the dense part that is read so, 0 when there is none. Walks the table (some 20 us). */
uint32_t han_character_read(const char *reading);

#endif
