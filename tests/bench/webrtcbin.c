/*
 * What the same fan-out costs with one GStreamer webrtcbin a viewer: one publisher's packets (shape.h, lecture) go through a tee to as
 * many webrtcbins in this process; a second process has a webrtcbin for the other end of each, and counts. Offers and answers
 * cross by a pair of sockets. Nothing is encoded or decoded. Run once for docs/benchmarks.md; `./dev bench` does not need it.
 */
#define GST_USE_UNSTABLE_API
#include <errno.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/receiver.h"
#include "tests/bench/shape.h"

#define GATHER_US (10 * G_USEC_PER_SEC)
#define WARM_UP_US (3 * G_USEC_PER_SEC)
#define SDP_BYTES 65536

static GstWebRTCSessionDescription *describe(GstElement *webrtc, const char *signal, const char *field)
{
	GstWebRTCSessionDescription *d = NULL;
	GstPromise *promise = gst_promise_new();

	g_signal_emit_by_name(webrtc, signal, NULL, promise);
	if (gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED)
		gst_structure_get(gst_promise_get_reply(promise), field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &d, NULL);
	gst_promise_unref(promise);
	if (!d)
		g_error("webrtcbin: no %s", field);
	return d;
}

static void set_description(GstElement *webrtc, const char *signal, GstWebRTCSessionDescription *d)
{
	GstPromise *promise = gst_promise_new();

	g_signal_emit_by_name(webrtc, signal, d, promise);
	gst_promise_wait(promise);
	gst_promise_unref(promise);
}

static void set_remote(GstElement *webrtc, GstWebRTCSDPType type, const char *text)
{
	GstWebRTCSessionDescription *d;
	GstSDPMessage *sdp;

	if (gst_sdp_message_new_from_text(text, &sdp) != GST_SDP_OK)
		g_error("webrtcbin: bad SDP");
	d = gst_webrtc_session_description_new(type, sdp);
	set_description(webrtc, "set-remote-description", d);
	gst_webrtc_session_description_free(d);
}

/* Makes the offer or answer and sends it when all candidates are in it. */
static void tell(GstElement *webrtc, int fd, const char *signal, const char *field)
{
	GstWebRTCSessionDescription *d = describe(webrtc, signal, field);
	GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
	g_autofree char *text = NULL;

	set_description(webrtc, "set-local-description", d);
	gst_webrtc_session_description_free(d);
	for (gint64 end = g_get_monotonic_time() + GATHER_US; state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE; g_usleep(2000)) {
		g_object_get(webrtc, "ice-gathering-state", &state, NULL);
		if (g_get_monotonic_time() > end)
			g_error("webrtcbin: no candidates");
	}
	g_object_get(webrtc, "local-description", &d, NULL);
	text = gst_sdp_message_as_text(d->sdp);
	gst_webrtc_session_description_free(d);
	if (send(fd, text, strlen(text) + 1, 0) < 0)
		g_error("send: %s", g_strerror(errno));
}

/* False at the end. */
static bool hear(int fd, char text[SDP_BYTES])
{
	ssize_t n = recv(fd, text, SDP_BYTES - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return n > 0;
}

static GstElement *add_webrtcbin(GstElement *pipeline)
{
	GstElement *w = gst_element_factory_make("webrtcbin", NULL);
	GObject *ice = NULL, *agent = NULL;
	gboolean added = FALSE;

	if (!w)
		g_error("no webrtcbin");
	g_object_set(w, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
	g_object_get(w, "ice-agent", &ice, NULL);
	g_object_get(ice, "agent", &agent, NULL);
	g_object_set(agent, "upnp", FALSE, NULL);
	g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added);        /* else it never uses lo */
	g_object_unref(agent);
	g_object_unref(ice);
	gst_bin_add(GST_BIN(pipeline), w);
	return w;
}

/* The receiving process. */

static GstPadProbeReturn on_buffer(GstPad *pad, GstPadProbeInfo *info, void *user)
{
	gint *delivered = user;

	(void)pad;
	g_atomic_int_add(delivered, GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST ?
	                 (gint)gst_buffer_list_length(gst_pad_probe_info_get_buffer_list(info)) : 1);
	return GST_PAD_PROBE_DROP;
}

static void on_pad(GstElement *webrtc, GstPad *pad, void *user)
{
	(void)webrtc;
	if (GST_PAD_IS_SRC(pad))
		gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_buffer, user, NULL);
}

static void receive(int fd, gint *delivered)
{
	GstElement *pipeline = gst_pipeline_new(NULL);
	static char text[SDP_BYTES];

	gst_element_set_state(pipeline, GST_STATE_PLAYING);
	while (hear(fd, text)) {
		GstElement *w = add_webrtcbin(pipeline);

		g_signal_connect(w, "pad-added", G_CALLBACK(on_pad), delivered);
		gst_element_sync_state_with_parent(w);
		set_remote(w, GST_WEBRTC_SDP_TYPE_OFFER, text);
		tell(w, fd, "create-answer", "answer");
	}
	_exit(0);
}

/* The sending process. */

static GstBuffer *packet(enum kind kind, size_t bytes, uint16_t seq, uint32_t timestamp, bool last)
{
	uint8_t *p = g_malloc0(bytes);

	p[0] = 0x80;
	p[1] = (uint8_t)((kind == KIND_VIDEO ? 96 : 111) | (last && kind == KIND_VIDEO ? 0x80 : 0));
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	for (int i = 0; i < 4; i++)
		p[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
	p[11] = (uint8_t)(kind + 1);
	p[12] = 0x10;
	return gst_buffer_new_wrapped(p, bytes);
}

static void push_frame(GstElement *source, const struct event *e, const struct stream *st, uint64_t at_us, uint16_t *seq)
{
	GstBufferList *list = gst_buffer_list_new();
	uint32_t timestamp = (uint32_t)(at_us * (st->kind == KIND_VIDEO ? 90 : 48) / 1000);

	for (uint32_t i = 0; i < e->packets; i++)
		gst_buffer_list_add(list, packet(st->kind, st->packet_bytes, (*seq)++, timestamp, i + 1 == e->packets));
	gst_app_src_push_buffer_list(GST_APP_SRC(source), list);
}

struct feed {
	GstElement *sources[2];         /* video, audio: the lecture's streams */
	const struct shape *shape;
	gint stop;
};

static void *feed(void *user)
{
	struct feed *f = user;
	gint64 start = g_get_monotonic_time();
	uint16_t seqs[2] = { 0 };

	for (size_t i = 0; !g_atomic_int_get(&f->stop); i++) {
		const struct event *e = &f->shape->events[i % f->shape->n_events];
		uint64_t at_us = i / f->shape->n_events * G_USEC_PER_SEC + e->at_us;
		gint64 left = start + (gint64)at_us - g_get_monotonic_time();

		if (left > 0)
			g_usleep((gulong)left);
		push_frame(f->sources[e->stream], e, &f->shape->streams[e->stream], at_us, &seqs[e->stream]);
	}
	return NULL;
}

static void link_to(GstElement *pipeline, const char *tee_name, GstElement *webrtc)
{
	GstElement *tee = gst_bin_get_by_name(GST_BIN(pipeline), tee_name), *queue = gst_element_factory_make("queue", NULL);

	gst_util_set_object_arg(G_OBJECT(queue), "leaky", "downstream");        /* who is not connected yet stops nobody */
	gst_bin_add(GST_BIN(pipeline), queue);
	if (!gst_element_link(queue, webrtc) || !gst_element_sync_state_with_parent(webrtc) ||
	    !gst_element_sync_state_with_parent(queue) || !gst_element_link(tee, queue))    /* last: a pad that sleeps would stop the tee */
		g_error("no link from %s", tee_name);
	gst_object_unref(tee);
}

/* The first packets bring what the offer names. */
static void wait_caps(GstElement *webrtc)
{
	static const char *const pads[] = { "sink_0", "sink_1" };

	for (int i = 0; i < 2;) {
		GstPad *pad = gst_element_get_static_pad(webrtc, pads[i]);
		GstCaps *caps = gst_pad_get_current_caps(pad);

		if (caps) {
			gst_caps_unref(caps);
			i++;
		} else {
			g_usleep(1000);
		}
		gst_object_unref(pad);
	}
}

static void add_viewer(GstElement *pipeline, int fd)
{
	GstElement *w = add_webrtcbin(pipeline);
	static char text[SDP_BYTES];

	link_to(pipeline, "video_tee", w);
	link_to(pipeline, "audio_tee", w);
	wait_caps(w);
	tell(w, fd, "create-offer", "offer");
	if (!hear(fd, text))
		g_error("the other end is gone");
	set_remote(w, GST_WEBRTC_SDP_TYPE_ANSWER, text);
}

static gint64 cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * G_USEC_PER_SEC + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int count_threads(void)
{
	g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
	int n = 0;

	while (tasks && g_dir_read_name(tasks))
		n++;
	return n;
}

static void measure(int viewers, double seconds, gint *delivered, double expected_per_second)
{
	gint64 cpu, begin;
	double packets, wall;

	g_usleep(WARM_UP_US);
	cpu = cpu_us();
	begin = g_get_monotonic_time();
	g_atomic_int_set(delivered, 0);
	g_usleep((gulong)(seconds * G_USEC_PER_SEC));
	packets = g_atomic_int_get(delivered);
	wall = (double)(g_get_monotonic_time() - begin);
	cpu = cpu_us() - cpu;
	printf("{\"viewers\": %d, \"cpu_us_per_packet\": %.2f, \"packets_per_s\": %.0f, \"delivered_ratio\": %.3f, \"cpu_share\": %.3f, \"threads\": %d}\n", viewers,
	       (double)cpu / packets, packets / wall * 1e6, packets / (expected_per_second * wall / 1e6), (double)cpu / wall, count_threads());
}

static void serve(int fd, int viewers, double seconds, gint *delivered)
{
	GstElement *pipeline = gst_parse_launch(
		"appsrc name=video is-live=true format=time do-timestamp=true caps=\"application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000\""
		" ! tee name=video_tee allow-not-linked=true "
		"appsrc name=audio is-live=true format=time do-timestamp=true caps=\"application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,"
		"encoding-params=(string)2\" ! tee name=audio_tee allow-not-linked=true", NULL);
	struct shape shape;
	struct feed f = { .shape = &shape };
	GThread *thread;

	if (!pipeline || shape_init(&shape, "lecture", (size_t)viewers, 0) < 0)
		g_error("no pipeline");
	f.sources[0] = gst_bin_get_by_name(GST_BIN(pipeline), "video");
	f.sources[1] = gst_bin_get_by_name(GST_BIN(pipeline), "audio");
	gst_element_set_state(pipeline, GST_STATE_PLAYING);
	thread = g_thread_new("feed", feed, &f);
	for (int i = 0; i < viewers; i++)
		add_viewer(pipeline, fd);
	measure(viewers, seconds, delivered, viewers * (125 + 50));
	g_atomic_int_set(&f.stop, 1);
	g_thread_join(thread);
	shape_done(&shape);
}

int main(int argc, char **argv)
{
	int viewers = argc > 1 ? atoi(argv[1]) : 20, fds[2];
	double seconds = argc > 2 ? atof(argv[2]) : 10;
	gint *delivered = mmap(NULL, sizeof(*delivered), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	if (viewers < 1 || viewers > 200 || delivered == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0) {
		fputs("usage: huitang-webrtcbin [VIEWERS [SECONDS]]\n", stderr);
		return 2;
	}
	child = fork();                 /* before GStreamer has threads */
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
	}
	pin_to_core(child == 0 ? 1 : 0);
	gst_init(NULL, NULL);
	if (child == 0)
		receive(fds[1], delivered);
	close(fds[1]);
	serve(fds[0], viewers, seconds, delivered);
	return 0;
}
