/*
 * Experts who come in by link (classroom/class_expert.h): the token that the link's code becomes, what it lets in, and their going when it is taken back.
 * The token is that of a seat of the class's room, "expert-3", for its page (/ws) and for an encoder (/whip) alike; whether it still holds is asked of the
 * class at each coming in, whatever the token itself says. Thread: control.
 */
#ifndef HUITANG_SIGNALING_EXPERT_H
#define HUITANG_SIGNALING_EXPERT_H

#include "classroom/class_expert.h"
#include "signaling/sitting.h"
#include "signaling/token.h"

/** Writes the expert's token for the room as it is open now. Errors: -ENOENT it is not open; of token_write(). */
int expert_token(const struct sitting *t, const struct class_expert *e, char ret[TOKEN_MAX_BYTES]);

/** Whether a token that names an expert lets in at that moment; CLASS_FINE for one that names none. */
enum class_fault expert_token_fault(const struct server *s, const struct token *token, int64_t wall_us);

/** By what name: the one on the invitation; NULL for a token that names no expert. Borrowed until the class's next event. */
const char *expert_token_name(const struct server *s, const struct token *token);

/** Shows out who may not be there any more: the link was taken back, or its time is over. */
void experts_show_out(struct sitting *t, struct instant now);

/** Whether the expert is in the room, and whether by an encoder. */
bool expert_here(const struct sitting *t, const struct class_expert *e, enum seat_kind kind);

#endif
