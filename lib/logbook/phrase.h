/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of automatic entries, in the language of the centre. */
#ifndef VIGIE_LOGBOOK_PHRASE_H
#define VIGIE_LOGBOOK_PHRASE_H

#include "json/record.h"
#include "text/text.h"

/* Appends the sentence for an event, error or link record:
 * "1002 Entrepôt Logis-Nord – alarme intrusion zone 3 « porte quai 2 »." */
void phrase_put(struct buf *out, const struct record *r, enum language language);

/* A record whose id is in entry `number` with other content: put before the sentence. */
void phrase_conflict(struct buf *out, int64_t number, enum language language);

/* Seal `seal` was made of entry `number`, whose hash is given in digits. */
void phrase_seal(struct buf *out, int64_t seal, int64_t number, struct span digits, enum language language);

/* Appends "90 s", "11 min 05 s", "2 h 05 min", "3 d 4 h". */
void phrase_duration(struct buf *out, msec length, enum language language);

#endif
