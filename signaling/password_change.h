/* POST /api/v1/session/password: a new password for whoever is signed in; all other sign-ins of the account end. */
#ifndef HUITANG_SIGNALING_PASSWORD_CHANGE_H
#define HUITANG_SIGNALING_PASSWORD_CHANGE_H

#include "signaling/password_check.h"

#define PASSWORD_MIN 8                  /* bytes */

struct request;

/** The old one was right, and the new one is hashed. */
void password_change_on_verdict(struct request *q, const struct password_verdict *v);

#endif
