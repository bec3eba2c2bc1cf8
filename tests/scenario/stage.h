/*
 * Running scenarios: each is a function, each prints one TAP line. What a scenario opened is ended behind it, whether it
 * passed or not. All on the main thread.
 */
#ifndef SCENARIO_STAGE_H
#define SCENARIO_STAGE_H

#include <stdbool.h>

struct scenario {
	const char *name;               /* the promise, as a sentence */
	void (*run)(void);
};

#define CHECK(cond, ...) stage_check((cond), __FILE__, __LINE__, #cond, " " __VA_ARGS__)

/* As CHECK, and leaves the scenario when it does not hold. */
#define REQUIRE(cond, ...)                                                             \
	do {                                                                           \
		if (!stage_check((cond), __FILE__, __LINE__, #cond, " " __VA_ARGS__))   \
			return;                                                        \
	} while (0)

/** Notes a failure unless `holds`; returns it. `fmt` says what was seen. */
bool stage_check(bool holds, const char *file, int line, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/** True when a machine that has other work to do has held the endpoints up so much that clocks say nothing; then a comment line says so. */
bool stage_not_judged(bool held_up, const char *who);

/** A comment line of TAP: measurements. */
void stage_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Calls end(what) when the scenario is over, the last deferred first. Returns `what`. */
void *defer(void *what, void (*end)(void *what));

/**
 * Runs the scenarios whose name contains argv[2], or all; argv[1] is the server program. Gives up after five times `limit_s`, which is what they
 * need at most on a machine of their own (longer with sanitizers).
 *
 * Returns the exit status of main().
 */
int stage_run(int argc, char **argv, const struct scenario *scenarios, unsigned n, unsigned limit_s);

/** The server program. */
const char *stage_program(void);

#endif
