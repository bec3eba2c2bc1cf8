/* What clients and proxies say of addresses: whatever stands there, an address comes out, and only a trusted peer is believed. */
#include <arpa/inet.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "signaling/forwarded.h"
#include "tests/fuzz/must.h"

static bool is_address(const char *text)
{
	struct in6_addr any;

	return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size), client[FORWARDED_ADDRESS_BYTES];
	struct trusted_proxies trusted = { .n = 2 };
	struct network n = { .prefix = 77 };

	MUST(network_parse(&trusted.networks[0], "10.0.0.0/8") == 0 && network_parse(&trusted.networks[1], "fd00::/8") == 0);
	if (text && network_parse(&n, text + (*text != 0)) < 0)
		MUST(n.prefix == 77);
	else
		MUST(!text || n.prefix <= 128);
	for (int header = 0; text && header < 2; header++) {
		forwarded_client(client, &trusted, (enum forwarded_header)header, "10.0.0.1", text + (*text != 0));
		MUST(is_address(client));
		forwarded_client(client, &trusted, (enum forwarded_header)header, "192.0.2.1", text);
		MUST(strcmp(client, "192.0.2.1") == 0);
	}
	mem_free(text);
	return 0;
}
