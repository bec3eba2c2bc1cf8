/* See chat.h. */
#include "classroom/chat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

int chat_line_init(struct chat_line *ret, uint64_t id, const char *seat, const char *name, const char *text, int64_t wall_us)
{
	struct chat_line line = { .id = id, .wall_us = wall_us, .name = mem_strdup(name), .text = mem_strdup(text) };

	if (!line.name || !line.text) {
		chat_line_done(&line);
		return -ENOMEM;
	}
	snprintf(line.seat, sizeof(line.seat), "%s", seat);
	*ret = line;
	return 0;
}

void chat_line_done(struct chat_line *line)
{
	line->name = mem_free(line->name);
	line->text = mem_free(line->text);
}

const struct chat_line *chat_add(struct chat *c, struct chat_line *line)
{
	struct chat_line *place = &c->lines[(c->first + c->n) % CHAT_LINES];

	if (c->n == CHAT_LINES) {
		chat_line_done(place);
		c->first = (c->first + 1) % CHAT_LINES;
	} else {
		c->n++;
	}
	*place = *line;
	*line = (struct chat_line){ 0 };
	c->last_id = place->id;
	return place;
}

size_t chat_last(const struct chat *c, const struct chat_line **ret, size_t n)
{
	size_t from;

	n = MIN(n, c->n);
	from = c->first + c->n - n;
	for (size_t i = 0; i < n; i++)
		ret[i] = &c->lines[(from + i) % CHAT_LINES];
	return n;
}

void chat_forget(struct chat *c, const char *seat)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct chat_line *line = &c->lines[(c->first + i) % CHAT_LINES], *place = &c->lines[(c->first + kept) % CHAT_LINES];

		if (strcmp(line->seat, seat) == 0) {
			chat_line_done(line);
			continue;
		}
		if (place != line) {
			*place = *line;
			*line = (struct chat_line){ 0 };
		}
		kept++;
	}
	c->n = kept;
}

void chat_clear(struct chat *c)
{
	for (size_t i = 0; i < CHAT_LINES; i++)
		chat_line_done(&c->lines[i]);
	*c = (struct chat){ 0 };
}
