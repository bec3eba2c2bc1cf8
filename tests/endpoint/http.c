/* libcurl, wrapped: one kept handle a thread, so that connections are used again. */
#include "http.h"

#include <curl/curl.h>
#include <glib.h>
#include <string.h>
#include <strings.h>

static size_t append(char *data, size_t size, size_t n, void *user)
{
	g_string_append_len(user, data, (gssize)(size * n));
	return size * n;
}

static CURL *handle(void)
{
	static GPrivate kept = G_PRIVATE_INIT(curl_easy_cleanup);
	CURL *h = g_private_get(&kept);

	if (!h)
		g_private_set(&kept, h = curl_easy_init());
	curl_easy_reset(h);
	return h;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	g_autofree char *line = g_strconcat(name, value, NULL);

	return curl_slist_append(list, line);
}

static struct curl_slist *headers_of(const struct http_ask *a)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	if (a->bearer)
		list = add_header(list, "Authorization: Bearer ", a->bearer);
	if (a->type)
		list = add_header(list, "Content-Type: ", a->type);
	for (unsigned i = 0; i < G_N_ELEMENTS(a->headers) && a->headers[i]; i++)
		list = curl_slist_append(list, a->headers[i]);
	return list;
}

struct http_reply *http_ask(const struct http_ask *a)
{
	struct http_reply *r = g_new0(struct http_reply, 1);
	CURL *c = handle();
	GString *headers = g_string_new(NULL), *body = g_string_new(NULL);
	struct curl_slist *list = headers_of(a);

	curl_easy_setopt(c, CURLOPT_URL, a->url);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L); /* the certificates of tests are self-signed */
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, a->timeout_ms ? a->timeout_ms : 40000L);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, append);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	if (a->body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)(a->body_len ? a->body_len : strlen(a->body)));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, a->body);
	}
	if (a->method)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, a->method);
	if (a->method && !strcmp(a->method, "HEAD"))
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r->status);
	curl_slist_free_all(list);
	r->body_len = body->len;
	r->headers = g_string_free(headers, FALSE);
	r->body = g_string_free(body, FALSE);
	return r;
}

struct http_reply *http_reply_free(struct http_reply *r)
{
	if (!r)
		return NULL;
	g_free(r->headers);
	g_free(r->body);
	g_free(r);
	return NULL;
}

char *http_reply_header(const struct http_reply *r, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(r->headers, "\r\n", -1);
	size_t n = strlen(name);

	for (unsigned i = 0; lines[i]; i++)
		if (!strncasecmp(lines[i], name, n) && lines[i][n] == ':')
			return g_strstrip(g_strdup(lines[i] + n + 1));
	return NULL;
}
