/* See forwarded.h. */
#include "signaling/forwarded.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOPS_MAX 16
#define V4_BITS 96      /* of a mapped address, before its own */
#define SPACE " \t"

/* A part of the header; not ended. */
struct span {
	const char *at;
	size_t len;
};

/* ---- addresses ---- */

static bool read_address(struct in6_addr *ret, const char *text)
{
	struct in_addr v4;

	if (inet_pton(AF_INET6, text, ret) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memset(ret, 0, 10);
	memset(&ret->s6_addr[10], 0xff, 2);
	memcpy(&ret->s6_addr[12], &v4, sizeof(v4));
	return true;
}

static void write_address(char ret[FORWARDED_ADDRESS_BYTES], const struct in6_addr *a)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(a);

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? (const void *)&a->s6_addr[12] : (const void *)a, ret, FORWARDED_ADDRESS_BYTES);
}

static bool bit(const struct in6_addr *a, unsigned n)
{
	return a->s6_addr[n / 8] >> (7 - n % 8) & 1;
}

static bool network_has(const struct network *n, const struct in6_addr *a)
{
	for (unsigned i = 0; i < n->prefix; i++)
		if (bit(a, i) != bit(&n->base, i))
			return false;
	return true;
}

static bool is_trusted(const struct trusted_proxies *t, const struct in6_addr *a)
{
	for (unsigned i = 0; i < t->n; i++)
		if (network_has(&t->networks[i], a))
			return true;
	return false;
}

int network_parse(struct network *ret, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char host[INET6_ADDRSTRLEN], *end;
	struct network n = { .prefix = 128 };
	unsigned long bits;

	if (len >= sizeof(host))
		return -EINVAL;
	snprintf(host, sizeof(host), "%.*s", (int)len, text);
	if (!read_address(&n.base, host))
		return -EINVAL;
	if (slash) {
		unsigned own = strchr(host, ':') ? 0 : V4_BITS;

		bits = slash[1] >= '0' && slash[1] <= '9' ? strtoul(slash + 1, &end, 10) : 999;
		if (bits > 128 - own || *end)
			return -EINVAL;
		n.prefix = (uint8_t)(bits + own);
	}
	for (unsigned i = n.prefix; i < 128; i++)
		if (bit(&n.base, i))
			return -EINVAL;
	*ret = n;
	return 0;
}

/* ---- what stands in the header ---- */

static struct span trim(struct span s)
{
	while (s.len && strchr(SPACE, *s.at))
		s.at++, s.len--;
	while (s.len && strchr(SPACE, s.at[s.len - 1]))
		s.len--;
	return s;
}

/* Up to `end`, outside of quotes where there are such; what follows is left in *rest, whose `at` is NULL behind the last. False: a quote is not closed. */
static bool take(struct span *rest, char end, bool quotes, struct span *ret)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < rest->len && (quoted || rest->at[i] != end); i++) {
		if (quotes && rest->at[i] == '"')
			quoted = !quoted;
		else if (quoted && rest->at[i] == '\\')
			i++;
	}
	if (quoted || i > rest->len)
		return false;
	*ret = (struct span){ rest->at, i };
	*rest = i < rest->len ? (struct span){ rest->at + i + 1, rest->len - i - 1 } : (struct span){ NULL, 0 };
	return true;
}

/* The value of for= in one element; empty when there is none. */
static struct span find_for(struct span element)
{
	struct span pair;

	while (element.at && take(&element, ';', true, &pair)) {
		pair = trim(pair);
		if (pair.len > 4 && strncasecmp(pair.at, "for=", 4) == 0) {
			pair = (struct span){ pair.at + 4, pair.len - 4 };
			if (pair.len >= 2 && *pair.at == '"' && pair.at[pair.len - 1] == '"')
				pair = (struct span){ pair.at + 1, pair.len - 2 };
			return pair;
		}
	}
	return (struct span){ NULL, 0 };
}

/* An address, with or without a port; in brackets when it is IPv6 and has one. */
static bool read_hop(struct in6_addr *ret, struct span hop)
{
	char text[INET6_ADDRSTRLEN + 10], *host = text, *close;

	hop = trim(hop);
	if (hop.len == 0 || hop.len >= sizeof(text) || memchr(hop.at, 0, hop.len))
		return false;
	memcpy(text, hop.at, hop.len);
	text[hop.len] = 0;
	if (*text == '[') {
		host = text + 1;
		close = strchr(host, ']');
		if (!close || (close[1] && close[1] != ':'))
			return false;
		*close = 0;
	} else if (strchr(text, '.') && strchr(text, ':') == strrchr(text, ':') && strchr(text, ':')) {
		*strchr(text, ':') = 0;
	}
	return read_address(ret, host);
}

/* The last hops, *ret_n of them; false: they cannot be told apart. */
static bool list_hops(struct span rest, enum forwarded_header header, struct span ret[HOPS_MAX], unsigned *ret_n)
{
	struct span element;

	*ret_n = 0;
	while (rest.at) {
		if (!take(&rest, ',', header == FORWARDED_RFC_7239, &element))
			return false;
		if (*ret_n == HOPS_MAX)
			memmove(ret, ret + 1, --*ret_n * sizeof(*ret));
		ret[(*ret_n)++] = header == FORWARDED_RFC_7239 ? find_for(element) : element;
	}
	return true;
}

void forwarded_client(char ret[FORWARDED_ADDRESS_BYTES], const struct trusted_proxies *trusted, enum forwarded_header header, const char *peer, const char *value)
{
	struct span hops[HOPS_MAX];
	struct in6_addr at, before;
	unsigned n = 0;

	if (!read_address(&at, peer)) {
		snprintf(ret, FORWARDED_ADDRESS_BYTES, "%s", peer);
		return;
	}
	if (*value && is_trusted(trusted, &at) && !list_hops((struct span){ value, strlen(value) }, header, hops, &n))
		n = 0;
	while (n > 0 && is_trusted(trusted, &at) && read_hop(&before, hops[n - 1])) {
		at = before;
		n--;
	}
	write_address(ret, &at);
}
