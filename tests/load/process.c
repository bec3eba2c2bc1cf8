/* See process.h. /proc/PID/task/TID/schedstat counts nanoseconds; utime and stime only ticks of 10 ms. */
#include "tests/load/process.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"

static int read_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return -errno;
	n = fread(out, 1, size - 1, f);
	fclose(f);
	out[n] = 0;
	return 0;
}

static void look_at_thread(struct process_look *l, int pid, int tid)
{
	struct process_thread *t = &l->threads[l->n_threads];
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", pid, tid);
	if (l->n_threads == PROCESS_THREADS || read_file(path, text, sizeof(text)) < 0)
		return;
	*t = (struct process_thread){ .tid = tid };
	if (sscanf(text, "%" SCNd64 " %" SCNd64, &t->cpu_ns, &t->waited_ns) != 2)
		return;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", pid, tid);
	if (read_file(path, text, sizeof(text)) == 0)
		snprintf(t->name, sizeof(t->name), "%.*s", (int)strcspn(text, "\n"), text);
	l->cpu_ns += t->cpu_ns;
	l->waited_ns += t->waited_ns;
	l->n_threads++;
}

int process_look(struct process_look *ret, int pid)
{
	struct process_look l = { .wall_us = now_us() };
	char path[64], text[256];
	struct dirent *e;
	long pages = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	if (!d)
		return -errno;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			look_at_thread(&l, pid, atoi(e->d_name));
	closedir(d);
	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	if (read_file(path, text, sizeof(text)) == 0 && sscanf(text, "%*d %ld", &pages) == 1)
		l.rss_kb = pages * (sysconf(_SC_PAGESIZE) / 1024);
	*ret = l;
	return 0;
}

static double over_wall(int64_t ns, const struct process_look *begin, const struct process_look *end)
{
	return end->wall_us > begin->wall_us ? (double)ns / 1e3 / (double)(end->wall_us - begin->wall_us) : 0;
}

double process_share(const struct process_look *begin, const struct process_look *end)
{
	return over_wall(end->cpu_ns - begin->cpu_ns, begin, end);
}

double process_waited(const struct process_look *begin, const struct process_look *end)
{
	return over_wall(end->waited_ns - begin->waited_ns, begin, end);
}
