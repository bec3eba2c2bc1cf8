/* See socket.h. */
#include "signaling/socket.h"

#include <errno.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/commands.h"
#include "signaling/companion.h"
#include "signaling/dialog.h"
#include "signaling/looker.h"
#include "signaling/notices.h"
#include "signaling/server.h"

#define EVERY_US 50000          /* 20 messages a second, */
#define BURST 100               /* and this many at once: a page sends a dozen as it opens */
#define REFUSED_MAX 200
#define IN_SMALL 2048
#define HELLO_US 10000000
#define PING_US 5000000

struct outgoing {
	struct outgoing *prev, *next;
	uint32_t seq;
	struct text *text;      /* reference */
};

int socket_on_open(struct server *s, struct lws *wsi, struct socket **slot, int64_t account, const uint8_t session[SESSION_HASH_BYTES])
{
	struct socket *k = mem_zalloc(sizeof(*k));

	if (!k)
		return -1;
	*slot = k;
	k->server = s;
	k->wsi = wsi;
	k->serial = ++s->next_serial;
	k->account = account;
	if (account)
		memcpy(k->session, session, sizeof(k->session));
	k->opened_us = k->pinged_us = k->proof_us = clock_boot_us();
	http_peer(s, wsi, k->peer);
	server_keep_socket(s, k);
	return 0;
}

static void drop_queue(struct socket *k)
{
	struct outgoing *o, *next;

	DL_FOREACH_SAFE(k->out, o, next) {
		DL_DELETE(k->out, o);
		text_unref(o->text);
		mem_free(o);
	}
	k->out_bytes = 0;
}

struct socket *socket_on_closed(struct socket *k)
{
	if (!k)
		return NULL;
	if (k->dialog)
		dialog_on_socket_gone(k->dialog);
	companion_close(k->companion);
	notice_watch_close(k->notices);
	looker_close(k->looker);
	server_forget_socket(k->server, k);
	drop_queue(k);
	mem_free(k->in);
	return mem_free(k);
}

void socket_on_pong(struct socket *k)
{
	k->proof_us = clock_boot_us();
}

void socket_close(struct socket *k)
{
	k->closing = true;
	lws_callback_on_writable(k->wsi);
}

void socket_on_second(struct socket *k, int64_t now_us)
{
	if (!k->greeted && !k->closing && now_us - k->opened_us > HELLO_US)
		socket_close(k);
	if (k->closing || now_us - k->pinged_us < PING_US)
		return;
	k->pinged_us = now_us;
	k->ping_due = true;
	lws_callback_on_writable(k->wsi);
}

/* libwebsockets pings by itself, but without payload, and of an empty pong it tells nothing. */
static int write_ping(struct socket *k)
{
	uint8_t buf[LWS_PRE + sizeof(k->serial)];

	k->ping_due = false;
	memcpy(buf + LWS_PRE, &k->serial, sizeof(k->serial));
	return lws_write(k->wsi, buf + LWS_PRE, sizeof(k->serial), LWS_WRITE_PING) < 0 ? -1 : 0;
}

static void kill_slow(struct socket *k)
{
	server_add(k->server, COUNT_SLOW_READERS, 1);
	log_event(LOG_INFO, "socket.slow_reader peer=%s bytes=%zu", k->peer, k->out_bytes);
	drop_queue(k);
	k->closing = true;
	lws_set_timeout(k->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

void socket_send(struct socket *k, uint32_t seq, struct text *t)
{
	struct outgoing *o = k->closing || !t ? NULL : mem_zalloc(sizeof(*o));

	if (!o)
		return;
	o->seq = seq;
	o->text = text_ref(t);
	DL_APPEND(k->out, o);
	k->out_bytes += t->len;
	if (k->out_bytes > SOCKET_QUEUE_BYTES)
		kill_slow(k);
	else
		lws_callback_on_writable(k->wsi);
}

void socket_send_refusal(struct socket *k, int64_t id, const struct refusal *why)
{
	json_t *error = json_pack("{s:s}", "code", wire_error_names[why->code]);
	struct text *t;

	if (*why->field)
		json_object_set_new(error, "field", json_string(why->field));
	if (why->retry_ms)
		json_object_set_new(error, "retry_ms", json_integer(why->retry_ms));
	t = text_new_json(json_pack("{s:I, s:o}", "reply", (json_int_t)id, "error", error));
	socket_send(k, 0, t);
	text_unref(t);
}

/* An event is kept without its number, which goes in front: {"seq":7,"event":… */
static int write_one(struct socket *k, const struct outgoing *o)
{
	char head[24];
	size_t head_len = o->seq ? (size_t)snprintf(head, sizeof(head), "{\"seq\":%u,", o->seq) : 0;
	size_t skip = o->seq ? 1 : 0, len = head_len + o->text->len - skip;
	CLEANUP(mem_freep) uint8_t *buf = mem_zalloc(LWS_PRE + len);

	if (!buf)
		return -1;
	memcpy(buf + LWS_PRE, head, head_len);
	memcpy(buf + LWS_PRE + head_len, o->text->data + skip, o->text->len - skip);
	return lws_write(k->wsi, buf + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len ? -1 : 0;
}

int socket_on_writable(struct socket *k)
{
	struct outgoing *o = k->out;
	int r;

	if (k->ping_due && !k->closing) {
		if (o)
			lws_callback_on_writable(k->wsi);
		return write_ping(k);
	}
	if (!o)
		return k->closing ? -1 : 0;
	DL_DELETE(k->out, o);
	k->out_bytes -= o->text->len;
	r = write_one(k, o);
	text_unref(o->text);
	mem_free(o);
	if (r == 0 && (k->out || k->closing))
		lws_callback_on_writable(k->wsi);
	return r;
}

static size_t bound(const struct socket *k)
{
	return k->dialog && dialog_expects_answer(k->dialog) ? MESSAGE_MAX_ANSWER_BYTES : MESSAGE_MAX_BYTES;
}

static int append(struct socket *k, const char *data, size_t len)
{
	size_t size = k->in_size ? k->in_size : IN_SMALL;
	char *in;

	while (size < k->in_len + len)
		size *= 2;
	if (size != k->in_size) {
		in = mem_realloc(k->in, size);
		if (!in)
			return -ENOMEM;
		k->in = in;
		k->in_size = size;
	}
	memcpy(k->in + k->in_len, data, len);
	k->in_len += len;
	return 0;
}

static void refuse_and_close(struct socket *k, enum wire_error code, enum server_count count)
{
	struct refusal why = { .code = code };

	server_add(k->server, count, 1);
	socket_send_refusal(k, 0, &why);
	socket_close(k);
}

/* Over the rate: refused unread but for its id, so that the page can wait; a flood is closed. */
static bool over_rate(struct socket *k)
{
	int64_t wait_us = bucket_spend(&k->bucket, clock_boot_us(), EVERY_US, BURST);
	struct refusal why = { .code = WIRE_RATE_LIMITED, .retry_ms = (unsigned)(wait_us / 1000) + 1 };
	struct refusal unread;
	struct message m;

	if (wait_us == 0) {
		k->refused = 0;
		return false;
	}
	server_add(k->server, COUNT_RATE_LIMITED, 1);
	if (++k->refused > REFUSED_MAX) {
		refuse_and_close(k, WIRE_RATE_LIMITED, COUNT_RATE_LIMITED);
		return true;
	}
	if (message_parse(&m, k->in, k->in_len, &unread) == 0)
		message_done(&m);
	socket_send_refusal(k, m.id, &why);
	return true;
}

static void on_message(struct socket *k)
{
	server_add(k->server, COUNT_MESSAGES, 1);
	if (!over_rate(k))
		command_serve(k, k->in, k->in_len);
	if (k->in_size > MESSAGE_MAX_BYTES) {
		k->in = mem_free(k->in);
		k->in_size = 0;
	}
	k->in_len = 0;
}

int socket_on_receive(struct socket *k, const char *data, size_t len)
{
	k->proof_us = clock_boot_us();
	if (k->closing)
		return 0;
	if (lws_frame_is_binary(k->wsi)) {
		refuse_and_close(k, WIRE_BAD_MESSAGE, COUNT_BAD_MESSAGES);
	} else if (k->in_len + len > bound(k)) {
		refuse_and_close(k, WIRE_TOO_LARGE, COUNT_TOO_LARGE);
	} else if (append(k, data, len) < 0) {
		refuse_and_close(k, WIRE_OVERLOADED, COUNT_SLOW_READERS);
	} else if (lws_is_final_fragment(k->wsi) && lws_remaining_packet_payload(k->wsi) == 0) {
		on_message(k);
	}
	return 0;
}
