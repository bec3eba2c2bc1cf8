/* Start is recovery: rooms as the journal left them (records.md, safety rule 10). */
#ifndef HUITANG_SIGNALING_RECOVERY_H
#define HUITANG_SIGNALING_RECOVERY_H

struct server;

/** Makes the meetings of all rooms that have not ended and replays the journal into them. Before store_start(). */
int recovery_replay(struct server *s);

/** Opens the rooms that were never opened. After store_start(). */
void recovery_open(struct server *s);

#endif
