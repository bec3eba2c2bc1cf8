/*
 * Shuts this process in for good: it can read what is open as 0, write what is open as 1, take memory up to a bound and
 * end. No file, socket, process or program can be had any more, whatever a stranger's bytes make of it. Inside attendance/table/ only.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_SANDBOX_H
#define HUITANG_ATTENDANCE_TABLE_SANDBOX_H

#include <stdint.h>

struct sandbox_cfg {
	uint64_t memory_bytes;          /* of address space, all libraries included */
	unsigned cpu_s;                 /* processor time; then SIGXCPU ends us */
};

/**
 * Enters; there is no way back. The process has one thread. What the C library loads late (converters, zones) must be loaded.
 *
 * Errors: -errno; the process is then to end without having read anything.
 */
int sandbox_enter(const struct sandbox_cfg *cfg);

#endif
