/* What came out: JSON with the names of README.md, lines for a person, and what was wrong. */
#ifndef LOAD_REPORT_H
#define LOAD_REPORT_H

#include <stdio.h>

#include "tests/load/crowd.h"

/** Writes the lines to `out`, and the JSON where the options say. Returns how many problems there were; negative: the JSON could not be written. */
int report(const struct crowd *c, FILE *out);

#endif
