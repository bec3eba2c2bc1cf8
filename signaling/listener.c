/* See listener.h; the traps of libwebsockets 4.1.6 are in docs/architecture.md. */
#include "media/base/hash.h"
#include "signaling/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <string.h>
#include <sys/stat.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/http.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"
#include "signaling/socket.h"

#define CONNECTIONS_MAX 12000
#define HEADER_BYTES 6144       /* of one request, all headers */
#define HEADER_POOL CONNECTIONS_MAX /* requests whose head is being read: slow ones must not keep others waiting */
#define QUIET_S 10              /* nothing moved in a request's head or body */
#define KEEPALIVE_S 30
#define PING_S 5
#define HANGUP_S 20
#define RAW_REPLY_BYTES 1024
#define LOG_EVERY_US 1000000
#define LOG_BURST 10

/* What libwebsockets keeps for a connection. */
struct place {
	struct request *request;
	struct socket *socket;
	bool counted;
};

static struct server *server_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

static bool path_is(struct lws *wsi, const char *path)
{
	char uri[HTTP_PATH_BYTES];

	return lws_hdr_copy(wsi, uri, sizeof(uri), WSI_TOKEN_GET_URI) > 0 && strcmp(uri, path) == 0;
}

static int64_t account_of(struct server *s, struct lws *wsi, uint8_t ret_session[SESSION_HASH_BYTES])
{
	struct request q = { .server = s };
	int len = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_COOKIE);
	int64_t account = 0;

	q.cookie = len > 0 ? mem_zalloc((size_t)len + 1) : NULL;
	if (q.cookie && lws_hdr_copy(wsi, q.cookie, len + 1, WSI_TOKEN_HTTP_COOKIE) > 0)
		account = sign_in_session(s, &q, ret_session);
	mem_free(q.cookie);
	return account;
}

static int on_upgrade(struct server *s, struct lws *wsi)
{
	char origin[256] = "", host[256] = "";

	if (!path_is(wsi, "/ws"))
		return http_refuse_upgrade(s, wsi, 404, "not_found", "There is nothing at this address.");
	if (lws_hdr_copy(wsi, origin, sizeof(origin), WSI_TOKEN_ORIGIN) < 0 || lws_hdr_copy(wsi, host, sizeof(host), WSI_TOKEN_HOST) < 0 ||
	    !http_origin_ok(s, origin, host)) {
		server_add(s, COUNT_ORIGIN_REFUSED, 1);
		return http_refuse_upgrade(s, wsi, 403, "forbidden", "Pages of other sites may not do this.");
	}
	return s->closing ? http_refuse_upgrade(s, wsi, 503, "overloaded", "The server is stopping.") : 0;
}

static int on_connection(struct server *s)
{
	if (s->connections < CONNECTIONS_MAX)
		return 0;
	server_add(s, COUNT_CONNECTIONS_REFUSED, 1);
	return -1;
}

/*
 * What libwebsockets cannot take for HTTP, or whose method it does not know, it hands over raw (it would answer with a page of its own):
 * one answer, and the end.
 */
static int refuse_raw(struct lws *wsi, const char *in, size_t len)
{
	char text[LWS_PRE + RAW_REPLY_BYTES];
	int n = http_write_raw_refusal(server_of(wsi), text + LWS_PRE, RAW_REPLY_BYTES, in, len);

	if (n > 0)
		lws_write(wsi, (uint8_t *)text + LWS_PRE, (size_t)n, LWS_WRITE_RAW);
	return -1;
}

static void count_connection(struct server *s, int delta)
{
	s->connections += (unsigned)delta;
	server_add(s, COUNT_CONNECTIONS, delta);
}

static int on_established(struct server *s, struct lws *wsi, struct place *p)
{
	uint8_t session[SESSION_HASH_BYTES];
	int64_t account = account_of(s, wsi, session);

	p->request = http_request_destroy(p->request);
	server_add(s, COUNT_SOCKETS, 1);
	return socket_on_open(s, wsi, &p->socket, account, session);
}

static int on_websocket(struct server *s, struct lws *wsi, enum lws_callback_reasons reason, struct place *p, void *in, size_t len)
{
	switch ((int)reason) {
	case LWS_CALLBACK_ESTABLISHED:
		return on_established(s, wsi, p);
	case LWS_CALLBACK_RECEIVE:
		return p->socket ? socket_on_receive(p->socket, in, len) : -1;
	case LWS_CALLBACK_RECEIVE_PONG:
		if (p->socket)
			socket_on_pong(p->socket);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return p->socket ? socket_on_writable(p->socket) : -1;
	case LWS_CALLBACK_CLOSED:
		server_add(s, COUNT_SOCKETS, -1);
		p->socket = socket_on_closed(p->socket);
		return 0;
	}
	return 0;
}

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct server *s = server_of(wsi);
	struct place *p = user;

	switch ((int)reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return on_connection(s);
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		count_connection(s, 1);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		count_connection(s, -1);
		return 0;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return in && strcmp(in, "websocket") == 0 ? on_upgrade(s, wsi) : 0;
	case LWS_CALLBACK_HTTP:
		return http_on_request(s, wsi, &p->request, in);
	case LWS_CALLBACK_HTTP_BODY:
		return http_on_body(p->request, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return http_on_body_done(p->request);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return http_on_writable(p->request, &p->request);
	case LWS_CALLBACK_RAW_RX:
		return refuse_raw(wsi, in, len);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (p)
			p->request = http_request_destroy(p->request);
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RECEIVE_PONG:
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLOSED:
		return on_websocket(s, wsi, reason, p, in, len);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "huitang", on_lws, sizeof(struct place), 8192, 0, NULL, 0 },
	{ 0 },
};

static const lws_retry_bo_t liveness = { .secs_since_valid_ping = PING_S, .secs_since_valid_hangup = HANGUP_S };

/* Much of what libwebsockets says was caused by strangers: a few lines a second will do. */
static void on_lws_log(int level, const char *line)
{
	static struct bucket bucket;

	if (bucket_spend(&bucket, clock_boot_us(), LOG_EVERY_US, LOG_BURST) > 0)
		return;
	log_event(level & LLL_ERR ? LOG_ERROR : LOG_WARNING, "lws %.*s", (int)strcspn(line, "\n"), line);
}

static int64_t mtime(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec : 0;
}

static void note_tls_times(struct server *s)
{
	s->tls.cert_mtime = mtime(s->config->tls_cert);
	s->tls.key_mtime = mtime(s->config->tls_key);
}

static void add_tls(struct server *s, struct lws_context_creation_info *info)
{
	info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info->ssl_cert_filepath = s->config->tls_cert;
	info->ssl_private_key_filepath = s->config->tls_key;
	info->ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
	note_tls_times(s);
}

/* "0.0.0.0" and "::" are every interface. */
static const char *interface_name(const struct sockaddr_storage *a, char *buf, size_t size)
{
	const void *addr = a->ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)a)->sin_addr
						   : (const void *)&((const struct sockaddr_in6 *)a)->sin6_addr;

	inet_ntop(a->ss_family, addr, buf, (socklen_t)size);
	return strcmp(buf, "0.0.0.0") == 0 || strcmp(buf, "::") == 0 ? NULL : buf;
}

int listener_open(struct server *s)
{
	static char iface[INET6_ADDRSTRLEN]; /* libwebsockets keeps the pointer */
	struct lws_context_creation_info info = { 0 };
	void *loops[] = { s->loop };

	lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
	info.port = ntohs(((const struct sockaddr_in *)&s->config->listen)->sin_port); /* same place in both families */
	info.iface = interface_name(&s->config->listen, iface, sizeof(iface));
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND | LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG;
	info.listen_accept_role = "raw-skt";
	info.listen_accept_protocol = protocols[0].name;
	if (s->config->listen.ss_family == AF_INET)
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	info.foreign_loops = loops;
	info.user = s;
	info.alpn = "http/1.1";
	info.max_http_header_data = HEADER_BYTES;
	info.max_http_header_pool = HEADER_POOL;
	info.timeout_secs = QUIET_S;
	info.keepalive_timeout = KEEPALIVE_S;
	info.retry_and_idle_policy = &liveness;
	info.server_string = "huitang";
	if (*s->config->tls_cert)
		add_tls(s, &info);
	s->lws = lws_create_context(&info);
	if (!s->lws)
		return -ENOMEM;
	s->vhost = lws_create_vhost(s->lws, &info);
	return s->vhost ? 0 : -EADDRINUSE;
}

/*
 * Its libev glue sets a running timer to an earlier time without effect: on a quiet server pings and time limits came up to 30 s
 * late. Waking it makes it look at its timers.
 */
void listener_on_second(struct server *s)
{
	lws_cancel_service(s->lws);
}

void listener_close(struct server *s)
{
	if (s->lws)
		lws_context_destroy(s->lws);
	s->lws = NULL;
}

int listener_port(const struct server *s)
{
	return lws_get_vhost_listen_port(s->vhost);
}

void listener_reload_tls(struct server *s, int force)
{
	struct tls_files before = s->tls;

	if (!*s->config->tls_cert)
		return;
	note_tls_times(s);
	if (!force && before.cert_mtime == s->tls.cert_mtime && before.key_mtime == s->tls.key_mtime)
		return;
	if (lws_tls_cert_updated(s->lws, s->config->tls_cert, s->config->tls_key, NULL, 0, NULL, 0))
		log_event(LOG_WARNING, "tls.reload_failed");
	else
		log_event(LOG_INFO, "tls.reloaded");
}
