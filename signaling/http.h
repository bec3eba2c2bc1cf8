/*
 * HTTP/1.1 on libwebsockets, one struct request for each request of a connection:
 *
 *   begin ── route found, no body ──────────────────► handler ─► reply (now or later) ─► written ─► ended
 *     │          └─ body: collected up to the route's bound ─┘                 ▲
 *     └── refused (404, 405, 411, 413, 415, 403) ──────────────────────────────┘
 *
 * libwebsockets 4.1 leaves to us (traps.md): 411 for chunked bodies, time limits of bodies, If-None-Match, content coding.
 */
#ifndef HUITANG_SIGNALING_HTTP_H
#define HUITANG_SIGNALING_HTTP_H

#include "media/base/hash.h"

#include <jansson.h>
#include <stdbool.h>

#include "attendance/directory.h"
#include "signaling/guess.h"
#include "signaling/text.h"
#include "signaling/token.h"

#define HTTP_PATH_BYTES 512
#define HTTP_ADDRESS_BYTES 64
#define HTTP_MAX_HEADERS 12

struct lws;
struct password_verdict;
struct server;

enum http_method {
	HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4, HTTP_PUT = 8, HTTP_PATCH = 16, HTTP_DELETE = 32, HTTP_OPTIONS = 64, HTTP_OTHER = 128
};

struct http_header {
	const char *name;               /* with the colon, lower case; given */
	char value[1100];
};

struct request {
	struct server *server;          /* given */
	struct lws *wsi;                /* given: outlives the request; NULL: came over no line, and who made it looks at the reply (past/world.c) */
	uint64_t serial;                /* names it for later replies */
	const struct http_route *route; /* NULL: none matched */
	enum http_method method;
	char path[HTTP_PATH_BYTES];
	char peer[HTTP_ADDRESS_BYTES];  /* numeric address */
	char *query;                    /* owned, or NULL: parameters, decoded, each ended by 0, an empty one last */
	char *authorization;            /* owned, or NULL */
	char *cookie;                   /* owned, or NULL */
	char origin[256], host[256], if_none_match[80], if_match[80], content_type[128], idempotency_key[REQUEST_KEY_BYTES + 1];
	bool takes_gzip;

	char *body;                     /* owned */
	size_t body_len, body_size;
	int64_t content_length;         /* -1 unknown */
	int64_t begun_us;
	bool replied, headers_sent, body_done, close_after, discarding;

	char session_token[SESSION_TOKEN_BYTES]; /* sign-in under way, */
	struct guess guess;                      /* and what its failure counts against */
	char then[128];                 /* page where a browser goes on that signs in from page to page; "" it asks by itself */
	void (*on_password)(struct request *q, const struct password_verdict *v);       /* takes what the password threads said */
	char *password_hash;            /* owned: of a first password, when they have made it; NULL */
	json_t *told;                   /* owned: what the reply to an act tells once, and the server keeps nowhere; NULL */
	void (*on_read)(struct request *q, const char *text, int error);        /* takes what store_read() found; NULL: nothing is awaited */
	void (*on_rows)(void);                                                  /* api.h's: what on_read() calls with it */
	int status;                     /* of the reply */
	size_t n_headers;
	struct http_header *headers;    /* owned: HTTP_MAX_HEADERS */
	struct text *content;           /* reference, NULL for none */
	size_t content_sent;
	bool omit_content;              /* HEAD: length only */
	UT_hash_handle hh;
};

/* What answers under a path. `path` may end in `/` and then matches by prefix. */
struct http_route {
	const char *path;
	unsigned methods;               /* enum http_method that the handler takes */
	const char *body_type;          /* media type of bodies; NULL: takes none */
	size_t max_body;
	bool foreign;                   /* pages of other origins may use it (CORS); else Origin is checked where something changes */
	void (*handle)(struct request *q);
	void (*check)(struct request *q);       /* before a body is read: may refuse; NULL: nothing is asked */
};

/** libwebsockets' HTTP callbacks; `*slot` is the connection's place for the request. Returns what the callback returns. */
int http_on_request(struct server *s, struct lws *wsi, struct request **slot, const char *path);
int http_on_body(struct request *q, const void *data, size_t len);
int http_on_body_done(struct request *q);
int http_on_writable(struct request *q, struct request **slot);
struct request *http_request_destroy(struct request *q);

/** Adds a header to the reply to come. `name` with its colon, given; a value that would split the header is dropped. */
void http_add_header(struct request *q, const char *name, const char *value);

/** Replies; `content` (reference taken) may be NULL. Once a request. */
void http_reply(struct request *q, int status, const char *type, struct text *content);

/** Replies with JSON, whose reference is taken. */
void http_reply_json(struct request *q, int status, json_t *value);

/**
 * Replies with application/problem+json (RFC 9457): `code` is a word of the schema's errors, `detail` a sentence.
 * `retry_ms` 0 for none.
 */
void http_problem(struct request *q, int status, const char *code, const char *detail, unsigned retry_ms);

/** As above; `field` (NULL for none) names the member of the body, or the parameter, that is wrong. */
void http_problem_at(struct request *q, int status, const char *code, const char *detail, const char *field, unsigned retry_ms);

/** Replies 405: `methods` (enum http_method) are those that there are. */
void http_refuse_method(struct request *q, unsigned methods);

/** Whether a header of entity tags (RFC 9110 §13.1) has that one, or is *. `weak`: compared as If-None-Match does. */
bool http_etag_listed(const char *header, const char *etag, bool weak);

/** Refuses the upgrade of a connection by a problem, before there is a request. Returns what the callback returns. */
int http_refuse_upgrade(struct server *s, struct lws *wsi, int status, const char *code, const char *detail);

/** Writes the whole reply to what is no HTTP, or has a method that nobody knows: 400, or 405 with what its address takes. Returns its length, or -1. */
int http_write_raw_refusal(const struct server *s, char *ret, size_t size, const char *in, size_t len);

/** Sends the browser to another address (303). */
void http_go(struct request *q, const char *address);

/** A parameter of the query, decoded. False when absent or longer than `size`. */
bool http_query(const struct request *q, const char *name, char *ret, size_t size);

/** Whether it has the parameter, of whatever length. */
bool http_has_query(const struct request *q, const char *name);

/** A cookie's value. False when absent or longer than `size`. */
bool http_cookie(const struct request *q, const char *name, char *ret, size_t size);

/** The token of `Authorization: Bearer`, NULL for none. Borrowed. */
const char *http_bearer(const struct request *q);

/** What follows the route's path: "demo" for /whip/demo. Borrowed. */
const char *http_rest(const struct request *q);

/** Whether a page of this Origin may speak to this host ("" is no browser: yes). */
bool http_origin_ok(const struct server *s, const char *origin, const char *host);

/** Numeric address of the client: the peer's, or what a trusted proxy says (forwarded.h). While the head of the request is there. */
void http_peer(const struct server *s, struct lws *wsi, char ret[HTTP_ADDRESS_BYTES]);

#endif
