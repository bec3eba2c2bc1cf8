/* What was wrong with a run, each in a sentence. */
#ifndef LOAD_PROBLEM_H
#define LOAD_PROBLEM_H

#include <jansson.h>

#include "tests/load/crowd.h"

/** A list of sentences, empty when all went well. */
json_t *problems_of(const struct crowd *c);

#endif
