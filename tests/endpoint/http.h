/* HTTP requests of the tests, by libcurl; blocking, one at a time from one thread. */
#ifndef ENDPOINT_HTTP_H
#define ENDPOINT_HTTP_H

#include <stddef.h>

struct http_reply {
	long status;            /* 0: no reply at all */
	char *headers;          /* as received */
	char *body;
	size_t body_len;
};

struct http_ask {
	const char *method;     /* GET when NULL */
	const char *url;
	const char *bearer;     /* NULL none */
	const char *type;       /* Content-Type, NULL none */
	const char *headers[6]; /* further ones, up to the first NULL */
	const char *body;       /* NULL none */
	size_t body_len;        /* 0: strlen(body) */
	long timeout_ms;        /* 0: 10 s */
};

/** Owns: the reply is the caller's, http_reply_free(). Never NULL. */
struct http_reply *http_ask(const struct http_ask *a);
struct http_reply *http_reply_free(struct http_reply *r);

/** Value of a header of the reply, g_free(); NULL when absent. */
char *http_reply_header(const struct http_reply *r, const char *name);

#endif
