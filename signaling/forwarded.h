/*
 * Whom a request is from where a proxy stands in front: by X-Forwarded-For, or Forwarded (RFC 7239), of proxies that the configuration names.
 * Each proxy adds on the right the address that it was spoken to from, so the list is believed from the right, as long as who added is
 * trusted; what stands further left anybody may have invented.
 *
 * Pure; any thread.
 */
#ifndef HUITANG_SIGNALING_FORWARDED_H
#define HUITANG_SIGNALING_FORWARDED_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define FORWARDED_NETWORKS 16
#define FORWARDED_ADDRESS_BYTES 64

/* "10.0.0.0/8", "fd00::/8", or one address. */
struct network {
	struct in6_addr base;           /* IPv4 mapped */
	uint8_t prefix;                 /* bits, of 128 */
};

struct trusted_proxies {
	uint8_t n;                      /* 0: no header is believed */
	bool of_file;                   /* the first option that is given begins anew */
	struct network networks[FORWARDED_NETWORKS];
};

enum forwarded_header {
	FORWARDED_X_FORWARDED_FOR,
	FORWARDED_RFC_7239,
};

/** Errors: -EINVAL; also where bits are set behind the prefix, since then one of the two is a mistake. */
int network_parse(struct network *ret, const char *text);

/**
 * Writes who speaks: `peer` (numeric) itself unless that is a trusted proxy, else the last in `value` that is none. A list that cannot be
 * read ends at what was read. IPv4 is written as such also where the socket is of both families.
 *
 * `value`: the whole header, its lines joined by commas; "" none.
 */
void forwarded_client(char ret[FORWARDED_ADDRESS_BYTES], const struct trusted_proxies *trusted, enum forwarded_header header, const char *peer, const char *value);

#endif
