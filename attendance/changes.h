/*
 * What an act changes in the directory, all of it or nothing: made by the control thread, written by the store thread in one
 * transaction with the act's row in the journal and the audit log, and applied to memory once that is on disk.
 *
 *   control: changes_new, changes_*  ── changes_post ──►  store: writer_changes  ──►  control: directory_apply (in on_done)
 *
 * Acts are done one after another (signaling's act queue), so what was checked still holds when it is written. Ids are drawn from
 * the directory while the changes are made; those of an act that failed are not used again before the next start.
 */
#ifndef HUITANG_ATTENDANCE_CHANGES_H
#define HUITANG_ATTENDANCE_CHANGES_H

#include "attendance/directory.h"
#include "attendance/org_notice.h"

#define ACT_NAME_BYTES 32

enum change_type {
	CHANGE_ORG,             /* a new organisation: its parent and name follow as facts */
	CHANGE_ORG_MERGED,      /* into which other it went; its parent fact ends as well */
	CHANGE_PERSON,          /* a new person: identity and facts follow */
	CHANGE_IDENTITY,        /* who a person is, all fields anew */
	CHANGE_PERSON_MERGED,   /* a twin: into whom */
	CHANGE_PERSON_ERASED,   /* by order; facts that hold end before */
	CHANGE_FACT,            /* a new fact */
	CHANGE_FACT_ENDS,       /* a fact that is known ends at valid_to_us */
	CHANGE_ACCOUNT,         /* a new account */
	CHANGE_PASSWORD,        /* of an account; ends its sessions */
	CHANGE_ACCOUNT_CLOSED,  /* ends its sessions */
	CHANGE_SESSION,         /* a sign-in */
	CHANGE_SESSION_ENDS,
	CHANGE_LINK,            /* a link that becomes a sign-in once */
	CHANGE_LINK_ENDS,       /* it was used, or taken back */
	CHANGE_REQUEST,         /* it is done, if it is asked for again */
	CHANGE_EVENT,           /* a further row of the journal: a class's */
	CHANGE_NOTICE,          /* to an organisation */
};

struct change {
	enum change_type type;
	int64_t id;                     /* org, person or account; of CHANGE_FACT_ENDS the fact's */
	int64_t into;                   /* of a merge; of CHANGE_FACT_ENDS the id of the row that takes the fact's place */
	struct request_done request;    /* CHANGE_REQUEST: of account `id` with the key `code` */
	const char *code;               /* CHANGE_ORG: "" none; CHANGE_PERSON: the pseudonym; CHANGE_PERSON_ERASED: the order */
	struct fact fact;               /* CHANGE_FACT, CHANGE_FACT_ENDS (as it is then) */
	struct identity identity;       /* CHANGE_IDENTITY */
	struct account account;         /* CHANGE_ACCOUNT, CHANGE_PASSWORD */
	const struct session *session;  /* CHANGE_SESSION, CHANGE_SESSION_ENDS (only the hash) */
	struct event *event;            /* CHANGE_EVENT; its times are set by changes_post() */
	struct org_notice notice;       /* CHANGE_NOTICE; its time is set by changes_post() */
	const struct link *link;        /* CHANGE_LINK, CHANGE_LINK_ENDS (only the hash) */
};

/* Who did what to whom: the audit log's row. Texts are copied. */
struct act {
	char name[ACT_NAME_BYTES];      /* "org.move" */
	int64_t account;                /* who; 0: a command at the machine, or the server */
	int64_t person;                 /* whose account; 0: none */
	char actor[PSEUDONYM_BYTES];    /* that person's pseudonym, "" for none */
	int64_t grant;                  /* the fact that gave the right; 0: an own matter */
	int64_t org, subject;           /* what it was about: organisation, person; 0: none */
	const char *detail;             /* JSON object: what was before, what is after, why; names stand only here */
};

struct changes;

/** An act of that account (NULL: of nobody's) and its person, about nothing yet and with an empty detail. */
struct act act_by(const struct directory *d, const struct account *a, const char *name);

/** Owns: the caller's until changes_post(); end it with changes_destroy(). NULL: no memory. */
struct changes *changes_new(void);
struct changes *changes_destroy(struct changes *c);

/** Both in one. NULL: as either fails. */
struct changes *changes_new_act(const struct act *act);

/** One of: who did it. Texts are copied. Errors: -ENOMEM, -EMSGSIZE detail over 60 kB. */
int changes_set_act(struct changes *c, const struct act *act);

/*
 * Additions. Texts are copied. Without memory they say so in the end: changes_post() then fails with -ENOMEM, so that a long act
 * need not look after each line. Ids come from directory_next_*().
 */
void changes_org(struct changes *c, int64_t id, const char *code);
void changes_org_merged(struct changes *c, int64_t id, int64_t into);
void changes_person(struct changes *c, int64_t id, const char *pseudonym);
void changes_identity(struct changes *c, int64_t person, const struct identity *identity);
void changes_person_merged(struct changes *c, int64_t id, int64_t into);
void changes_person_erased(struct changes *c, int64_t id, const char *order);
void changes_fact(struct changes *c, const struct fact *fact);

/** `fact` as it stands, `id` of the row that takes its place. */
void changes_fact_ends(struct changes *c, const struct fact *fact, int64_t at_us, int64_t id);
void changes_account(struct changes *c, const struct account *account);
void changes_password(struct changes *c, int64_t account, const char *hash, bool must_change);
void changes_account_closed(struct changes *c, int64_t account);
void changes_session(struct changes *c, const struct session *session);
void changes_session_ends(struct changes *c, const struct session *session);
void changes_link(struct changes *c, const struct link *link);
void changes_link_ends(struct changes *c, const struct link *link);

void changes_request(struct changes *c, int64_t account, const char *key, const struct request_done *done);

/** A row of the journal behind the act's own, in its transaction and with its time; memory's fold of it is signaling/sitting.h. `payload` as in journal_append(); NULL: no memory. */
void changes_event(struct changes *c, enum event_kind kind, const char *room, const char *actor, const char *payload);

/** A notice of what the act did; memory's part of it: signaling/notices.h, which draws the id. */
void changes_notice(struct changes *c, const struct org_notice *notice);

size_t changes_n(const struct changes *c);
const struct change *changes_at(const struct changes *c, size_t i);
const struct act *changes_act(const struct changes *c);

/** Whether an addition found no memory. */
bool changes_broken(const struct changes *c);

/**
 * Has them written. on_done() of store_dispatch() says with the ticket whether they are on disk; unlike events, changes that
 * cannot be written now are dropped, so that nobody is told of a failure that then comes true.
 *
 * Owns:   `c` stays the caller's, who must not end or alter it before on_done() (the store thread reads it), or store_close().
 * Thread: control.
 * Errors: -ENOMEM, -ENOBUFS; -EINVAL no act. Nothing was posted then.
 */
int changes_post(struct store *s, struct changes *c, uint64_t ticket);

DEFINE_CLEANUP(struct changes, changes_destroy)

#endif
