/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of channels, one digit each, and a status digit: Scancom Fast
 * Format and Ademco High Speed.
 *
 *	1 new alarm	2 open		3 restored
 *	4 closed	5 normal	6 still in alarm	0 new trouble (Ademco)
 *
 * Such a message tells the state of all channels each time; those that are
 * normal give no event. */
#ifndef VIGIE_FORMAT_CHANNELS_H
#define VIGIE_FORMAT_CHANNELS_H

#include "format/digits.h"

struct channels {
	const char *format;
	const char *variant;		/* NULL: there is but one */
	warnings warnings;
	bool checked;			/* by its check digit */
	struct span account, channel;	/* one digit for each channel */
	uint8_t status;
	/* What a channel means, by its number from 1; NULL when nobody has said. */
	const struct code *(*meaning)(unsigned number);
};

/* One event for each channel from the number `first` that is not normal. */
void channels_events(const struct channels *m, unsigned first, enum language language, struct event_list *list);

/* For a person: the account, each channel and what its digit says, the
 * status and what it is called.  From the number `first` on they are
 * channels; in front of it stands a user. */
void channels_explain(const struct channels *m, unsigned first, const char *status, struct buf *out);

/* An event of the message as a whole. */
struct event *channels_whole(const struct channels *m, const struct code *row, bool restored, enum language language,
                             struct event_list *list);

/* What Ademco's status digit says of a message without a channel that is not normal; NULL: nothing that is public. */
const struct code *ademco_hs_status(uint8_t status);

#endif
