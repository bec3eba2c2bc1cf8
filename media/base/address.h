/* Socket addresses of both families. */
#ifndef HUITANG_BASE_ADDRESS_H
#define HUITANG_BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

static inline struct sockaddr_in6 address_as_in6(const struct sockaddr_storage *a)
{
	struct sockaddr_in6 in6;

	memcpy(&in6, a, sizeof(in6));
	return in6;
}

static inline socklen_t address_len(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/** Host order. The port lies at the same place in both families. */
static inline uint16_t address_port(const struct sockaddr_storage *a)
{
	return ntohs(address_as_in6(a).sin6_port);
}

static inline void address_set_port(struct sockaddr_storage *a, uint16_t port)
{
	struct sockaddr_in6 in6 = address_as_in6(a);

	in6.sin6_port = htons(port);
	memcpy(a, &in6, sizeof(in6));
}

/** True for [::]: our media sockets there take IPv4 as well. */
static inline bool address_takes_both(const struct sockaddr_storage *a)
{
	struct sockaddr_in6 in6 = address_as_in6(a);

	return a->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
}

/** ::ffff:a.b.c.d, as a socket of both families shows an IPv4 peer, as a.b.c.d; others as they are. */
static inline struct sockaddr_storage address_unmapped(const struct sockaddr_storage *a)
{
	struct sockaddr_in6 in6 = address_as_in6(a);
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = in6.sin6_port };
	struct sockaddr_storage ret = { 0 };

	if (a->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return *a;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memcpy(&ret, &in, sizeof(in));
	return ret;
}

#endif
