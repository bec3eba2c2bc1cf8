/* See receiver.h. */
#include "tests/bench/receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES 32
#define MESSAGE_BYTES 65536
#define SOCKET_BYTES (64 << 20)
#define QUIET_US 100000

static volatile sig_atomic_t stopping;

struct inbox {
	uint8_t buffers[MESSAGES][MESSAGE_BYTES];
	uint8_t controls[MESSAGES][CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct iovec vectors[MESSAGES];
	struct mmsghdr messages[MESSAGES];
};

int pin_to_core(int core)
{
	cpu_set_t set;

	if (core < 0)
		return 0;
	CPU_ZERO(&set);
	CPU_SET((unsigned)core, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int open_socket(struct sockaddr_in *ret)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, bytes = SOCKET_BYTES;
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct timeval quiet = { .tv_usec = QUIET_US };
	socklen_t len = sizeof(a);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) < 0 ||       /* the whole 127.0.0.0/8, and nothing else */
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof(quiet)) < 0 ||
	    setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	*ret = a;
	return fd;
}

static size_t segment_bytes(struct msghdr *m, size_t whole)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		int n;

		if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
			continue;
		memcpy(&n, CMSG_DATA(c), sizeof(n));
		return n > 0 ? (size_t)n : whole;
	}
	return whole;
}

static void count_packet(struct reception *r, const uint8_t *packet, size_t len, uint32_t now)
{
	uint32_t due, step;

	if (len < 12 || !(packet[1] & 0x80))
		return;
	memcpy(&due, packet + 4, sizeof(due));
	step = (now - ntohl(due)) / RECEIVER_LATE_STEP_US;
	r->late[step < RECEIVER_LATE_STEPS ? step : RECEIVER_LATE_STEPS - 1]++;
	r->packets++;
	r->bytes += len;
}

static void count_message(struct reception *r, struct mmsghdr *m, uint32_t now)
{
	size_t segment = segment_bytes(&m->msg_hdr, m->msg_len);
	const uint8_t *p = m->msg_hdr.msg_iov->iov_base;

	r->messages++;
	for (size_t at = 0; at < m->msg_len; at += segment)
		count_packet(r, p + at, m->msg_len - at < segment ? m->msg_len - at : segment, now);
}

static int receive(int fd, struct inbox *in)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		in->vectors[i] = (struct iovec){ in->buffers[i], MESSAGE_BYTES };
		in->messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &in->vectors[i], .msg_iovlen = 1, .msg_control = in->controls[i], .msg_controllen = sizeof(in->controls[i]),
		};
	}
	return recvmmsg(fd, in->messages, MESSAGES, MSG_WAITFORONE, NULL);
}

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
}

static void loop(struct reception *r, int fd, uint32_t poll_us)
{
	struct inbox *in = calloc(1, sizeof(*in));
	uint64_t first_cpu_us = 0;

	while (in) {
		int n = receive(fd, in);
		uint32_t now = (uint32_t)now_us();

		if (n < 0 && stopping)
			break;
		for (int i = 0; i < n; i++)
			count_message(r, &in->messages[i], now);
		if (r->packets > 0 && first_cpu_us == 0)
			first_cpu_us = cpu_us();
		if (n > 0 && poll_us > 0 && n < MESSAGES)
			usleep(poll_us);
	}
	r->cpu_us = cpu_us() - first_cpu_us;
	free(in);
}

int receiver_start(struct receiver *r, int core, uint32_t poll_us)
{
	int fd = open_socket(&r->address);

	if (fd < 0)
		return fd;
	r->reception = mmap(NULL, sizeof(*r->reception), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->reception == MAP_FAILED) {
		close(fd);
		return -ENOMEM;
	}
	r->pid = fork();
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, on_stop);
		pin_to_core(core);
		loop(r->reception, fd, poll_us);
		_exit(0);
	}
	close(fd);
	return r->pid < 0 ? -errno : 0;
}

void receiver_stop(struct receiver *r)
{
	kill(r->pid, SIGTERM);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void receiver_done(struct receiver *r)
{
	munmap(r->reception, sizeof(*r->reception));
}

double reception_lateness_us(const struct reception *r, double share)
{
	double wanted = share * (double)r->packets, seen = 0;

	for (size_t i = 0; i < RECEIVER_LATE_STEPS; i++) {
		seen += r->late[i];
		if (seen >= wanted)
			return (double)(i + 1) * RECEIVER_LATE_STEP_US;
	}
	return RECEIVER_LATE_STEPS * RECEIVER_LATE_STEP_US;
}
