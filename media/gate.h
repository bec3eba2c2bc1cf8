/*
 * The address gate: who owns a ufrag, and which addresses an authenticated check has let in (safety.md, rule 1).
 * One per worker, media thread only.
 */
#ifndef HUITANG_MEDIA_GATE_H
#define HUITANG_MEDIA_GATE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "media/negotiated.h"

#define GATE_ADDRESSES 8        /* per pass; the one longest unchecked makes room, but not the last nominated */

struct gate;
struct gate_address;

/* A path's entries; embedded there. */
struct gate_pass {
	void *owner;
	struct gate_address *addresses[GATE_ADDRESSES]; /* owned by the gate */
	struct gate_address *nominated;                 /* one of them, or NULL */
};

/** Errors: -ENOMEM. Destroy expects no entries. */
int gate_create(struct gate **ret);
struct gate *gate_destroy(struct gate *g);

/** Registers our ufrag of a path; `credentials` is borrowed until gate_remove_ufrag(). Errors: -EEXIST, -ENOMEM. */
int gate_add_ufrag(struct gate *g, const struct ice_credentials *credentials, struct gate_pass *pass);
void gate_remove_ufrag(struct gate *g, const char *ufrag);

/** The pass that owns this ufrag (`len` bytes, no 0) and its password, or NULL. */
struct gate_pass *gate_find_ufrag(const struct gate *g, const char *ufrag, size_t len, const char **ret_pwd);

/** Lets an address in; one that another pass had moves over. `nominated`: by a check with USE-CANDIDATE. Errors: -ENOMEM. */
int gate_admit(struct gate *g, struct gate_pass *pass, const struct sockaddr_storage *addr, bool nominated, int64_t now_us);

/** Who came in from this address, or NULL. */
struct gate_pass *gate_find_address(struct gate *g, const struct sockaddr_storage *addr);

/** Begins to fetch what gate_find_address() will look at: hundreds of peers are in no cache. */
void gate_foresee(const struct gate *g, const struct sockaddr_storage *addr);

/** Takes one address of a pass out, if it is there. */
void gate_expel(struct gate *g, struct gate_pass *pass, const struct sockaddr_storage *addr);

/** Takes all addresses of a pass out. */
void gate_forget(struct gate *g, struct gate_pass *pass);

#endif
