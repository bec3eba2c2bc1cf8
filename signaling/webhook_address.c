/* See webhook_address.h. */
#include "signaling/webhook_address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "attendance/webhook.h"
#include "media/base/macros.h"

/* IANA's special-purpose registry, and multicast. */
static const struct {
	uint32_t address;
	uint8_t bits;
} special4[] = {
	{ 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0x7f000000, 8 }, { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
	{ 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 }, { 0xcb007100, 24 }, { 0xe0000000, 4 }, { 0xf0000000, 4 },
};

static bool is_public4(uint32_t address)
{
	for (size_t i = 0; i < ARRAY_LEN(special4); i++)
		if ((address ^ special4[i].address) >> (32 - special4[i].bits) == 0)
			return false;
	return true;
}

static uint32_t read32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool begins(const uint8_t a[16], const char *prefix, size_t len)
{
	return memcmp(a, prefix, len) == 0;
}

static bool is_public6(const uint8_t a[16])
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (memcmp(a, mapped, sizeof(mapped)) == 0)
		return is_public4(read32(a + 12));
	if (begins(a, "\x00\x64\xff\x9b\0\0\0\0\0\0\0\0", 12))          /* NAT64 */
		return is_public4(read32(a + 12));
	if (begins(a, "\x20\x02", 2))                                    /* 6to4 */
		return is_public4(read32(a + 2));
	/* Of what is assigned (2000::/3) without Teredo and other protocols (2001::/23) and documentation. */
	return a[0] >> 5 == 1 && !(begins(a, "\x20\x01", 2) && a[2] < 2) && !begins(a, "\x20\x01\x0d\xb8", 4) && !(begins(a, "\x3f\xff", 2) && a[2] < 0x10);
}

bool webhook_address_is_public(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return is_public4(ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr));
	return a->sa_family == AF_INET6 && is_public6(((const struct sockaddr_in6 *)a)->sin6_addr.s6_addr);
}

/* An address that is written as such: what curl takes for one, it has written plainly. */
static bool is_literal(const char *host, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	char text[INET6_ADDRSTRLEN + 2] = "";
	size_t len = strlen(host);

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		return true;
	}
	if (len > 2 && len < sizeof(text) && *host == '[')
		memcpy(text, host + 1, len - 2);
	v6->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
}

/* What would be refused when it is connected to (webhook_sender.c) is refused at once where it can be seen: names are looked up only then. */
static bool may_be_public(CURLU *u)
{
	struct sockaddr_storage a;
	char *host = NULL;
	bool ret = curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host && (!is_literal(host, &a) || webhook_address_is_public((const struct sockaddr *)&a));

	curl_free(host);
	return ret;
}

/* Whether the part is there, and not empty. */
static bool has(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool ret = curl_url_get(u, part, &text, 0) == CURLUE_OK && *text;

	curl_free(text);
	return ret;
}

static bool is_scheme(CURLU *u, const char *scheme)
{
	char *text = NULL;
	bool ret = curl_url_get(u, CURLUPART_SCHEME, &text, 0) == CURLUE_OK && strcmp(text, scheme) == 0;

	curl_free(text);
	return ret;
}

/* curl reads https:/host and https:///host as well, where people read a path, and forgets a user without name. */
static bool has_plain_host(const char *url)
{
	const char *colon = strchr(url, ':');

	return colon && colon[1] == '/' && colon[2] == '/' && colon[3] != '/' && !memchr(colon + 3, '@', strcspn(colon + 3, "/?#"));
}

bool webhook_url_valid(const char *url, bool plain)
{
	CURLU *u = curl_url();
	bool ok = u && strlen(url) < WEBHOOK_URL_BYTES && has_plain_host(url) && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;

	for (const char *c = url; ok && *c; c++)
		ok = *c > ' ' && *c < 0x7f;
	ok = ok && (is_scheme(u, "https") || (plain && is_scheme(u, "http"))) && has(u, CURLUPART_HOST) && !has(u, CURLUPART_USER) && !has(u, CURLUPART_PASSWORD) &&
	     !has(u, CURLUPART_FRAGMENT) && (plain || may_be_public(u));
	curl_url_cleanup(u);
	return ok;
}
