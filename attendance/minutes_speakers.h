/*
 * Who spoke in a class, as far as the journal knows: whose microphone was on while it ran, and for how long. In order of the first time. A seat is named by
 * its person's pseudonym, by its site, or, of a guest, by the name that it gave. Pure.
 */
#ifndef HUITANG_ATTENDANCE_MINUTES_SPEAKERS_H
#define HUITANG_ATTENDANCE_MINUTES_SPEAKERS_H

#include <jansson.h>

#include "classroom/event.h"
#include "media/base/macros.h"

#define MINUTES_SPEAKERS_MAX 500        /* further ones are left out */

struct minutes_speakers;

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int minutes_speakers_create(struct minutes_speakers **ret);
struct minutes_speakers *minutes_speakers_destroy(struct minutes_speakers *s);

/** Takes one row of the class, in order. Errors: -ENOMEM. */
int minutes_speakers_add(struct minutes_speakers *s, const struct event *ev);

/** [{person | site | name, speaker?, from_ms, on_s}…], `speaker`: whom the seat named before it got the floor: a new reference, NULL without memory. */
json_t *minutes_speakers_json(const struct minutes_speakers *s);

DEFINE_CLEANUP(struct minutes_speakers, minutes_speakers_destroy)

#endif
