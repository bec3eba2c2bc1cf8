/* What the command line asks for: one field an option, checked once. */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include "media/srtp.h"
#include "tests/endpoint/payload.h"
#include "tests/load/line.h"
#include "tests/load/outgoing.h"
#include "tests/load/port.h"
#include "tests/load/request.h"

enum shape { SHAPE_LECTURE, SHAPE_MEETING, SHAPE_JOIN };
enum target { TARGET_HUITANG, TARGET_JANUS, TARGET_URLS };

struct options {
	enum shape shape;
	enum target target;
	struct address server, whip, whep;
	const char *room;               /* NULL: the shape's own */
	const char *token, *viewer_token; /* NULL: by `huitang token` */
	const char *data, *huitang;
	bool simulcast;                 /* publishers send the three layers, not one */
	bool sockets;                   /* --ws, --whep turned round: viewers take seats by WebSocket */
	unsigned publishers, viewers, sites, latecomers;
	unsigned late_watch;            /* latecomers of a meeting send nothing and watch so many; 0: they are sites as the others */
	double seconds, warmup, ramp, max_loss;
	enum payload_codec codec;
	enum srtp_suite suite;
	uint32_t video_bps;
	unsigned packet_bytes, fps, speakers;
	struct layer_cfg layers[LAYERS];
	bool temporal;
	bool obey;                      /* layers that nobody wants are not sent, as browsers do */
	unsigned red;                   /* voices before that go along, 0 no RED */
	struct port_cfg port;
	unsigned check, check_every, spoil;
	unsigned n_lines;               /* 0: no line */
	struct line_step lines[LINE_STEPS]; /* in order of time */
	unsigned line_for;
	bool line_publishers;           /* of a lecture, too */
	bool knee;
	double knee_step, knee_p99_ms;
	int pid, pin;                   /* 0, -1: none */
	const char *json;
};

/** Reads the command line; prints why not. Returns 0, 1 when --help was answered, or -EINVAL. */
int options_read(struct options *ret, int argc, char **argv);

const char *shape_name(enum shape s);
const char *target_name(enum target t);

#endif
