/* The words of a report's file, in both languages. */
#ifndef HUITANG_ATTENDANCE_PERIOD_WORDS_H
#define HUITANG_ATTENDANCE_PERIOD_WORDS_H

#include "attendance/period_file.h"
#include "attendance/period_report.h"

enum period_word {
	WORD_ORG, WORD_KIND, WORD_PERSON, WORD_HOME, WORD_RATE, WORD_MONTH, WORD_TOTAL, WORD_OTHERS, WORD_OWN,
	WORD_SHEET_ROWS, WORD_SHEET_MONTHS, WORD_SHEET_ABOUT, WORD_ABOUT, WORD_VALUE,
	WORD_FROM, WORD_TO, WORD_AS_OF, WORD_KNOWN, WORD_KNOWN_AT, WORD_KNOWN_HASH, WORD_RULES, WORD_USUAL_RULE, WORD_REPORT, WORD_HASH, WORD_TITLE,
	WORD_NOTE_TREE, WORD_NOTE_RATE, WORD_NOTE_HOURS, WORD_NOTE_OTHERS,
	PERIOD_WORDS
};

const char *period_word(enum period_language language, enum period_word word);

/** What a column of figures is called. */
const char *period_figure_title(enum period_language language, enum period_figure figure);

/** Of an organisation's kind. */
const char *period_kind_word(enum period_language language, const char *kind);

#endif
