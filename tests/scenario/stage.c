/* TAP, and what is to be ended behind a scenario. */
#include "stage.h"

#include <glib.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"

#define BUSY 5          /* so many times slower may a machine be that has other work to do */

struct deferred {
	void *what;
	void (*end)(void *what);
};

static struct {
	const char *program;
	GArray *deferred;       /* of struct deferred */
	bool failed;
} stage;

bool stage_check(bool holds, const char *file, int line, const char *what, const char *fmt, ...)
{
	va_list args;

	if (holds)
		return true;
	stage.failed = true;
	printf("# %s:%d: %s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what);
	if (fmt[1]) { /* behind the blank that CHECK puts in front */
		printf(":");
		va_start(args, fmt);
		vprintf(fmt, args);
		va_end(args);
	}
	printf("\n");
	fflush(stdout);
	return false;
}

void stage_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

bool stage_not_judged(bool held_up, const char *who)
{
	if (held_up)
		stage_note("%s: held up by other work on this machine, its clocks are not judged", who);
	return held_up;
}

void *defer(void *what, void (*end)(void *what))
{
	struct deferred d = { what, end };

	g_array_append_val(stage.deferred, d);
	return what;
}

static void end_deferred(void)
{
	while (stage.deferred->len) {
		struct deferred d = g_array_index(stage.deferred, struct deferred, stage.deferred->len - 1);

		g_array_set_size(stage.deferred, stage.deferred->len - 1);
		if (d.what)
			d.end(d.what);
	}
}

static void on_alarm(int signal)
{
	static const char text[] = "Bail out! the scenarios took too long\n";

	(void)signal;
	(void)!write(1, text, sizeof(text) - 1);
	_exit(1); /* servers die with us: PR_SET_PDEATHSIG */
}

const char *stage_program(void)
{
	return stage.program;
}

static bool run_one(const struct scenario *s, unsigned number)
{
	gint64 begin = g_get_monotonic_time();

	stage.failed = false;
	s->run();
	end_deferred();
	printf("%sok %u - %s\n", stage.failed ? "not " : "", number, s->name);
	printf("# %.1f s\n", (double)(g_get_monotonic_time() - begin) / 1e6);
	fflush(stdout);
	return !stage.failed;
}

int stage_run(int argc, char **argv, const struct scenario *scenarios, unsigned n, unsigned limit_s)
{
	const char *filter = argc > 2 ? argv[2] : "";
	unsigned number = 0, failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: %s SERVER-PROGRAM [WORDS OF A SCENARIO'S NAME]\n", argv[0]);
		return 2;
	}
	stage.program = argv[1];
	if (access(stage.program, X_OK)) {
		printf("Bail out! no server program at %s\n", stage.program);
		return 1;
	}
	stage.deferred = g_array_new(FALSE, FALSE, sizeof(struct deferred));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, on_alarm);
	alarm(BUSY * limit_s * LOOP_PATIENCE);
	for (unsigned i = 0; i < n; i++)
		if (strstr(scenarios[i].name, filter))
			failed += !run_one(&scenarios[i], ++number);
	printf("1..%u\n", number);
	g_array_free(stage.deferred, TRUE);
	return failed != 0;
}
