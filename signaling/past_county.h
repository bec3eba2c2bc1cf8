/* What became of the demo county's organisations and people in those months. By the API, and one table that was imported. Errors: of world_ask(). */
#ifndef HUITANG_SIGNALING_PAST_COUNTY_H
#define HUITANG_SIGNALING_PAST_COUNTY_H

#include "signaling/past_world.h"

/** An organisation by its name; 0: none of that name, or it is closed. */
int64_t county_org(struct world *w, const char *name);

/** The branch of the demo's member. */
int64_t county_member_branch(struct world *w);

/** Three branches go to the counties in which they lie, another under a general branch that is made for it. */
int county_move(struct world *w);

/** Groups, a station, a joint branch, a network, and who belongs to them besides. */
int county_found(struct world *w);

/** Village staff and talents: DEMO_STAFF and DEMO_TALENTS of them, in one table. Errors: of table_read(), import_begin(), too. */
int county_import(struct world *w);

/** Two branches that are founded; one is merged into another later, one has done its work and is closed. */
int county_begin(struct world *w);
int county_merge(struct world *w);
int county_close(struct world *w);

/** Two records of one person that are merged, two that wait to be found; somebody who moved; a new secretary. */
int county_people(struct world *w);

/** What a year should bring, by a rule of the city. */
int county_rule(struct world *w);

#endif
