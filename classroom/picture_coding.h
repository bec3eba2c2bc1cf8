/*
 * How a seat's camera is to be coded. Everybody plays what is usual. What saves line needs newer computers at both ends, so it is a
 * choice of the seat or its host, and holds while all who watch can play it.
 */
#ifndef HUITANG_CLASSROOM_PICTURE_CODING_H
#define HUITANG_CLASSROOM_PICTURE_CODING_H

/* In the order of the schema's enum. */
enum picture_coding { CODING_USUAL, CODING_VP9, CODING_AV1, PICTURE_CODINGS };

const char *picture_coding_name(enum picture_coding coding);

#endif
