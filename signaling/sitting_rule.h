/* Which credit rules a class is held by: chosen as it begins (docs/class.md, RULE_CHOSEN). Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_RULE_H
#define HUITANG_SIGNALING_SITTING_RULE_H

#include "signaling/sitting.h"

/** Writes the rules of the class's organisation and of those above, which are not among its own yet. Nothing where none of them has one. Errors: of sitting_write(). */
int sitting_choose_rules(struct sitting *t, struct instant now);

#endif
