/* What the columns of a table that can be imported mean, and the headers by which they are known. The first header is the one that we write. */
#ifndef HUITANG_ATTENDANCE_TABLE_FIELD_H
#define HUITANG_ATTENDANCE_TABLE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#define FIELD_KEY_BYTES 128     /* a header as it is compared: longer ones mean nothing to us */

enum table_kind { TABLE_PEOPLE, TABLE_ORGANISATIONS, TABLE_KINDS };

enum field {
	FIELD_NAME,             /* both: name of the person, of the organisation */
	FIELD_KIND,             /* both: value_person_kind(), value_organisation_kind() */
	FIELD_PHONE,            /* both */
	FIELD_CODE,             /* organisations: their own code */
	FIELD_PARENT,           /* organisations: the superior, by name, path ("A/B/C") or code; people: what stands above FIELD_ORG, where that is not clear by itself */
	FIELD_ORG,              /* people: main membership, by name or path */
	FIELD_ORG_CODE,         /* people: main membership, by code */
	FIELD_CARD,             /* people: card number, for whoever knows card numbers */
	FIELD_JOINED,           /* people: date of joining, value_date() */
	FIELD_POST,             /* people: posts, value_next() */
	FIELD_SECONDARY,        /* people: secondary memberships, value_next(); each by name, path or code */
	FIELD_CATEGORY,         /* people: categories, value_next() */
	FIELD_LOGIN,            /* people: account name */
	FIELD_TAIL,             /* people: the last characters of the card number, as exports bear them: only to tell people of one name apart */
	FIELDS,
};

/** The field's name for programs and profiles ("org_code"), and the other way round; FIELDS when there is none in tables of that kind. */
const char *field_name(enum field f);
enum field field_by_name(enum table_kind kind, const char *name);

/** True when tables of that kind have the field. */
bool field_is_of(enum table_kind kind, enum field f);

/** True when a table of that kind must have the column. People need one of FIELD_ORG and FIELD_ORG_CODE besides. */
bool field_is_required(enum table_kind kind, enum field f);

/** The header that exports bear. */
const char *field_header(enum table_kind kind, enum field f);

/**
 * The field that a header means by itself; FIELDS when it means nothing to us. Case, widths, spaces, asterisks and what is in brackets do not
 * count. *ret_rank tells how surely it means that, 0 the surest: beside 所在支部, 单位 is the employer.
 */
enum field field_of_header(enum table_kind kind, const char *header, unsigned *ret_rank);

/** A header as it is compared. False: it is empty or too long. */
bool field_key(char ret[FIELD_KEY_BYTES], const char *header);

#endif
