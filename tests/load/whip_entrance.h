/* Sites that publish by WHIP (RFC 9725) or play by WHEP. */
#ifndef LOAD_WHIP_ENTRANCE_H
#define LOAD_WHIP_ENTRANCE_H

#include "tests/load/site.h"

extern const struct entrance whip_entrance;

#endif
