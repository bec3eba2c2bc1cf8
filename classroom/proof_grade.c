/* See proof_grade.h. */
#include "classroom/proof_grade.h"

#include <errno.h>
#include <string.h>

#include "classroom/event.h"

static const char *const names[PROOF_GRADES] = {
	[PROOF_OWN] = "own",
	[PROOF_QR] = "qr",
	[PROOF_DELEGATE] = "delegate",
	[PROOF_TYPED] = "typed",
};

const char *proof_grade_name(enum proof_grade grade)
{
	return (unsigned)grade < PROOF_GRADES ? names[grade] : "";
}

int proof_grade_parse(enum proof_grade *ret, const char *name)
{
	for (unsigned i = 0; name && i < PROOF_GRADES; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum proof_grade)i;
			return 0;
		}
	return -EINVAL;
}

bool person_id_is_good(const char *text)
{
	return text && strspn(text, "0123456789abcdef") == PERSON_ID_BYTES - 1 && !text[PERSON_ID_BYTES - 1];
}
