/* Why something cannot be done with a class. Each has a code for clients, "class.…", which openapi.json and schema.json list. */
#ifndef HUITANG_CLASSROOM_CLASS_FAULT_H
#define HUITANG_CLASSROOM_CLASS_FAULT_H

#define CLASS_FAULTS(ROW)                                                                       \
	ROW(PAST, "class.past", "It would begin in the past.")                                  \
	ROW(ENDS_FIRST, "class.ends_first", "It would end before it begins.")                   \
	ROW(LONG, "class.long", "It is longer than twelve hours.")                              \
	ROW(FAR, "class.far", "It is more than two years ahead.")                               \
	ROW(KIND, "class.kind", "There is no such kind of meeting.")                            \
	ROW(WAY, "class.way", "There is no such way of holding it.")                            \
	ROW(TEXT, "class.text", "The text is empty, too long or cannot be shown.")              \
	ROW(ZONE, "class.zone", "There is no such time zone.")                                  \
	ROW(AGENDA, "class.agenda", "The agenda has more than 100 items, or one of them is not as it should be.") \
	ROW(HOSTS, "class.hosts", "There are no such hosts.")                                   \
	ROW(CANCELLED, "class.cancelled", "It was cancelled.")                                  \
	ROW(NOT_PLANNED, "class.not_planned", "It has begun already, or is over.")              \
	ROW(NOT_OPEN, "class.not_open", "It is not under way.")                                 \
	ROW(EARLY, "class.early", "It can be opened an hour before its start, not earlier.")    \
	ROW(MISSED, "class.missed", "Its time is over and it was not held: plan it anew.")      \
	ROW(CLOSED, "class.closed", "It is over.")                                              \
	ROW(NOT_CLOSED, "class.not_closed", "It is not over yet.")                              \
	ROW(SEALED, "class.sealed", "Its records are sealed.")                                  \
	ROW(NO_MINUTES, "class.no_minutes", "Its minutes are not written yet: they come with its results, in a moment.") \
	ROW(SITE, "class.site", "This site was not invited.")                                   \
	ROW(PERSON, "class.person", "This person is not on the roster.")                        \
	ROW(ALREADY, "class.already", "It is so already.")                                      \
	ROW(UNFROZEN, "class.unfrozen", "The roster is fixed shortly before the class begins, and can be changed from then on.") \
	ROW(FROZEN, "class.frozen", "The roster is frozen: a change of it is a new version.")   \
	ROW(NOT_SIGNED_IN, "class.not_signed_in", "This person is not signed in.")              \
	ROW(CODE, "class.code", "The code is no longer good: scan the one on the screen.")      \
	ROW(EXPERT_LINK, "class.expert_link", "The link is unknown, was taken back, or its time is over.") \
	ROW(EXPERT_EARLY, "class.expert_early", "The link lets in later: it says when.")        \
	ROW(EXPERTS, "class.experts", "It has as many experts as it may have.")

enum class_fault {
	CLASS_FINE,
#define CLASS_FAULT_NAME(name, code, text) CLASS_FAULT_##name,
	CLASS_FAULTS(CLASS_FAULT_NAME)
#undef CLASS_FAULT_NAME
	CLASS_FAULT_COUNT
};

/** "class.past"; "" for CLASS_FINE and out of range. */
const char *class_fault_code(enum class_fault fault);

/** A sentence in English; "" likewise. */
const char *class_fault_text(enum class_fault fault);

#endif
