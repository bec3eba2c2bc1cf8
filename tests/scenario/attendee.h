/* Seats of the scenarios: joined with a token of the server, ended with the scenario. */
#ifndef SCENARIO_ATTENDEE_H
#define SCENARIO_ATTENDEE_H

#include "server.h"
#include "tests/endpoint/seat.h"

#define ROOM "demo-meeting"

/** Enters ROOM with a fresh token for that role and seat name, with microphone and camera; a failed check when refused. */
struct seat *attendee(struct server *s, struct loop *l, const char *role, const char *name, uint32_t number);

/** As above by a configuration whose loop, host, port, room and token are filled in. NULL role: cfg->token is used. */
struct seat *attendee_with(struct server *s, struct loop *l, const char *role, const char *name, const struct seat_cfg *cfg);

/** Says how loud it is: below 60 it speaks. */
void attendee_speak(struct seat *s, uint8_t level);

/** Copies of what a seat received in the slot of another's source; zero when there is no such slot or nothing came. */
struct sink_stats attendee_sees(struct seat *s, const char *id, const char *source);

/** Waits until `n` more frames of that source came. */
bool attendee_wait(struct seat *s, const char *id, const char *source, uint32_t n, int timeout_ms);

/** Waits until what it shows of that source comes from the camera or microphone with that number. */
bool attendee_wait_number(struct seat *s, const char *id, const char *source, uint32_t number, int timeout_ms);

/** True when within `ms` not one packet marked with that number comes in any slot. */
bool attendee_hears_nothing(struct seat *s, uint32_t number, int ms);

/** Waits until a roster row's list has the word, or has it not. */
bool attendee_wait_row(struct seat *s, const char *id, const char *list, const char *word, bool has, int timeout_ms);

/** Waits until a roster row's field is this text. */
bool attendee_wait_field(struct seat *s, const char *id, const char *field, const char *text, int timeout_ms);

/** Checks all slots' media and the order of events. */
void attendee_check(struct seat *s, int skew_ms, const char *who);

#endif
