/* See addresses.h. */
#include "signaling/addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>

#include "media/base/macros.h"

static bool is_any(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

/* IPv6 link-local addresses need a zone that only the peer knows. */
static bool usable(const struct ifaddrs *i, int family, bool loopback)
{
	if (!i->ifa_addr || i->ifa_addr->sa_family != family || !(i->ifa_flags & IFF_UP) || !!(i->ifa_flags & IFF_LOOPBACK) != loopback)
		return false;
	return family != AF_INET6 || !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr);
}

static size_t collect(const struct ifaddrs *all, int family, bool loopback, struct sockaddr_storage *ret, size_t n, size_t max)
{
	for (const struct ifaddrs *i = all; i && n < max; i = i->ifa_next) {
		if (!usable(i, family, loopback))
			continue;
		ret[n] = (struct sockaddr_storage){ 0 };
		memcpy(&ret[n++], i->ifa_addr, family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
	}
	return n;
}

/* The machine's own. A host with many bridges does not crowd the other family out. */
static size_t own(bool v6, struct sockaddr_storage *ret, size_t max)
{
	struct ifaddrs *all;
	size_t n;

	if (getifaddrs(&all) < 0)
		return 0;
	n = collect(all, AF_INET, false, ret, 0, v6 ? max / 2 : max);
	if (v6)
		n = collect(all, AF_INET6, false, ret, n, max);
	n = collect(all, AF_INET, true, ret, n, max);
	freeifaddrs(all);
	return n;
}

size_t addresses_choose(const struct config *c, struct sockaddr_storage *ret, size_t max)
{
	const struct config_announce *a = &c->announce;
	size_t n = MIN(a->n, max);

	for (size_t i = 0; i < n; i++)
		ret[i] = a->addresses[i];
	if (n > 0 && !is_any(&ret[0]))
		return n;
	n = is_any(&c->media) ? own(c->media.ss_family == AF_INET6, ret, max) : 0;
	if (n == 0)
		ret[n++] = c->media;
	return n;
}
