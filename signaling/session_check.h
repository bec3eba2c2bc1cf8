/*
 * What was begun by a sign-in ends with it: sockets, seats and walls of a session that was signed out, ended by others or has run out,
 * also those whose socket is away and that would come back. Guests, and who came by a token alone, have no session.
 */
#ifndef HUITANG_SIGNALING_SESSION_CHECK_H
#define HUITANG_SIGNALING_SESSION_CHECK_H

struct server;

/** Looks at all of them and tells those it ends `signed_out`. */
void sessions_check(struct server *s);

#endif
