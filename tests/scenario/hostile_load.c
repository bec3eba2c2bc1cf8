/*
 * Floods: one peer, or a stranger, sends far more than anybody needs. What is too much is counted and dropped, and an innocent
 * viewer of another publisher beside it loses nothing worth naming.
 *
 *   noise ──► server ──► whoever watches noise       the attack, on a loop of its own
 *   good  ──► server ──► viewer, without repair      what is measured: what the viewer lost, before and during the attack
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/endpoint/bytes.h"
#include "tests/endpoint/stun.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define ROOM_OF_IT "demo-class"
#define CALM_MS 2000
#define ATTACK_MS 3000
#define GIVEN_UP_MS 1300        /* after it a missing packet counts as lost */
#define TRIES 3
#define ALLOWED_A_SECOND 4000   /* packets of one peer, */
#define ALLOWED_AT_ONCE 2000
#define SPOOF_BATCH 50
#define SPOOF_A_SECOND 50000

struct show {
	struct server *server;
	struct loop *calm, *wild;       /* of the innocent, of the attackers */
	struct whip *good, *viewer;
	struct whip *noise, *fan;       /* the attacker, and who watches him */
	uint16_t seq;                   /* last of the attacker's own numbers */
	double calm_percent;            /* what the viewer lost while nothing happened */
};

struct loss {
	uint32_t packets, lost;
};

static char *token_of(struct show *t, const char *role, const char *seat)
{
	return defer(server_token(t->server, ROOM_OF_IT, role, seat, 0), g_free);
}

static bool enter(struct show *t, const struct publisher_cfg *noise)
{
	t->server = server_stage();
	if (!t->server)
		return false;
	t->calm = stage_loop();
	t->wild = stage_loop();
	t->good = publisher_open(t->server, t->calm, ROOM_OF_IT, token_of(t, "presenter", "good"), &(struct publisher_cfg){
		.number = 10, .video_us = 20000, .packets = 6, .body_bytes = 400, .key_every = 100, .numbers = VP8_ALL_NUMBERS });
	t->viewer = player_open(t->server, t->calm, ROOM_OF_IT "?seat=good", token_of(t, "viewer", NULL), &(struct endpoint_cfg){ .no_rtx = true, .feedback = true });
	t->noise = publisher_open(t->server, t->wild, ROOM_OF_IT, token_of(t, "presenter", "noise"), noise);
	t->fan = player_open(t->server, t->wild, ROOM_OF_IT "?seat=noise", token_of(t, "viewer", NULL), &(struct endpoint_cfg){ .no_sinks = true, .feedback = true });
	return t->good->status == 201 && t->viewer->status == 201 && t->noise->status == 201 && t->fan->status == 201 &&
	       player_wait_frames(t->viewer->endpoint, false, 30, 6000) && endpoint_wait_up(t->noise->endpoint, 5000) &&
	       endpoint_wait_up(t->fan->endpoint, 5000);
}

static bool enter_quietly(struct show *t)
{
	return enter(t, &(struct publisher_cfg){ .number = 20, .no_audio = true, .numbers = VP8_ALL_NUMBERS });
}

static struct loss seen(struct show *t)
{
	struct sink_stats video = player_stats(t->viewer->endpoint, false), audio = player_stats(t->viewer->endpoint, true);

	return (struct loss){ video.packets + audio.packets, video.lost + audio.lost };
}

static double percent(struct loss before, struct loss after)
{
	uint32_t lost = after.lost - before.lost, all = after.packets - before.packets + lost;

	return all ? 100.0 * lost / all : 100;
}

static void measure_calm(struct show *t)
{
	struct loss before = seen(t);

	g_usleep(CALM_MS * 1000);
	t->calm_percent = percent(before, seen(t));
}

static double dropped(struct show *t, const char *reason)
{
	g_autofree char *name = g_strdup_printf("huitang_media_dropped_total{reason=\"%s\"}", reason);

	return server_metric(t->server, name);
}

/* Sends one packet; false when it could not. */
typedef bool attack_fn(struct show *t, unsigned i);

/* Sends `a_second` for a while, at most what is due at each millisecond; returns how many went out. */
static unsigned attack(struct show *t, attack_fn *one, unsigned a_second)
{
	int64_t begin = now_us(), passed;
	unsigned tried = 0, sent = 0;

	while ((passed = now_us() - begin) < ATTACK_MS * 1000) {
		unsigned due = (unsigned)(passed * a_second / 1000000), till = MIN(due, tried + a_second / 100);

		loop_lock(t->wild);
		for (; tried < till; tried++)
			sent += one(t, tried);
		loop_unlock(t->wild);
		g_usleep(1000);
	}
	return sent;
}

/* Carries an attack out; what came of it goes into `user`. */
typedef void launch_fn(struct show *t, void *user);

/* True when the viewer lost less than `bound` percent more than in the calm. */
static bool is_unharmed(struct show *t, launch_fn *launch, void *user, double bound, const char *what)
{
	struct loss before = seen(t);
	double during, overflow = dropped(t, "socket_overflow");

	launch(t, user);
	g_usleep(GIVEN_UP_MS * 1000);
	during = percent(before, seen(t));
	stage_note("%s: viewer lost %.2f %%, before %.2f %%; the kernel dropped %g", what, during, t->calm_percent, dropped(t, "socket_overflow") - overflow);
	return during - t->calm_percent < bound;
}

/* A machine that has other work to do loses by itself, now and then: three tries, and the calm is measured anew for each further one. */
static void endure(struct show *t, launch_fn *launch, void *user, double bound, const char *what)
{
	bool unharmed = is_unharmed(t, launch, user, bound, what);
	uint32_t frames;

	for (unsigned i = 1; i < TRIES && !unharmed; i++) {
		measure_calm(t);
		unharmed = is_unharmed(t, launch, user, bound, what);
	}
	CHECK(unharmed, "%s: the viewer loses", what);
	frames = player_stats(t->viewer->endpoint, false).frames;
	CHECK(player_wait_frames(t->viewer->endpoint, false, frames + 15, 3000), "%s: the picture stopped", what);
	CHECK(server_alive(t->server), "%s: the server died", what);
}

/* Processor time that the server has used. */
static double server_cpu_ms(const struct show *t)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)t->server->pid), *text = NULL;
	g_auto(GStrv) words = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !strrchr(text, ')'))
		return 0;
	words = g_strsplit(strrchr(text, ')') + 2, " ", 14);
	return g_strv_length(words) < 13 ? 0 : (g_ascii_strtod(words[11], NULL) + g_ascii_strtod(words[12], NULL)) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static void pause_noise(struct show *t, bool pause)
{
	loop_lock(t->wild);
	source_pause(endpoint_source(t->noise->endpoint, 0), pause);
	loop_unlock(t->wild);
}

struct stream {
	double shed, allowed;   /* or dropped by the kernel; packets that one peer may send meanwhile */
	uint32_t sent;
};

static double shed_or_lost(struct show *t)
{
	return dropped(t, "flood") + dropped(t, "socket_overflow");
}

/* A true stream of 20,000 packets a second: 100 each 5 ms. */
static void launch_stream(struct show *t, void *user)
{
	struct stream *s = user;
	double cpu_ms = server_cpu_ms(t);
	int64_t begin = now_us();

	*s = (struct stream){ -shed_or_lost(t), 0, publisher_stats(t->noise->endpoint, 0).packets };
	pause_noise(t, false);
	g_usleep(ATTACK_MS * 1000);
	pause_noise(t, true);
	s->sent = publisher_stats(t->noise->endpoint, 0).packets - s->sent;
	s->shed += shed_or_lost(t);
	s->allowed = ALLOWED_AT_ONCE + ALLOWED_A_SECOND * (double)(now_us() - begin) / 1e6;
	stage_note("%u packets a second, %.0f shed, %.0f ms of the server's time a second", s->sent * 1000 / ATTACK_MS, s->shed,
		   (server_cpu_ms(t) - cpu_ms) * 1000 / ATTACK_MS);
}

static void flood(void)
{
	struct show t;
	struct stream s;

	REQUIRE(enter(&t, &(struct publisher_cfg){ .number = 20, .no_audio = true, .video_us = 5000, .packets = 100, .body_bytes = 150,
	                                           .numbers = VP8_ALL_NUMBERS }));
	pause_noise(&t, true);
	measure_calm(&t);
	endure(&t, launch_stream, &s, 0.5, "flood");
	CHECK(s.sent - s.shed <= s.allowed * 1.1, "%g of %u packets shed, %g are allowed", s.shed, s.sent, s.allowed);
}

static const struct source_cfg *picture(const struct show *t)
{
	return source_cfg(endpoint_source(t->noise->endpoint, 0));
}

/* From here on only the attack sends, and goes on with the stream's numbers: SRTP seals none twice. */
static void take_stream_over(struct show *t)
{
	const uint8_t *sealed;

	loop_lock(t->wild);
	source_pause(endpoint_source(t->noise->endpoint, 0), true);
	if (transport_last_sealed(endpoint_transport(t->noise->endpoint), &sealed) > 4)
		t->seq = get16(sealed + 2);
	loop_unlock(t->wild);
}

static bool send_sealed(struct show *t, uint8_t pt, uint32_t ssrc, const uint8_t *payload, size_t len)
{
	uint8_t packet[PACKET_BYTES] = { 0x80, pt };

	put16(packet + 2, ++t->seq);
	put32(packet + 4, t->seq * 90u);
	put32(packet + 8, ssrc);
	memcpy(packet + 12, payload, len);
	return transport_send_rtp(endpoint_transport(t->noise->endpoint), packet, 12 + len) == 0;
}

static bool hundred_streams(struct show *t, unsigned i)
{
	static const uint8_t key[40] = { 0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00 };

	return send_sealed(t, picture(t)->pt, 0xabc00000 + i % 100, key, sizeof(key));
}

/* By their MID they all are the camera, each with a keyframe. */
static bool hundred_of_a_kind(struct show *t, unsigned i)
{
	static const uint8_t key[40] = { 0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00 };
	const struct media *m = &endpoint_remote(t->noise->endpoint)->media[0];
	struct packet p = { .pt = picture(t)->pt, .seq = ++t->seq, .ssrc = 0xdef00000 + i % 100, .payload = key, .payload_len = sizeof(key) };
	uint8_t packet[PACKET_BYTES];
	size_t n;

	g_strlcpy(p.mid, m->mid, sizeof(p.mid));
	n = packet_write(packet, &p, &m->ids);
	return transport_send_rtp(endpoint_transport(t->noise->endpoint), packet, n) == 0;
}

static bool wrong_types(struct show *t, unsigned i)
{
	static const uint8_t body[60] = { 0 };

	return send_sealed(t, (uint8_t)(i % 64), picture(t)->ssrc, body, sizeof(body));
}

static bool short_repeats(struct show *t, unsigned i)
{
	static const uint8_t body[2] = { 0 };

	return send_sealed(t, picture(t)->rtx_pt, picture(t)->rtx_ssrc, body, i % 2);
}

/* VP8 descriptors that say that more follows than there is. */
static bool long_descriptors(struct show *t, unsigned i)
{
	static const uint8_t body[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	return send_sealed(t, picture(t)->pt, picture(t)->ssrc, body, 1 + i % 5);
}

static bool oversize(struct show *t, unsigned i)
{
	static uint8_t packet[9000];

	packet[0] = 0x80;
	packet[1] = picture(t)->pt;
	put16(packet + 2, (uint16_t)i);
	put32(packet + 8, picture(t)->ssrc);
	return transport_send_raw(endpoint_transport(t->noise->endpoint), packet, i % 2 ? 1501 : sizeof(packet)) == 0;
}

static bool keyframe_requests(struct show *t, unsigned i)
{
	const struct description *d = endpoint_remote(t->fan->endpoint);

	(void)i;
	for (unsigned k = 0; k < d->n_media; k++)
		if (!d->media[k].audio)
			endpoint_send_pli(t->fan->endpoint, d->media[k].ssrc);
	return true;
}

static bool forgeries(struct show *t, unsigned i)
{
	struct transport *p = endpoint_transport(t->noise->endpoint);
	uint8_t packet[PACKET_BYTES];
	const uint8_t *sealed;
	size_t n = transport_last_sealed(p, &sealed);

	memcpy(packet, sealed, n);
	if (i % 2)
		packet[n - 1 - i % 40] ^= 0x55;
	return transport_send_raw(p, packet, n) == 0;
}

struct nonsense {
	const char *name;
	attack_fn *one;
	unsigned a_second;
	const char *counter;    /* that must rise */
	bool alone;             /* the true stream has ended before */
};

struct wave {
	const struct nonsense *of;
	double counted;
	unsigned sent, asked;   /* keyframes of the sender */
};

static void launch_nonsense(struct show *t, void *user)
{
	struct wave *w = user;

	w->counted = -server_metric(t->server, w->of->counter);
	w->asked = publisher_stats(t->noise->endpoint, 0).plis;
	w->sent = attack(t, w->of->one, w->of->a_second);
	w->asked = publisher_stats(t->noise->endpoint, 0).plis - w->asked;
}

static void nonsense(void)
{
	static const struct nonsense all[] = {
		{ "keyframe requests", keyframe_requests, 1000, "huitang_keyframe_requests_total{direction=\"received\"}" },
		{ "forged and replayed packets", forgeries, 10000, "huitang_media_dropped_total" },
		{ "packets over 1,500 bytes", oversize, 2000, "huitang_media_dropped_total{reason=\"oversize\"}", true },
		{ "100 SSRCs", hundred_streams, 2000, "huitang_media_dropped_total{reason=\"unknown_ssrc\"}", true },
		{ "100 SSRCs of one m-line", hundred_of_a_kind, 2000, "huitang_media_dropped_total{reason=\"unknown_ssrc\"}", true },
		{ "wrong payload types", wrong_types, 2000, "huitang_media_dropped_total{reason=\"unknown_payload\"}", true },
		{ "RTX without its header", short_repeats, 2000, "huitang_media_dropped_total{reason=\"malformed_rtp\"}", true },
		{ "descriptors longer than payloads", long_descriptors, 2000, "huitang_media_dropped_total{reason=\"unknown_payload\"}", true },
	};
	struct show t;

	REQUIRE(enter_quietly(&t));
	measure_calm(&t);
	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
		struct wave w = { .of = &all[i] };

		if (all[i].alone && !all[i - 1].alone)
			take_stream_over(&t);
		endure(&t, launch_nonsense, &w, 0.5, all[i].name);
		w.counted += server_metric(t.server, all[i].counter);
		stage_note("%s: %u a second, %.0f counted, %u keyframes asked of the sender", all[i].name, w.sent * 1000 / ATTACK_MS, w.counted, w.asked);
		CHECK(w.sent > ATTACK_MS / 4 && w.counted >= w.sent * 0.9, "%s: %.0f of %u counted", all[i].name, w.counted, w.sent);
		CHECK(w.asked <= 2 * ATTACK_MS / 300, "%s: %u keyframes asked of the sender", all[i].name, w.asked);
	}
}

/* Strangers. One socket writes from any address of 127.0.0.0/8. */

struct spoofer {
	struct show *show;
	int fd;
	struct sockaddr_in to;
	uint8_t data[4][200];
	size_t len[4];
};

static bool open_spoofer(struct spoofer *s, struct show *t)
{
	const char *ufrag = endpoint_remote(t->viewer->endpoint)->ufrag;
	g_autofree char *name = g_strconcat(ufrag, ":abcd", NULL);
	uint8_t stun[STUN_BYTES];

	*s = (struct spoofer){ .show = t, .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
	s->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(t->server->media_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < sizeof(s->data[0]); k++)
			s->data[i][k] = (uint8_t)g_random_int();
	s->data[0][0] = 0x80, s->data[0][1] = 96, s->len[0] = 200;
	s->data[1][0] = 0x80, s->data[1][1] = 200, s->len[1] = 100;
	s->data[2][0] = 22, s->data[2][1] = 254, s->data[2][2] = 253, s->len[2] = 150;
	s->len[3] = stun_write(stun, &(struct stun_request){ .username = name, .password = "not-the-right-password-at-all" });
	memcpy(s->data[3], stun, MIN(s->len[3], sizeof(s->data[3])));
	return s->fd >= 0 && s->len[3] <= sizeof(s->data[3]);
}

/* IP_PKTINFO names the source: all of 127.0.0.0/8 is ours. */
static void spoof_batch(struct spoofer *s, unsigned first)
{
	struct mmsghdr m[SPOOF_BATCH] = { 0 };
	struct iovec v[SPOOF_BATCH];
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control[SPOOF_BATCH] = { 0 };

	for (unsigned i = 0; i < SPOOF_BATCH; i++) {
		struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(0x7f000000 | (g_random_int() & 0xffffff)) };
		unsigned kind = (first + i) % 4;

		v[i] = (struct iovec){ s->data[kind], s->len[kind] };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &s->to, .msg_namelen = sizeof(s->to), .msg_iov = &v[i], .msg_iovlen = 1,
		                                .msg_control = &control[i], .msg_controllen = sizeof(control[i].bytes) };
		control[i].head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO };
		memcpy(CMSG_DATA(&control[i].head), &info, sizeof(info));
	}
	(void)!sendmmsg(s->fd, m, SPOOF_BATCH, 0);
}

static void *spoof(void *user)
{
	struct spoofer *s = user;
	int64_t begin = now_us(), passed;
	unsigned sent = 0;

	while ((passed = now_us() - begin) < ATTACK_MS * 1000) {
		unsigned due = (unsigned)(passed * SPOOF_A_SECOND / 1000000), till = MIN(due, sent + SPOOF_A_SECOND / 200);

		for (; sent + SPOOF_BATCH <= till; sent += SPOOF_BATCH)
			spoof_batch(s, sent);
		g_usleep(500);
	}
	return GUINT_TO_POINTER(sent);
}

static double counted_strangers(struct show *t)
{
	return server_metric(t->server, "huitang_media_dropped_total") + server_metric(t->server, "huitang_stun_dropped_total");
}

struct spoofed {
	struct spoofer *spoofer;
	double counted;
	unsigned sent;
};

static void launch_strangers(struct show *t, void *user)
{
	struct spoofed *s = user;

	s->counted = -counted_strangers(t);
	s->sent = GPOINTER_TO_UINT(g_thread_join(g_thread_new("spoofer", spoof, s->spoofer)));
}

static void strangers(void)
{
	struct show t;
	struct spoofer spoofer;
	struct spoofed s = { .spoofer = &spoofer };

	REQUIRE(enter_quietly(&t));
	REQUIRE(open_spoofer(&spoofer, &t));
	measure_calm(&t);
	endure(&t, launch_strangers, &s, 1, "strangers");
	close(spoofer.fd);
	s.counted += counted_strangers(&t);
	stage_note("%u spoofed packets a second, %.0f counted", s.sent * 1000 / ATTACK_MS, s.counted);
	CHECK(s.counted > s.sent * 0.9, "%.0f of %u counted", s.counted, s.sent);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a publisher of 20,000 packets a second is cut down, and nobody else notices", flood },
		{ "floods of nonsense from one who may send harm nobody", nonsense },
		{ "50,000 packets a second from strangers harm nobody", strangers },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
