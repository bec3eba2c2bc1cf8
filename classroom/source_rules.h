/*
 * Who may switch on what, beyond roles: rules for a source by role, by subtree of organisations, and by site. Of those that cover a
 * seat the nearest holds: its site's, then the nearest subtree's, then its role's. Leaders are covered by none. Pure.
 */
#ifndef HUITANG_CLASSROOM_SOURCE_RULES_H
#define HUITANG_CLASSROOM_SOURCE_RULES_H

#include <stddef.h>

#include "classroom/seat.h"

#define SOURCE_RULES_MAX 64

enum rule_scope { RULE_ROLE, RULE_SUBTREE, RULE_SITE };

/* The order and names are those of the schema's enum `rule`. CLEAR: there is none. */
enum rule_word { RULE_CLEAR, RULE_ALLOW, RULE_DENY, RULE_WORDS };

struct source_rule {
	enum seat_source source;        /* MIC, CAMERA, SCREEN; the screen's sound goes with it */
	enum rule_scope scope;
	enum role role;                 /* RULE_ROLE: PRESENTER or PARTICIPANT */
	int64_t org;                    /* else */
	enum rule_word word;
};

struct source_rules {
	size_t n;
	struct source_rule list[SOURCE_RULES_MAX];
};

const char *rule_word_name(enum rule_word word);

/** Errors: -EINVAL unknown word or NULL. */
int rule_word_parse(enum rule_word *ret, const char *name);

bool source_rule_is_good(const struct source_rule *rule);

/** Whether the list says so already. */
bool source_rules_has(const struct source_rules *rules, const struct source_rule *rule);

/** Takes the rule in, in the place of another one for the same; RULE_CLEAR takes that out. Errors: -ENOSPC. */
int source_rules_set(struct source_rules *rules, const struct source_rule *rule);

/** Whether the rule is about the seat at all. */
bool source_rule_covers(const struct source_rule *rule, const struct seat *s);

/** What the rules say to a seat of a source; RULE_CLEAR: nothing. */
enum rule_word source_rules_say(const struct source_rules *rules, const struct seat *s, enum seat_source source);

/** Mask of what the rules take from a seat. */
uint8_t source_rules_denied(const struct source_rules *rules, const struct seat *s);

/** Mask of what a rule's source is: a screen has its sound. */
static inline uint8_t source_rule_mask(enum seat_source source)
{
	return (uint8_t)(source == SEAT_SCREEN ? SEAT_BIT(SEAT_SCREEN) | SEAT_BIT(SEAT_SCREEN_AUDIO) : SEAT_BIT(source));
}

#endif
