/*
 * A question to those who take part in a class. Presence check, poll, quiz question, named vote and secret ballot are one thing
 * (records.md, Ask): options, an audience, a deadline of the server's, and one effect for each person. asks.h has the rules.
 *
 *            asks_open                 asks_close, or the deadline              (ballots: the store has counted)
 *   (none) ─────────────► ASK_OPEN ──────────────────────────────► ASK_CLOSED ────────────────► ASK_COUNTED or ASK_VOID
 */
#ifndef HUITANG_CLASSROOM_ASK_H
#define HUITANG_CLASSROOM_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/actor.h"
#include "classroom/proof_grade.h"

#define ASK_OPTIONS_MAX 16
#define ASK_PROMPT_BYTES 1001
#define ASK_OPTION_BYTES 201
#define ASK_SITES_MAX 1000
#define ASK_SPAN_MIN_US (5 * 1000000LL)
#define ASK_SPAN_MAX_US (12 * 3600 * 1000000LL)
#define ASK_HOURS_MAX 32                /* study hours of one class */
#define BALLOT_VOTERS_MIN 5             /* fewer would tell who chose what */

enum ask_kind {
	ASK_CHECK,                      /* "are you there": no options */
	ASK_POLL,
	ASK_QUIZ,                       /* has right options */
	ASK_VOTE,                       /* named */
	ASK_BALLOT,                     /* secret: its choices never pass through here (attendance/ballot.h) */
	ASK_KINDS
};

enum ask_audience {
	ASK_PERSONS,                    /* each person, by the own device or named by the delegate of the site */
	ASK_SEATS,                      /* each site once, by its seat */
	ASK_AUDIENCES
};

enum ask_state { ASK_OPEN, ASK_CLOSED, ASK_COUNTED, ASK_VOID };

enum ask_void {                         /* why a ballot has no result */
	ASK_VOID_TOO_FEW,               /* fewer than BALLOT_VOTERS_MIN votes: a result would tell who chose what */
	ASK_VOID_KEY_LOST,              /* as after a restore from a backup */
	ASK_VOIDS
};

/* What is asked. Pointers are borrowed; options are masks of 1 << index. */
struct ask_spec {
	enum ask_kind kind;
	enum ask_audience audience;
	const char *prompt;             /* below ASK_PROMPT_BYTES; of a check it may be "" */
	const char *options[ASK_OPTIONS_MAX];
	unsigned n_options;             /* 2 to ASK_OPTIONS_MAX; a check has none */
	unsigned most;                  /* how many one answer may name; 0 takes 1 */
	uint32_t right;                 /* of a quiz, else 0 */
	const int64_t *sites;           /* only those; NULL: all */
	size_t n_sites;
	unsigned hour;                  /* of a check of the plan: the study hour, from 1; else 0 */
};

/* Counts only, for everybody who may see them: of a quiz not before the close, of a ballot not before the count. */
struct ask_tally {
	uint32_t answered;              /* of a ballot once counted: the votes */
	uint32_t options[ASK_OPTIONS_MAX];
	uint32_t right, wrong;          /* of a quiz */
};

struct ask_site {
	int64_t id;                     /* 0: own seats, which are at no site */
	struct ask_tally tally;
};

struct ask {
	uint32_t id;                    /* from 1 in each class, without holes */
	struct ask_spec spec;           /* what it points to is owned; sites in ascending order */
	enum ask_state state;
	bool by_deadline;               /* how it was closed */
	int64_t opened_wall_us;
	int64_t deadline_wall_us;
	int64_t deadline_us;            /* boot clock */
	struct ask_tally tally;
	uint32_t refused;               /* answers */
	uint32_t spoiled;               /* ballots: votes that could not be opened */
	bool unanimous;                 /* ballots: the result tells what each voter chose: warn */
	enum ask_void why_void;
};

/** Words of the journal and the wire; "" out of range. Parsing: -EINVAL for an unknown word or NULL. */
const char *ask_kind_name(enum ask_kind kind);
const char *ask_audience_name(enum ask_audience audience);
const char *ask_void_name(enum ask_void why);
int ask_kind_parse(enum ask_kind *ret, const char *name);
int ask_audience_parse(enum ask_audience *ret, const char *name);
int ask_void_parse(enum ask_void *ret, const char *name);

/** Whether it can be asked: bounds, UTF-8, different options, right ones where there must be. */
bool ask_spec_is_good(const struct ask_spec *spec);

/** Whether the choice is one of the spec's answers: 1 to `most` of its options; of a check none. */
bool ask_takes(const struct ask_spec *spec, uint32_t choice);

#endif
