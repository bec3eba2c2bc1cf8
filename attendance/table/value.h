/*
 * What people write in cells, in the one form that we keep and compare. All pure. A value that is no text of its kind is -EINVAL,
 * one that is too long -E2BIG, an empty one -ENODATA; `ret` is then untouched.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_VALUE_H
#define HUITANG_ATTENDANCE_TABLE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define VALUE_CODE_BYTES 65
#define VALUE_DATE_BYTES 11
#define VALUE_PHONE_BYTES 32

/** A name or a title: without spaces at its ends and what cannot be seen, spaces and line ends inside as one space. */
int value_text(char *ret, size_t size, const char *text);

/**
 * A person's name: as value_text(), but between Chinese characters without the spaces that line names up (张　三), and with one form of the dot
 * that parts others (买买提·吐尔逊).
 */
int value_person_name(char *ret, size_t size, const char *text);

/** Whether people write it where there is nothing: 无, 暂无, 不详, or only strokes. */
bool value_is_nothing(const char *text);

/** Whether a word for a person's kind says more than the kind does (村干部, 网格员, 乡土人才), or that it is no member's (群众). */
bool value_kind_is_role(const char *word);
bool value_kind_is_no_member(const char *word);

/** A path of names from above ("市委/镇党委/支部"): each as value_text(), parted by "/"; / \ > and → part them, wide ones too, empty steps do not count. */
int value_path(char *ret, size_t size, const char *text);

/** A code, a login: narrow, without any space. */
int value_code(char ret[VALUE_CODE_BYTES], const char *text);

/** A telephone number: digits, at most one + in front; 5 to 20 digits. */
int value_phone(char ret[VALUE_PHONE_BYTES], const char *text);

/**
 * A date as "2019-07-01", or "2019-07" where no day is told. Taken are 2019-07-01, 2019/7/1, 2019.7.1, 2019年7月1日, 20190701, each wide or with spaces
 * too, also with a time of day behind it, and 2019-07, 2019/7, 2019.07, 2019年7月, 201907. "2019.1" is refused: a spreadsheet makes it of 2019.10, too.
 */
int value_date(char ret[VALUE_DATE_BYTES], const char *text);

/** "member", "staff", "talent" or "guest", by the whole word or its end (预备党员, 村干部); NULL when it is none of theirs. */
const char *value_person_kind(const char *text);

/** The code of an organisation's kind ("city", "committee", "branch", …), in the same way; NULL when it is none. */
const char *value_organisation_kind(const char *text);

/** The Chinese word of a kind, as exports bear it; "" for an unknown one. */
const char *value_person_word(const char *kind);
const char *value_organisation_word(const char *kind);

/**
 * The next of several in one cell, parted by 、 ; , | or line ends (wide ones too), as value_text() gives it; *at goes on behind it.
 *
 * Returns 1, 0 at the end, -E2BIG or -EINVAL for one that is too long or no UTF-8 (*at is behind it).
 */
int value_next(const char **at, char *ret, size_t size);

#endif
