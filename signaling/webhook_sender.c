/* See webhook_sender.h. */
#include "signaling/webhook_sender.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "media/base/mem.h"
#include "signaling/webhook_address.h"

#define SEND_MAX_MS 10000L
#define CONNECT_MAX_MS 5000L
#define REPLY_MAX_BYTES 16384

struct sending {
	CURL *curl;                     /* owned; NULL: free */
	struct curl_slist *headers;     /* owned */
	size_t got_bytes;
	bool refused;                   /* the address */
	const struct webhook_sender *sender;
	char body[WEBHOOK_BODY_BYTES];
};

struct webhook_sender {
	CURLM *multi;                   /* owned */
	bool private_too;
	struct sending slots[WEBHOOK_SENDINGS];
};

int webhook_sender_create(struct webhook_sender **ret, bool private_too)
{
	CLEANUP(webhook_sender_destroyp) struct webhook_sender *s = mem_zalloc(sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->private_too = private_too;
	s->multi = curl_multi_init();
	if (!s->multi)
		return -ENOMEM;
	*ret = STEAL(s);
	return 0;
}

static void end(struct webhook_sender *s, struct sending *x)
{
	if (x->curl) {
		curl_multi_remove_handle(s->multi, x->curl);
		curl_easy_cleanup(x->curl);
	}
	curl_slist_free_all(x->headers);
	*x = (struct sending){ 0 };
}

struct webhook_sender *webhook_sender_destroy(struct webhook_sender *s)
{
	if (!s)
		return NULL;
	for (unsigned i = 0; i < WEBHOOK_SENDINGS; i++)
		end(s, &s->slots[i]);
	if (s->multi)
		curl_multi_cleanup(s->multi);
	return mem_free(s);
}

/* The address that is about to be connected to, and no other. */
static curl_socket_t on_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct sending *x = user;

	(void)purpose;
	if (!x->sender->private_too && !webhook_address_is_public(&a->addr)) {
		x->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t on_reply(const void *data, size_t size, size_t n, void *user)
{
	struct sending *x = user;

	(void)data;
	x->got_bytes += size * n;
	return x->got_bytes > REPLY_MAX_BYTES ? 0 : size * n;
}

static int add_header(struct sending *x, const char *name, const char *value)
{
	char line[WEBHOOK_ID_BYTES + 64];
	struct curl_slist *list;

	snprintf(line, sizeof(line), "%s: %s", name, value);
	list = curl_slist_append(x->headers, line);
	if (!list)
		return -ENOMEM;
	x->headers = list;
	return 0;
}

static int add_headers(struct sending *x, const char *id, int64_t time_s, const char *signature)
{
	char when[24];

	snprintf(when, sizeof(when), "%" PRId64, time_s);
	if (add_header(x, "content-type", "application/json") < 0 || add_header(x, "webhook-id", id) < 0 || add_header(x, "webhook-timestamp", when) < 0 ||
	    add_header(x, "webhook-signature", signature) < 0 || add_header(x, "user-agent", "huitang-webhook/1") < 0 || add_header(x, "expect", "") < 0)
		return -ENOMEM;
	return 0;
}

static void set_options(struct sending *x, const char *url, bool plain)
{
	curl_easy_setopt(x->curl, CURLOPT_URL, url);
	curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
	curl_easy_setopt(x->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(x->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->curl, CURLOPT_TIMEOUT_MS, SEND_MAX_MS);
	curl_easy_setopt(x->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MAX_MS);
	/* A connection that is kept was allowed for another address. */
	curl_easy_setopt(x->curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(x->curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_reply);
	curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->curl, CURLOPT_POSTFIELDS, x->body);
	curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, x->headers);
}

int webhook_sender_begin(struct webhook_sender *s, unsigned slot, const char *url, const char *id, int64_t time_s, const char *signature, const char *body)
{
	struct sending *x = &s->slots[slot];

	snprintf(x->body, sizeof(x->body), "%s", body);
	x->sender = s;
	x->curl = curl_easy_init();
	if (!x->curl || add_headers(x, id, time_s, signature) < 0) {
		end(s, x);
		return -ENOMEM;
	}
	set_options(x, url, s->private_too);
	curl_easy_setopt(x->curl, CURLOPT_PRIVATE, x);
	if (curl_multi_add_handle(s->multi, x->curl) != CURLM_OK) {
		end(s, x);
		return -ENOMEM;
	}
	return 0;
}

void webhook_sender_wait(struct webhook_sender *s, int fd, int ms)
{
	struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int running;

	curl_multi_perform(s->multi, &running);
	curl_multi_poll(s->multi, &extra, 1, ms, NULL);
	curl_multi_perform(s->multi, &running);
}

static void judge(const struct sending *x, CURLcode code, struct webhook_answer *ret)
{
	long status = 0;

	curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
	ret->status = (int32_t)status;
	if (x->refused)
		snprintf(ret->error, sizeof(ret->error), "not a public address");
	else if (status >= 300 && status < 400)
		snprintf(ret->error, sizeof(ret->error), "redirected (%ld)", status);
	else if (status >= 400)
		snprintf(ret->error, sizeof(ret->error), "answered %ld", status);
	else if (status < 200)
		snprintf(ret->error, sizeof(ret->error), "%s", curl_easy_strerror(code == CURLE_OK ? CURLE_GOT_NOTHING : code));
}

bool webhook_sender_take(struct webhook_sender *s, struct webhook_answer *ret)
{
	struct sending *x = NULL;
	CURLMsg *m;
	int left;

	do {
		m = curl_multi_info_read(s->multi, &left);
	} while (m && m->msg != CURLMSG_DONE);
	if (!m)
		return false;
	curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x);
	*ret = (struct webhook_answer){ .slot = (unsigned)(x - s->slots) };
	judge(x, m->data.result, ret);
	end(s, x);
	return true;
}
