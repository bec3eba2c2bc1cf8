/*
 * What people write into the minutes of a class: version 2 and later ones, each as a whole. Pure.
 *
 * {place, recorder, notes: [text of each item of the agenda…], speeches: [{speaker, text}…], conclusion}: all may be missing.
 */
#ifndef HUITANG_CLASSROOM_MINUTES_EDIT_H
#define HUITANG_CLASSROOM_MINUTES_EDIT_H

#include <jansson.h>
#include <stdint.h>

#include "classroom/class_fault.h"

#define MINUTES_LINE_BYTES 201          /* place, recorder, a speaker */
#define MINUTES_NOTE_BYTES 6001         /* about an item of the agenda, or what one speaker said */
#define MINUTES_CONCLUSION_BYTES 24001
#define MINUTES_SPEECHES_MAX 100
#define MINUTES_EDIT_BYTES 57344        /* all of it as JSON */

/** Whether it may be written; *ret_field names the member that is wrong (static text). */
enum class_fault minutes_edit_check(const json_t *edit, size_t n_agenda, const char **ret_field);

/** MINUTES_WRITTEN's payload; `edit` is borrowed. NULL: without memory. Owns: the caller's. */
json_t *minutes_edit_write(const json_t *edit, uint32_t version);

#endif
