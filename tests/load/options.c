/* See options.h. */
#include "tests/load/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static const char help[] =
	"Usage: huitang-load lecture|meeting|join [options]\n"
	"\n"
	"Puts endpoints with real ICE, DTLS and SRTP on a server, and tells whether it carried them. Exit status 1 when\n"
	"something was wrong: endpoints that failed or fell silent, altered media, loss, or this tool itself too slow.\n"
	"\n"
	"  lecture                --publishers send, --viewers receive\n"
	"  meeting                --sites send three layers and sound, and watch one at 720p and 24 thumbnails\n"
	"  join                   --sites come all at once\n"
	"\n"
	"The server\n"
	"  --server URL           plain HTTP (http://127.0.0.1:8080)\n"
	"  --target NAME          huitang, janus (its WebSocket), urls (any WHIP and WHEP) (huitang)\n"
	"  --whip URL, --whep=URL for --target urls\n"
	"  --room R               (demo-class; demo-meeting for seats)\n"
	"  --token T              of a presenter; --viewer-token T of those who only watch (the same)\n"
	"  --data DIR             instead of tokens: the server's data folder, they are made there\n"
	"  --huitang PROGRAM      that makes them (beside this one)\n"
	"  --pid PID              the server's process: its CPU and memory are measured\n"
	"\n"
	"Who comes\n"
	"  --publishers N         (1)    --viewers N  (20)    --sites N  (20)\n"
	"  --latecomers N         so many more come at once, a third into the window: join times are theirs then\n"
	"  --late-watch N         latecomers of a meeting send nothing and watch N thumbnails (else they are sites as the others)\n"
	"  --ws                   viewers of a lecture take seats of a room by WebSocket\n"
	"  --whep                 those who join are players by WHEP\n"
	"  --ramp N               joins begun in a second (100)\n"
	"  --seconds S            the measured window (10)\n"
	"  --warmup S             between the last join and the window (3)\n"
	"  --knee                 more and more viewers until loss is 0.1 % or p99 latency 20 ms; --knee-step F (1.25),\n"
	"                         --knee-p99 MS (20)\n"
	"\n"
	"Media\n"
	"  --codec vp8|h264       (vp8)  --suite gcm|cm  (gcm)\n"
	"  --video-bps N          (1200000)   --packet-bytes N  (1200)   --fps N  (30)\n"
	"  --layers LIST          (q:100k:180,h:350k:360,f:1200k:720)\n"
	"  --simulcast            publishers of a lecture send three layers, too\n"
	"  --obey                 sites leave out the layers that nobody watches, as the server asks (else all are sent)\n"
	"  --temporal             every second frame is of an upper temporal layer (VP8)\n"
	"  --red N                voices before that go along with each (0; 1 or 2: RED)\n"
	"  --speakers N           who speak at a time (3)\n"
	"\n"
	"Measuring\n"
	"  --sockets shared|each  one socket for all endpoints, or one each (shared)\n"
	"  --addresses FIRST      with one socket: of the first endpoint, the next one's follows (127.1.0.1)\n"
	"  --check N              one receiver in N is opened whole (50); --check-every N: of others one packet in N (64)\n"
	"  --max-loss PERCENT     more is a problem (0.1)\n"
	"  --line MODEL           rtt=100,jitter=10,loss=10,burst=3,rate=1000k,queue=300; --line-for K: only the last K (all);\n"
	"                         --line-publishers: those of a lecture, too\n"
	"                         again with at=SECONDS: another one from then on in the window\n"
	"  --pin CORE             run this tool there\n"
	"  --json FILE            all figures, - for standard output\n"
	"  --spoil N              alter every Nth packet that is opened: the run must fail\n"
	"  --help                 this text\n";

enum option_id {
	OPT_SERVER = 256, OPT_TARGET, OPT_WHIP, OPT_WHEP_URL, OPT_ROOM, OPT_TOKEN, OPT_VIEWER_TOKEN, OPT_DATA, OPT_HUITANG, OPT_PID,
	OPT_PUBLISHERS, OPT_VIEWERS, OPT_SITES, OPT_LATECOMERS, OPT_LATE_WATCH, OPT_WS, OPT_RAMP, OPT_SECONDS, OPT_WARMUP, OPT_KNEE, OPT_KNEE_P99, OPT_KNEE_STEP, OPT_CODEC,
	OPT_SUITE, OPT_VIDEO_BPS, OPT_PACKET_BYTES, OPT_FPS, OPT_LAYERS, OPT_TEMPORAL, OPT_SIMULCAST, OPT_OBEY, OPT_RED, OPT_SPEAKERS, OPT_SOCKETS, OPT_ADDRESSES, OPT_CHECK,
	OPT_CHECK_EVERY, OPT_MAX_LOSS, OPT_LINE, OPT_LINE_FOR, OPT_LINE_PUBLISHERS, OPT_PIN, OPT_JSON, OPT_SPOIL, OPT_HELP,
};

/* --whep is a word of its own and, with an address, an option of --target urls: optional_argument takes "--whep=URL" alone. */
static const struct option names[] = {
	{ "server", required_argument, NULL, OPT_SERVER }, { "target", required_argument, NULL, OPT_TARGET },
	{ "whip", required_argument, NULL, OPT_WHIP }, { "whep", optional_argument, NULL, OPT_WHEP_URL },
	{ "room", required_argument, NULL, OPT_ROOM }, { "token", required_argument, NULL, OPT_TOKEN },
	{ "viewer-token", required_argument, NULL, OPT_VIEWER_TOKEN }, { "data", required_argument, NULL, OPT_DATA },
	{ "huitang", required_argument, NULL, OPT_HUITANG }, { "pid", required_argument, NULL, OPT_PID },
	{ "publishers", required_argument, NULL, OPT_PUBLISHERS }, { "viewers", required_argument, NULL, OPT_VIEWERS },
	{ "sites", required_argument, NULL, OPT_SITES }, { "latecomers", required_argument, NULL, OPT_LATECOMERS },
	{ "late-watch", required_argument, NULL, OPT_LATE_WATCH },
	{ "ws", no_argument, NULL, OPT_WS },
	{ "ramp", required_argument, NULL, OPT_RAMP }, { "seconds", required_argument, NULL, OPT_SECONDS },
	{ "warmup", required_argument, NULL, OPT_WARMUP }, { "knee", no_argument, NULL, OPT_KNEE },
	{ "knee-p99", required_argument, NULL, OPT_KNEE_P99 }, { "knee-step", required_argument, NULL, OPT_KNEE_STEP }, { "codec", required_argument, NULL, OPT_CODEC },
	{ "suite", required_argument, NULL, OPT_SUITE }, { "video-bps", required_argument, NULL, OPT_VIDEO_BPS },
	{ "packet-bytes", required_argument, NULL, OPT_PACKET_BYTES }, { "fps", required_argument, NULL, OPT_FPS },
	{ "layers", required_argument, NULL, OPT_LAYERS }, { "temporal", no_argument, NULL, OPT_TEMPORAL },
	{ "simulcast", no_argument, NULL, OPT_SIMULCAST }, { "obey", no_argument, NULL, OPT_OBEY }, { "red", required_argument, NULL, OPT_RED },
	{ "speakers", required_argument, NULL, OPT_SPEAKERS }, { "sockets", required_argument, NULL, OPT_SOCKETS },
	{ "addresses", required_argument, NULL, OPT_ADDRESSES }, { "check", required_argument, NULL, OPT_CHECK }, { "check-every", required_argument, NULL, OPT_CHECK_EVERY },
	{ "max-loss", required_argument, NULL, OPT_MAX_LOSS }, { "line", required_argument, NULL, OPT_LINE },
	{ "line-for", required_argument, NULL, OPT_LINE_FOR }, { "line-publishers", no_argument, NULL, OPT_LINE_PUBLISHERS }, { "pin", required_argument, NULL, OPT_PIN },
	{ "json", required_argument, NULL, OPT_JSON }, { "spoil", required_argument, NULL, OPT_SPOIL },
	{ "help", no_argument, NULL, OPT_HELP }, { 0 },
};

const char *shape_name(enum shape s)
{
	static const char *const all[] = { "lecture", "meeting", "join" };

	return all[s];
}

const char *target_name(enum target t)
{
	static const char *const all[] = { "huitang", "janus", "urls" };

	return all[t];
}

static bool read_number(const char *text, double min, double max, double *ret)
{
	char *end;
	double v = strtod(text, &end);

	v *= !strcmp(end, "k") ? 1e3 : !strcmp(end, "M") ? 1e6 : 1;
	if (end == text || (*end && strcmp(end, "k") && strcmp(end, "M")) || !(v >= min && v <= max))
		return false;
	*ret = v;
	return true;
}

static bool read_count(const char *text, unsigned min, unsigned max, unsigned *ret)
{
	double v;

	if (!read_number(text, min, max, &v) || v != (unsigned)v)
		return false;
	*ret = (unsigned)v;
	return true;
}

/* The place of `text` in a list that ends with NULL. */
static bool read_word(const char *text, const char *const *words, int *ret)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text)) {
			*ret = i;
			return true;
		}
	return false;
}

/* rid:bits a second:height */
static bool read_layer(struct layer_cfg *ret, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", -1);
	double bps;

	if (g_strv_length(parts) != 3 || !parts[0][0] || g_strlcpy(ret->rid, parts[0], sizeof(ret->rid)) >= sizeof(ret->rid) ||
	    !read_number(parts[1], 10e3, 50e6, &bps) || !read_count(parts[2], 1, 8192, &ret->height))
		return false;
	ret->bps = (uint32_t)bps;
	return true;
}

static bool read_layers(struct layer_cfg ret[LAYERS], const char *text)
{
	g_auto(GStrv) layers = g_strsplit(text, ",", -1);
	struct layer_cfg all[LAYERS];

	if (g_strv_length(layers) != LAYERS)
		return false;
	for (unsigned i = 0; i < LAYERS; i++)
		if (!read_layer(&all[i], layers[i]))
			return false;
	memcpy(ret, all, sizeof(all));
	return true;
}

static bool read_server_option(struct options *o, int id, const char *v)
{
	static const char *const targets[] = { "huitang", "janus", "urls", NULL };
	int word;

	switch (id) {
	case OPT_SERVER:
		return address_read(&o->server, v) == 0;
	case OPT_WHIP:
		return address_read(&o->whip, v) == 0;
	case OPT_WHEP_URL:
		o->sockets = false;
		return !v || address_read(&o->whep, v) == 0;
	case OPT_TARGET:
		if (!read_word(v, targets, &word))
			return false;
		o->target = (enum target)word;
		return true;
	case OPT_ROOM:
		o->room = v;
		return v[0] && strlen(v) <= 64;
	case OPT_TOKEN:
		o->token = v;
		return true;
	case OPT_VIEWER_TOKEN:
		o->viewer_token = v;
		return true;
	case OPT_DATA:
		o->data = v;
		return true;
	case OPT_HUITANG:
		o->huitang = v;
		return true;
	default: {
		unsigned pid;

		if (!read_count(v, 1, 1u << 30, &pid))
			return false;
		o->pid = (int)pid;
		return true;
	}
	}
}

static bool read_crowd_option(struct options *o, int id, const char *v)
{
	switch (id) {
	case OPT_PUBLISHERS:
		return read_count(v, 1, 1000, &o->publishers);
	case OPT_VIEWERS:
		return read_count(v, 1, 20000, &o->viewers);
	case OPT_SITES:
		return read_count(v, 1, 2000, &o->sites);
	case OPT_LATECOMERS:
		return read_count(v, 1, 10000, &o->latecomers);
	case OPT_LATE_WATCH:
		return read_count(v, 1, 25, &o->late_watch);
	case OPT_WS:
		return o->sockets = true;
	case OPT_RAMP:
		return read_number(v, 0.1, 100000, &o->ramp);
	case OPT_SECONDS:
		return read_number(v, 0.5, 86400, &o->seconds);
	case OPT_WARMUP:
		return read_number(v, 0, 3600, &o->warmup);
	case OPT_KNEE:
		return o->knee = true;
	case OPT_KNEE_P99:
		return read_number(v, 0.1, 60000, &o->knee_p99_ms);
	default:
		return read_number(v, 1.01, 10, &o->knee_step);
	}
}

static bool read_media_option(struct options *o, int id, const char *v)
{
	static const char *const codecs[] = { "vp8", "h264", NULL }, *const suites[] = { "gcm", "cm", NULL };
	double bps;
	int word;

	switch (id) {
	case OPT_CODEC:
		if (!read_word(v, codecs, &word))
			return false;
		o->codec = word ? PAYLOAD_H264 : PAYLOAD_VP8;
		return true;
	case OPT_SUITE:
		if (!read_word(v, suites, &word))
			return false;
		o->suite = word ? SUITE_AES_CM_128_HMAC_SHA1_80 : SUITE_AEAD_AES_128_GCM;
		return true;
	case OPT_VIDEO_BPS:
		if (!read_number(v, 10e3, 50e6, &bps))
			return false;
		o->video_bps = (uint32_t)bps;
		return true;
	case OPT_PACKET_BYTES:
		return read_count(v, 120, 1240, &o->packet_bytes);
	case OPT_FPS:
		return read_count(v, 1, 120, &o->fps);
	case OPT_LAYERS:
		return read_layers(o->layers, v);
	case OPT_TEMPORAL:
		return o->temporal = true;
	case OPT_SIMULCAST:
		return o->simulcast = true;
	case OPT_OBEY:
		return o->obey = true;
	case OPT_RED:
		return read_count(v, 0, 2, &o->red);
	default:
		return read_count(v, 0, 2000, &o->speakers);
	}
}

static bool add_line(struct options *o, const char *v)
{
	unsigned n = o->n_lines;

	if (n == LINE_STEPS || line_step_read(&o->lines[n], v) < 0 || (n && o->lines[n].at_us <= o->lines[n - 1].at_us))
		return false;
	o->n_lines++;
	return true;
}

static bool read_measure_option(struct options *o, int id, const char *v)
{
	static const char *const sockets[] = { "shared", "each", NULL };
	unsigned core;
	int word;

	switch (id) {
	case OPT_SOCKETS:
		if (!read_word(v, sockets, &word))
			return false;
		o->port.each = word;
		return true;
	case OPT_ADDRESSES:
		return inet_pton(AF_INET, v, &o->port.first) == 1;
	case OPT_CHECK:
		return read_count(v, 1, 1000000, &o->check);
	case OPT_CHECK_EVERY:
		return read_count(v, 1, 1000000, &o->check_every);
	case OPT_MAX_LOSS:
		return read_number(v, 0, 100, &o->max_loss);
	case OPT_LINE:
		return add_line(o, v);
	case OPT_LINE_FOR:
		return read_count(v, 1, 20000, &o->line_for);
	case OPT_LINE_PUBLISHERS:
		return o->line_publishers = true;
	case OPT_PIN:
		if (!read_count(v, 0, 1023, &core))
			return false;
		o->pin = (int)core;
		return true;
	case OPT_JSON:
		o->json = v;
		return true;
	default:
		return read_count(v, 1, 1000000000, &o->spoil);
	}
}

static bool read_option(struct options *o, int id, const char *v)
{
	if (id <= OPT_PID)
		return read_server_option(o, id, v);
	if (id <= OPT_KNEE_STEP)
		return read_crowd_option(o, id, v);
	if (id <= OPT_SPEAKERS)
		return read_media_option(o, id, v);
	return read_measure_option(o, id, v);
}

static int refuse(const char *fmt, const char *what, const char *value)
{
	fprintf(stderr, "huitang-load: ");
	fprintf(stderr, fmt, what, value);
	fprintf(stderr, "\nTry huitang-load --help.\n");
	return -EINVAL;
}

static int check(struct options *o)
{
	if (o->target == TARGET_URLS && (!o->whip.host[0] || !o->whep.host[0]))
		return refuse("--target %s needs --whip URL and --whep=URL%s", "urls", "");
	if (o->target == TARGET_HUITANG && !o->token && !o->data)
		return refuse("give --token, or --data DIR so that tokens can be made%s%s", "", "");
	if (o->shape == SHAPE_JOIN && o->target != TARGET_HUITANG)
		o->sockets = false;
	if (o->target != TARGET_HUITANG && (o->shape == SHAPE_MEETING || o->sockets))
		return refuse("a %s by WebSocket is for --target huitang%s", shape_name(o->shape), "");
	if (o->knee && o->shape != SHAPE_LECTURE)
		return refuse("--knee is for the lecture, not for a %s%s", shape_name(o->shape), "");
	if (o->latecomers && (o->knee || o->shape == SHAPE_JOIN))
		return refuse("--latecomers are for a lecture or a meeting with one window%s%s", "", "");
	if (o->late_watch && (!o->latecomers || o->shape != SHAPE_MEETING))
		return refuse("--late-watch is for the --latecomers of a meeting%s%s", "", "");
	if (o->temporal && o->codec != PAYLOAD_VP8)
		return refuse("--temporal is for --codec vp8%s%s", "", "");
	if (o->target == TARGET_JANUS && o->room && strtoll(o->room, NULL, 10) <= 0)
		return refuse("--room %s: Janus numbers its rooms%s", o->room, "");
	return 0;
}

static void set_defaults(struct options *o)
{
	*o = (struct options){
		.publishers = 1, .viewers = 20, .sites = 20, .seconds = 10, .warmup = 3, .ramp = 100, .max_loss = 0.1, .codec = PAYLOAD_VP8,
		.suite = SUITE_AEAD_AES_128_GCM, .video_bps = 1200000, .packet_bytes = 1200, .fps = 30, .speakers = 3,
		.layers = { { "q", 100000, 180 }, { "h", 350000, 360 }, { "f", 1200000, 720 } }, .check = 50, .check_every = 64,
		.knee_step = 1.25, .knee_p99_ms = 20, .pin = -1, .port.first.s_addr = htonl(0x7f010001), /* 127.1.0.1 */
	};
	address_read(&o->server, "http://127.0.0.1:8080");
}

int options_read(struct options *ret, int argc, char **argv)
{
	static const char *const shapes[] = { "lecture", "meeting", "join", NULL };
	const char *word = argc > 1 ? argv[1] : "nothing"; /* getopt_long() moves it */
	int id, shape = -1, index = 0;

	set_defaults(ret);
	if (argc > 1 && read_word(argv[1], shapes, &shape)) {
		ret->shape = (enum shape)shape;
		ret->sockets = shape != SHAPE_LECTURE;
	}
	opterr = 0;
	while ((id = getopt_long(argc, argv, "", names, &index)) != -1) {
		if (id == OPT_HELP) {
			fputs(help, stdout);
			return 1;
		}
		if (id == '?')
			return refuse("unknown option, or one without its value: %s%s", argv[optind - 1], "");
		if (!read_option(ret, id, optarg))
			return refuse("--%s: cannot be %s", names[index].name, optarg ? optarg : "");
	}
	if (shape < 0)
		return refuse("%s is no shape: lecture, meeting or join%s", word, "");
	if (optind + 1 < argc)
		return refuse("%s: what is that for?%s", argv[argc - 1], "");
	return check(ret);
}
