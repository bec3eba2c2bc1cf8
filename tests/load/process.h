/* CPU and memory of a process, as /proc tells: the server's and our own. */
#ifndef LOAD_PROCESS_H
#define LOAD_PROCESS_H

#include <stdint.h>

#define PROCESS_THREADS 64

struct process_thread {
	int tid;
	char name[16];
	int64_t cpu_ns;
	int64_t waited_ns;              /* ready to run, but something else ran */
};

/* One look at it. */
struct process_look {
	int64_t wall_us;
	int64_t cpu_ns;                 /* of all threads that live, as the next one */
	int64_t waited_ns;
	int64_t rss_kb;
	unsigned n_threads;
	struct process_thread threads[PROCESS_THREADS];
};

/** Errors: -errno: no such process, or it is not ours to see. */
int process_look(struct process_look *ret, int pid);

/** CPU over wall time between two looks, in cores. */
double process_share(const struct process_look *begin, const struct process_look *end);

/** Time that its threads waited for a core, over wall time. Far from 0 the machine was too busy to measure on. */
double process_waited(const struct process_look *begin, const struct process_look *end);

#endif
