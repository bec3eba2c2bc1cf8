/* See provider.h. */
#include "signaling/oidc/provider.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WELL_KNOWN "/.well-known/openid-configuration"

/* scheme://host:port, without the slash behind it; 0: no such address. */
static size_t origin_len(const char *url)
{
	size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
	size_t host = scheme ? strcspn(url + scheme, "/?#") : 0;

	return host && !memchr(url + scheme, '@', host) && !memchr(url + scheme, '\\', host) ? scheme + host : 0;
}

/* Nothing that would end a header or a quote. */
static bool is_plain(const char *url)
{
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
			return false;
	return strlen(url) < OIDC_URL_BYTES;
}

static bool is_this_machine(const char *url)
{
	static const char *const names[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };
	size_t len;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = strlen(names[i]);
		if (strncmp(url, names[i], len) == 0 && (url[len] == 0 || url[len] == ':' || url[len] == '/'))
			return true;
	}
	return false;
}

bool oidc_is_issuer(const char *url)
{
	return is_plain(url) && origin_len(url) && !strpbrk(url, "?#") && (strncmp(url, "https://", 8) == 0 || is_this_machine(url)) &&
	       strlen(url) + sizeof(WELL_KNOWN) <= OIDC_URL_BYTES;
}

int oidc_discovery_url(char ret[OIDC_URL_BYTES], const char *issuer)
{
	size_t len = strlen(issuer);

	while (len && issuer[len - 1] == '/')
		len--;
	return snprintf(ret, OIDC_URL_BYTES, "%.*s" WELL_KNOWN, (int)len, issuer) < OIDC_URL_BYTES ? 0 : -ENAMETOOLONG;
}

static bool read_url(char ret[OIDC_URL_BYTES], const json_t *document, const char *name, const char *issuer)
{
	const char *url = json_string_value(json_object_get(document, name));
	size_t len = origin_len(issuer);

	if (!url || !is_plain(url) || strchr(url, '#') || origin_len(url) != len || strncmp(url, issuer, len) != 0)
		return false;
	snprintf(ret, OIDC_URL_BYTES, "%s", url);
	return true;
}

int oidc_provider_read(struct oidc_provider *ret, const json_t *document, const char *issuer)
{
	const char *own = json_string_value(json_object_get(document, "issuer"));
	struct oidc_provider p;

	if (!own || strcmp(own, issuer) != 0 || !read_url(p.authorization, document, "authorization_endpoint", issuer) ||
	    !read_url(p.token, document, "token_endpoint", issuer) || !read_url(p.jwks, document, "jwks_uri", issuer))
		return -EBADMSG;
	if (!read_url(p.userinfo, document, "userinfo_endpoint", issuer))
		p.userinfo[0] = 0;
	*ret = p;
	return 0;
}
