/* See sandbox.h. */
#include "attendance/table/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "media/base/macros.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true          /* its shadow takes terabytes of address space, and its reports need more calls */
#else
#define SANITIZED false
#endif

/* A second above the soft limit, so that of processor time SIGXCPU comes before SIGKILL. */
static int limit(int what, rlim_t value)
{
	struct rlimit l = { value, what == RLIMIT_CPU ? value + 1 : value };

	return setrlimit((__rlimit_resource_t)what, &l) < 0 ? -errno : 0;
}

static int set_limits(const struct sandbox_cfg *cfg)
{
	int r = limit(RLIMIT_CPU, cfg->cpu_s);

	if (r == 0 && !SANITIZED)
		r = limit(RLIMIT_AS, cfg->memory_bytes);
	if (r == 0)
		r = limit(RLIMIT_FSIZE, 0);
	if (r == 0)
		r = limit(RLIMIT_NOFILE, 3);
	if (r == 0)
		r = limit(RLIMIT_CORE, 0);
	return r;
}

/* An empty network of its own; where the system does not give one, no socket can be made all the same. */
static void leave_network(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		errno = 0;
}

static int allow_all(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(rt_sigprocmask),
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(calls) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return r;
}

/* Memory, but none that can be run. */
static int allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_run);

	return r < 0 ? r : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_run);
}

static int allow_io(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp in = SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO, 0), out = SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO, 0);
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, &in);

	return r < 0 ? r : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, &out);
}

static int filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (!filter)
		return -ENOSYS;
	r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = allow_all(filter);
	if (r == 0)
		r = allow_memory(filter);
	if (r == 0)
		r = allow_io(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

int sandbox_enter(const struct sandbox_cfg *cfg)
{
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	leave_network();
	r = set_limits(cfg);
	return r < 0 || SANITIZED ? r : filter_calls();
}
