/* How a person's presence at a site was proved (records.md, Presence). Kept with each proof and shown; a better one never hides a worse one. */
#ifndef HUITANG_CLASSROOM_PROOF_GRADE_H
#define HUITANG_CLASSROOM_PROOF_GRADE_H

#include <stdbool.h>

enum proof_grade {                    /* best first; the words stand in the journal */
	PROOF_OWN,              /* own paired device, at the site's address */
	PROOF_QR,               /* the code on the site's screen, from elsewhere */
	PROOF_DELEGATE,         /* marked by the site's delegate */
	PROOF_TYPED,            /* name and card number, typed */
	PROOF_GRADES
};

/** "own", "qr", "delegate", "typed"; "" out of range. */
const char *proof_grade_name(enum proof_grade grade);

/** Errors: -EINVAL unknown word or NULL. */
int proof_grade_parse(enum proof_grade *ret, const char *name);

/** Whether a text has the shape of a pseudonym: 16 lower-case hexadecimal digits. NULL has not. */
bool person_id_is_good(const char *text);

#endif
