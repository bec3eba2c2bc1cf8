/* SQL: whose a row `j` of the journal is: of an act, a class, a planned room, a standing room ("org-7"); 0 of none. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_JOURNAL_ORG_H
#define HUITANG_ATTENDANCE_JOURNAL_ORG_H

#define JOURNAL_ORG "coalesce(a.org, k.org, r.org, CASE WHEN j.room GLOB 'org-[1-9]*' THEN CAST(substr(j.room, 5) AS INTEGER) END, 0)"
#define JOURNAL_ORG_JOINS " LEFT JOIN audit a ON a.sequence = j.sequence LEFT JOIN class k ON k.room = j.room LEFT JOIN room r ON r.id = j.room "

#endif
