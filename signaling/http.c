/* From libwebsockets' callbacks to routes and back. */
#include "signaling/http.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "signaling/forwarded.h"
#include "signaling/password_check.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define BODY_SECONDS 15
#define BODY_BYTES_S 32768              /* and as many seconds more as a slow line needs */
#define DISCARD_MAX (256 * 1024)        /* of a refused body: read on so that the client sees the reply */
#define CHUNK_BYTES 16384
#define HEADER_BYTES 8192
#define FORWARDED_BYTES 1024    /* a longer one is as none that can be read */
#define CONTENT_LENGTH_BAD INT64_MAX

static_assert(HTTP_ADDRESS_BYTES == FORWARDED_ADDRESS_BYTES, "one and the same text");

static char *copy_header(struct lws *wsi, enum lws_token_indexes token)
{
	int len = lws_hdr_total_length(wsi, token);
	char *text = len > 0 ? mem_zalloc((size_t)len + 1) : NULL;

	if (text && lws_hdr_copy(wsi, text, len + 1, token) < 0)
		return mem_free(text);
	return text;
}

/* The parameters as libwebsockets has them, each decoded and apart (an & in a value separates nothing): "a=1\0b=2\0\0". */
static char *copy_query(struct lws *wsi)
{
	int n = 0, len = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS), used = 0, got;
	char *text = NULL;

	while (len > 0 && lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, n) > 0)
		n++;
	if (n > 0)
		text = mem_zalloc((size_t)len + (size_t)n + 2);
	for (int i = 0; text && i < n; i++) {
		got = lws_hdr_copy_fragment(wsi, text + used, len + n + 1 - used, WSI_TOKEN_HTTP_URI_ARGS, i);
		if (got < 0)
			return mem_free(text);
		used += got + 1;
	}
	return text;
}

static void read_header(struct lws *wsi, enum lws_token_indexes token, char *ret, size_t size)
{
	if (lws_hdr_copy(wsi, ret, (int)size, token) < 0)
		snprintf(ret, size, "%s", lws_hdr_total_length(wsi, token) > 0 ? "?" : "");
}

static enum http_method read_method(struct lws *wsi)
{
	static const struct { enum lws_token_indexes token; enum http_method method; } methods[] = {
		{ WSI_TOKEN_GET_URI, HTTP_GET }, { WSI_TOKEN_HEAD_URI, HTTP_HEAD }, { WSI_TOKEN_POST_URI, HTTP_POST },
		{ WSI_TOKEN_PUT_URI, HTTP_PUT }, { WSI_TOKEN_PATCH_URI, HTTP_PATCH }, { WSI_TOKEN_DELETE_URI, HTTP_DELETE },
		{ WSI_TOKEN_OPTIONS_URI, HTTP_OPTIONS },
	};

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (lws_hdr_total_length(wsi, methods[i].token) > 0)
			return methods[i].method;
	return HTTP_OTHER;
}

/* One that libwebsockets has no number for. Longer than fits: cut at the last byte, which no right value reaches. */
static void read_own_header(struct lws *wsi, const char *name, char *ret, size_t size)
{
	int len = lws_hdr_custom_length(wsi, name, (int)strlen(name));

	ret[0] = 0;
	if (len > 0 && (size_t)len < size)
		lws_hdr_custom_copy(wsi, ret, (int)size, name, (int)strlen(name));
	else if (len > 0)
		snprintf(ret, size, "%0*d", (int)size - 1, 0);
}

void http_peer(const struct server *s, struct lws *wsi, char ret[HTTP_ADDRESS_BYTES])
{
	const struct config *c = s->config;
	char peer[HTTP_ADDRESS_BYTES] = "", value[FORWARDED_BYTES] = "";

	lws_get_peer_simple(wsi, peer, sizeof(peer));
	if (c->trusted_proxies.n && c->forwarded_header == FORWARDED_X_FORWARDED_FOR)
		read_header(wsi, WSI_TOKEN_X_FORWARDED_FOR, value, sizeof(value));
	else if (c->trusted_proxies.n)
		read_own_header(wsi, "forwarded:", value, sizeof(value));
	forwarded_client(ret, &c->trusted_proxies, c->forwarded_header, peer, value);
}

static void read_headers(struct request *q)
{
	char length[24];

	read_header(q->wsi, WSI_TOKEN_ORIGIN, q->origin, sizeof(q->origin));
	read_header(q->wsi, WSI_TOKEN_HOST, q->host, sizeof(q->host));
	read_header(q->wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, q->if_none_match, sizeof(q->if_none_match));
	read_header(q->wsi, WSI_TOKEN_HTTP_IF_MATCH, q->if_match, sizeof(q->if_match));
	read_own_header(q->wsi, "idempotency-key:", q->idempotency_key, sizeof(q->idempotency_key));
	read_header(q->wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, q->content_type, sizeof(q->content_type));
	read_header(q->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof(length));
	q->content_length = *length ? (strspn(length, "0123456789") == strlen(length) ? atoll(length) : CONTENT_LENGTH_BAD) : -1;
	q->authorization = copy_header(q->wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
	q->cookie = copy_header(q->wsi, WSI_TOKEN_HTTP_COOKIE);
	q->query = copy_query(q->wsi);
}

static bool takes_gzip(struct lws *wsi)
{
	char coding[256];

	read_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, coding, sizeof(coding));
	return strstr(coding, "gzip") && !strstr(coding, "gzip;q=0");
}

bool http_origin_ok(const struct server *s, const char *origin, const char *host)
{
	const char *at = strstr(origin, "://");

	if (!*origin)
		return true;
	if (*s->config->origin && strcmp(origin, s->config->origin) == 0)
		return true;
	if (*s->config->tls_cert && strncmp(origin, "https://", 8) != 0)
		return false;
	return at && strcmp(at + 3, host) == 0;
}

/* "" takes any; parameters may follow. */
static bool is_type(const char *content_type, const char *wanted)
{
	size_t len = strlen(wanted);

	return len == 0 || (strncasecmp(content_type, wanted, len) == 0 && strchr("; \t", content_type[len]) != NULL);
}

/* A body is expected by the method and the route; what cannot be taken is said before it is read. */
static bool refuse_body(struct request *q)
{
	const struct http_route *r = q->route;

	if (r->check)
		r->check(q);
	if (q->replied)
		return true;
	if (q->content_length < 0)
		http_problem(q, 411, "bad_message", "Send the body with a Content-Length.", 0);
	else if ((uint64_t)q->content_length > r->max_body)
		http_problem(q, 413, "too_large", "The body is longer than this resource takes.", 0);
	else if (!is_type(q->content_type, r->body_type))
		http_problem(q, 415, "bad_message", "The Content-Type is not the one that this resource takes.", 0);
	return q->replied;
}

static void write_allow(unsigned methods, char *ret, size_t size)
{
	static const struct { enum http_method method; const char *name; } names[] = {
		{ HTTP_GET, "GET" }, { HTTP_HEAD, "HEAD" }, { HTTP_POST, "POST" }, { HTTP_PUT, "PUT" }, { HTTP_PATCH, "PATCH" }, { HTTP_DELETE, "DELETE" }, { HTTP_OPTIONS, "OPTIONS" },
	};
	size_t n = 0;

	*ret = 0;
	if (methods & HTTP_GET)
		methods |= HTTP_HEAD;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (methods & names[i].method)
			n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? ", " : "", names[i].name);
}

void http_refuse_method(struct request *q, unsigned methods)
{
	char allow[80];

	write_allow(methods, allow, sizeof(allow));
	http_add_header(q, "allow:", allow);
	http_problem(q, 405, "bad_message", "This method is not allowed here; see the Allow header.", 0);
}

static bool refuse_head(struct request *q)
{
	enum http_method asked = q->method == HTTP_HEAD ? HTTP_GET : q->method;

	if (q->server->closing) {
		http_problem(q, 503, "overloaded", "The server is stopping.", 2000);
	} else if (!q->route) {
		http_problem(q, 404, "not_found", "There is nothing at this address.", 0);
	} else if (!(q->route->methods & asked)) {
		http_refuse_method(q, q->route->methods);
	} else if (lws_hdr_total_length(q->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
		http_problem(q, 411, "bad_message", "Send the body with a Content-Length; chunked bodies are not taken.", 0);
	} else if (q->content_length == CONTENT_LENGTH_BAD) {
		http_problem(q, 400, "bad_message", "The Content-Length is not a number.", 0);
	} else if (!q->route->foreign && q->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE) &&
		   !http_origin_ok(q->server, q->origin, q->host)) {
		http_problem(q, 403, "forbidden", "Pages of other sites may not do this.", 0);
	}
	return q->replied;
}

static int begin(struct request *q, const char *path)
{
	bool with_body;

	q->method = read_method(q->wsi);
	q->begun_us = clock_boot_us();
	http_peer(q->server, q->wsi, q->peer);
	read_headers(q);
	q->takes_gzip = takes_gzip(q->wsi);
	q->omit_content = q->method == HTTP_HEAD;
	with_body = q->content_length > 0 || lws_hdr_total_length(q->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
	if (snprintf(q->path, sizeof(q->path), "%s", path) >= (int)sizeof(q->path))
		http_problem(q, 414, "bad_message", "The address is too long.", 0);
	else
		q->route = route_find(q->path);
	if (q->replied || refuse_head(q)) {
		q->close_after = with_body;
		return 0;
	}
	if (q->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH) && q->route->body_type) {
		if (refuse_body(q)) {
			q->close_after = true;
			return 0;
		}
		if (q->content_length > 0)
			return 0;
	} else if (with_body) {
		q->discarding = true;
		return 0;
	}
	q->body_done = true;
	q->route->handle(q);
	return 0;
}

int http_on_request(struct server *s, struct lws *wsi, struct request **slot, const char *path)
{
	struct request *q = mem_zalloc(sizeof(*q));

	http_request_destroy(*slot);
	*slot = q;
	if (!q)
		return -1;
	q->headers = mem_calloc(HTTP_MAX_HEADERS, sizeof(*q->headers));
	if (!q->headers)
		return -1;
	q->server = s;
	q->wsi = wsi;
	q->serial = ++s->next_serial;
	server_add(s, COUNT_HTTP_REQUESTS, 1);
	server_keep_request(s, q);
	return begin(q, path);
}

static bool keep_body(struct request *q, const void *data, size_t len)
{
	if (!q->body) {
		q->body_size = (size_t)q->content_length;
		q->body = mem_zalloc(q->body_size + 1);
	}
	if (!q->body || q->body_len + len > q->body_size)
		return false;
	memcpy(q->body + q->body_len, data, len);
	q->body_len += len;
	return true;
}

int http_on_body(struct request *q, const void *data, size_t len)
{
	if (!q)
		return -1;
	if (q->replied || q->discarding) {
		q->body_len += len;
		return q->body_len > DISCARD_MAX ? -1 : 0;
	}
	if (clock_boot_us() - q->begun_us > (BODY_SECONDS + q->content_length / BODY_BYTES_S) * 1000000LL) {
		q->close_after = true;
		http_problem(q, 408, "bad_message", "The body came too slowly.", 0);
		return 0;
	}
	if (keep_body(q, data, len))
		return 0;
	q->close_after = true;
	http_problem(q, 413, "too_large", "The body is longer than it said.", 0);
	return 0;
}

int http_on_body_done(struct request *q)
{
	if (!q)
		return -1;
	if (q->body_done)
		return 0;
	q->body_done = true;
	if (!q->replied && q->route)
		q->route->handle(q);
	return 0;
}

struct request *http_request_destroy(struct request *q)
{
	if (!q)
		return NULL;
	server_forget_request(q->server, q);
	if (q->on_password)
		password_check_drop(q->server->passwords, q->serial);
	mem_free(q->query);
	mem_free(q->authorization);
	mem_free(q->cookie);
	if (q->body)
		sodium_memzero(q->body, q->body_len);   /* passwords, card numbers */
	mem_free(q->body);
	mem_free(q->password_hash);
	json_decref(q->told);
	mem_free(q->headers);
	text_unref(q->content);
	return mem_free(q);
}

void http_add_header(struct request *q, const char *name, const char *value)
{
	struct http_header *h = &q->headers[q->n_headers];

	if (q->replied || q->n_headers == HTTP_MAX_HEADERS || strpbrk(value, "\r\n"))
		return;
	h->name = name;
	if (snprintf(h->value, sizeof(h->value), "%s", value) < (int)sizeof(h->value))
		q->n_headers++;
}

void http_reply(struct request *q, int status, const char *type, struct text *content)
{
	if (q->replied) {
		text_unref(content);
		return;
	}
	q->status = status;
	q->content = content;
	if (type)
		http_add_header(q, "content-type:", type);
	http_add_header(q, "cross-origin-resource-policy:", q->route && q->route->foreign ? "cross-origin" : "same-origin");
	if (q->route && q->route->foreign) {
		http_add_header(q, "access-control-allow-origin:", "*");
		http_add_header(q, "access-control-expose-headers:", "Location, ETag, Link, Allow, Retry-After");
	}
	q->replied = true;
	if (status >= 400)
		server_add(q->server, status >= 500 ? COUNT_HTTP_5XX : COUNT_HTTP_4XX, 1);
	if (q->wsi)
		lws_callback_on_writable(q->wsi);
}

void http_reply_json(struct request *q, int status, json_t *value)
{
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, status, "application/json", text_new_json(value));
}

void http_problem(struct request *q, int status, const char *code, const char *detail, unsigned retry_ms)
{
	http_problem_at(q, status, code, detail, NULL, retry_ms);
}

static const char *reason_phrase(int status)
{
	static const struct { int status; const char *phrase; } phrases[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 303, "See Other" }, { 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" }, { 408, "Request Timeout" }, { 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 411, "Length Required" }, { 413, "Content Too Large" }, { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" }, { 426, "Upgrade Required" }, { 429, "Too Many Requests" }, { 500, "Internal Server Error" }, { 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Status";
}

static struct text *write_problem(int status, const char *code, const char *detail, const char *field, unsigned retry_ms)
{
	json_t *error = json_pack("{s:s}", "code", code);

	if (field)
		json_object_set_new(error, "field", json_string(field));
	if (retry_ms)
		json_object_set_new(error, "retry_ms", json_integer(retry_ms));
	return text_new_json(json_pack("{s:s, s:s, s:i, s:s, s:o}", "type", "about:blank", "title", reason_phrase(status), "status", status, "detail", detail, "error", error));
}

void http_problem_at(struct request *q, int status, const char *code, const char *detail, const char *field, unsigned retry_ms)
{
	char seconds[16];

	if (retry_ms) {
		snprintf(seconds, sizeof(seconds), "%u", (retry_ms + 999) / 1000);
		http_add_header(q, "retry-after:", seconds);
	}
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, status, "application/problem+json", write_problem(status, code, detail, field, retry_ms));
}

void http_go(struct request *q, const char *address)
{
	http_add_header(q, "location:", address);
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, 303, NULL, NULL);
}

static bool put(struct lws *wsi, const char *name, const char *value, uint8_t **p, uint8_t *end)
{
	return lws_add_http_header_by_name(wsi, (const uint8_t *)name, (const uint8_t *)value, (int)strlen(value), p, end) == 0;
}

/* On every reply. What is no page (static_file.c) is nothing that a browser may run, or show within another page. */
static const struct { const char *name, *value; bool by_tls, unless_given; } always[] = {
	{ "server:", "huitang", false, false },
	{ "x-content-type-options:", "nosniff", false, false },
	{ "referrer-policy:", "no-referrer", false, false },
	{ "strict-transport-security:", "max-age=31536000", true, false },
	{ "content-security-policy:", "default-src 'none'; frame-ancestors 'none'", false, true },
};

static bool is_given(const struct request *q, const char *name)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcmp(q->headers[i].name, name) == 0)
			return true;
	return false;
}

static bool put_always(const struct request *q, uint8_t **p, uint8_t *end)
{
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if ((!always[i].by_tls || sign_in_is_secure(q->server->config)) && !(always[i].unless_given && is_given(q, always[i].name)))
			ok = ok && put(q->wsi, always[i].name, always[i].value, p, end);
	return ok;
}

static int write_head(struct request *q)
{
	uint8_t buf[LWS_PRE + HEADER_BYTES], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;
	char line[64];
	bool ok;

	p += snprintf((char *)p, (size_t)(end - p), "HTTP/1.1 %d %s\r\n", q->status, reason_phrase(q->status));
	ok = put_always(q, &p, end);
	for (size_t i = 0; i < q->n_headers; i++)
		ok = ok && put(q->wsi, q->headers[i].name, q->headers[i].value, &p, end);
	snprintf(line, sizeof(line), "%zu", q->content ? q->content->len : 0);
	if (q->status != 204 && q->status != 304)
		ok = ok && put(q->wsi, "content-length:", line, &p, end);
	if (q->close_after)
		ok = ok && put(q->wsi, "connection:", "close", &p, end);
	if (!ok || lws_finalize_http_header(q->wsi, &p, end))
		return -1;
	q->headers_sent = true;
	return lws_write(q->wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0 ? -1 : 0;
}

static bool has_more(const struct request *q)
{
	return q->content && !q->omit_content && q->content_sent < q->content->len;
}

static int write_chunk(struct request *q)
{
	static uint8_t buf[LWS_PRE + CHUNK_BYTES];
	size_t n = MIN(q->content->len - q->content_sent, (size_t)CHUNK_BYTES);

	memcpy(buf + LWS_PRE, q->content->data + q->content_sent, n);
	q->content_sent += n;
	return lws_write(q->wsi, buf + LWS_PRE, n, has_more(q) ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < 0 ? -1 : 0;
}

int http_refuse_upgrade(struct server *s, struct lws *wsi, int status, const char *code, const char *detail)
{
	struct http_header headers[2] = { { "content-type:", "application/problem+json" }, { "cache-control:", "no-store" } };
	struct request q = { .server = s, .wsi = wsi, .status = status, .headers = headers, .n_headers = ARRAY_LEN(headers), .content = write_problem(status, code, detail, NULL, 0) };
	int r = q.content ? write_head(&q) : -1;

	while (r == 0 && has_more(&q))
		r = write_chunk(&q);
	text_unref(q.content);
	return r < 0 ? -1 : 1;
}

/* "BREW /path?query HTTP/1.1": the path. False: it does not begin as a request does. */
static bool read_raw_path(const char *in, size_t len, char *ret, size_t size)
{
	size_t method = 0, n = 0;

	while (method < len && ((in[method] >= 'A' && in[method] <= 'Z') || in[method] == '-'))
		method++;
	if (method == 0 || method + 1 >= len || in[method] != ' ' || in[method + 1] != '/')
		return false;
	for (size_t i = method + 1; i < len && n + 1 < size && in[i] > ' ' && in[i] < 0x7f && in[i] != '?'; i++)
		ret[n++] = in[i];
	ret[n] = 0;
	return n > 0;
}

int http_write_raw_refusal(const struct server *s, char *ret, size_t size, const char *in, size_t len)
{
	char path[HTTP_PATH_BYTES], allow[80] = "";
	bool known = read_raw_path(in, len, path, sizeof(path));
	int status = known ? 405 : 400, n;
	struct text *body = write_problem(status, "bad_message", known ? "This method is not allowed here; see the Allow header." : "This is no request.", NULL, 0);

	if (!body)
		return -1;
	if (known)
		write_allow(route_methods(path), allow, sizeof(allow));
	n = snprintf(ret, size, "HTTP/1.1 %d %s\r\ncontent-type: application/problem+json\r\ncontent-length: %zu\r\nconnection: close\r\ncache-control: no-store\r\n%s%s%s", status, reason_phrase(status),
	             body->len, known ? "allow: " : "", allow, known ? "\r\n" : "");
	for (size_t i = 0; i < ARRAY_LEN(always) && n < (int)size; i++)
		if (!always[i].by_tls || sign_in_is_secure(s->config))
			n += snprintf(ret + n, size - (size_t)n, "%s %s\r\n", always[i].name, always[i].value);
	if (n < (int)size)
		n += snprintf(ret + n, size - (size_t)n, "\r\n%.*s", (int)body->len, body->data);
	text_unref(body);
	return n < (int)size ? n : -1;
}

static int end(struct request *q, struct request **slot)
{
	struct lws *wsi = q->wsi;
	bool close = q->close_after;

	*slot = http_request_destroy(q);
	return close || lws_http_transaction_completed(wsi) ? -1 : 0;
}

int http_on_writable(struct request *q, struct request **slot)
{
	if (!q || !q->replied)
		return 0;
	if (!q->headers_sent) {
		if (write_head(q) < 0)
			return -1;
	} else if (has_more(q) && write_chunk(q) < 0) {
		return -1;
	}
	if (!has_more(q))
		return end(q, slot);
	lws_callback_on_writable(q->wsi);
	return 0;
}

static const char *find_parameter(const struct request *q, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = q->query; at && *at; at += strlen(at) + 1)
		if (strncmp(at, name, len) == 0 && at[len] == '=')
			return at + len + 1;
	return NULL;
}

bool http_query(const struct request *q, const char *name, char *ret, size_t size)
{
	const char *value = find_parameter(q, name);

	return value && snprintf(ret, size, "%s", value) < (int)size;
}

bool http_etag_listed(const char *header, const char *etag, bool weak)
{
	const char *at = header;
	size_t len = strlen(etag);

	if (strcmp(header, "*") == 0)
		return true;
	while ((at = strstr(at, etag))) {
		if ((at == header || at[-1] != '/' || weak) && (at[len] == 0 || strchr(", \t", at[len])))
			return true;
		at += len;
	}
	return false;
}

bool http_has_query(const struct request *q, const char *name)
{
	return find_parameter(q, name) != NULL;
}

bool http_cookie(const struct request *q, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name);

	for (const char *at = q->cookie; at && *at; at = strchr(at, ';') ? strchr(at, ';') + 1 : NULL) {
		at += strspn(at, " ");
		if (strncmp(at, name, len) == 0 && at[len] == '=') {
			size_t n = strcspn(at + len + 1, "; ");

			return snprintf(ret, size, "%.*s", (int)n, at + len + 1) < (int)size;
		}
	}
	return false;
}

const char *http_bearer(const struct request *q)
{
	if (!q->authorization || strncasecmp(q->authorization, "Bearer ", 7) != 0)
		return NULL;
	return q->authorization + 7;
}

const char *http_rest(const struct request *q)
{
	return q->path + strlen(q->route->path);
}
