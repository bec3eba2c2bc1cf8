/* See own_address.h. */
#include "signaling/own_address.h"

#include <stdio.h>
#include <string.h>

#include "signaling/server.h"

bool own_address(const struct request *q, char ret[OWN_ADDRESS_BYTES])
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]";
	const struct config *c = q->server->config;

	if (*c->origin)
		return snprintf(ret, OWN_ADDRESS_BYTES, "%s", c->origin) < OWN_ADDRESS_BYTES;
	return *q->host && strspn(q->host, plain) == strlen(q->host) &&
	       snprintf(ret, OWN_ADDRESS_BYTES, "%s://%s", *c->tls_cert ? "https" : "http", q->host) < OWN_ADDRESS_BYTES;
}
