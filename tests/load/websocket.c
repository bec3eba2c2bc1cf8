/* See websocket.h. */
#include "tests/load/websocket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/endpoint/bytes.h"

#define MOST (1 << 20)

enum opcode { OP_MORE = 0, OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

static void send_frame(struct websocket *w, enum opcode op, const void *data, size_t len)
{
	g_autoptr(GByteArray) frame = g_byte_array_sized_new((guint)len + 14);
	uint8_t head[14] = { (uint8_t)(0x80 | op) };
	size_t n = 2, body;

	if (len < 126) {
		head[1] = (uint8_t)(0x80 | len);
	} else if (len < 65536) {
		head[1] = 0x80 | 126;
		put16(head + 2, (uint32_t)len);
		n = 4;
	} else {
		head[1] = 0x80 | 127;
		put64(head + 2, len);
		n = 10;
	}
	put32(head + n, g_random_int());
	g_byte_array_append(frame, head, (guint)n + 4);
	body = frame->len;
	g_byte_array_append(frame, data, (guint)len);
	for (size_t i = 0; i < len; i++)
		frame->data[body + i] ^= head[n + i % 4];
	wire_write(&w->wire, frame->data, frame->len);
}

static void end(struct websocket *w, const char *why)
{
	void (*on_end)(struct websocket *w, const char *why) = w->on_end;

	w->on_end = NULL;
	if (on_end)
		on_end(w, why);
}

/* Reads the reply to the upgrade; false while it is not whole, or when it is a refusal. */
static bool read_upgrade(struct websocket *w)
{
	GByteArray *in = w->wire.in;
	uint8_t *stop = memmem(in->data, in->len, "\r\n\r\n", 4);

	if (!stop)
		return false;
	if (in->len < 12 || memcmp(in->data + 9, "101", 3) != 0) {
		snprintf(w->why, sizeof(w->why), "HTTP %.3s", (const char *)in->data + 9);
		end(w, w->why);
		return false;
	}
	wire_take(&w->wire, (size_t)(stop + 4 - in->data));
	w->open = true;
	w->on_open(w);
	return true;
}

static void take_frame(struct websocket *w, unsigned first, const uint8_t *data, size_t len)
{
	switch (first & 15) {
	case OP_PING:
		send_frame(w, OP_PONG, data, len);
		break;
	case OP_CLOSE:
		snprintf(w->why, sizeof(w->why), "closed with code %d", len >= 2 ? get16(data) : 0);
		if (!w->closing)
			send_frame(w, OP_CLOSE, data, MIN(len, 2u));
		end(w, w->why);
		break;
	case OP_MORE:
	case OP_TEXT:
		g_string_append_len(w->message, (const char *)data, (gssize)len);
		if (!(first & 0x80))
			break;
		if (w->on_text && w->on_end)
			w->on_text(w, w->message->str, w->message->len);
		g_string_truncate(w->message, 0);
		break;
	default:
		break;
	}
}

/* Returns how many bytes the first frame of `in` took, 0 while it is not whole, SIZE_MAX when it is not one. */
static size_t read_frame(struct websocket *w, const uint8_t *d, size_t len)
{
	size_t n = len > 1 ? d[1] & 127u : 0, head = n == 126 ? 4 : n == 127 ? 10 : 2;

	if (len < head)
		return 0;
	n = n == 126 ? get16(d + 2) : n == 127 ? get64(d + 2) : n;
	if (d[1] & 0x80 || n > MOST || w->message->len + n > MOST)
		return SIZE_MAX;
	if (len - head < n)
		return 0;
	take_frame(w, d[0], d + head, n);
	return head + n;
}

static void on_bytes(struct wire *wire)
{
	struct websocket *w = OWNER_OF(wire, struct websocket, wire);
	size_t at = 0, n;

	if (!w->open && !read_upgrade(w))
		return;
	while (w->on_end && at < wire->in->len && (n = read_frame(w, wire->in->data + at, wire->in->len - at))) {
		if (n == SIZE_MAX) {
			end(w, "not a WebSocket frame");
			return;
		}
		at += n;
	}
	if (wire->in)
		wire_take(wire, at);
}

static void on_closed(struct wire *wire, const char *why)
{
	end(OWNER_OF(wire, struct websocket, wire), why);
}

int websocket_open(struct websocket *w, struct hub *hub, const struct address *a, const char *path, const char *protocol)
{
	uint8_t key[16];
	g_autofree char *text = NULL, *head = NULL;
	int r;

	for (unsigned i = 0; i < sizeof(key); i += 4)
		put32(key + i, g_random_int());
	text = g_base64_encode(key, sizeof(key));
	head = g_strdup_printf("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	                       "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n", path, a->host, text,
	                       protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
	w->message = g_string_new(NULL);
	w->wire = (struct wire){ .on_bytes = on_bytes, .on_closed = on_closed };
	r = wire_open(&w->wire, hub, &a->to);
	if (r == 0)
		wire_write(&w->wire, head, strlen(head));
	return r;
}

void websocket_free(struct websocket *w)
{
	wire_close(&w->wire);
	if (w->message)
		g_string_free(w->message, TRUE);
	w->message = NULL;
}

void websocket_send(struct websocket *w, const char *text, size_t len)
{
	send_frame(w, OP_TEXT, text, len);
}

void websocket_close(struct websocket *w)
{
	static const uint8_t normal[] = { 3, 232 };

	if (w->closing)
		return;
	w->closing = true;
	send_frame(w, OP_CLOSE, normal, sizeof(normal));
}
