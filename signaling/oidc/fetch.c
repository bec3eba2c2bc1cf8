/* See fetch.h. */
#include "signaling/oidc/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/mem.h"

#define ANSWER_MAX (256 * 1024)
#define FORM_BYTES 8192

struct oidc_fetcher {
	struct oidc_fetch_cfg cfg;
	CURL *curl;                     /* owned: kept for its connection */
	char *answer;                   /* owned: ANSWER_MAX */
	size_t len;
	atomic_bool stopped;
};

int oidc_fetcher_create(struct oidc_fetcher **ret, const struct oidc_fetch_cfg *cfg)
{
	CLEANUP(oidc_fetcher_destroyp) struct oidc_fetcher *f = mem_zalloc(sizeof(*f));

	if (!f || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	f->cfg = *cfg;
	f->curl = curl_easy_init();
	f->answer = mem_zalloc(ANSWER_MAX);
	if (!f->curl || !f->answer)
		return -ENOMEM;
	*ret = STEAL(f);
	return 0;
}

struct oidc_fetcher *oidc_fetcher_destroy(struct oidc_fetcher *f)
{
	if (!f)
		return NULL;
	if (f->curl)
		curl_easy_cleanup(f->curl);
	mem_free(f->answer);
	return mem_free(f);
}

static size_t on_data(char *data, size_t size, size_t n, void *user)
{
	struct oidc_fetcher *f = user;
	size_t len = size * n;

	if (len > ANSWER_MAX - f->len)
		return 0;
	memcpy(f->answer + f->len, data, len);
	f->len += len;
	return len;
}

static int on_progress(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now)
{
	struct oidc_fetcher *f = user;

	(void)down, (void)down_now, (void)up, (void)up_now;
	return atomic_load(&f->stopped);
}

void oidc_fetcher_stop(struct oidc_fetcher *f)
{
	atomic_store(&f->stopped, true);
}

static void set_up(struct oidc_fetcher *f, const char *url, int64_t left_ms)
{
	CURL *c = f->curl;

	f->len = 0;
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left_ms);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "huitang");
	if (*f->cfg.ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, f->cfg.ca_file);
}

static int read_answer(json_t **ret, const struct oidc_fetcher *f)
{
	json_t *object = json_loadb(f->answer, f->len, JSON_REJECT_DUPLICATES, NULL);
	long status = 0;

	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 && json_is_object(object)) {
		*ret = object;
		return 0;
	}
	json_decref(object);
	return status >= 500 ? -EHOSTUNREACH : status >= 400 ? -EACCES : -EBADMSG;
}

static int perform(json_t **ret, struct oidc_fetcher *f)
{
	switch (curl_easy_perform(f->curl)) {
	case CURLE_OK:
		return read_answer(ret, f);
	case CURLE_WRITE_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return -EBADMSG;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EHOSTUNREACH;
	}
}

int oidc_get(json_t **ret, struct oidc_fetcher *f, const char *url, const char *bearer, int64_t deadline_us)
{
	int64_t left_ms = (deadline_us - clock_boot_us()) / 1000;

	if (left_ms <= 0)
		return -EHOSTUNREACH;
	set_up(f, url, left_ms);
	if (bearer) {
		curl_easy_setopt(f->curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(f->curl, CURLOPT_XOAUTH2_BEARER, bearer);
	}
	return perform(ret, f);
}

/* Adds "name=value", percent-encoded, behind `sign` or &. */
static int add(char *text, size_t size, const char *sign, const char *name, const char *value)
{
	char *encoded = curl_easy_escape(NULL, value, 0);
	size_t used = strlen(text);
	int n = encoded ? snprintf(text + used, size - used, "%s%s=%s", sign, name, encoded) : -ENOMEM;

	curl_free(encoded);
	return n < 0 ? -ENOMEM : (size_t)n < size - used ? 0 : -ENAMETOOLONG;
}

static int add_all(char *text, size_t size, const char *sign, const char *const *parameters)
{
	int r = 0;

	for (; *parameters && r == 0; parameters += 2, sign = "&")
		r = add(text, size, sign, parameters[0], parameters[1]);
	return r;
}

int oidc_address(char *ret, size_t size, const char *url, const char *const *parameters)
{
	if (strlen(url) >= size)
		return -ENAMETOOLONG;
	strcpy(ret, url);
	return add_all(ret, size, strchr(url, '?') ? "&" : "?", parameters);
}

/* RFC 6749 §2.3.1: encoded, then joined. */
static int show_who(struct oidc_fetcher *f, char form[FORM_BYTES])
{
	char *client, *secret;
	int r;

	if (!*f->cfg.secret)
		return add(form, FORM_BYTES, "&", "client_id", f->cfg.client);
	client = curl_easy_escape(f->curl, f->cfg.client, 0);
	secret = curl_easy_escape(f->curl, f->cfg.secret, 0);
	curl_easy_setopt(f->curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(f->curl, CURLOPT_USERNAME, client);
	curl_easy_setopt(f->curl, CURLOPT_PASSWORD, secret);
	r = client && secret ? 0 : -ENOMEM;
	curl_free(client);
	curl_free(secret);
	return r;
}

int oidc_post(json_t **ret, struct oidc_fetcher *f, const char *url, const char *const *form, int64_t deadline_us)
{
	char body[FORM_BYTES] = "";
	int64_t left_ms = (deadline_us - clock_boot_us()) / 1000;
	int r;

	if (left_ms <= 0)
		return -EHOSTUNREACH;
	set_up(f, url, left_ms);
	r = add_all(body, sizeof(body), "", form);
	r = r < 0 ? r : show_who(f, body);
	curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, body);
	r = r < 0 ? r : perform(ret, f);
	sodium_memzero(body, sizeof(body));
	curl_easy_reset(f->curl);
	return r;
}
