/* One pipeline and one POST a peer. GStreamer calls back on its own threads: what they write is atomic or under the lock. */
#include "peer.h"

#define GST_USE_UNSTABLE_API
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <math.h>
#include <string.h>

#include "tests/endpoint/http.h"
#include "tests/endpoint/loop.h"

#define CAPS_MS 5000
#define GATHER_MS 10000

struct peer {
	GstElement *pipeline, *webrtc;  /* owned; owned by the pipeline */
	char *token, *resource;         /* owned */
	long status;
	double tone_hz;
	GMutex lock;                    /* guards what follows */
	struct decoded decoded;
	guint8 *last;                   /* owned: the picture before */
	gsize last_len;
};

static char *absolute(const char *url, const char *location)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');

	if (location[0] != '/')
		return g_strdup(location);
	return g_strdup_printf("%.*s%s", (int)(path - url), url, location);
}

static bool is_gathered(void *user)
{
	struct peer *p = user;
	GstWebRTCICEGatheringState state;

	g_object_get(p->webrtc, "ice-gathering-state", &state, NULL);
	return state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
}

/* The payloaders have told what they send: the offer then names it (H.264's profile and mode). */
static bool has_caps(void *user)
{
	struct peer *p = user;
	bool all = true;

	GST_OBJECT_LOCK(p->webrtc);
	for (GList *l = p->webrtc->sinkpads; l; l = l->next) {
		GstCaps *caps = gst_pad_get_current_caps(l->data);

		all = all && caps;
		if (caps)
			gst_caps_unref(caps);
	}
	GST_OBJECT_UNLOCK(p->webrtc);
	return all;
}

static GstWebRTCSessionDescription *make_offer(struct peer *p)
{
	GstWebRTCSessionDescription *offer = NULL;
	GstPromise *promise = gst_promise_new();

	g_signal_emit_by_name(p->webrtc, "create-offer", NULL, promise);
	if (gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED)
		gst_structure_get(gst_promise_get_reply(promise), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, NULL);
	gst_promise_unref(promise);
	return offer;
}

static void set_description(struct peer *p, const char *signal, GstWebRTCSessionDescription *description)
{
	GstPromise *promise = gst_promise_new();

	g_signal_emit_by_name(p->webrtc, signal, description, promise);
	gst_promise_wait(promise);
	gst_promise_unref(promise);
}

/* The offer with all candidates, as WHIP wants it. */
static char *gathered_offer(struct peer *p)
{
	GstWebRTCSessionDescription *offer = make_offer(p), *local = NULL;
	char *text = NULL;

	if (!offer)
		return NULL;
	set_description(p, "set-local-description", offer);
	gst_webrtc_session_description_free(offer);
	if (!wait_until(GATHER_MS, is_gathered, p))
		return NULL;
	g_object_get(p->webrtc, "local-description", &local, NULL);
	if (local) {
		text = gst_sdp_message_as_text(local->sdp);
		gst_webrtc_session_description_free(local);
	}
	return text;
}

static void take_answer(struct peer *p, const char *text)
{
	GstWebRTCSessionDescription *answer;
	GstSDPMessage *sdp;

	if (gst_sdp_message_new_from_text(text, &sdp) != GST_SDP_OK)
		return;
	answer = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
	set_description(p, "set-remote-description", answer);
	gst_webrtc_session_description_free(answer);
}

static void negotiate(struct peer *p, const char *url)
{
	g_autofree char *offer = NULL, *location = NULL;
	struct http_reply *r;

	gst_element_set_state(p->pipeline, GST_STATE_PLAYING);
	if (!wait_until(CAPS_MS, has_caps, p))
		return;
	offer = gathered_offer(p);
	if (!offer)
		return;
	r = http_ask(&(struct http_ask){ .method = "POST", .url = url, .bearer = p->token, .type = "application/sdp", .body = offer });
	p->status = r->status;
	location = http_reply_header(r, "Location");
	if (r->status == 201 && location) {
		p->resource = absolute(url, location);
		take_answer(p, r->body);
	}
	http_reply_free(r);
}

static struct peer *peer_create(const char *token, double tone_hz, const char *description)
{
	struct peer *p = g_new0(struct peer, 1);
	g_autoptr(GError) error = NULL;

	g_mutex_init(&p->lock);
	p->token = g_strdup(token);
	p->tone_hz = tone_hz;
	p->pipeline = gst_parse_launch(description, &error);
	if (error)
		g_error("pipeline: %s", error->message);
	if (!GST_IS_PIPELINE(p->pipeline)) { /* an element alone is not put into one */
		GstElement *alone = p->pipeline;

		p->pipeline = gst_pipeline_new(NULL);
		gst_bin_add(GST_BIN(p->pipeline), alone);
	}
	p->webrtc = gst_bin_get_by_name(GST_BIN(p->pipeline), "peer");
	gst_object_unref(p->webrtc);
	return p;
}

struct peer *peer_publish(const char *url, const char *token, const char *codec, double tone_hz)
{
	const char *video = strcmp(codec, "VP8") == 0
		? "vp8enc deadline=1 keyframe-max-dist=60 target-bitrate=600000 ! rtpvp8pay mtu=1200 pt=96"
		: "x264enc tune=zerolatency speed-preset=ultrafast bitrate=600 key-int-max=60 ! video/x-h264,profile=constrained-baseline ! "
		  "h264parse config-interval=-1 ! rtph264pay mtu=1200 pt=96 aggregate-mode=zero-latency";
	g_autofree char *description = g_strdup_printf(
		"webrtcbin name=peer bundle-policy=max-bundle "
		"videotestsrc is-live=true pattern=ball background-color=0xff305080 ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! "
		"%s ! application/x-rtp,media=video,encoding-name=%s,payload=96,clock-rate=90000 ! peer. "
		"audiotestsrc is-live=true wave=sine freq=%.1f volume=0.5 ! audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay pt=111 ! "
		"application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2 ! peer. ",
		video, codec, tone_hz);
	struct peer *p = peer_create(token, tone_hz, description);

	negotiate(p, url);
	return p;
}

static GstFlowReturn on_picture(GstAppSink *sink, void *user)
{
	struct peer *p = user;
	g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
	GstMapInfo map;

	if (!sample || !gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ))
		return GST_FLOW_OK;
	g_mutex_lock(&p->lock);
	gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(sample), 0), "width", &p->decoded.width);
	p->decoded.frames++;
	p->decoded.moving += p->last && p->last_len == map.size && memcmp(p->last, map.data, map.size) != 0;
	g_free(p->last);
	p->last = g_memdup2(map.data, map.size);
	p->last_len = map.size;
	g_mutex_unlock(&p->lock);
	gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
	return GST_FLOW_OK;
}

/* Goertzel's algorithm: the amplitude of one frequency. */
static double amplitude(const gint16 *samples, gsize n, double hz)
{
	double k = 2 * cos(2 * G_PI * hz / 48000), a = 0, b = 0;

	for (gsize i = 0; i < n; i++) {
		double next = samples[i] / 32768.0 + k * a - b;

		b = a;
		a = next;
	}
	return 2 * sqrt(fmax(0, a * a + b * b - k * a * b)) / (double)n;
}

static GstFlowReturn on_sound(GstAppSink *sink, void *user)
{
	struct peer *p = user;
	g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
	GstMapInfo map;

	if (!sample || !gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ))
		return GST_FLOW_OK;
	g_mutex_lock(&p->lock);
	if (map.size >= 960)
		p->decoded.loudness = amplitude((const gint16 *)(const void *)map.data, map.size / 2, p->tone_hz);
	g_mutex_unlock(&p->lock);
	gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
	return GST_FLOW_OK;
}

static void on_decoded_pad(GstElement *bin, GstPad *pad, void *user)
{
	struct peer *p = user;
	g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
	bool video = g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), "video/");
	GstElement *tail = gst_parse_bin_from_description(
		video ? "videoconvert ! video/x-raw,format=GRAY8 ! appsink name=sink sync=false"
		      : "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! appsink name=sink sync=false",
		TRUE, NULL);
	GstAppSinkCallbacks calls = { .new_sample = video ? on_picture : on_sound };
	g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(tail), "sink");
	g_autoptr(GstPad) into = gst_element_get_static_pad(tail, "sink");

	(void)bin;
	gst_app_sink_set_callbacks(GST_APP_SINK(sink), &calls, p, NULL);
	gst_bin_add(GST_BIN(p->pipeline), tail);
	gst_element_sync_state_with_parent(tail);
	gst_pad_link(pad, into);
}

static void on_received_pad(GstElement *webrtc, GstPad *pad, void *user)
{
	struct peer *p = user;
	GstElement *decode;
	g_autoptr(GstPad) into = NULL;

	(void)webrtc;
	if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC)
		return;
	decode = gst_element_factory_make("decodebin", NULL);
	g_signal_connect(decode, "pad-added", G_CALLBACK(on_decoded_pad), p);
	gst_bin_add(GST_BIN(p->pipeline), decode);
	gst_element_sync_state_with_parent(decode);
	into = gst_element_get_static_pad(decode, "sink");
	gst_pad_link(pad, into);
}

static void add_receiver(struct peer *p, const char *text)
{
	g_autoptr(GstCaps) caps = gst_caps_from_string(text);
	GstWebRTCRTPTransceiver *transceiver = NULL;

	g_signal_emit_by_name(p->webrtc, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps, &transceiver);
	g_object_set(transceiver, "do-nack", TRUE, NULL);
	gst_object_unref(transceiver);
}

struct peer *peer_play(const char *url, const char *token, const char *codec, double tone_hz)
{
	struct peer *p = peer_create(token, tone_hz, "webrtcbin name=peer bundle-policy=max-bundle latency=100");
	bool h264 = strcmp(codec, "H264") == 0;
	g_autofree char *video = g_strdup_printf(
		"application/x-rtp,media=video,encoding-name=%s,payload=96,clock-rate=90000%s", codec,
		h264 ? ",packetization-mode=(string)1,profile-level-id=(string)42e01f,level-asymmetry-allowed=(string)1" : "");

	g_signal_connect(p->webrtc, "pad-added", G_CALLBACK(on_received_pad), p);
	add_receiver(p, video);
	add_receiver(p, "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2");
	negotiate(p, url);
	return p;
}

long peer_status(const struct peer *p)
{
	return p->status;
}

struct decoded peer_decoded(struct peer *p)
{
	struct decoded d;

	g_mutex_lock(&p->lock);
	d = p->decoded;
	g_mutex_unlock(&p->lock);
	return d;
}

long peer_delete(struct peer *p)
{
	struct http_reply *r;
	long status;

	if (!p->resource)
		return 0;
	r = http_ask(&(struct http_ask){ .method = "DELETE", .url = p->resource, .bearer = p->token });
	status = r->status;
	http_reply_free(r);
	g_clear_pointer(&p->resource, g_free);
	return status;
}

void peer_free(void *peer)
{
	struct peer *p = peer;

	peer_delete(p);
	gst_element_set_state(p->pipeline, GST_STATE_NULL);
	gst_object_unref(p->pipeline);
	g_mutex_clear(&p->lock);
	g_free(p->token);
	g_free(p->last);
	g_free(p);
}
