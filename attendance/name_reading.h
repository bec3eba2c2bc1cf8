/*
 * How a name is read where the dictionary's first reading is wrong: surnames (单 shan, 万俟 mo qi), characters that names read another way
 * (长 chang), and second readings that a search should find, too (乐 le, yue). Data: name_reading.c. Pure; any thread.
 */
#ifndef HUITANG_ATTENDANCE_NAME_READING_H
#define HUITANG_ATTENDANCE_NAME_READING_H

#include <stddef.h>
#include <stdint.h>

enum name_reading_place {
	NAME_READING_SURNAME,           /* at the beginning of a person's name */
	NAME_READING_FIRST,             /* anywhere: before the dictionary's */
	NAME_READING_ALSO,              /* anywhere: for searches */
};

struct name_reading {
	enum name_reading_place place;
	const char *text;               /* one character, or the two of a double surname */
	const char *pinyin;             /* a syllable for each, separated by a space */
	const char *as;                 /* characters that are read so, tone included, and seldom begin a name: it is sorted as these */
};

/**
 * The rule for the surname that a person's name begins with; NULL: none. Double surnames go first.
 *
 * Units: `characters` are n code points.
 */
const struct name_reading *name_reading_surname(const uint32_t *characters, size_t n);

/** The next rule of this kind for one character after `after` (NULL: the first); NULL: no more. */
const struct name_reading *name_reading_next(enum name_reading_place place, uint32_t character, const struct name_reading *after);

/** All of it, *ret_n rows. */
const struct name_reading *name_readings(size_t *ret_n);

/** The first code point of valid UTF-8; *ret_next is what follows it. 0 at the end. */
uint32_t name_reading_character(const char *text, const char **ret_next);

#endif
