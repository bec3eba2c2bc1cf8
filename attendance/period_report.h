/*
 * What classes came to over a period, below an organisation: the one engine behind pages, files and `huitang report --org` (docs/reports.md
 * has the figures' rules). Figures are sums of results, of the ledger and of invitations, grouped by the tree of then; nobody's rights are asked here.
 *
 *   period_report_read() ──► rows: all of the level, whoever may see them ──► period_page.h: what one viewer is shown of it ──► JSON ──► period_file.h
 *
 * Each figure stands in exactly one row and one month: rows, and months, add up to the total.
 */
#ifndef HUITANG_ATTENDANCE_PERIOD_REPORT_H
#define HUITANG_ATTENDANCE_PERIOD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/chain.h"
#include "attendance/store.h"
#include "classroom/event.h"
#include "media/base/macros.h"

#define PERIOD_RULE_VERSION 1           /* of how it is counted: another number when a figure changes its meaning */
#define PERIOD_YEARS_MAX 3              /* of what a server reads while others wait */
#define PERIOD_HASH_BYTES 65

struct org_past;

enum period_figure {
	FIGURE_HELD,                    /* classes, by who holds them */
	FIGURE_INVITED,                 /* sites of them: each class and site once */
	FIGURE_ACCEPTED,
	FIGURE_ATTENDED,                /* sites at which somebody was */
	FIGURE_EXPECTED,                /* persons on a roster without leave that kept them away: each class and person once, by home */
	FIGURE_ARRIVED,
	FIGURE_ON_LEAVE,
	FIGURE_ABSENT,
	FIGURE_GUESTS,                  /* persons on no roster, by site */
	FIGURE_PRESENT_S,               /* of who was on a roster, by home; so are those below */
	FIGURE_UNPROVED_S,
	FIGURE_MET,                     /* presence checks */
	FIGURE_SENT,
	FIGURE_MILLI_HOURS,             /* credited, as the ledger stands */
	FIGURES
};

/** "held". Never NULL for a figure of the enum. */
const char *period_figure_name(enum period_figure figure);

enum period_level {
	PERIOD_CHILDREN,                /* a row for each organisation right below, and one for what is the organisation's own */
	PERIOD_ORGS,                    /* one for each organisation that has figures of its own */
	PERIOD_PERSONS,                 /* one for each person and home; what is no person's stands in the home's row without one */
	PERIOD_LEVELS
};

const char *period_level_name(enum period_level level);

/** False for no such word; *ret is untouched then. */
bool period_level_parse(enum period_level *ret, const char *word);

struct period_query {
	int64_t org;
	int32_t from, to;               /* days as 20261126, both included: of classes in their own zones */
	enum period_level level;
	bool alone;                     /* only what is the organisation's own, nothing below it */
	int64_t known;                  /* row of the journal: what came later is left out; 0: the last */
};

struct period_row {
	int64_t org;
	char person[SEAT_ID_BYTES];     /* pseudonym, of twins the one that counts; "" none */
	int64_t figures[FIGURES];
};

struct period_month {
	int32_t month;                  /* 202611 */
	int64_t figures[FIGURES];
};

struct period_report {
	struct period_query query;      /* `known` filled in */
	char known_hash[2 * CHAIN_HASH_BYTES + 1];
	int64_t known_us;               /* wall time of that row */
	int64_t as_of_us;               /* of names: the end of the period, or `known_us` where that is earlier */
	int64_t *rules;                 /* owned, n_rules: versions of credit rules, ascending */
	size_t n_rules;
	int64_t total[FIGURES];
	struct period_row *rows;        /* owned, n_rows: in order of organisation, then person */
	size_t n_rows;
	struct period_month *months;    /* owned, n_months: ascending; those with a figure */
	size_t n_months;
	struct org_past *past;          /* owned */
	char hash[PERIOD_HASH_BYTES];   /* BLAKE2b-256 of period_report_canonical(), hexadecimal */
};

/**
 * Reads it in the transaction under way, or in one of its own.
 *
 * Owns:   *ret is the caller's; end it with period_report_destroy().
 * Memory: a row of the level, and a word for each class and organisation; not for each result.
 * Errors: -EINVAL `known` is no row; -EBADMSG; -EIO, also where it took too long for the read thread; -ENOMEM.
 */
int period_report_read(struct period_report **ret, struct store_reader *reader, const struct period_query *query);
struct period_report *period_report_destroy(struct period_report *r);

/**
 * What the hash is taken of, the same for everybody: JSON, sorted and without spaces. {alone, from, known: {hash, sequence}, level, months: [[month, figures]…],
 * org, report, rows: [[org, person, figures]…], rules, to, total}; figures are a list in the order of the enum.
 *
 * Owns: the caller's, free(). NULL: out of memory.
 */
char *period_report_canonical(const struct period_report *r);

DEFINE_CLEANUP(struct period_report, period_report_destroy)

#endif
