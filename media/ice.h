/*
 * ICE-lite's one duty: answer authenticated connectivity checks (RFC 8445 §2.5, §7.3), on libnice's STUN functions.
 * Knows no paths: who owns a ufrag is asked of the caller.
 */
#ifndef HUITANG_MEDIA_ICE_H
#define HUITANG_MEDIA_ICE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ice;

/* Whose local ufrag is this? Sets *ret_pwd (0-terminated, borrowed) and returns the owner, or NULL. `ufrag` has `len` bytes, no 0. */
typedef void *ice_find_fn(void *user, const char *ufrag, size_t len, const char **ret_pwd);

enum ice_verdict {
	ICE_ANSWER,             /* authenticated check: send `reply`, the address may pass the gate */
	ICE_CONFLICT,           /* authenticated, but the peer thinks that it is controlled: send `reply` (487), nothing else */
	ICE_INDICATION,         /* keepalive: ignore */
	ICE_UNAUTHENTICATED,    /* no or wrong integrity, unknown ufrag: ignore */
	ICE_MALFORMED,          /* not STUN, truncated, no fingerprint: ignore */
};

struct ice_check {
	void *owner;            /* what the find function returned; ICE_ANSWER and ICE_CONFLICT only */
	const char *pwd;        /* the password that matched */
	bool use_candidate;
	uint8_t reply[512];
	size_t reply_len;
};

/** One per worker (12.8 kB). Errors: -ENOMEM. */
int ice_create(struct ice **ret, ice_find_fn *find, void *user);
struct ice *ice_destroy(struct ice *i);

/** Reads one datagram from `from`; *ret is complete only for ICE_ANSWER and ICE_CONFLICT. */
enum ice_verdict ice_receive(struct ice *i, struct ice_check *ret, const uint8_t *data, size_t len, const struct sockaddr *from,
                             socklen_t from_len);

#endif
